#include "src/mutate/mutate.hpp"

#include <algorithm>
#include <set>

#include "src/check/check.hpp"
#include "src/check/convert.hpp"
#include "src/check/hints.hpp"
#include "src/mutate/content.hpp"
#include "src/mutate/directed.hpp"
#include "src/mutate/equivalence.hpp"
#include "src/mutate/failed_calls.hpp"
#include "src/mutate/falls.hpp"
#include "src/mutate/formulas.hpp"
#include "src/mutate/knob_readings.hpp"
#include "src/mutate/knobs.hpp"
#include "src/mutate/lemma_falls.hpp"
#include "src/mutate/may_break.hpp"
#include "src/mutate/operators.hpp"
#include "src/mutate/reach.hpp"
#include "src/mutate/selection.hpp"
#include "src/mutate/suite.hpp"
#include "src/mutate/texts.hpp"
#include "src/mutate/walks.hpp"
#include "src/review/side.hpp"
#include "src/smt/prove.hpp"
#include "src/trace/text.hpp"

namespace pasid::mutate {
namespace {

class Judging {
 public:
  Judging(const lang::Tree& tree, const io::Design& design, const conform::VectorFile& suite,
          const MutateOptions& options)
      : tree_(tree), design_(design), suite_(suite), options_(options), knobs_(io::facts_of(tree, design)),
        mutants_(wanted(tree_, knobs_, options)), verdicts_(mutants_.size()), parts_(mutants_.size()),
        rules_(review::rules_of(tree_, tree_.rules, knobs_)), original_{tree_, knobs_, rules_, {}},
        said_(hash_of(to_text(texts_of(tree)) + std::string(reinterpret_cast<const char*>(&knobs_), sizeof knobs_))) {
    proof_ = prove(tree);
    const explore::Reading reading = explore::native_reading();
    for (std::size_t i = 0; i < reading.properties.size(); ++i) {
      const smt::Item* item = proof_.find(reading.properties[i].name);
      if (item != nullptr && item->status == smt::Status::proved && !reading.properties[i].only_of_calls())
        original_.proved.push_back(static_cast<int>(i));
    }
  }

  Mutation run() {
    Mutation out;
    out.tests = suite_.tests();
    take_over();
    const auto of_rules = [](const Mutant& m) { return m.of_a_rule(); };
    const Reached reached = reach_all(of_rules);
    out.states = reached.states;
    look_for_falls(of_rules, [](std::size_t) { return false; });
    judge_knob_mutants();
    judge_suite();
    look_at_knobs();
    look_for_convicts();
    judge_formula_mutants();
    prove_equivalent([&](std::size_t m) { return of_rules(mutants_[m]) && !parts_[m]; });
    look_for_falls(of_rules, [&](std::size_t m) { return may_break_[m]; });
    take_ways();
    walk();
    look_for_each();
    for (const std::size_t m : same_where_asked_)
      settle(m, Fate::equivalent, "the same step wherever it has a meaning; nobody asks for it elsewhere");
    look_for_lemmas();
    for (std::size_t m = 0; m < mutants_.size(); ++m) {
      if (!parts_[m]) continue;
      settle(m, Fate::reading, parts_[m]->what, parts_[m]->steps());
      if (verdicts_[m]->fate == Fate::lemma || verdicts_[m]->fate == Fate::reading)
        verdicts_[m]->sequence = parts_[m]->told(mutants_[m].of);
    }
    for (std::size_t m = 0; m < mutants_.size(); ++m) list(m, out);
    for (std::size_t m = 0; m < mutants_.size(); ++m)
      out.mutants.push_back({mutants_[m], *verdicts_[m], content_hash(tree_, mutants_[m], said_)});
    for (const auto& [name, reason] : options_.reasons)
      if (whole() && std::ranges::none_of(mutants_, [&](const Mutant& m) { return m.name() == name; }))
        out.stale.push_back(name + " is no mutant");
    for (const std::string& name : fallen_lemmas_) out.stale.push_back("the lemma " + name + " is not proved");
    for (const std::string& where : broken_ways_) out.stale.push_back("a way on record cannot be gone: " + where);
    if (options_.wants_ways) out.ways = ways_to(original_, design_, std::move(far_));
    return out;
  }

