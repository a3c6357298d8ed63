// A rule tree, as `pasid rules --json` writes it.
#include "src/review/rules_file.hpp"
#include "tests/fuzz/input.hpp"

using namespace pasid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::read([&] { (void)review::read_rules(fuzz::file(fuzz::text(data, size), ".json")); });
}
