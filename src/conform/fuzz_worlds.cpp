#include "src/conform/fuzz_worlds.hpp"

#include "src/conform/vectors/plans.hpp"

namespace pasid::conform {
namespace {

/// Two devices, the second narrower, with a queue of each sort; as many names as a state has room for.
vectors::Plan everything() {
  vectors::Plan plan;
  plan.name = "something of everything";
  plan.devices = {{}, {.max_pasids = 4}};
  plan.queues = {{}, {.dev = 2, .shared = false}, {.kernel = true}};
  plan.threads = 4;
  plan.files = 3;
  plan.works = 3;
  plan.mms = 3;
  plan.kernel_domains = 1;
  plan.tables = 2;
  plan.numbers = {1, 2, 3, 4};
  return plan;
}

}  // namespace

std::vector<World> fuzz_worlds(const lang::Tree& tree, const spec::NativeFacts& knobs,
                               const Capabilities& capabilities) {
  auto plans = vectors::plans();
  plans.insert(plans.begin(), everything());
  std::vector<World> out;
  for (const vectors::Plan& plan : plans) {
    const auto world = vectors::world_of(tree, knobs, plan);
    if (world && capabilities.lacks(*world).empty()) out.push_back(*world);
  }
  return out;
}

}  // namespace pasid::conform
