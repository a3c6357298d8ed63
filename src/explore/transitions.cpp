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

const std::vector<lang::Write> no_writes;

Transition transition_of(const lang::Tree& tree, const lang::CallTree& call, bool is_call,
                         const std::function<bool(int)>& exists) {
  // What the design has not takes its parameters along.
  lang::CallTree present{call.label, {}};
  for (const lang::CallSection& s : call.sections)
    if (exists(s.rule)) present.sections.push_back(s);
  const lang::CallParams params = lang::params_of(tree, present);
  Transition out{};
  out.label = call.label;
  out.call = is_call;
  out.loops_from = params.loops_from;
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
  out.writes.resize(tree.cells.size());
  for (const Section& s : out.sections)
    for (const int rule : {s.rule, s.undo})
      for (const lang::Write& w : rule < 0 ? no_writes : tree.rules[static_cast<std::size_t>(rule)].writes)
        out.writes[static_cast<std::size_t>(w.cell)] = true;
  out.footprint = Footprint(tree, out.writes);
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
  for (const lang::CallTree& call : tree.calls) {
    if (grain == Grain::step) break;
    Transition t = transition_of(tree, call, true, exists);
    // Sections that need not fire come on top of one that must: without any, the design has not this call.
    const auto must = [](const Section& s) { return !s.optional && !s.repeated; };
    if (std::ranges::any_of(t.sections, must)) list_.push_back(std::move(t));
  }
  for (std::size_t i = 0; i < list_.size(); ++i) list_[i].number = i;
}

void Transitions::keep(const std::vector<bool>& wanted) {
  std::size_t i = 0;
  std::erase_if(list_, [&](const Transition&) { return !wanted[i++]; });
}

namespace {

const spec::NativeFacts no_facts{};
const spec::NativeState no_state_yet{};

}  // namespace

Transitions::Walk::Walk(const Transitions& transitions)
    : transitions_(transitions), runner_(transitions.reading_, no_facts, no_state_yet),
      any_calls_(std::ranges::any_of(transitions.list_, &Transition::call)) {
  runner_.watch(*transitions.reads_);
  counts_.fired.resize(transitions.reading_.rules.size());
}

Transitions::Counts Transitions::Walk::counts() const {
  Counts out = counts_;
  out.attempts += runner_.attempts();
  return out;
}

void Transitions::Walk::begin(const spec::NativeFacts& facts, const spec::NativeState& state, const Twins& twins) {
  facts_ = &facts;
  state_ = &state;
  twins_ = &twins;
  next_ = state;
  if (any_calls_) runner_.restart(facts, state);
}

void Transitions::Walk::all_of_call(const Transition& t, const Visitor& visit) {
  last_ = Last::nowhere;
  const auto chosen = std::span(t.params).first(t.loops_from);
  ArgumentWalk<max_transition_params>(*facts_, chosen, *twins_).each([&](const Arguments& args) {
    args_ = args;
    return t.params.size() == t.loops_from ? run(t, visit) : all_orders(t, t.loops_from, visit);
  });
}

/// A refusal half way leaves behind what the order of the elements makes of it; no order is the right one, and taking
/// one only would tell apart elements that symmetry makes one.
CallRunner::Depends Transitions::Walk::all_orders(const Transition& t, std::size_t k, const Visitor& visit) {
  if (k == t.params.size()) return run(t, visit);
  CallRunner::Depends out;
  auto& order = orders_[k];
  const auto size = lang::size_of(*facts_, t.params[k]);
  std::iota(order.begin(), order.begin() + size, std::uint8_t{1});
  do out.add(all_orders(t, k + 1, visit));
  while ((out.params >> k & 1U) != 0 && std::next_permutation(order.begin(), order.begin() + size));
  return out;
}

const CallRunner::Depends& Transitions::Walk::run(const Transition& t, const Visitor& visit) {
  const CallOutcome outcome = runner_.run(t, args_, orders_);
  if (runner_.fired().empty()) return runner_.depends();
  if (outcome.kind == CallOutcome::Kind::done) found(t, Last::done, nullptr, visit);
  if (outcome.kind == CallOutcome::Kind::error && !t.footprint.same(runner_.after(), *state_))
    found(t, Last::error, &outcome.refusal, visit);
  return runner_.depends();
}

/// Visits what the call led to, unless its last success led there too: it need not matter which memory there was none
/// of, for what was done is undone.
void Transitions::Walk::found(const Transition& t, Last how, const Refusal* refused, const Visitor& visit) {
  if (last_ == how && t.footprint.same(runner_.after(), last_state_)) return;
  last_ = how;
  last_state_ = runner_.after();
  ++counts_.firings;
  for (const Fired& f : runner_.fired()) ++counts_.fired[static_cast<std::size_t>(f.rule)];
  visit({t, runner_.fired(), runner_.states(), refused});
}

void Transitions::each_successor(const spec::NativeFacts& facts, const spec::NativeState& state, const Twins& twins,
                                 Counts& counts, const std::function<void(const Successor&)>& visit) const {
  Walk walk(*this);
  walk.each(facts, state, twins, [&](const Successor& to) { visit(to); });
  counts.add(walk.counts());
}

}  // namespace pasid::explore
