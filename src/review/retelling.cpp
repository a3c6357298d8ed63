#include "src/review/retelling.hpp"

#include <algorithm>

#include "src/conform/checker.hpp"
#include "src/conform/words.hpp"

namespace pasid::review {
namespace {

using conform::Answer;
using conform::Call;
using conform::CallKind;
using conform::Catalogue;
using conform::World;
using conform::vectors::Asked;

/// One design in one world, for telling.
class Teller {
 public:
  Teller(const Side& side, const Catalogue& catalogue, const World& world)
      : side_(side), catalogue_(catalogue), world_(world) {}

  [[nodiscard]] std::string call(int kind, const explore::Arguments& args) const {
    return conform::words(catalogue_, world_, asked(kind, args));
  }

  [[nodiscard]] Said said(const Asked& asked) const {
    const CallKind& kind = catalogue_[asked.kind.call];
    Said out{conform::words(world_, kind, answer(asked)), std::string(asked.kind.guard), {}};
    for (const explore::Section& s : kind.transition.sections) {
      const lang::RuleTree& rule = side_.tree->rules[static_cast<std::size_t>(s.rule)];
      if (std::ranges::find(rule.guards, asked.kind.guard, &lang::Guard::label) != rule.guards.end())
        out.cites = rule.source;
    }
    return out;
  }

  [[nodiscard]] std::vector<Said> said(const std::vector<Asked>& all) const {
    std::vector<Said> out;
    for (const Asked& a : all)
      if (Said s = said(a); std::ranges::find(out, s) == out.end()) out.push_back(std::move(s));
    return out;
  }

  /// Puts calls with their answers to the checker; true: it allows all, to the last. `trace` gets the steps that the
  /// checker allows.
  bool allows(const std::vector<std::pair<Call, Answer>>& sequence, trace::Trace& trace) const {
    conform::Checker checker(catalogue_, world_, {.record = true});
    bool all = true;
    for (const auto& [call, answer] : sequence) all = all && checker.step(call, answer) == conform::Checker::Result::ok;
    trace = {side_.name, "", "call", world_.facts, {}, checker.steps()};
    return all;
  }

  [[nodiscard]] Call asked(int kind, const explore::Arguments& args) const {
    Call out{kind, {}};
    for (const std::uint8_t k : catalogue_[kind].inputs) out.args[k] = args[k];
    return out;
  }
  /// With another number in the place of each of the call's own, where `translate` gives one.
  template <class Translate>
  [[nodiscard]] Answer answer(const Asked& asked, const CallKind& of, Translate translate) const {
    Answer out{asked.kind.says, asked.kind.err, {}, {}};
    if (out.kind == Answer::Kind::ok)
      for (std::size_t i = 0; i < of.results.size() && i < out.results.size(); ++i)
        out.results[i] = world_.number(translate(asked.args[of.results[i]]));
    return out;
  }
  [[nodiscard]] Answer answer(const Asked& asked) const {
    return answer(asked, catalogue_[asked.kind.call], [](std::uint8_t p) { return p; });
  }

 private:
  const Side& side_;
  const Catalogue& catalogue_;
  const World& world_;
};

/// A difference in words, once both designs have been run to it by the checker of answers: what it finds otherwise is
/// put down in `disagreed`.
class Retelling {
 public:
  Retelling(const Shared& world, const Teller& a, const Teller& b, const Catalogue& catalogue_a,
            const Catalogue& catalogue_b, std::vector<std::string>& disagreed)
      : world_(world), a_(a), b_(b), catalogue_a_(catalogue_a), catalogue_b_(catalogue_b), disagreed_(disagreed) {}

