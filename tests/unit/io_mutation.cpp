// Spoiled files: a design or claim loads or is refused in one line that names a file, whatever its bytes.
#include <random>

#include <doctest/doctest.h>

#include "src/io/bug.hpp"
#include "src/io/claim.hpp"
#include "src/io/names.hpp"
#include "src/io/shipped.hpp"
#include "tests/unit/io_files.hpp"

namespace pasid {
namespace {

using namespace io_tests;

std::string spoiled(std::string bytes, std::mt19937& draw) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(draw() % n); };
  const auto byte = [&] { return static_cast<char>(draw() % 256); };
  const auto at = below(bytes.size());
  switch (below(6)) {
    case 0: bytes.resize(at); break;
    case 1: bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8))); break;
    case 2: bytes[at] = byte(); break;
    case 3: bytes.erase(at, 1 + below(20)); break;
    case 4: bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(40))); break;
    default: bytes.insert(at, 1, "\"'[]{}=.,#\n\\"[below(12)]); break;
  }
  return bytes;
}

TEST_CASE("io: 3,000 spoiled files load or are refused in one line") {
  const DataRoot root;
  struct Shipped {
    std::string path, name, bytes;
    io::Folder folder;
  };
  std::vector<Shipped> files;
  for (const auto folder : {io::Folder::designs, io::Folder::claims, io::Folder::history})
    for (const auto& name : io::shipped(folder))
      files.push_back({"spec/" + std::string(io::name_of(folder)) + "/" + name + ".toml", name, {}, folder});
  for (auto& file : files) file.bytes = read(root / file.path);

  constexpr unsigned seed = 1;
  CAPTURE(seed);
  std::mt19937 draw(seed);
  int loaded = 0, refused = 0;
  for (int i = 0; i < 3000; ++i) {
    CAPTURE(i);
    const auto& file = files[draw() % files.size()];
    root.write(file.path, spoiled(file.bytes, draw));
    const auto message = complaint([&] {
      if (file.folder == io::Folder::designs) {
        const auto design = io::load_design(tree(), file.name);
        (void)io::facts_of(tree(), design);
        (void)io::load_design(tree(), root.write("again.toml", io::to_toml(design)));
      } else if (file.folder == io::Folder::history) {
        const auto bug = io::load_bug(tree(), file.name);
        if (bug.violates) (void)io::with_bug(io::load_design(tree(), bug.violates->design), bug);
      } else {
        const auto claim = io::load_claim(tree(), file.name);
        if (claim.edit)
          (void)io::facts_of(tree(), io::edited(io::load_design(tree(), claim.edit->design), *claim.edit));
      }
    });
    (message.empty() ? loaded : refused)++;
    if (!message.empty()) {
      CHECK(message.starts_with(root / file.path));
      CHECK(message.find('\n') == message.npos);
      CHECK(message.find("; expected ") != message.npos);
    }
    root.write(file.path, file.bytes);
  }
  CHECK(loaded > 200);
  CHECK(refused > 200);
}

}  // namespace
}  // namespace pasid