 private:
  [[nodiscard]] smt::Proof prove(const lang::Tree& tree) const {
    smt::ProveOptions how;
    how.hints = check::proof_hints();
    how.like = check::like(design_);
    how.precedents = precedents_;
    return smt::prove(tree, knobs_, how);
  }

  bool settle(std::size_t m, Fate fate, std::string by, std::size_t steps = 0) {
    if (verdicts_[m]) return false;
    verdicts_[m] = Verdict{fate, std::move(by), steps, {}};
    return true;
  }
  void settle_all(std::vector<std::optional<Verdict>>&& found) {
    for (std::size_t i = 0; i < found.size(); ++i)
      if (found[i] && !verdicts_[open_[i]]) verdicts_[open_[i]] = std::move(found[i]);
  }

  /// Copies of the mutants without a verdict; open_ are their numbers.
  template <class Which>
  std::vector<Mutant> select(const Which& which) {
    std::vector<Mutant> out;
    open_.clear();
    for (std::size_t m = 0; m < mutants_.size(); ++m)
      if (!verdicts_[m] && which(m)) {
        open_.push_back(m);
        out.push_back(mutants_[m]);
      }
    return out;
  }
  template <class Which>
  std::vector<Mutant> copies(const Which& which) {
    return select([&](std::size_t m) { return which(mutants_[m]); });
  }

  /// Verdicts of before, of what is as it was.
  void take_over() {
    for (std::size_t m = 0; m < mutants_.size(); ++m)
      if (const auto before = options_.before.find(content_hash(tree_, mutants_[m], said_));
          before != options_.before.end())
        (verdicts_[m] = before->second)->taken_over = true;
  }

  /// Is every mutant of the design judged?
  [[nodiscard]] bool whole() const { return options_.of.empty() && !options_.by && !options_.only; }

  template <class Which>
  Reached reach_all(const Which& which) {
    const ReachOptions look = reach_options();
    const std::vector<Mutant> mutants = copies(which);
    may_break_.assign(mutants_.size(), false);
    if (mutants.empty()) return {};
    const std::vector<bool> can = may_break(original_, proof_, mutants, options_.threads, options_.progress);
    for (std::size_t i = 0; i < mutants.size(); ++i) may_break_[open_[i]] = can[i];
    Reached reached = reach(original_, mutants, can, look);
    for (std::size_t i = 0; i < mutants.size(); ++i) {
      if (reached.falls[i]) settle(open_[i], Fate::property, reached.falls[i]->property, reached.falls[i]->steps());
      parts_[open_[i]] = std::move(reached.parts[i]);
    }
    for (const auto& [conjunct, i] : reached.convicts) convicts_.emplace(conjunct, mutants[i].name());
    return reached;
  }

  [[nodiscard]] ReachOptions reach_options() const {
    ReachOptions out;
    out.threads = options_.threads;
    out.progress = options_.progress;
    if (options_.max_states != 0) out.max_states = options_.max_states;
    return out;
  }

  template <class Which, class Search>
  void look_for_falls(const Which& which, const Search& search) {
    FallOptions how;
    how.threads = options_.threads;
    how.progress = options_.progress;
    how.places = check::fall_places();
    how.max_states = options_.max_states_of_a_fall;
    const std::vector<Mutant> left = copies(which);
    std::vector<bool> searched;
    for (const std::size_t m : open_) searched.push_back(how.max_states != 0 && search(m));
    const auto found = falls(original_, design_, left, searched, how);
    for (std::size_t i = 0; i < left.size(); ++i)
      if (found[i]) settle(open_[i], Fate::property, found[i]->property, found[i]->steps);
  }

  void judge_knob_mutants() {
    KnobOptions how;
    how.threads = options_.threads;
    how.progress = options_.progress;
    how.precedents = precedents_;
    settle_all(judge_knobs(original_, copies([](const Mutant& m) { return m.of_a_knob(); }), how));
  }

