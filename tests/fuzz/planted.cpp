// The twin of the others: a reader that refuses one word in two lines, which must be found.
#include "tests/fuzz/input.hpp"

using namespace pasid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::read([&] {
    if (fuzz::text(data, size) == "bug") throw std::invalid_argument("this is\na bug");
  });
}
