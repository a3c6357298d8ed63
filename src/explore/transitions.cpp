#include "src/explore/transitions.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <stdexcept>

#include "spec/lang/call.hpp"

namespace pasid::explore {
namespace {

/// For each parameter of a rule its place among those of the call.
std::vector<std::uint8_t> places(const lang::Tree& tree, int rule, const std::vector<lang::Param>& of_call) {
  std::vector<std::uint8_t> out;
  for (const lang::Param& p : tree.rules[static_cast<std::size_t>(rule)].params)
    out.push_back(static_cast<std::uint8_t>(std::ranges::find(of_call, p.name, &lang::Param::name) - of_call.begin()));
  return out;
}

bool refuses(const lang::RuleTree& rule) {
  return std::ranges::any_of(rule.guards, [](const lang::Guard& g) { return g.kind == lang::GuardKind::require; });
}

Transition transition_of(const lang::Tree& tree, const lang::CallTree& call, bool is_call,
                         const std::function<bool(int)>& exists) {
  // What the design has not takes its parameters along.
  lang::CallTree present{call.label, {}};
  for (const lang::CallSection& s : call.sections)
    if (exists(s.rule)) present.sections.push_back(s);
  const lang::CallParams params = lang::params_of(tree, present);
  Transition out{call.label, is_call, {}, params.loops_from, {}, false};
  for (const lang::Param& p : params.all) out.params.push_back(p.sort);
  for (const lang::CallSection& s : present.sections) {
    Section section{s.rule, places(tree, s.rule, params.all), s.optional, s.repeated, {}, -1, {}};
    for (const std::uint8_t k : section.from)
      if (k >= params.loops_from) section.loops.push_back(k);
    if (s.undo >= 0 && exists(s.undo)) {
      section.undo = s.undo;
      section.undo_from = places(tree, s.undo, params.all);
      if (std::ranges::any_of(section.undo_from, [&](std::uint8_t k) { return k >= params.all.size(); }))
        throw std::logic_error("call '" + std::string(call.label) +
                               "': an undo has a parameter that no section of this "
                               "design has");
    }
    out.sections.push_back(std::move(section));
  }
  // A call that can be refused fires its sections in the order of the list.
  out.begins = is_call && !out.sections.empty() && !out.sections.front().optional && !out.sections.front().repeated &&
               std::ranges::any_of(out.sections, [&](const Section& s) {
                 return refuses(tree.rules[static_cast<std::size_t>(s.rule)]);
               });
  if (out.params.size() > max_transition_params || out.sections.size() > max_sections)
    throw std::logic_error("transition '" + std::string(out.label) + "' has too many parameters or sections");
  return out;
}

}  // namespace

void Transitions::Counts::add(const Counts& other) {
  attempts += other.attempts;
  firings += other.firings;
  fired.resize(std::max(fired.size(), other.fired.size()));
  for (std::size_t i = 0; i < other.fired.size(); ++i) fired[i] += other.fired[i];
}

Transitions::Transitions(const lang::Tree& tree, const Reading& reading, const spec::NativeFacts& facts, Grain grain)
    : reading_(reading) {
  auto reads = std::make_shared<std::vector<GuardReads>>();
  for (const lang::RuleTree& rule : tree.rules) reads->emplace_back(tree, rule);
  reads_ = std::move(reads);
  const auto exists = [&](int rule) { return reading.rules[static_cast<std::size_t>(rule)].only_if(facts); };
  std::vector<bool> alone(tree.rules.size(), true);
  if (grain == Grain::call)
    for (const lang::CallTree& call : tree.calls)
      for (const lang::CallSection& s : call.sections) {
        alone[static_cast<std::size_t>(s.rule)] = false;
        if (s.undo >= 0) alone[static_cast<std::size_t>(s.undo)] = false;
      }
  for (std::size_t i = 0; i < tree.rules.size(); ++i) {
    const int rule = static_cast<int>(i);
    if (alone[i] && exists(rule)) list_.push_back(transition_of(tree, {tree.rules[i].label, {{rule}}}, false, exists));
  }
  if (grain == Grain::step) return;
  for (const lang::CallTree& call : tree.calls) {
    Transition t = transition_of(tree, call, true, exists);
    // Sections that need not fire come on top of one that must: without any, the design has not this call.
    const auto must = [](const Section& s) { return !s.optional && !s.repeated; };
    if (std::ranges::any_of(t.sections, must)) list_.push_back(std::move(t));
  }
}

void Transitions::keep(const std::vector<bool>& wanted) {
  std::size_t i = 0;
  std::erase_if(list_, [&](const Transition&) { return !wanted[i++]; });
}

/// Enumerates arguments of transitions in one state.
class Transitions::Attempt {
 public:
  Attempt(const Reading& reading, const std::vector<GuardReads>& reads, const spec::NativeFacts& facts,
          const spec::NativeState& state, const Twins& twins, Counts& counts,
          const std::function<void(const Successor&)>& visit)
      : facts_(facts), state_(state), twins_(twins), counts_(counts), visit_(visit), runner_(reading, facts, state) {
    runner_.watch(reads);
  }
  ~Attempt() { counts_.attempts += runner_.attempts(); }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  void all_arguments(const Transition& t) {
    used_ = {};
    last_ = Last::nowhere;
    choose(t, 0);
  }