  Behaviour operator()(const Difference& d) const {
    Behaviour out;
    out.world = world_.name;
    for (const Step& s : d.steps)
      out.before.push_back({a_.call(s.question.a, s.question.args_a), a_.said(s.a).answer, b_.said(s.b).answer});
    out.call = a_.call(d.question.a, d.question.args_a);
    out.name = catalogue_a_[d.question.a].name;
    out.a = a_.said(d.a);
    out.b = b_.said(d.b);
    out.only_a = a_.said(d.only_a);
    out.only_b = b_.said(d.only_b);
    for (const Step& s : d.steps) out.environment = out.environment || environment(s.question);
    out.environment = out.environment || environment(d.question);
    Correspondence numbers(world_.a.facts, world_.same_numbers);
    for (const Step& s : d.steps)
      if (s.a.kind.says == Answer::Kind::ok)
        for (std::size_t i = 0; i < catalogue_a_[s.a.kind.call].results.size(); ++i)
          numbers.match(s.a.args[catalogue_a_[s.a.kind.call].results[i]],
                        s.b.args[catalogue_b_[s.b.kind.call].results[i]]);
    run(d, d.only_a.empty() ? d.a : d.only_a, true, numbers, !d.only_a.empty(), out);
    run(d, d.only_b.empty() ? d.b : d.only_b, false, numbers, !d.only_b.empty(), out);
    return out;
  }

 private:
  [[nodiscard]] bool environment(const Question& q) const {
    return std::ranges::any_of(catalogue_a_[q.a].inputs,
                               [&](std::uint8_t k) {
                                 return catalogue_a_[q.a].params[k].sort->kind == lang::SortKind::enumeration &&
                                        q.args_a[k] > 1;
                               }) ||
           std::ranges::any_of(catalogue_b_[q.b].inputs, [&](std::uint8_t k) {
             return catalogue_b_[q.b].params[k].sort->kind == lang::SortKind::enumeration && q.args_b[k] > 1;
           });
  }

  /// The sequence with the first of `last` as its end: allowed by the design that gives it and, with `parts`, not by
  /// the other.
  void run(const Difference& d, const std::vector<Asked>& last, bool of_a, const Correspondence& numbers, bool parts,
           Behaviour& out) const {
    std::vector<std::pair<Call, Answer>> here;
    std::vector<std::pair<Call, Answer>> there;
    const Teller& own = of_a ? a_ : b_;
    const Teller& other = of_a ? b_ : a_;
    for (const Step& s : d.steps) {
      here.emplace_back(of_a ? a_.asked(s.question.a, s.question.args_a) : b_.asked(s.question.b, s.question.args_b),
                        own.answer(of_a ? s.a : s.b));
      there.emplace_back(of_a ? b_.asked(s.question.b, s.question.args_b) : a_.asked(s.question.a, s.question.args_a),
                         other.answer(of_a ? s.b : s.a));
    }
    const Asked& end = last.front();
    here.emplace_back(of_a ? a_.asked(d.question.a, d.question.args_a) : b_.asked(d.question.b, d.question.args_b),
                      own.answer(end));
    bool ok = own.allows(here, of_a ? out.trace_a : out.trace_b);
    const CallKind& kind = of_a ? catalogue_a_[d.question.a] : catalogue_b_[d.question.b];
    const auto translate = [&](std::uint8_t p) { return of_a ? numbers.to_b(p) : numbers.to_a(p); };
    // A number for which the other has none is one that it cannot give.
    const bool sayable = end.kind.says != Answer::Kind::ok ||
                         std::ranges::all_of(kind.results, [&](std::uint8_t k) { return translate(end.args[k]) != 0; });
    if (parts && sayable) {
      there.emplace_back(of_a ? b_.asked(d.question.b, d.question.args_b) : a_.asked(d.question.a, d.question.args_a),
                         other.answer(end, kind, translate));
      trace::Trace unused;
      ok = ok && !other.allows(there, unused);
    }
    if (!ok) disagreed_.push_back(out.world + ": " + out.call + ", answered " + own.said(end).answer);
  }

  const Shared& world_;
  const Teller& a_;
  const Teller& b_;
  const Catalogue& catalogue_a_;
  const Catalogue& catalogue_b_;
  std::vector<std::string>& disagreed_;
};

}  // namespace

Behaviour retold(const Difference& difference, const Shared& world, const Side& a, const Catalogue& catalogue_a,
                 const Side& b, const Catalogue& catalogue_b, std::vector<std::string>& disagreed) {
  const Teller tell_a(a, catalogue_a, world.a);
  const Teller tell_b(b, catalogue_b, world.b);
  return Retelling(world, tell_a, tell_b, catalogue_a, catalogue_b, disagreed)(difference);
}

}  // namespace pasid::review
