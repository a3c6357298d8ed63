// A file is written whole or not at all.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include <doctest/doctest.h>

#include "src/io/file.hpp"

using namespace pasid;
namespace fs = std::filesystem;

namespace {

/// An empty folder, gone at the end.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("pasid_io_file_" + std::to_string(::getpid()));
  Folder() { fs::create_directory(path); }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("write_file: new text takes the place of the old, and leaves nothing beside it") {
  const Folder folder;
  const fs::path file = folder.path / "a";
  io::write_file("--out", file.string(), "one\n");
  io::write_file("--out", file.string(), "two\n");
  CHECK(text_of(file) == "two\n");
  CHECK(std::distance(fs::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("write_file: where it cannot be done, one line says so, and nothing is left") {
  const Folder folder;
  const fs::path file = folder.path / "none" / "a";
  CHECK_THROWS_WITH_AS(io::write_file("--out", file.string(), "x"),
                       ("--out: cannot write '" + file.string() + "'").c_str(), std::invalid_argument);
  // A folder of the draft's name is in the way: the old text stays.
  io::write_file("--out", (folder.path / "b").string(), "old");
  fs::create_directory(folder.path / "b.new");
  fs::create_directory(folder.path / "b.new" / "c");
  CHECK_THROWS_AS(io::write_file("--out", (folder.path / "b").string(), "new"), std::invalid_argument);
  CHECK(text_of(folder.path / "b") == "old");
  CHECK_THROWS_AS(io::write_file("--out", folder.path.string(), "x"), std::invalid_argument);
}

TEST_CASE("write_file: a device is written to as it is") {
  io::write_file("--out", "/dev/null", "x");
  CHECK(fs::is_character_file("/dev/null"));
  CHECK_FALSE(fs::exists("/dev/null.new"));
}