 private:
  /// Tries all arguments from parameter k on. Gives the parameters that any of these runs read. Where none read k,
  /// other values of k would give the same runs again: a run is the same up to where it first reads k.
  ParamSet choose(const Transition& t, std::size_t k) {
    if (k == t.loops_from) return all_orders(t, k);
    ParamSet reads = 0;
    const int size = lang::size_of(facts_, t.params[k]);
    if (t.params[k]->kind != lang::SortKind::entity) {
      for (int x = 1; x <= size; ++x) {
        args_[k] = static_cast<std::uint8_t>(x);
        reads |= choose(t, k + 1);
        if ((reads >> k & 1U) == 0) break;
      }
      return reads;
    }
    const auto sort = static_cast<std::size_t>(t.params[k]->index);
    const std::uint32_t used = used_[sort];
    for (int x = 1; x <= size; ++x) {
      if ((twins_[sort][static_cast<std::size_t>(x)] & ~used) != 0) continue;  // an earlier twin is still free
      args_[k] = static_cast<std::uint8_t>(x);
      used_[sort] = used | (1U << x);
      reads |= choose(t, k + 1);
      if ((reads >> k & 1U) == 0) break;
    }
    used_[sort] = used;
    return reads;
  }

  /// A refusal half way leaves behind what the order of the elements makes of it; no order is the right one, and taking
  /// one only would tell apart elements that symmetry makes one.
  ParamSet all_orders(const Transition& t, std::size_t k) {
    if (k == t.params.size()) return run(t);
    ParamSet reads = 0;
    auto& order = orders_[k];
    const auto size = lang::size_of(facts_, t.params[k]);
    std::iota(order.begin(), order.begin() + size, std::uint8_t{1});
    do reads |= all_orders(t, k + 1);
    while ((reads >> k & 1U) != 0 && std::next_permutation(order.begin(), order.begin() + size));
    return reads;
  }

  ParamSet run(const Transition& t) {
    const CallOutcome outcome = runner_.run(t, args_, orders_);
    if (runner_.fired().empty()) return runner_.reads();
    if (outcome.kind == CallOutcome::Kind::done) found(t, Last::done, nullptr);
    if (outcome.kind == CallOutcome::Kind::error && std::memcmp(&runner_.after(), &state_, sizeof state_) != 0)
      found(t, Last::error, &outcome.refusal);
    return runner_.reads();
  }

  enum class Last : std::uint8_t { nowhere, done, error };

  /// Visits what the transition led to, unless its last success led there too: an argument that no rule of it read
  /// (whether there is memory for a handle that is there already, the PASID an mm would have got) changes nothing.
  void found(const Transition& t, Last how, const Refusal* refused) {
    if (last_ == how && std::memcmp(&runner_.after(), &last_state_, sizeof last_state_) == 0) return;
    last_ = how;
    last_state_ = runner_.after();
    ++counts_.firings;
    for (const Fired& f : runner_.fired()) ++counts_.fired[static_cast<std::size_t>(f.rule)];
    visit_({t, runner_.fired(), runner_.states(), refused});
  }

  const spec::NativeFacts& facts_;
  const spec::NativeState& state_;
  const Twins& twins_;
  Counts& counts_;
  const std::function<void(const Successor&)>& visit_;
  CallRunner runner_;
  Last last_ = Last::nowhere;     ///< how the transition ended last, and
  spec::NativeState last_state_;  ///< what it led to
  Arguments args_{};
  CallRunner::Orders orders_{};
  std::array<std::uint32_t, lang::max_entity_sorts> used_{};
};

void Transitions::each_successor(const spec::NativeFacts& facts, const spec::NativeState& state, const Twins& twins,
                                 Counts& counts, const std::function<void(const Successor&)>& visit) const {
  counts.fired.resize(reading_.rules.size());
  Attempt attempt(reading_, *reads_, facts, state, twins, counts, visit);
  for (const Transition& t : list_) attempt.all_arguments(t);
}

}  // namespace pasid::explore
