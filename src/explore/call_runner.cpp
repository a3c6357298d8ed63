#include "src/explore/call_runner.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace pasid::explore {

using Kind = lang::Outcome::Kind;

CallRunner::CallRunner(const Reading& reading, const spec::NativeFacts& facts, const spec::NativeState& before,
                       bool policies)
    : reading_(reading), facts_(&facts), before_(&before), policies_(policies), next_(before) {
  states_.reserve(2 * max_sections);
}

void CallRunner::restart(const spec::NativeFacts& facts, const spec::NativeState& before) {
  facts_ = &facts;
  before_ = &before;
  next_ = before;
  forget();
}

void CallRunner::forget() {
  fired_.clear();
  states_.clear();
  history_.clear();
}

/// Tries a rule. That one element of a loop has to wait says nothing of their order.
lang::Outcome CallRunner::attempt(const Fired& now, std::span<const std::uint8_t> from, ParamSet loops) {
  ++attempts_;
  const auto rule = static_cast<std::size_t>(now.rule);
  const lang::Outcome out = reading_.rules[rule].apply(*facts_, after(), next_, now.args.data(), policies_);
  if (watched_ == nullptr) return out;
  const Reads& own = (*watched_)[rule].of(out);
  for (std::size_t k = 0; k < from.size(); ++k) {
    if ((own.params >> k & 1U) == 0) continue;
    depends_.params |= (ParamSet{1} << from[k]) & ~loops;
    ValueSet& told = depends_.told[from[k]];
    told = static_cast<ValueSet>(told | own.told[k]);
  }
  if (out.kind != Kind::waits) depends_.params |= loops;
  return out;
}

/// Tries a section or an undo with the arguments as they stand.
lang::Outcome CallRunner::fire(int rule, std::span<const std::uint8_t> from, ParamSet loops) {
  Fired now{rule, {}};
  for (std::size_t k = 0; k < from.size(); ++k) now.args[k] = args_[from[k]];
  const lang::Outcome out = attempt(now, from, loops);
  if (out.kind == Kind::done) {
    fired_.push_back(now);
    states_.push_back(next_);
  }
  return out;
}

CallRunner::Pass CallRunner::try_section(const Transition& call, std::size_t section, std::size_t element,
                                         ParamSet loops, CallOutcome& out) {
  const Section& s = call.sections[section];
  const lang::Outcome tried = fire(s.rule, s.from, loops);
  switch (tried.kind) {
    case Kind::done:
      done_[section] |= std::uint64_t{1} << element;
      if (call.undoes) history_.push_back({section, args_});
      return Pass::fired;
    case Kind::refused: {
      Fired refused{s.rule, {}};
      for (std::size_t k = 0; k < s.from.size(); ++k) refused.args[k] = args_[s.from[k]];
      out = {CallOutcome::Kind::error, {refused, fired_.size(), tried.err, tried.label}};
      return Pass::ended;
    }
    case Kind::not_picked: out = {CallOutcome::Kind::abandoned, {}, tried.label}; return Pass::ended;
    case Kind::waits:
      if (!s.optional && !s.repeated && out.label == nullptr) out.label = tried.label;
      break;
  }
  return Pass::nothing;
}

/// Tries a section for the elements it has not fired for; a section that is not repeated has one.
CallRunner::Pass CallRunner::try_elements(const Transition& call, std::size_t section, const Orders& orders,
                                          CallOutcome& out) {
  const Section& s = call.sections[section];
  if (s.loops.empty()) return done_[section] != 0 ? Pass::nothing : try_section(call, section, 0, 0, out);
  std::size_t elements = 1;
  ParamSet loops = 0;
  for (const std::uint8_t k : s.loops) loops |= ParamSet{1} << k;
  for (const std::uint8_t k : s.loops) elements *= static_cast<std::size_t>(lang::size_of(*facts_, call.params[k]));
  if (elements > 64) throw std::logic_error("call '" + std::string(call.label) + "': too many elements to go through");
  for (std::size_t e = 0; e < elements; ++e) {
    if ((done_[section] >> e & 1U) != 0) continue;
    std::size_t rest = e;
    for (const std::uint8_t k : s.loops) {
      const auto size = static_cast<std::size_t>(lang::size_of(*facts_, call.params[k]));
      args_[k] = orders[k][rest % size];
      rest /= size;
    }
    if (const Pass p = try_section(call, section, e, loops, out); p != Pass::nothing) return p;
  }
  return Pass::nothing;
}

CallRunner::Pass CallRunner::pass(const Transition& call, const Orders& orders, CallOutcome& out) {
  out.label = nullptr;
  for (std::size_t i = 0; i < call.sections.size(); ++i) {
    if (const Pass p = try_elements(call, i, orders, out); p != Pass::nothing) return p;
    if (call.begins && done_[0] == 0) break;
  }
  return Pass::nothing;
}

/// The way back, last first. An undo that cannot happen leaves the call hanging.
void CallRunner::undo(const Transition& call, CallOutcome& out) {
  for (std::size_t i = history_.size(); i-- > 0;) {
    const Section& s = call.sections[history_[i].section];
    if (s.undo < 0) continue;
    args_ = history_[i].args;
    if (const lang::Outcome undone = fire(s.undo, s.undo_from); undone.kind != Kind::done) {
      out = {CallOutcome::Kind::blocked, {}, undone.label};
      return;
    }
  }
}

CallOutcome CallRunner::run(const Transition& call, const Arguments& args, const Orders& orders) {
  if (!fired_.empty()) {
    next_ = *before_;
    forget();
  }
  args_ = args;
  depends_ = {};
  std::fill_n(done_.begin(), call.sections.size(), 0);
  CallOutcome out{CallOutcome::Kind::done, {}};
  Pass last = Pass::fired;
  while (last == Pass::fired) last = pass(call, orders, out);
  if (last == Pass::nothing && out.label != nullptr) out.kind = CallOutcome::Kind::blocked;
  if (out.kind == CallOutcome::Kind::error) undo(call, out);
  return out;
}

}  // namespace pasid::explore
