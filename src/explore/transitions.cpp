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
  out.undoes = std::ranges::any_of(out.sections, [](const Section& s) { return s.undo >= 0; });
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

namespace {

const spec::NativeFacts no_facts{};
const spec::NativeState no_state_yet{};

void join(CallRunner::Depends& to, const CallRunner::Depends& more) {
  to.params |= more.params;
  for (std::size_t k = 0; k < to.told.size(); ++k) to.told[k] = static_cast<ValueSet>(to.told[k] | more.told[k]);
}

}  // namespace

Transitions::Walk::Walk(const Transitions& transitions)
    : transitions_(transitions), runner_(transitions.reading_, no_facts, no_state_yet) {
  runner_.watch(*transitions.reads_);
  counts_.fired.resize(transitions.reading_.rules.size());
}

Transitions::Counts Transitions::Walk::counts() const {
  Counts out = counts_;
  out.attempts = runner_.attempts();
  return out;
}

void Transitions::Walk::each(const spec::NativeFacts& facts, const spec::NativeState& state, const Twins& twins,
                             const std::function<void(const Successor&)>& visit) {
  facts_ = &facts;
  state_ = &state;
  twins_ = &twins;
  visit_ = &visit;
  runner_.restart(facts, state);
  for (const Transition& t : transitions_.list_) all_arguments(t);
}

void Transitions::Walk::all_arguments(const Transition& t) {
  used_ = {};
  last_ = Last::nowhere;
  choose(t, 0);
}

/// Tries all arguments from parameter k on. Gives what any of these runs depended on. Where none read k, other values
/// of k would give the same runs again: a run is the same up to where it first reads k.
CallRunner::Depends Transitions::Walk::choose(const Transition& t, std::size_t k) {
  if (k == t.loops_from) return t.params.size() == k ? run(t) : all_orders(t, k);
  if (t.params[k]->kind != lang::SortKind::entity) return choose_value(t, k);
  Depends out;
  const int size = lang::size_of(*facts_, t.params[k]);
  const auto sort = static_cast<std::size_t>(t.params[k]->index);
  const std::uint32_t used = used_[sort];
  for (int x = 1; x <= size; ++x) {
    if (((*twins_)[sort][static_cast<std::size_t>(x)] & ~used) != 0) continue;  // an earlier twin is still free
    args_[k] = static_cast<std::uint8_t>(x);
    used_[sort] = used | (1U << x);
    join(out, choose(t, k + 1));
    if ((out.params >> k & 1U) == 0) break;
  }
  used_[sort] = used;
  return out;
}

/// The same for an enumeration: one of the values that no run tells apart stands for all of them.
CallRunner::Depends Transitions::Walk::choose_value(const Transition& t, std::size_t k) {
  Depends out;
  bool others_seen = false;
  for (int x = 1; x <= t.params[k]->capacity; ++x) {
    if (others_seen && (out.told[k] >> x & 1U) == 0) continue;
    args_[k] = static_cast<std::uint8_t>(x);
    const Depends now = choose(t, k + 1);
    others_seen = others_seen || (now.told[k] >> x & 1U) == 0;
    join(out, now);
  }
  return out;
}

/// A refusal half way leaves behind what the order of the elements makes of it; no order is the right one, and taking
/// one only would tell apart elements that symmetry makes one.
CallRunner::Depends Transitions::Walk::all_orders(const Transition& t, std::size_t k) {
  if (k == t.params.size()) return run(t);
  Depends out;
  auto& order = orders_[k];
  const auto size = lang::size_of(*facts_, t.params[k]);
  std::iota(order.begin(), order.begin() + size, std::uint8_t{1});
  do join(out, all_orders(t, k + 1));
  while ((out.params >> k & 1U) != 0 && std::next_permutation(order.begin(), order.begin() + size));
  return out;
}

const CallRunner::Depends& Transitions::Walk::run(const Transition& t) {
  const CallOutcome outcome = runner_.run(t, args_, orders_);
  if (runner_.fired().empty()) return runner_.depends();
  if (outcome.kind == CallOutcome::Kind::done) found(t, Last::done, nullptr);
  if (outcome.kind == CallOutcome::Kind::error && std::memcmp(&runner_.after(), state_, sizeof *state_) != 0)
    found(t, Last::error, &outcome.refusal);
  return runner_.depends();
}

/// Visits what the transition led to, unless it is a call whose last success led there too: it need not matter which
/// memory there was none of, for what was done is undone.
void Transitions::Walk::found(const Transition& t, Last how, const Refusal* refused) {
  if (t.call) {
    if (last_ == how && std::memcmp(&runner_.after(), &last_state_, sizeof last_state_) == 0) return;
    last_ = how;
    last_state_ = runner_.after();
  }
  ++counts_.firings;
  for (const Fired& f : runner_.fired()) ++counts_.fired[static_cast<std::size_t>(f.rule)];
  (*visit_)({t, runner_.fired(), runner_.states(), refused});
}

void Transitions::each_successor(const spec::NativeFacts& facts, const spec::NativeState& state, const Twins& twins,
                                 Counts& counts, const std::function<void(const Successor&)>& visit) const {
  Walk walk(*this);
  walk.each(facts, state, twins, visit);
  counts.add(walk.counts());
}

}  // namespace pasid::explore
