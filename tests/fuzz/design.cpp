// A design's file; what loads can be written and loads again.
#include "src/io/design.hpp"

#include "proofs/model.hpp"
#include "tests/fuzz/input.hpp"

using namespace pasid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::read([&] {
    const auto design = io::load_design(proofs::model(), fuzz::file(fuzz::text(data, size), ".toml"));
    (void)io::facts_of(proofs::model(), design);
    const auto again = io::load_design(proofs::model(), fuzz::file(io::to_toml(design), ".toml"));
    if (again.knobs.size() != design.knobs.size()) std::abort();
  });
}
