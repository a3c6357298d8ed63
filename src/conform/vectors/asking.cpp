#include "src/conform/vectors/asking.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "spec/calls.hpp"

namespace pasid::conform::vectors {
namespace {

using explore::Arguments;
using explore::CallOutcome;
using lang::GuardKind;
using spec::NativeState;

const NativeState nothing_yet{};

bool before(const NativeState& a, const NativeState& b) { return std::memcmp(&a, &b, sizeof a) < 0; }
bool same(const NativeState& a, const NativeState& b) { return std::memcmp(&a, &b, sizeof a) == 0; }
bool is_in(const std::vector<NativeState>& states, const NativeState& s) {
  return std::ranges::any_of(states, [&](const NativeState& t) { return same(s, t); });
}

}  // namespace

Arguments inputs_for(const CallKind& call, const Arguments& args, const CallKind& to) {
  Arguments out{};
  for (const std::uint8_t k : to.inputs) {
    const auto same = std::ranges::find(call.params, to.params[k].name, &Parameter::name);
    if (same != call.params.end()) out[k] = args[static_cast<std::size_t>(same - call.params.begin())];
    else if (to.params[k].sort->kind == lang::SortKind::enumeration) out[k] = 1;
  }
  return out;
}

Asking::Asking(const Catalogue& catalogue, const spec::NativeFacts& facts)
    : catalogue_(catalogue), facts_(facts), runner_(catalogue.reading(), facts, nothing_yet, true),
      inside_(catalogue.reading(), facts, nothing_yet, true) {
  const lang::Tree& tree = catalogue.tree();
  reads_.reserve(tree.rules.size());
  for (const lang::RuleTree& rule : tree.rules) {
    reads_.emplace_back(tree, rule);
    for (const lang::Guard& g : rule.guards)
      if (g.kind == GuardKind::given) given_.insert(g.label);
  }
  runner_.watch(reads_);
  for (auto& order : orders_) std::iota(order.begin(), order.end(), std::uint8_t{1});
  for (const CallKind& c : catalogue.calls()) {
    auto& makes = makes_.emplace_back(c.params.size());
    for (const explore::Section& s : c.transition.sections) {
      const lang::RuleTree& rule = tree.rules[static_cast<std::size_t>(s.rule)];
      for (const lang::Guard& g : rule.guards)
        for (std::size_t k = 0; k < s.from.size(); ++k)
          if (g.kind == GuardKind::choose && g.pick == lang::Pick::any && g.picked == rule.params[k].variable)
            makes[s.from[k]] = g.label;
    }
  }
  // Where an mm struct has got to is nobody's business; what else its end changes is.
  for (const lang::CellInfo& cell : tree.cells) {
    if (cell.rigid || cell.name == "mm_at" || cell.name == "lam") continue;
    std::size_t bytes = 1;
    for (const lang::SortInfo* s : cell.index) bytes *= static_cast<std::size_t>(s->capacity) + 1;
    visible_.emplace_back(cell.offset, bytes);
  }
}

/// Runs the call for what the tester does not say. True: it answered.
bool Asking::complete(const CallKind& call, std::size_t other, Reply& reply, Depends& depends) {
  const std::size_t results = call.results.size();
  if (other < results + call.derived.size()) {
    const std::size_t k = other < results ? call.results[other] : call.derived[other - results];
    const int size = lang::size_of(facts_, call.transition.params[k]);
    Depends own;
    bool answered = false;
    for (int x = 1; x <= size && !answered; ++x) {
      args_[k] = static_cast<std::uint8_t>(x);
      answered = complete(call, other + 1, reply, own);
      if ((own.params >> k & 1U) == 0) break;
    }
    depends.add(own);
    return answered;
  }
  const CallOutcome outcome = runner_.run(call.transition, args_, orders_);
  depends.add(runner_.depends());
  const auto ended = [&](Reply::Is is) {
    if (reply.is >= is) return;
    reply.is = is;
    reply.label = outcome.label;
  };
  switch (outcome.kind) {
    case CallOutcome::Kind::blocked:
      ended(given_.contains(outcome.label) ? Reply::Is::meaningless : Reply::Is::waits);
      return false;
    case CallOutcome::Kind::abandoned: ended(Reply::Is::abandoned); return false;
    case CallOutcome::Kind::done: reply.asked = {{-1, Answer::Kind::ok, 0, {}, {}}, args_}; break;
    case CallOutcome::Kind::error:
      reply.asked = {{-1, Answer::Kind::error, outcome.refusal.err, outcome.refusal.guard, {}}, args_};
      break;
  }
  reply.is = Reply::Is::answered;
  reply.after = runner_.after();
  return true;
}

/// Fires a rule inside the call, with the call's own arguments where they have one name.
void Asking::enter(const CallKind& call, const explore::Transition& t, std::size_t param, Arguments& args) {
  if (param == t.params.size()) {
    if (inside_.run(t, args, orders_).kind == CallOutcome::Kind::done) entered_.push_back(inside_.after());
    return;
  }
  const auto& rule = catalogue_.tree().rules[static_cast<std::size_t>(t.sections[0].rule)];
  const auto own = std::ranges::find(call.params, rule.params[param].name, &Parameter::name);
  if (own != call.params.end()) {
    args[param] = args_[static_cast<std::size_t>(own - call.params.begin())];
    return enter(call, t, param + 1, args);
  }
  for (int x = 1; x <= lang::size_of(facts_, t.params[param]); ++x) {
    args[param] = static_cast<std::uint8_t>(x);
    enter(call, t, param + 1, args);
  }
}

/// The states in which the first section of the call may find the implementation.
const std::vector<NativeState>& Asking::entered(int call, const NativeState& state) {
  entered_.clear();
  for (const explore::Transition& t : catalogue_.inside(call)) {
    inside_.restart(facts_, state);
    Arguments args{};
    enter(catalogue_[call], t, 0, args);
  }
  if (entered_.empty()) entered_.push_back(state);
  return entered_;
}

/// What the call with the inputs in args_ answers in one state.
void Asking::reply_of(int call, const NativeState& state, Reply& reply, Depends& depends) {
  runner_.restart(facts_, state);
  reply.is = Reply::Is::nothing;
  if (!complete(catalogue_[call], 0, reply, depends) && reply.is == Reply::Is::waits) {
    const bool faults = reply.label == spec::general_protection;
    reply.is = Reply::Is::answered;
    reply.asked = {{-1, faults ? Answer::Kind::gp_fault : Answer::Kind::would_block, 0, reply.label, {}}, args_};
    reply.after = state;
  }
  reply.asked.kind.call = call;
  finish(reply.asked);
}

/// What a refused call would have been about is nobody's business.
void Asking::finish(Asked& asked) const {
  const CallKind& call = catalogue_[asked.kind.call];
  if (asked.kind.says != Answer::Kind::ok) {
    for (const std::uint8_t k : call.results) asked.args[k] = 0;
    for (const std::uint8_t k : call.derived) asked.args[k] = 0;
  }
  for (std::size_t k = call.transition.loops_from; k < asked.args.size(); ++k) asked.args[k] = 0;
  asked.kind.number = lies(asked);
}

Lies Asking::lies(const Asked& asked) const {
  const explore::Transition& t = catalogue_[asked.kind.call].transition;
  std::uint8_t p = 0;
  lang::Id<spec::Dev> dev;
  for (std::size_t k = 0; k < t.loops_from; ++k) {
    if (t.params[k] == &lang::sort_info<spec::Pasid>) p = asked.args[k];
    if (t.params[k] == &lang::sort_info<spec::Dev>) dev = lang::Id<spec::Dev>{asked.args[k]};
    if (t.params[k] == &lang::sort_info<spec::Wq>) dev = facts_.wq_dev(lang::Id<spec::Wq>{asked.args[k]});
  }
  if (p == 0 || dev == lang::none) return Lies::anywhere;
  const auto fits = [&](int n) { return facts_.fits(dev, lang::Id<spec::Pasid>{static_cast<std::uint8_t>(n)}); };
  if (p == facts_.rid_pasid().v) return Lies::rid;
  if (!fits(p)) return Lies::beyond;
  bool first = true;
  bool last = true;
  for (int n = 1; n <= facts_.size<spec::Pasid>(); ++n)
    if (n != p && fits(n)) (n < p ? first : last) = false;
  return first && last ? Lies::only : first ? Lies::first : last ? Lies::last : Lies::anywhere;
}

std::vector<Asking::Heard> Asking::hear(const Belief& belief, int call, const Arguments& args, bool& meaningless) {
  std::vector<Heard> out;
  meaningless = false;
  for (const NativeState& s : belief) {
    args_ = args;
    const std::vector<NativeState> states = entered(call, s);
    for (const NativeState& e : states) {
      args_ = args;
      Depends depends;
      reply_of(call, e, reply_, depends);
      if (reply_.is == Reply::Is::meaningless || reply_.is == Reply::Is::nothing) meaningless = true;
      // A call that names what is there already has no meaning either; one for which there is no number has no answer.
      if (reply_.is == Reply::Is::abandoned)
        for (const auto& label : makes_[static_cast<std::size_t>(call)])
          meaningless = meaningless || label == reply_.label;
      if (reply_.is != Reply::Is::answered) continue;
      // Then nothing was done, on entering neither.
      if (reply_.asked.kind.says == Answer::Kind::would_block) reply_.after = s;
      auto found = std::ranges::find(out, reply_.asked, &Heard::asked);
      if (found == out.end()) found = out.insert(found, {reply_.asked, {}});
      found->after.push_back(reply_.after);
    }
  }
  for (Heard& h : out) settle(h.after);
  return out;
}

std::optional<Asked> Asking::ask(const Belief& belief, int call, const Arguments& args, Belief& after) {
  bool meaningless = false;
  auto heard = hear(belief, call, args, meaningless);
  if (meaningless || heard.size() != 1) return std::nullopt;
  after = std::move(heard.front().after);
  return heard.front().asked;
}

/// All inputs are chosen.
bool Asking::visit_answer(int call) {
  if (question_ != nullptr) {
    (*question_)(call, args_);
    return true;
  }
  Belief after;
  if (belief_->size() == 1 && catalogue_.inside(call).empty()) {
    const Asked asked = reply_.asked;
    after = {reply_.after};
    settle(after);
    return (*visit_)(asked, std::move(after));
  }
  const auto asked = ask(*belief_, call, args_, after);
  return !asked || (*visit_)(*asked, std::move(after));
}

/// Goes through the values of one input. `made`: some of them got past the guard on new names.
bool Asking::choose(int call, std::size_t input, Depends& depends, bool& made, bool& stop) {
  const CallKind& c = catalogue_[call];
  if (input == c.inputs.size()) {
    const Arguments inputs = args_;
    const NativeState state = entered(call, belief_->front()).front();
    reply_of(call, state, reply_, depends);
    args_ = inputs;
    if (!catalogue_.inside(call).empty()) depends.params = ~explore::ParamSet{0};  // the rules inside read them too
    if (reply_.is == Reply::Is::abandoned) return false;
    made = true;
    if (reply_.is == Reply::Is::answered) stop = !visit_answer(call);
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
    all.add(own);
    others_seen = others_seen || (own.told[k] >> x & 1U) == 0;
    if (!enumeration && (own.params >> k & 1U) == 0) break;
    if (passed && !makes_[static_cast<std::size_t>(call)][k].empty()) break;  // of new names the first
  }
  depends.add(all);
  return stop;
}

void Asking::each(const Belief& belief, const std::function<bool(const Asked&, Belief&&)>& visit,
                  const std::vector<bool>& only) {
  belief_ = &belief;
  visit_ = &visit;
  bool stop = false;
  for (std::size_t c = 0; c < catalogue_.calls().size() && !stop; ++c) {
    if (!only.empty() && !only[c]) continue;
    Depends depends;
    bool made = false;
    args_ = {};
    choose(static_cast<int>(c), 0, depends, made, stop);
  }
}

void Asking::questions(const Belief& belief, const std::function<void(int, const Arguments&)>& visit,
                       const std::vector<bool>& only) {
  question_ = &visit;
  for (const NativeState& s : belief) each({s}, {}, only);
  question_ = nullptr;
}

bool Asking::looks_alike(const NativeState& a, const NativeState& b) const {
  const auto* const x = reinterpret_cast<const std::uint8_t*>(&a);
  const auto* const y = reinterpret_cast<const std::uint8_t*>(&b);
  return std::ranges::all_of(visible_,
                             [&](const auto& v) { return std::memcmp(x + v.first, y + v.first, v.second) == 0; });
}

/// What happens by itself happens at once where nobody can see it, and else may have happened or not. Where it goes
/// round in circles, as of some mutants, it may be anywhere there.
void Asking::settle(Belief& belief) {
  const auto hidden = catalogue_.hidden();
  std::vector<NativeState> circles;
  std::vector<NativeState> way;  // to belief[i], all alike
  for (std::size_t i = 0; i < belief.size(); ++i) {
    way.clear();
    if (belief.size() > most_) {
      overflowed_ = true;
      belief.resize(most_);
      break;
    }
    for (std::size_t k = 0; k < hidden.size(); ++k) {
      entered_.clear();
      inside_.restart(facts_, belief[i]);
      Arguments args{};
      static const CallKind nobody{};
      enter(nobody, hidden[k], 0, args);
      bool again = false;
      for (const NativeState& next : entered_) {
        if (same(next, belief[i])) continue;
        if (looks_alike(belief[i], next) && !is_in(circles, belief[i])) {
          if (!is_in(way, next)) {
            way.push_back(std::exchange(belief[i], next));
            again = true;
            break;
          }
          circles.push_back(belief[i]);
          for (; !same(way.back(), next); way.pop_back()) circles.push_back(way.back());
          circles.push_back(next);
        }
        if (!is_in(belief, next)) belief.push_back(next);
      }
      if (again) k = static_cast<std::size_t>(-1);
    }
  }
  if (belief.size() == 1) return;
  std::ranges::sort(belief, before);
  const auto rest = std::ranges::unique(belief, same);
  belief.erase(rest.begin(), rest.end());
}

}  // namespace pasid::conform::vectors