  void judge_suite() {
    SuiteOptions how;
    how.threads = options_.threads;
    how.progress = options_.progress;
    const std::vector<Mutant> left = copies([](const Mutant& m) { return !m.of_a_formula(); });
    if (left.empty()) return;
    const auto failed = failed_tests(original_, suite_, left, how);
    for (std::size_t i = 0; i < left.size(); ++i)
      if (failed[i])
        settle(open_[i], Fate::vector, "test " + std::to_string(failed[i]->id) + ": " + failed[i]->what,
               failed[i]->calls);
  }

  void look_at_knobs() {
    KnobReadingOptions how;
    how.threads = options_.threads;
    how.progress = options_.progress;
    if (options_.max_states != 0) how.max_states = options_.max_states;
    auto found = knob_readings(original_, copies([](const Mutant& m) { return m.of_a_knob(); }), how);
    for (std::size_t i = 0; i < found.size(); ++i) parts_[open_[i]] = std::move(found[i]);
  }

  /// What one conjunct alone convicts is looked for among all mutants, also those that nobody asked about.
  void look_for_convicts() {
    const auto open = [&](lang::PropertyKind kind) {
      return std::ranges::any_of(copies([](const Mutant& m) { return m.of_a_formula(); }), [&](const Mutant& m) {
        const lang::Formula& f = tree_.formulas[static_cast<std::size_t>(m.formula)];
        return f.kind == lang::FormulaKind::property &&
               (f.judges == lang::PropertyKind::call) == (kind == lang::PropertyKind::call);
      });
    };
    const bool calls = open(lang::PropertyKind::call);
    const bool steps = open(lang::PropertyKind::step) && !(whole() && options_.before.empty());
    if (!calls && !steps) return;
    std::vector<Mutant> all = mutants_of(tree_, knobs_);
    if (calls) {
      FailedCallOptions how;
      how.threads = options_.threads;
      how.progress = options_.progress;
      convicts_.merge(convicted_by_failed_calls(original_, all, how));
    }
    if (!steps) return;
    std::erase_if(all, [](const Mutant& m) { return m.by != Operator::drop_guard && m.by != Operator::drop_update; });
    const std::vector<bool> can = may_break(original_, proof_, all, options_.threads, options_.progress);
    for (const auto& [conjunct, m] : reach(original_, all, can, reach_options()).convicts)
      convicts_.emplace(conjunct, all[m].name());
  }

  void judge_formula_mutants() {
    FormulaOptions how;
    how.like = check::like(design_);
    how.threads = options_.threads;
    how.progress = options_.progress;
    how.places = check::trace_places();
    how.precedents = precedents_;
    const std::vector<Mutant> left = copies([](const Mutant& m) { return m.of_a_formula(); });
    settle_all(judge_formulas(tree_, original_, design_, proof_, left, convicts_, how));
  }

  template <class Which>
  void prove_equivalent(const Which& which) {
    const std::vector<Mutant> left = select(which);
    if (left.empty()) return;
    Wider& with = wider();
    const auto same = proved_equivalent(with.tree, original_, with.proof, left, options_.threads, options_.progress);
    for (std::size_t i = 0; i < left.size(); ++i)
      if (same[i] == Same::everywhere) settle(open_[i], Fate::equivalent, "the same step in every state");
      else if (same[i] == Same::where_asked) same_where_asked_.push_back(open_[i]);
  }

  /// Of mutants of rules that do otherwise nowhere near the empty state, and are not proved to do nothing else: first
  /// along the ways on record.
  void take_ways() {
    const auto left = left_of_rules();
    if (left.empty()) return;
    const auto ways = ways_of(tree_, design_, options_.ways, options_.threads, options_.progress);
    for (const Way& w : ways)
      if (whole() && !w.broken.empty()) broken_ways_.push_back(w.broken);
    note(along(original_, left, ways, options_.threads, options_.progress));
  }

  /// Of those that do otherwise along none of them.
  void walk() {
    WalkOptions how;
    how.threads = options_.threads;
    how.progress = options_.progress;
    const auto left = left_of_rules();
    auto found = walks(original_, design_.name, left, how);
    note_far(left, found);
    note(std::move(found));
  }

