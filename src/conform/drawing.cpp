#include "src/conform/drawing.hpp"

#include <algorithm>
#include <cstring>

#include "spec/lang/memory.hpp"

namespace pasid::conform {
namespace {

/// A call is never drawn so often for its lag that there is no turn left for those that make it possible.
constexpr float most_lag = 4;

/// What never meant anything is tried all the same; and what did in this sequence may do so again.
constexpr float least_likely = 0.02F;
constexpr float likely_again = 0.3F;

}  // namespace

Drawing::Drawing(const Catalogue& catalogue, const Capabilities& capabilities, Random& random)
    : catalogue_(catalogue), capabilities_(capabilities), random_(random), asked_(catalogue.calls().size()),
      succeeded_(catalogue.calls().size()), leads_(lang::max_entity_sorts) {
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
  turns_.resize(kinds_.size());
  scores_.resize(kinds_.size());
  weighed_.resize(kinds_.size());
  hoped_.resize(kinds_.size(), 1);
  left_out_.resize(kinds_.size());
  last_.resize(kinds_.size());
  // Caches, with three indices, are nobody's business here.
  std::array<int, lang::max_entity_sorts> bits{};
  for (const lang::CellInfo& cell : catalogue.tree().cells) {
    if (cell.index.empty() || cell.index.size() > 2) continue;
    const bool leads = cell.index.size() == 1 && cell.value->kind == lang::SortKind::entity;
    if (leads && cell.index[0]->kind == lang::SortKind::entity)
      leads_[static_cast<std::size_t>(cell.index[0]->index)].push_back(&cell);
    if (cell.rigid && cell.value->kind != lang::SortKind::boolean) continue;
    Saying saying{cell.offset, {}};
    for (std::size_t i = 0; i < cell.index.size(); ++i) {
      if (cell.index[i]->kind != lang::SortKind::entity) continue;
      const auto sort = static_cast<std::size_t>(cell.index[i]->index);
      if (bits[sort] == 32) continue;
      const std::uint32_t what = 1U << bits[sort]++;
      const int others = cell.index.size() == 1 ? 1 : cell.index[1 - i]->capacity;
      for (std::uint8_t e = 1; e <= std::min<std::size_t>(cell.index[i]->capacity, most_elements); ++e)
        for (int o = 1; o <= others; ++o) {
          std::array<std::uint8_t, 2> index{e, static_cast<std::uint8_t>(o)};
          if (i == 1) std::swap(index[0], index[1]);
          const std::size_t at = lang::place(cell, std::span(index).first(cell.index.size())) - cell.offset;
          if (saying.by_byte.size() <= at) saying.by_byte.resize(at + 1);
          saying.by_byte[at][i] = {static_cast<std::uint8_t>(sort), e, what};
        }
    }
    if (!saying.by_byte.empty()) (cell.rigid ? facts_say_ : state_says_).push_back(std::move(saying));
  }
}

void Drawing::begin(std::span<const Call> wanted) {
  for (std::size_t n = 0; n < kinds_.size(); ++n)
    left_out_[n] = random_.below(3) == 0 && std::ranges::find(wanted, kinds_[n], &Call::kind) == wanted.end();
  last_.assign(kinds_.size(), {});
  counted_ = true;
}

void Drawing::say(const std::vector<Saying>& sayings, const void* bytes, Own& own) {
  for (const Saying& saying : sayings) {
    const auto* const there = static_cast<const std::uint8_t*>(bytes) + saying.offset;
    const std::size_t size = saying.by_byte.size();
    for (std::size_t i = 0; i < size; ++i) {
      // Most of a state is nothing.
      for (std::uint64_t some = 0; i + sizeof some <= size; i += sizeof some) {
        std::memcpy(&some, there + i, sizeof some);
        if (some != 0) break;
      }
      if (i == size || there[i] == 0) continue;
      for (const Says& s : saying.by_byte[i]) own[s.sort][s.element] |= s.what;
    }
  }
}

/// Notes for every element which of the cells say something of it, and of those it leads to.
void Drawing::look(const World& world, const spec::NativeState& state) {
  if (world_ != &world) {
    world_ = &world;
    world_says_ = {};
    say(facts_say_, &world.facts, world_says_);
  }
  Own own = world_says_;
  say(state_says_, &state, own);
  for (std::size_t sort = 0; sort < leads_.size(); ++sort)
    for (std::uint8_t e = 1; e <= std::min<std::size_t>(world.facts.count[sort], most_elements); ++e) {
      std::uint32_t mixed = own[sort][e] * 0x9e3779b1U;
      for (const lang::CellInfo* cell : leads_[sort]) {
        const auto* const bytes = cell->rigid ? reinterpret_cast<const std::uint8_t*>(&world.facts)
                                              : reinterpret_cast<const std::uint8_t*>(&state);
        const std::uint8_t to = bytes[cell->offset + cell->strides[0] * e];
        mixed = (mixed ^ mixed >> 15U) * 0x85ebca77U;
        if (to <= most_elements) mixed += own[static_cast<std::size_t>(cell->value->index)][to];
      }
      look_[sort][e] = static_cast<std::uint8_t>((mixed * 0x9e3779b1U) >> 24U);
    }
}

/// How much each call lags behind its share.
void Drawing::take_turns() {
  counted_ = false;
  const auto share = static_cast<float>(all_asked_) / static_cast<float>(kinds_.size()) + 20;
  for (std::size_t n = 0; n < kinds_.size(); ++n) {
    // One that hardly ever succeeds has not had its share either: others wait for what it makes.
    const auto had = static_cast<float>(asked(kinds_[n]) + succeeded_[static_cast<std::size_t>(kinds_[n])]) / 2;
    const float lag = std::min(share / (had + 20), most_lag);
    turns_[n] = left_out_[n] ? 0 : lag * lag * lag * (lags(kinds_[n]) ? 8 : lag < 0.7F ? 0.02F : 1);
  }
}

/// How likely the call is to mean something (or succeed) with the best arguments.
float Drawing::weigh(std::size_t number, const World& world, bool succeed) {
  float out = 1;
  for (std::size_t i = 0; i < inputs_[number].size(); ++i) {
    const Input& input = inputs_[number][i];
    if (input.seen.empty()) continue;
    Weights& w = weights_[number][i];
    w.sum = 0;
    float best = 0;
    const auto sort = static_cast<std::size_t>(input.sort->index);
    const auto size = static_cast<std::uint8_t>(std::min<std::size_t>(world.facts.count[sort], most_elements));
    for (std::uint8_t e = 1; e <= size; ++e) {
      const float rate = input.seen[look_[sort][e]].rate[succeed ? 1 : 0];
      w.of[e] = rate * rate;
      w.sum += w.of[e];
      best = std::max(best, rate);
    }
    out *= best;
  }
  return out;
}

/// By turn, and by how likely it is to be worth trying. What is hoped for is known of all, how it is found out of those
/// only that come up.
std::size_t Drawing::pick_kind(const World& world, bool succeed) {
  while (true) {
    float at = random_.fraction() * sum_;
    std::size_t n = 0;
    while (n + 1 < scores_.size() && (at -= scores_[n]) >= 0) ++n;
    if (weighed_[n] != 0) return n;
    weighed_[n] = 1;
    const float likely = std::max(weigh(n, world, succeed), last_[n].kind < 0 ? least_likely : likely_again);
    const float part = std::min(likely / hoped_[n], 1.0F);
    hoped_[n] = std::min(1.5F * likely, 1.0F);
    less(n, part);
    if (random_.fraction() < part) return n;
  }
}

void Drawing::less(std::size_t number, float part) {
  sum_ -= scores_[number] * (1 - part);
  scores_[number] *= part;
}

/// Those of the call that succeeded last but for one, or others altogether.
bool Drawing::pick_arguments(const CallKind& kind, std::size_t number, const World& world, Call& call) {
  const bool again = last_[number].kind >= 0 && random_.below(2) == 0;
  const std::size_t other = again ? random_.below(inputs_[number].size() + 1) : 0;
  if (again) call.args = last_[number].args;
  for (std::size_t i = 0; i < inputs_[number].size(); ++i) {
    if (again && i != other) continue;
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
    seen.rate = {(seen.meant + 0.5F) / (seen.tried + 1), (seen.ok + 0.5F) / (seen.tried + 1)};
  }
}

/// A refusal met more often than its turn is passed over, most of the time.
bool Drawing::worn_out(const Way& way) {
  std::uint64_t& n = met_[way.guard];
  if (n * 20 > all_met_ + 100 && random_.below(16) != 0) return true;
  ++n;
  ++all_met_;
  return false;
}

std::optional<Call> Drawing::draw(Stepper& stepper, const spec::NativeState& state, bool succeed,
                                  std::vector<Way>& ways) {
  constexpr int tries = 100;
  constexpr int tries_for_success = 12;
  look(stepper.world(), state);
  if (counted_) take_turns();
  sum_ = 0;
  for (std::size_t n = 0; n < kinds_.size(); ++n) sum_ += scores_[n] = turns_[n] * hoped_[n];
  std::ranges::fill(weighed_, std::uint8_t{0});
  std::optional<Call> second;
  std::vector<Way> second_ways;
  bool begun = false;  // with this state
  for (int i = 0; i < tries && (!second || i < tries_for_success); ++i) {
    const std::size_t number = pick_kind(stepper.world(), succeed);
    const CallKind& kind = catalogue_[kinds_[number]];
    Call call{kinds_[number], {}};
    if (!pick_arguments(kind, number, stepper.world(), call)) {
      less(number, 0);
      continue;
    }
    ways.clear();
    const auto meaning = begun ? stepper.ways_too(state, call, ways) : stepper.ways(state, call, ways);
    begun = true;
    const bool meant = meaning == Stepper::Meaning::given && !ways.empty();
    const bool ok = meant && ways.front().kind == Answer::Kind::ok;
    learn(number, call, meant, ok);
    if (ok) last_[number] = call;
    if (ok || (meant && !succeed && !worn_out(ways.front()))) return call;
    less(number, 0.5F);
    if (!meant || second) continue;
    second = call;
    second_ways.swap(ways);
  }
  ways.swap(second_ways);
  return second;
}

}  // namespace pasid::conform
