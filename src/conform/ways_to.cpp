#include "src/conform/ways_to.hpp"

#include "src/conform/leaving_out.hpp"

namespace pasid::conform {

WaysTo::WaysTo(const Catalogue& catalogue, const std::vector<World>& worlds)
    : catalogue_(catalogue), worlds_(worlds),
      ways_(worlds.size(), std::vector<std::vector<Call>>(catalogue.calls().size())) {}

void WaysTo::learn(std::size_t world, std::vector<Call> calls) {
  const int kind = calls.back().kind;
  Foresight model(catalogue_, worlds_[world]);
  // Calls that have lost their meaning are left out.
  const auto still = [&](const std::vector<Call>& some) -> std::optional<std::vector<Call>> {
    if (some.empty() || some.back() != calls.back()) return std::nullopt;
    std::vector<Call> taken;
    model.reset();
    for (const Call& call : some) {
      if (&call == &some.back()) {
        const auto answer = model.foretell(call);
        if (!answer || answer->kind != Answer::Kind::ok) return std::nullopt;
        taken.push_back(call);
      } else if (model.take(call)) {
        taken.push_back(call);
      }
    }
    return taken;
  };
  if (auto shorter = still(calls)) {
    leave_out(*shorter, still);
    ways_[world][static_cast<std::size_t>(kind)] = std::move(*shorter);
  }
}

}  // namespace pasid::conform
