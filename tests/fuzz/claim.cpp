// A claim's file.
#include "src/io/claim.hpp"

#include "proofs/model.hpp"
#include "tests/fuzz/input.hpp"

using namespace pasid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::read([&] {
    const auto claim = io::load_claim(proofs::model(), fuzz::file(fuzz::text(data, size), ".toml"));
    if (claim.edit) (void)io::edited(io::load_design(proofs::model(), claim.edit->design), *claim.edit);
  });
}
