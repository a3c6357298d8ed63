#include "src/conform/vectors/asking.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace pasid::conform::vectors {
namespace {

using explore::Arguments;
using explore::CallOutcome;
using lang::Guard;
using lang::GuardKind;
using spec::NativeState;

const NativeState nothing_yet{};

bool hidden(std::string_view label) {
  for (const std::string_view p : {"process.drop", "process.recycle", "enqcmd.fill_msr", "enqcmd.broadcast", "iommu.",
                                   "ats.", "work.", "request.", "pages."})
    if (label.starts_with(p)) return true;
  return false;
}

bool waits(std::string_view label) {
  for (const std::string_view p : {"work-finished", "lock"})
    if (label.find(p) != std::string_view::npos) return true;
  return false;
}

bool mentions(const lang::Tree& tree, lang::NodeId term, lang::NodeId what) {
  bool found = false;
  lang::walk(tree, term, [&](lang::NodeId id) { found = found || id == what; });
  return found;
}

/// Does a precondition say what the parameter is? Then the tester need not.
bool given_away(const lang::Tree& tree, const lang::RuleTree& rule, lang::NodeId variable) {
  for (const Guard& g : rule.guards) {
    if (g.kind == GuardKind::require) return false;
    if (g.kind != GuardKind::await) continue;
    for (const lang::NodeId c : tree.conjuncts(g.condition)) {
      const lang::Node& n = tree[c];
      if (n.op != lang::Op::eq) continue;
      for (std::size_t side = 0; side < 2; ++side)
        if (n.args[side] == variable && tree[n.args[1 - side]].op == lang::Op::read &&
            !mentions(tree, n.args[1 - side], variable))
          return true;
    }
  }
  return false;
}

AskedCall asked_call(const lang::Tree& tree, const explore::Transition& t) {
  AskedCall out{t, {}, {}, {}, {}, {}};
  out.names.resize(t.params.size());
  out.makes.resize(t.params.size());
  std::vector<bool> result(t.params.size());
  std::vector<bool> given(t.params.size());
  std::vector<bool> met(t.params.size());
  for (const explore::Section& s : t.sections) {
    const lang::RuleTree& rule = tree.rules[static_cast<std::size_t>(s.rule)];
    for (std::size_t k = 0; k < s.from.size(); ++k) {
      out.names[s.from[k]] = rule.params[k].name;
      if (!met[s.from[k]] && given_away(tree, rule, rule.params[k].variable)) given[s.from[k]] = true;
      met[s.from[k]] = true;
      for (const Guard& g : rule.guards) {
        if (g.kind != GuardKind::choose || g.picked != rule.params[k].variable) continue;
        if (g.pick == lang::Pick::any) out.makes[s.from[k]] = g.label;
        else result[s.from[k]] = true;
      }
    }
  }
  for (std::uint8_t k = 0; k < t.loops_from; ++k) {
    if (result[k]) out.results.push_back(k);
    if (result[k] || given[k]) out.others.push_back(k);
    else out.inputs.push_back(k);
  }
  return out;
}

void join(explore::CallRunner::Depends& to, const explore::CallRunner::Depends& more) {
  to.params |= more.params;
  for (std::size_t k = 0; k < to.told.size(); ++k) to.told[k] = static_cast<explore::ValueSet>(to.told[k] | more.told[k]);
}

bool before(const NativeState& a, const NativeState& b) { return std::memcmp(&a, &b, sizeof a) < 0; }
bool same(const NativeState& a, const NativeState& b) { return std::memcmp(&a, &b, sizeof a) == 0; }

}  // namespace

Asking::Asking(const lang::Tree& tree, const explore::Reading& reading, const spec::NativeFacts& facts)
    : tree_(tree), reading_(reading), facts_(facts), runner_(reading, facts, nothing_yet, true) {
  reads_.reserve(tree.rules.size());
  for (const lang::RuleTree& rule : tree.rules) reads_.emplace_back(tree, rule);
  runner_.watch(reads_);
  for (auto& order : orders_) std::iota(order.begin(), order.end(), std::uint8_t{1});
  const explore::Transitions transitions(tree, reading, facts, explore::Grain::call);
  for (const explore::Transition& t : transitions.list())
    if (!hidden(t.label)) calls_.push_back(asked_call(tree, t));
  for (std::size_t r = 0; r < tree.rules.size(); ++r) {
    const std::string_view label = tree.rules[r].label;
    if (!reading.rules[r].only_if(facts)) continue;
    if (label == "process.drop" || label == "process.recycle") by_themselves_.push_back(r);
    if (label.starts_with("enqcmd.fill_msr")) fills_.push_back(r);
  }
  for (const lang::CellInfo& cell : tree.cells) {
    if (cell.rigid || cell.name == "mm_at" || cell.name == "lam") continue;
    std::size_t bytes = 1;
    for (const lang::SortInfo* s : cell.index) bytes *= static_cast<std::size_t>(s->capacity) + 1;
    visible_.emplace_back(cell.offset, bytes);
  }
}

