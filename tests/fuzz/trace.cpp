// A trace in ITF.
#include "proofs/model.hpp"
#include "src/trace/itf.hpp"
#include "tests/fuzz/input.hpp"

using namespace pasid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto trace = trace::read_itf(proofs::model(), fuzz::text(data, size));
    // What is read can be written, and is read as the same.
    const auto text = trace::to_itf(proofs::model(), trace).dump();
    if (trace::to_itf(proofs::model(), trace::read_itf(proofs::model(), text)).dump() != text) std::abort();
  } catch (const std::runtime_error& e) {
    fuzz::one_line(e.what());
  }
  return 0;
}
