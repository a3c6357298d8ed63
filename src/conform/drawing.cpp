#include "src/conform/drawing.hpp"

#include <algorithm>

#include "spec/lang/memory.hpp"

namespace pasid::conform {

Drawing::Drawing(const Catalogue& catalogue, const Capabilities& capabilities, Random& random)
    : catalogue_(catalogue), capabilities_(capabilities), random_(random), asked_(catalogue.calls().size()),
      uses_(lang::max_entity_sorts) {
  for (std::size_t k = 0; k < catalogue.calls().size(); ++k) {
    const CallKind& kind = catalogue.calls()[k];
    if (capabilities.offers(kind.name)) kinds_.push_back(static_cast<int>(k));
    tried_.emplace_back(kind.params.size());
  }
  // A thread that is there has an mm, a file that is open has a queue: some cell over the sort alone is not none.
  for (const lang::CellInfo& cell : catalogue.tree().cells)
    if (!cell.rigid && cell.index.size() == 1 && cell.value->kind != lang::SortKind::boolean)
      uses_[static_cast<std::size_t>(cell.index[0]->index)].push_back(&cell);
}

bool Drawing::in_use(const lang::SortInfo* sort, std::uint8_t value, const spec::NativeState& state) const {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&state);
  return std::ranges::any_of(uses_[static_cast<std::size_t>(sort->index)], [&](const lang::CellInfo* cell) {
    return bytes[cell->offset + cell->strides[0] * value] != 0;
  });
}

std::uint8_t Drawing::value(const Parameter& parameter, Tried& tried, const World& world,
                            const spec::NativeState& state) {
  const auto size = static_cast<std::uint64_t>(lang::size_of(world.facts, parameter.sort));
  if (size == 0) return 0;
  if (parameter.sort->kind == lang::SortKind::enumeration) {
    if (below(8) != 0) return 1;
    const auto any = static_cast<std::uint8_t>(1 + below(size));
    return capabilities_.can_tell(parameter, any) ? any : std::uint8_t{1};
  }
  if (parameter.sort->kind != lang::SortKind::entity) return static_cast<std::uint8_t>(below(2));
  const auto any = static_cast<std::uint8_t>(1 + below(size));
  if (uses_[static_cast<std::size_t>(parameter.sort->index)].empty()) return any;
  // New name, or one in use: what made sense before, most of the time.
  const auto sense = [&](std::size_t u) { return 16 + (tried.meant[u] + 1U) * std::uint64_t{1024} / (tried.given[u] + 2U); };
  const std::uint64_t fresh = sense(0);
  const bool want = below(fresh + sense(1)) >= fresh;
  std::uint8_t out = any;
  for (std::uint64_t i = 0; i < size; ++i, out = static_cast<std::uint8_t>(out % size + 1))
    if (in_use(parameter.sort, out, state) == want) return out;
  return any;
}

std::optional<Call> Drawing::draw(Stepper& stepper, const spec::NativeState& state, bool succeed,
                                  std::vector<Way>& ways) {
  constexpr std::size_t kind_tries = 12;
  std::optional<Call> second;
  std::vector<Way> second_ways;
  const std::uint64_t from = below(kinds_.size());
  for (std::size_t i = 0; i < kind_tries + (second ? 0 : 2 * kinds_.size()); ++i) {
    // Of three the one that has been asked least; where that leads nowhere, all in turn.
    int k = kinds_[(from + i) % kinds_.size()];
    for (int again = 0; i < kind_tries && again < 4; ++again)
      if (const int other = kinds_[below(kinds_.size())]; asked(other) < asked(k)) k = other;
    if (i < kind_tries && asked(k) * kinds_.size() > all_asked_ + all_asked_ / 2 + 100) continue;
    const int argument_tries = succeed ? 8 : 3;
    const CallKind& kind = catalogue_[k];
    auto& tried = tried_[static_cast<std::size_t>(k)];
    for (int j = 0; j < argument_tries; ++j) {
      Call call{k, {}};
      bool possible = true;
      for (const std::uint8_t p : kind.inputs) {
        call.args[p] = value(kind.params[p], tried[p], stepper.world(), state);
        possible = possible && call.args[p] != 0;
      }
      if (!possible) break;
      ways.clear();
      const bool meant = stepper.ways(state, call, ways) == Stepper::Meaning::given && !ways.empty();
      for (const std::uint8_t p : kind.inputs)
        if (kind.params[p].sort->kind == lang::SortKind::entity) {
          const std::size_t u = in_use(kind.params[p].sort, call.args[p], state) ? 1 : 0;
          ++tried[p].given[u];
          if (meant) ++tried[p].meant[u];
        }
      if (!meant) continue;
      if (!succeed || ways.front().kind == Answer::Kind::ok) return call;
      if (!second) {
        second = call;
        second_ways = ways;
      }
    }
  }
  ways = second_ways;
  return second;
}

}  // namespace pasid::conform