/// Runs the call for what the tester does not say. True: it answered.
bool Asking::complete(std::size_t call, std::size_t other, Reply& reply, Depends& depends) {
  const AskedCall& c = calls_[call];
  if (other < c.others.size()) {
    const std::size_t k = c.others[other];
    const int size = lang::size_of(facts_, c.transition.params[k]);
    Depends own;
    bool answered = false;
    for (int x = 1; x <= size && !answered; ++x) {
      args_[k] = static_cast<std::uint8_t>(x);
      answered = complete(call, other + 1, reply, own);
      if ((own.params >> k & 1U) == 0) break;
    }
    join(depends, own);
    return answered;
  }
  const CallOutcome outcome = runner_.run(c.transition, args_, orders_);
  join(depends, runner_.depends());
  switch (outcome.kind) {
    case CallOutcome::Kind::done: reply.asked = {{static_cast<int>(call), Says::ok, 0, {}, {}}, args_}; break;
    case CallOutcome::Kind::error:
      reply.asked = {{static_cast<int>(call), Says::error, outcome.refusal.err, outcome.refusal.guard, {}}, args_};
      break;
    case CallOutcome::Kind::blocked:
      if (reply.is < Reply::Is::blocked) reply.is = Reply::Is::blocked, reply.label = outcome.label;
      return false;
    case CallOutcome::Kind::abandoned:
      if (reply.is < Reply::Is::abandoned) reply.is = Reply::Is::abandoned, reply.label = outcome.label;
      return false;
  }
  reply.is = Reply::Is::answered;
  reply.after = runner_.after();
  return true;
}

/// ENQCMD with an invalid MSR faults, and the handler may fill it.
bool Asking::fill(std::size_t call, const NativeState& state, NativeState& filled) {
  const AskedCall& c = calls_[call];
  const auto thread = static_cast<std::size_t>(std::ranges::find(c.names, "thread") - c.names.begin());
  for (const std::size_t r : fills_) {
    const lang::RuleTree& rule = tree_.rules[r];
    std::array<std::uint8_t, spec::max_params> args{};
    args[0] = args_[thread];
    const int size = rule.params.size() < 2 ? 1 : lang::size_of(facts_, rule.params[1].sort);
    for (int x = 1; x <= size; ++x) {
      args[1] = static_cast<std::uint8_t>(x);
      filled = state;
      if (reading_.rules[r].apply(facts_, state, filled, args.data(), true).kind == lang::Outcome::Kind::done)
        return true;
    }
  }
  return false;
}

void Asking::reply_of(std::size_t call, const NativeState& state, Reply& reply, Depends& depends) {
  runner_.restart(facts_, state);
  reply.is = Reply::Is::nothing;
  if (complete(call, 0, reply, depends) || reply.is != Reply::Is::blocked) return;
  reply.after = state;
  const std::string_view label = reply.label;
  if (label == "enqcmd.msr-valid") {
    NativeState filled;
    if (fill(call, state, filled)) {
      runner_.restart(facts_, filled);
      reply.is = Reply::Is::nothing;
      complete(call, 0, reply, depends);
      return;
    }
    reply.is = Reply::Is::answered;
    reply.asked = {{static_cast<int>(call), Says::gp_fault, 0, label, {}}, args_};
  } else if (waits(label)) {
    reply.is = Reply::Is::answered;
    reply.asked = {{static_cast<int>(call), Says::would_block, 0, label, {}}, args_};
  }
}

/// What a refused call would have been about is nobody's business.
void Asking::finish(std::size_t call, Asked& asked) const {
  if (asked.kind.says != Says::ok)
    for (const std::uint8_t k : calls_[call].others) asked.args[k] = 0;
  asked.kind.number = lies(call, asked.args);
}

Lies Asking::lies(std::size_t call, const Arguments& args) const {
  const AskedCall& c = calls_[call];
  std::uint8_t p = 0;
  lang::Id<spec::Dev> dev;
  for (std::size_t k = 0; k < c.transition.loops_from; ++k) {
    const lang::SortInfo* const sort = c.transition.params[k];
    if (sort == &lang::sort_info<spec::Pasid>) p = args[k];
    if (sort == &lang::sort_info<spec::Dev>) dev = lang::Id<spec::Dev>{args[k]};
    if (sort == &lang::sort_info<spec::Wq>) dev = facts_.wq_dev(lang::Id<spec::Wq>{args[k]});
  }
  if (p == 0 || dev == lang::none) return Lies::anywhere;
  const auto fits = [&](int n) { return facts_.fits(dev, lang::Id<spec::Pasid>{static_cast<std::uint8_t>(n)}); };
  if (p == facts_.rid_pasid().v) return Lies::rid;
  if (!fits(p)) return Lies::beyond;
  bool first = true;
  bool last = true;
  for (int n = 1; n <= facts_.size<spec::Pasid>(); ++n) {
    if (n == p || !fits(n)) continue;
    (n < p ? first : last) = false;
  }
  return first && last ? Lies::only : first ? Lies::first : last ? Lies::last : Lies::anywhere;
}

