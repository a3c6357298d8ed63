// A condition of a session.
#include "proofs/model.hpp"
#include "src/io/design.hpp"
#include "src/review/shell_condition.hpp"
#include "src/review/shell_world.hpp"
#include "tests/fuzz/input.hpp"

using namespace pasid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const review::ShellWorld world(proofs::model(),
                                        io::facts_of(proofs::model(), io::load_design(proofs::model(), "linux-7.3")));
  return fuzz::read([&] {
    const auto condition = review::read_condition(proofs::model(), world.facts(), std::string(fuzz::text(data, size)));
    (void)review::holds(condition, world.facts(), {});
  });
}
