#include "src/conform/drawing.hpp"

#include <algorithm>

#include "spec/lang/memory.hpp"

namespace pasid::conform {

Drawing::Drawing(const Catalogue& catalogue, const Capabilities& capabilities, Random& random)
    : catalogue_(catalogue), capabilities_(capabilities), random_(random), asked_(catalogue.calls().size()),
      succeeded_(catalogue.calls().size()), says_(lang::max_entity_sorts), leads_(lang::max_entity_sorts) {
  for (std::size_t k = 0; k < catalogue.calls().size(); ++k) {
    const CallKind& kind = catalogue.calls()[k];
    if (!capabilities.offers(kind.name)) continue;
    kinds_.push_back(static_cast<int>(k));
    auto& inputs = inputs_.emplace_back();
    for (const std::uint8_t p : kind.inputs) {
      const lang::SortInfo* const sort = kind.params[p].sort;
      inputs.push_back({p, sort, std::vector<Seen>(sort->kind == lang::SortKind::entity ? looks : 0)});
    }
    weights_.emplace_back(inputs.size());
  }
  scores_.resize(kinds_.size());
  // Caches, with three indices, are nobody's business here.
  for (const lang::CellInfo& cell : catalogue.tree().cells)
    for (std::size_t i = 0; cell.index.size() <= 2 && i < cell.index.size(); ++i) {
      if (cell.index[i]->kind != lang::SortKind::entity) continue;
      const auto sort = static_cast<std::size_t>(cell.index[i]->index);
      const bool leads = cell.index.size() == 1 && cell.value->kind == lang::SortKind::entity;
      if (leads) leads_[sort].push_back(&cell);
      if (cell.rigid ? cell.value->kind == lang::SortKind::boolean : says_[sort].size() < 32)
        says_[sort].push_back({&cell, i});
    }
}

/// Notes for every element which of the cells say something of it, and of those it leads to.
void Drawing::look(const World& world, const spec::NativeState& state) {
  const auto bytes_of = [&](const lang::CellInfo* cell) {
    return cell->rigid ? reinterpret_cast<const std::uint8_t*>(&world.facts)
                       : reinterpret_cast<const std::uint8_t*>(&state);
  };
  std::array<std::array<std::uint32_t, most_elements + 1>, lang::max_entity_sorts> own{};
  for (std::size_t sort = 0; sort < says_.size(); ++sort)
    for (std::uint8_t e = 1; e <= std::min<std::size_t>(world.facts.count[sort], most_elements); ++e) {
      std::uint32_t out = 0;
      for (std::size_t i = 0; i < says_[sort].size(); ++i) {
        const auto& [cell, position] = says_[sort][i];
        const std::uint8_t* const bytes = bytes_of(cell);
        std::size_t at = cell->offset + cell->strides[position] * e;
        bool something = false;
        if (cell->index.size() == 1) {
          something = bytes[at] != 0;
        } else {
          const std::size_t other = 1 - position;
          const int size = lang::size_of(world.facts, cell->index[other]);
          for (int o = 1; o <= size; ++o) something = something || bytes[at += cell->strides[other]] != 0;
        }
        if (something) out |= 1U << i;
      }
      own[sort][e] = out;
    }
  for (std::size_t sort = 0; sort < says_.size(); ++sort)
    for (std::uint8_t e = 1; e <= std::min<std::size_t>(world.facts.count[sort], most_elements); ++e) {
      std::uint32_t mixed = own[sort][e] * 0x9e3779b1U;
      for (const lang::CellInfo* cell : leads_[sort]) {
        const std::uint8_t to = bytes_of(cell)[cell->offset + cell->strides[0] * e];
        mixed = (mixed ^ mixed >> 15U) * 0x85ebca77U;
        if (to <= most_elements) mixed += own[static_cast<std::size_t>(cell->value->index)][to];
      }
      look_[sort][e] = static_cast<std::uint8_t>((mixed * 0x9e3779b1U) >> 24U);
    }
}

/// How likely each call is to mean something (or succeed) and how much it lags behind its share.
void Drawing::weigh(const World& world, bool succeed) {
  const auto share = static_cast<float>(all_asked_) / static_cast<float>(kinds_.size()) + 20;
  for (std::size_t n = 0; n < kinds_.size(); ++n) {
    // One that hardly ever succeeds has not had its share either: others wait for what it makes.
    const auto had = static_cast<float>(asked(kinds_[n]) + succeeded_[static_cast<std::size_t>(kinds_[n])]) / 2;
    const float lag = share / (had + 20);
    float score = lag * lag * lag * (lag < 0.7F ? 0.02F : 1);
    for (std::size_t i = 0; i < inputs_[n].size(); ++i) {
      const Input& input = inputs_[n][i];
      if (input.seen.empty()) continue;
      Weights& w = weights_[n][i];
      w = {};
      const auto sort = static_cast<std::size_t>(input.sort->index);
      for (std::uint8_t e = 1; e <= std::min<std::size_t>(world.facts.count[sort], most_elements); ++e) {
        const Seen& seen = input.seen[look_[sort][e]];
        const float rate = ((succeed ? seen.ok : seen.meant) + 0.5F) / (seen.tried + 1);
        w.of[e] = rate * rate;
        w.sum += w.of[e];
        w.best = std::max(w.best, rate);
      }
      score *= w.best;
    }
    scores_[n] = score;
  }
}

std::size_t Drawing::pick_kind() {
  float sum = 0;
  for (const float s : scores_) sum += s;
  float at = random_.fraction() * sum;
  for (std::size_t n = 0; n < scores_.size(); ++n)
    if ((at -= scores_[n]) < 0) return n;
  return random_.below(scores_.size());
}

bool Drawing::pick_arguments(const CallKind& kind, std::size_t number, const World& world, Call& call) {
  for (std::size_t i = 0; i < inputs_[number].size(); ++i) {
    const Input& input = inputs_[number][i];
    std::uint8_t& out = call.args[input.number];
    const auto size = static_cast<std::uint64_t>(lang::size_of(world.facts, input.sort));
    if (size == 0) return false;
    if (input.seen.empty()) {
      // The environment is mostly kind.
      const auto any = static_cast<std::uint8_t>(1 + random_.below(size));
      out = random_.below(6) == 0 && capabilities_.can_tell(kind.params[input.number], any) ? any : std::uint8_t{1};
      continue;
    }
    const Weights& w = weights_[number][i];
    float at = random_.fraction() * w.sum;
    out = 1;
    while (out < size && (at -= w.of[out]) >= 0) ++out;
  }
  return true;
}

/// What is old counts for less and less: the names in use change.
void Drawing::learn(std::size_t number, const Call& call, bool meant, bool ok) {
  for (Input& input : inputs_[number]) {
    if (input.seen.empty()) continue;
    Seen& seen = input.seen[look_[static_cast<std::size_t>(input.sort->index)][call.args[input.number]]];
    if (seen.tried > 1000) seen = {seen.tried / 2, seen.meant / 2, seen.ok / 2};
    ++seen.tried;
    if (meant) ++seen.meant;
    if (ok) ++seen.ok;
  }
}

std::optional<Call> Drawing::draw(Stepper& stepper, const spec::NativeState& state, bool succeed,
                                  std::vector<Way>& ways) {
  constexpr int tries = 100;
  constexpr int tries_for_success = 12;
  look(stepper.world(), state);
  weigh(stepper.world(), succeed);
  std::optional<Call> second;
  std::vector<Way> second_ways;
  for (int i = 0; i < tries && (!second || i < tries_for_success); ++i) {
    const std::size_t number = pick_kind();
    const CallKind& kind = catalogue_[kinds_[number]];
    Call call{kinds_[number], {}};
    if (!pick_arguments(kind, number, stepper.world(), call)) {
      scores_[number] = 0;
      continue;
    }
    ways.clear();
    const bool meant = stepper.ways(state, call, ways) == Stepper::Meaning::given && !ways.empty();
    const bool ok = meant && ways.front().kind == Answer::Kind::ok;
    learn(number, call, meant, ok);
    if (ok || (meant && !succeed)) return call;
    scores_[number] *= 0.5F;
    if (!meant || second) continue;
    second = call;
    second_ways.swap(ways);
  }
  ways.swap(second_ways);
  return second;
}

}  // namespace pasid::conform