  /// What was found of left_of_rules().
  void note(std::vector<std::optional<Shown>>&& found) {
    for (std::size_t i = 0; i < found.size(); ++i)
      if (found[i] && !found[i]->property.empty())
        settle(open_[i], Fate::property, found[i]->property, found[i]->steps());
      else parts_[open_[i]] = std::move(found[i]);
  }
  void note_far(const std::vector<Mutant>& left, const std::vector<std::optional<Shown>>& found) {
    for (std::size_t i = 0; i < found.size(); ++i)
      if (found[i]) far_.emplace_back(left[i], *found[i]);
  }

  /// The design with the lemmas besides, and what is proved of it then.
  struct Wider {
    lang::Tree tree;
    smt::Proof proof;
  };
  Wider& wider() {
    if (wider_) return *wider_;
    wider_ = Wider{tree_, {}};
    add_lemmas(wider_->tree, options_.lemmas);
    wider_->proof = options_.lemmas.empty() ? proof_ : prove(wider_->tree);
    for (const auto& [name, condition] : options_.lemmas)
      if (wider_->proof.find(name)->status != smt::Status::proved) fallen_lemmas_.push_back(name);
    return *wider_;
  }

  /// Of those that do otherwise in some state: is a lemma false after it?
  void look_for_lemmas() {
    for (std::size_t m = 0; m < mutants_.size(); ++m) {
      if (!parts_[m] || verdicts_[m] || !mutants_[m].of_a_rule()) continue;
      const explore::Path& path = parts_[m]->path;
      if (auto fallen = fallen_lemma(wider().tree, wider().proof, mutants_[m], path.facts, path.last()))
        settle(m, Fate::lemma, std::move(*fallen), parts_[m]->steps());
    }
  }

  /// Of those that no walk met either.
  void look_for_each() {
    DirectedOptions how;
    how.threads = options_.threads;
    how.progress = options_.progress;
    const auto left = left_of_rules();
    auto found = directed(original_, left, how);
    note_far(left, found);
    note(std::move(found));
  }

  std::vector<Mutant> left_of_rules() {
    return select([&](std::size_t m) {
      return mutants_[m].of_a_rule() && !parts_[m] &&
             std::ranges::find(same_where_asked_, m) == same_where_asked_.end();
    });
  }

  void list(std::size_t m, Mutation& out) {
    const auto reason = options_.reasons.find(mutants_[m].name());
    const bool left = !verdicts_[m] || verdicts_[m]->fate == Fate::reading;
    if (reason != options_.reasons.end()) {
      if (left) verdicts_[m] = Verdict{Fate::listed, reason->second, 0, {}};
      else out.stale.push_back(reason->first + " is " + std::string(name_of(verdicts_[m]->fate)));
    }
    settle(m, Fate::survivor, "");
  }

  lang::Tree tree_;
  const io::Design& design_;
  const conform::VectorFile& suite_;
  const MutateOptions& options_;
  spec::NativeFacts knobs_;
  std::vector<Mutant> mutants_;
  std::vector<std::optional<Verdict>> verdicts_;
  std::vector<std::optional<Shown>> parts_;  ///< by mutant: where it does otherwise
  std::vector<lang::RuleTree> rules_;
  Original original_;
  std::string said_;  ///< see content_hash()
  std::shared_ptr<smt::Precedents> precedents_ = std::make_shared<smt::Precedents>();
  smt::Proof proof_;
  std::optional<Wider> wider_;
  std::vector<Far> far_;
  std::vector<std::string> broken_ways_;
  std::vector<std::size_t> open_;
  std::vector<bool> may_break_;                                  ///< by mutant: see may_break()
  std::vector<std::string> fallen_lemmas_;                       ///< of those that only equivalence needs
  std::vector<std::size_t> same_where_asked_;                    ///< mutants of which that is proved, see Same
  std::map<std::pair<int, std::size_t>, std::string> convicts_;  ///< see judge_formulas()
};

}  // namespace

std::size_t Mutation::count(Fate fate) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(mutants, [&](const Judged& j) { return j.verdict.fate == fate; }));
}

Mutation mutate(const lang::Tree& tree, const io::Design& design, const conform::VectorFile& suite,
                const MutateOptions& options) {
  return Judging(tree, design, suite, options).run();
}

}  // namespace pasid::mutate
