// A bug's file.
#include "src/io/bug.hpp"

#include "proofs/model.hpp"
#include "tests/fuzz/input.hpp"

using namespace pasid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::read([&] {
    const auto bug = io::load_bug(proofs::model(), fuzz::file(fuzz::text(data, size), ".toml"));
    if (bug.violates) (void)io::with_bug(io::load_design(proofs::model(), bug.violates->design), bug);
  });
}
