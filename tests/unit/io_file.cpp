// A file is written whole or not at all, and one that does not end is not read for ever.
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "src/io/error.hpp"
#include "src/io/file.hpp"
#include "tests/support/directory.hpp"

using namespace pasid;
using test::Directory;
using test::read;
namespace fs = std::filesystem;

TEST_CASE("write_file: new text takes the place of the old, and leaves nothing beside it") {
  const Directory folder;
  const fs::path file = folder.path() / "a";
  io::write_file("--out", file.string(), "one\n");
  io::write_file("--out", file.string(), "two\n");
  CHECK(read(file) == "two\n");
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("write_file: where it cannot be done, one line says so, and nothing is left") {
  const Directory folder;
  const fs::path file = folder.path() / "none" / "a";
  CHECK_THROWS_WITH_AS(io::write_file("--out", file.string(), "x"),
                       ("--out: cannot write '" + file.string() + "'").c_str(), std::invalid_argument);
  // A folder of the draft's name is in the way: the old text stays.
  io::write_file("--out", (folder.path() / "b").string(), "old");
  fs::create_directory(folder.path() / "b.new");
  fs::create_directory(folder.path() / "b.new" / "c");
  CHECK_THROWS_AS(io::write_file("--out", (folder.path() / "b").string(), "new"), std::invalid_argument);
  CHECK(read(folder.path() / "b") == "old");
  CHECK_THROWS_AS(io::write_file("--out", folder.path().string(), "x"), std::invalid_argument);
}

TEST_CASE("write_file: a device is written to as it is") {
  io::write_file("--out", "/dev/null", "x");
  CHECK(fs::is_character_file("/dev/null"));
  CHECK_FALSE(fs::exists("/dev/null.new"));
}

TEST_CASE("read_file: all of it, and no more than there is room for, in one line") {
  const Directory folder;
  const std::string file = (folder.path() / "a").string();
  io::write_file("--out", file, "one\n");
  CHECK(io::read_file(file) == "one\n");
  CHECK(io::read_file(file, 4) == "one\n");
  CHECK_THROWS_WITH_AS((void)io::read_file(file, 3), (file + ": this is too large; expected at most 0 MiB").c_str(),
                       io::InputError);
  CHECK_THROWS_WITH_AS((void)io::read_file("/dev/zero"), "/dev/zero: this is too large; expected at most 64 MiB",
                       io::InputError);
  CHECK_THROWS_AS((void)io::read_file(file + ".none"), io::InputError);
}
