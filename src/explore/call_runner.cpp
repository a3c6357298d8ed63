#include "src/explore/call_runner.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace pasid::explore {

using Kind = lang::Outcome::Kind;

/// Tries a rule with the arguments as they stand. That one element of a loop has to wait says nothing of their order.
lang::Outcome CallRunner::fire(int rule, std::span<const std::uint8_t> from, ParamSet loops) {
  ++attempts_;
  Fired now{rule, {}};
  for (std::size_t k = 0; k < from.size(); ++k) now.args[k] = args_[from[k]];
  const lang::Outcome out =
      reading_.rules[static_cast<std::size_t>(rule)].apply(facts_, after(), next_, now.args.data(), policies_);
  if (watched_ != nullptr) {
    const ParamSet own = (*watched_)[static_cast<std::size_t>(rule)].of(out);
    for (std::size_t k = 0; k < from.size(); ++k)
      if ((own >> k & 1U) != 0) reads_ |= (ParamSet{1} << from[k]) & ~loops;
    if (out.kind != Kind::waits) reads_ |= loops;
  }
  if (out.kind == Kind::done) {
    fired_.push_back(now);
    states_.push_back(next_);
  }
  return out;
}

/// Tries a section for the elements it has not fired for; a section that is not repeated has one.
CallRunner::Pass CallRunner::try_elements(const Transition& call, std::size_t section, const Orders& orders,
                                          CallOutcome& out) {
  const Section& s = call.sections[section];
  std::size_t elements = 1;
  ParamSet loops = 0;
  for (const std::uint8_t k : s.loops) loops |= ParamSet{1} << k;
  for (const std::uint8_t k : s.loops) elements *= static_cast<std::size_t>(lang::size_of(facts_, call.params[k]));
  if (elements > 64) throw std::logic_error("call '" + std::string(call.label) + "': too many elements to go through");
  for (std::size_t e = 0; e < elements; ++e) {
    if ((done_[section] >> e & 1U) != 0) continue;
    std::size_t rest = e;
    for (const std::uint8_t k : s.loops) {
      const auto size = static_cast<std::size_t>(lang::size_of(facts_, call.params[k]));
      args_[k] = orders[k][rest % size];
      rest /= size;
    }
    const lang::Outcome tried = fire(s.rule, s.from, loops);
    switch (tried.kind) {
      case Kind::done:
        done_[section] |= std::uint64_t{1} << e;
        history_.push_back({section, args_});
        return Pass::fired;
      case Kind::refused: {
        Fired refused{s.rule, {}};
        for (std::size_t k = 0; k < s.from.size(); ++k) refused.args[k] = args_[s.from[k]];
        out = {CallOutcome::Kind::error, {refused, fired_.size(), tried.err, tried.label}, {}};
        return Pass::ended;
      }
      case Kind::not_picked: out = {CallOutcome::Kind::abandoned, {}, tried.label}; return Pass::ended;
      case Kind::waits:
        if (!s.optional && !s.repeated && out.guard.empty()) out.guard = tried.label;
        break;
    }
  }
  return Pass::nothing;
}

CallRunner::Pass CallRunner::pass(const Transition& call, const Orders& orders, CallOutcome& out) {
  out = {CallOutcome::Kind::done, {}, {}};
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
  if (!fired_.empty()) next_ = before_;
  fired_.clear();
  states_.clear();
  history_.clear();
  std::fill_n(done_.begin(), call.sections.size(), 0);
  args_ = args;
  reads_ = 0;
  CallOutcome out{};
  Pass last = Pass::fired;
  while (last == Pass::fired) last = pass(call, orders, out);
  if (last == Pass::nothing && !out.guard.empty()) out.kind = CallOutcome::Kind::blocked;
  if (out.kind == CallOutcome::Kind::error) undo(call, out);
  return out;
}

}  // namespace pasid::explore
