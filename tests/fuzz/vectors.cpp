// A vector file.
#include "proofs/model.hpp"
#include "src/conform/vector_file.hpp"
#include "tests/fuzz/input.hpp"

using namespace pasid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const explore::Reading reading = explore::native_reading();
  return fuzz::read([&] {
    const conform::VectorFile file(fuzz::file(fuzz::text(data, size), ".json"), proofs::model(), reading,
                                   conform::Device::asked);
  });
}