std::optional<Asked> Asking::ask(const Belief& belief, int call, const Arguments& args, Belief& after,
                                 std::vector<Asked>* heard) {
  const auto c = static_cast<std::size_t>(call);
  after.clear();
  std::optional<Asked> out;
  bool differ = false;
  Reply reply;
  for (const NativeState& s : belief) {
    args_ = args;
    Depends depends;
    reply_of(c, s, reply, depends);
    if (reply.is != Reply::Is::answered) {
      if (heard != nullptr) heard->clear();
      return std::nullopt;
    }
    finish(c, reply.asked);
    if (heard != nullptr && std::ranges::find(*heard, reply.asked) == heard->end()) heard->push_back(reply.asked);
    differ = differ || (out && !(*out == reply.asked));
    out = reply.asked;
    after.push_back(reply.after);
  }
  if (differ) return std::nullopt;
  settle(after);
  return out;
}

/// Goes through the values of one input. `made`: some of them got past the guard on new names.
bool Asking::choose(std::size_t call, std::size_t input, Depends& depends, bool& made, bool& stop) {
  const AskedCall& c = calls_[call];
  if (input == c.inputs.size()) {
    Reply reply;
    const Arguments inputs = args_;
    reply_of(call, belief_->front(), reply, depends);
    args_ = inputs;
    if (reply.is == Reply::Is::abandoned) return false;
    made = true;
    if (reply.is != Reply::Is::answered) return false;
    Belief after;
    if (belief_->size() == 1) {
      finish(call, reply.asked);
      after = {reply.after};
      settle(after);
      stop = !(*visit_)(reply.asked, std::move(after));
    } else if (const auto asked = ask(*belief_, static_cast<int>(call), inputs, after)) {
      stop = !(*visit_)(*asked, std::move(after));
    }
    args_ = inputs;
    return stop;
  }
  const std::size_t k = c.inputs[input];
  const lang::SortInfo* sort = c.transition.params[k];
  const int size = lang::size_of(facts_, sort);
  const bool enumeration = sort->kind != lang::SortKind::entity;
  bool others_seen = false;
  Depends all;
  for (int x = 1; x <= size && !stop; ++x) {
    if (enumeration && others_seen && (all.told[k] >> x & 1U) == 0) continue;
    args_[k] = static_cast<std::uint8_t>(x);
    Depends own;
    bool passed = false;
    choose(call, input + 1, own, passed, stop);
    made = made || passed;
    join(all, own);
    others_seen = others_seen || (own.told[k] >> x & 1U) == 0;
    if (!enumeration && (own.params >> k & 1U) == 0) break;
    if (passed && !c.makes[k].empty()) break;  // of new names the first
  }
  join(depends, all);
  return stop;
}

void Asking::each(const Belief& belief, const std::function<bool(const Asked&, Belief&&)>& visit) {
  belief_ = &belief;
  visit_ = &visit;
  bool stop = false;
  for (std::size_t c = 0; c < calls_.size() && !stop; ++c) {
    Depends depends;
    bool made = false;
    args_ = {};
    choose(c, 0, depends, made, stop);
  }
}

bool Asking::looks_alike(const NativeState& a, const NativeState& b) const {
  const auto* const x = reinterpret_cast<const std::uint8_t*>(&a);
  const auto* const y = reinterpret_cast<const std::uint8_t*>(&b);
  return std::ranges::all_of(visible_, [&](const auto& v) { return std::memcmp(x + v.first, y + v.first, v.second) == 0; });
}

/// What happens by itself happens at once where nobody can see it, and else may have happened or not.
void Asking::settle(Belief& belief) {
  NativeState next;
  for (std::size_t i = 0; i < belief.size(); ++i) {
    for (std::size_t k = 0; k < by_themselves_.size(); ++k) {
      const auto& rule = reading_.rules[by_themselves_[k]];
      const int size = lang::size_of(facts_, tree_.rules[by_themselves_[k]].params[0].sort);
      for (int x = 1; x <= size; ++x) {
        const std::array<std::uint8_t, spec::max_params> args{static_cast<std::uint8_t>(x)};
        next = belief[i];
        if (rule.apply(facts_, belief[i], next, args.data(), true).kind != lang::Outcome::Kind::done) continue;
        if (looks_alike(belief[i], next)) {
          belief[i] = next;
          k = static_cast<std::size_t>(-1);
          break;
        }
        if (std::ranges::none_of(belief, [&](const NativeState& s) { return same(s, next); })) belief.push_back(next);
      }
    }
  }
  if (belief.size() == 1) return;
  std::ranges::sort(belief, before);
  const auto rest = std::ranges::unique(belief, same);
  belief.erase(rest.begin(), rest.end());
}

}  // namespace pasid::conform::vectors
