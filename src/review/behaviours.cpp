#include "src/review/behaviours.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <limits>
#include <set>

#include "src/conform/checker.hpp"
#include "src/conform/vectors/plans.hpp"
#include "src/conform/words.hpp"
#include "src/review/lockstep.hpp"
#include "src/smt/side_by_side.hpp"

namespace pasid::review {
namespace {

using conform::Answer;
using conform::Call;
using conform::CallKind;
using conform::Catalogue;
using conform::World;
using conform::vectors::Asked;

struct Shared {
  std::string name;  ///< of the plan, and why
  World a;
  World b;
  bool same_numbers;
};

/// The facts are the same but for the knobs.
bool same_topology(const lang::Tree& tree, const spec::NativeFacts& a, const spec::NativeFacts& b) {
  const auto* const x = reinterpret_cast<const std::uint8_t*>(&a);
  const auto* const y = reinterpret_cast<const std::uint8_t*>(&b);
  bool same = true;
  for (const lang::CellInfo& cell : tree.cells)
    if (cell.rigid && !lang::is_knob(cell))
      lang::each_index(a, cell, [&](std::span<const std::uint8_t> index) {
        same = same && x[lang::place(cell, index)] == y[lang::place(cell, index)];
      });
  return same;
}

std::deque<Shared> worlds_of_both(const Side& a, const Side& b, Behaviours& out) {
  std::deque<Shared> all;
  for (const conform::vectors::Plan& plan : conform::vectors::plans()) {
    const auto of_a = conform::vectors::world_of(*a.tree, a.knobs, plan);
    const auto of_b = conform::vectors::world_of(*b.tree, b.knobs, plan);
    if (of_a && of_b) {
      all.push_back({plan.name, *of_a, *of_b, same_topology(*a.tree, of_a->facts, of_b->facts)});
      out.worlds.push_back(plan.name);
    } else {
      out.left_out.push_back(plan.name + ": not a world of " + (of_a ? b.name : of_b ? a.name : "either design"));
    }
  }
  return all;
}

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
    if (parts && end.kind.says != Answer::Kind::ok) {
      there.emplace_back(of_a ? b_.asked(d.question.b, d.question.args_b) : a_.asked(d.question.a, d.question.args_a),
                         other.answer(end));
      trace::Trace unused;
      ok = ok && !other.allows(there, unused);
    } else if (parts) {
      // A number for which the other has none is one that it cannot give.
      const CallKind& kind = of_a ? catalogue_a_[d.question.a] : catalogue_b_[d.question.b];
      const auto translate = [&](std::uint8_t p) { return of_a ? numbers.to_b(p) : numbers.to_a(p); };
      const Answer answer = other.answer(end, kind, translate);
      const bool known = std::ranges::all_of(kind.results, [&](std::uint8_t k) { return translate(end.args[k]) != 0; });
      if (known) {
        there.emplace_back(of_a ? b_.asked(d.question.b, d.question.args_b) : a_.asked(d.question.a, d.question.args_a),
                           answer);
        trace::Trace unused;
        ok = ok && !other.allows(there, unused);
      }
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

std::vector<std::string> only_in(const Catalogue& here, const Catalogue& there) {
  std::vector<std::string> out;
  for (const CallKind& c : here.calls())
    if (there.named(c.name) < 0) out.emplace_back(c.name);
  return out;
}

/// What makes two of them one kind: the call, and the answer that is new or gone, without numbers.
std::string kind_of(const Behaviour& b, const Said& said) {
  return b.name + ": " + said.answer.substr(0, said.answer.find(' ')) + '/' + said.guard;
}

/// Plain ones first, then the shortest; of each kind one.
std::vector<Behaviour> best(std::vector<Behaviour> all, bool allowed) {
  std::erase_if(all, [&](const Behaviour& b) { return (allowed ? b.only_b : b.only_a).empty(); });
  std::ranges::stable_sort(all, {}, [](const Behaviour& b) { return std::pair(b.environment, b.calls()); });
  std::vector<Behaviour> out;
  std::set<std::string> seen;
  for (const Behaviour& b : all) {
    bool is_new = false;
    for (const Said& s : allowed ? b.only_b : b.only_a) is_new = seen.insert(kind_of(b, s)).second || is_new;
    if (is_new) out.push_back(b);
  }
  return out;
}

/// What came of one world.
struct Found {
  std::vector<Behaviour> behaviours;
  std::vector<std::string> disagreed;
  std::size_t questions = 0;
  std::size_t depth = 0;
  bool exhausted = false;
};

/// Goes through worlds on several threads.
class Search {
 public:
  Search(const Side& a, const Side& b, const BehaviourOptions& options, Behaviours& out)
      : a_(a), b_(b), options_(options), catalogue_a_(*a.tree, a.reading, a.knobs),
        catalogue_b_(*b.tree, b.reading, b.knobs), worlds_(worlds_of_both(a, b, out)) {
    out.calls_only_a = only_in(catalogue_a_, catalogue_b_);
    out.calls_only_b = only_in(catalogue_b_, catalogue_a_);
  }

  std::vector<Found> run(std::size_t nodes, const std::vector<std::string>& among) const {
    std::vector<Found> out(worlds_.size());
    std::atomic<std::size_t> done = 0;
    std::atomic<std::size_t> shortest = std::numeric_limits<std::size_t>::max();
    smt::side_by_side(worlds_.size(), options_.threads, [&](std::size_t w) {
      conform::vectors::Asking asking_a(catalogue_a_, worlds_[w].a.facts);
      conform::vectors::Asking asking_b(catalogue_b_, worlds_[w].b.facts);
      Lockstep lockstep(asking_a, asking_b, worlds_[w].same_numbers);
      if (!among.empty()) lockstep.narrow(among, shortest);
      lockstep.search(nodes);
      out[w] = told(worlds_[w], lockstep);
      options_.progress("asking both: " + std::to_string(++done) + " of " + std::to_string(worlds_.size()) + " worlds");
    });
    return out;
  }

 private:
  Found told(const Shared& world, const Lockstep& lockstep) const {
    Found out{{}, {}, lockstep.questions(), lockstep.depth(), lockstep.exhausted()};
    const Teller tell_a(a_, catalogue_a_, world.a);
    const Teller tell_b(b_, catalogue_b_, world.b);
    const Retelling retell(world, tell_a, tell_b, catalogue_a_, catalogue_b_, out.disagreed);
    for (const Difference& d : lockstep.differences()) out.behaviours.push_back(retell(d));
    return out;
  }

  const Side& a_;
  const Side& b_;
  const BehaviourOptions& options_;
  Catalogue catalogue_a_;
  Catalogue catalogue_b_;
  std::deque<Shared> worlds_;
};

}  // namespace

Behaviours differing_behaviours(const Side& a, const Side& b, const BehaviourOptions& options) {
  Behaviours out;
  const Search search(a, b, options, out);
  std::vector<Found> found = search.run(options.nodes, {});
  out.exhausted = !found.empty();
  for (const Found& f : found) {
    out.depth = std::max(out.depth, f.depth);
    out.exhausted = out.exhausted && f.exhausted;
  }
  for (const Found& f : found)
    if (!f.exhausted) out.depth = std::min(out.depth, f.depth);
  const auto nothing = [](const Found& f) { return f.behaviours.empty(); };
  if (std::ranges::all_of(found, nothing) && !options.among.empty() && !out.exhausted)
    std::ranges::move(search.run(10 * options.nodes, options.among), std::back_inserter(found));
  std::vector<Behaviour> all;
  // Of long sequences that were looked for, only the shortest do not depend on who was first.
  std::size_t most = std::numeric_limits<std::size_t>::max();
  if (found.size() > out.worlds.size())
    for (const Found& f : found)
      for (const Behaviour& b : f.behaviours) most = std::min(most, b.calls());
  for (Found& f : found) {
    std::erase_if(f.behaviours, [&](const Behaviour& b) { return b.calls() > most; });
    if (static_cast<std::size_t>(&f - found.data()) < out.worlds.size()) out.questions += f.questions;
    std::ranges::move(f.behaviours, std::back_inserter(all));
    std::ranges::move(f.disagreed, std::back_inserter(out.disagreed));
  }
  out.newly_allowed = best(all, true);
  out.newly_forbidden = best(std::move(all), false);
  return out;
}

}  // namespace pasid::review
