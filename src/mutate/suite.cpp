#include "src/mutate/suite.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <unordered_set>

#include "spec/lang/memory.hpp"
#include "src/base/parallel.hpp"
#include "src/conform/reference.hpp"
#include "src/conform/shown.hpp"
#include "src/conform/vectors/file.hpp"
#include "src/mutate/edited.hpp"
#include "src/mutate/knobs.hpp"
#include "src/mutate/step.hpp"

namespace pasid::mutate {
namespace {

using conform::Answer;
using conform::Catalogue;
using conform::VectorGroup;
using conform::VectorTest;
using conform::vectors::Asked;
using conform::vectors::Asking;
using conform::vectors::Belief;
using spec::NativeFacts;
using spec::NativeState;

/// What the design may be in after each call of a test.
struct Course {
  const VectorGroup* group;
  const VectorTest* test;
  std::vector<Belief> after;
};

/// Bytes of a state that the reference implementation shows.
std::vector<std::pair<std::size_t, std::size_t>> bytes_shown(const Catalogue& catalogue) {
  std::vector<std::pair<std::size_t, std::size_t>> out;
  const conform::ReferenceBackend reference(catalogue);
  for (const int c : conform::cells_shown(catalogue, reference.capabilities())) {
    const lang::CellInfo& cell = catalogue.tree().cells[static_cast<std::size_t>(c)];
    std::size_t bytes = 1;
    for (const lang::SortInfo* s : cell.index) bytes *= static_cast<std::size_t>(s->capacity) + 1;
    out.emplace_back(cell.offset, bytes);
  }
  return out;
}

/// The design with one mutant in it, asked in one world.
struct Implementation {
  Implementation(lang::Tree& scratch, const Mutant& mutant, const conform::World& world)
      : tree(scratch), rule(mutant.rule), reading(explore::native_reading()), facts(world.facts) {
    if (mutant.of_a_call()) {
      edited.emplace(tree, mutant, explore::native_reading());
      catalogue.emplace(edited->tree, edited->reading, facts);
      asking.emplace(*catalogue, facts);
      return;
    }
    if (mutant.of_a_rule()) {
      own = std::exchange(tree.rules[static_cast<std::size_t>(rule)], mutant.changed);
      reading.rules[static_cast<std::size_t>(rule)] =
          explore::tree_rule(tree, tree.rules[static_cast<std::size_t>(rule)]);
    } else {
      facts = with_knobs(tree, world, mutant.facts);
    }
    catalogue.emplace(tree, reading, facts);
    asking.emplace(*catalogue, facts);
  }
  ~Implementation() {
    if (rule >= 0) tree.rules[static_cast<std::size_t>(rule)] = std::move(own);
  }
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;

  /// The world as a design with these knobs has it.
  static NativeFacts with_knobs(const lang::Tree& tree, conform::World world, const NativeFacts& knobs) {
    world.facts = mutate::with_knobs(tree, world.facts, knobs);
    conform::tell_highest(world);
    return world.facts;
  }

  lang::Tree& tree;
  int rule;
  lang::RuleTree own;
  explore::Reading reading;
  std::optional<Edited> edited;  ///< of a call
  NativeFacts facts;
  std::optional<Catalogue> catalogue;
  std::optional<Asking> asking;
};

/// One thread's pass, for some of the mutants.
class Pass {
 public:
  Pass(const Original& original, std::span<const Mutant> mutants, std::vector<std::size_t> mine,
       const SuiteOptions& options, std::vector<std::optional<FailedTest>>& out)
      : original_(original), scratch_(original.tree), mutants_(mutants), options_(options), out_(out),
        tries_(mutants.size()), reading_(explore::native_reading()) {
    for (const std::size_t m : mine) {
      if (mutants[m].of_a_rule()) by_rule_[mutants[m].rule].push_back(m);
      else whole_.emplace_back(m, nullptr);
    }
    for (const auto& [rule, of] : by_rule_) watch(rule);
    catalogue_.emplace(original.tree, reading_, original.knobs);
    shown_ = bytes_shown(*catalogue_);
  }
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;

  void run(const VectorGroup& group, const VectorTest& test) {
    if (!test.lacks.empty() || (by_rule_.empty() && whole_.empty())) return;
    if (group_ != &group) enter(group);
    parted_.clear();
    Course course{&group, &test, {}};
    Belief belief = Asking::start();
    for (const conform::Call& call : test.calls) {
      Belief after;
      const conform::CallKind& listed = (*group.catalogue)[call.kind];
      const int kind = catalogue_->named(listed.name);
      if (!asking_->ask(belief, kind, conform::vectors::inputs_for(listed, call.args, (*catalogue_)[kind]), after))
        return;
      belief = std::move(after);
      course.after.push_back(belief);
    }
    for (const std::size_t m : parted_) try_test(course, m);
    std::erase_if(whole_, [&](const auto& k) {
      if (k.second == nullptr) return false;
      out_[k.first] = fails(course, *k.second);
      return out_[k.first].has_value();
    });
  }

 private:
  /// Between the rule and whoever tries it: what do the mutants?
  void watch(int rule) {
    auto& apply = reading_.rules[static_cast<std::size_t>(rule)].apply;
    apply = [this, rule, own = apply](const NativeFacts& f, const NativeState& s, NativeState& n,
                                      const std::uint8_t* args, bool policies) {
      const lang::Outcome outcome = own(f, s, n, args, policies);
      const auto& mutants = by_rule_[rule];
      if (stepper_ && !mutants.empty()) look(rule, mutants, s, n, args, outcome);
      return outcome;
    };
  }

  void look(int number, const std::vector<std::size_t>& mutants, const NativeState& s, const NativeState& n,
            const std::uint8_t* args, const lang::Outcome& outcome) {
    const lang::RuleTree& rule = *original_.rule(mutants_[mutants.front()].of);
    const std::size_t params = rule.params.size();
    const std::size_t ended = end_of(rule, outcome);
    if (ended > rule.guards.size()) return;  // a number that the policy passes over
    const std::size_t hash = std::hash<std::string_view>{}({reinterpret_cast<const char*>(&s), sizeof s}) ^
                             std::hash<std::string_view>{}({reinterpret_cast<const char*>(args), params}) * 31 ^
                             static_cast<std::size_t>(number) * 0x9e3779b97f4a7c15U;
    if (nobody_parts_.contains(hash)) return;
    bool some = false;
    for (const std::size_t m : mutants) {
      if (!stepper_->parts(rule, {{args, params}, s, outcome, n}, ended, mutants_[m])) continue;
      some = true;
      if (std::ranges::find(parted_, m) == parted_.end()) parted_.push_back(m);
    }
    if (!some) nobody_parts_.insert(hash);
  }

  void enter(const VectorGroup& group) {
    group_ = &group;
    nobody_parts_.clear();
    stepper_.emplace(original_.tree, group.world.facts);
    asking_.emplace(*catalogue_, group.world.facts);
    for (auto& [m, wrong] : whole_) {
      // With another value of a knob this may be no world at all: then there is nothing to ask.
      wrong.reset();
      const NativeFacts facts = mutants_[m].of_a_knob()
                                    ? Implementation::with_knobs(original_.tree, group.world, mutants_[m].facts)
                                    : group.world.facts;
      if (spec::broken_axiom(facts) == nullptr)
        wrong = std::make_unique<Implementation>(scratch_, mutants_[m], group.world);
    }
  }

  /// Is the state one that the test's course could be in, as far as it is shown?
  [[nodiscard]] bool looks_right(const NativeState& state, const Belief& right) const {
    const auto* const x = reinterpret_cast<const char*>(&state);
    return std::ranges::any_of(right, [&](const NativeState& r) {
      const auto* const y = reinterpret_cast<const char*>(&r);
      return std::ranges::all_of(shown_,
                                 [&](const auto& b) { return std::memcmp(x + b.first, y + b.first, b.second) == 0; });
    });
  }

  void try_test(const Course& course, std::size_t m) {
    Implementation wrong(scratch_, mutants_[m], course.group->world);
    auto failed = fails(course, wrong);
    if (!failed && ++tries_[m] < options_.most_tries) return;
    out_[m] = std::move(failed);
    std::erase(by_rule_[mutants_[m].rule], m);
  }

  std::optional<FailedTest> fails(const Course& course, Implementation& wrong) const {
    Belief belief = Asking::start();
    constexpr std::size_t batch = 64;  // of calls, after which a replay looks: conform::ReplayOptions
    for (std::size_t i = 0; i < course.test->calls.size(); ++i) {
      const conform::Call& call = course.test->calls[i];
      const conform::CallKind& listed = (*course.group->catalogue)[call.kind];
      const std::string name(listed.name);
      const auto failed = [&](std::string what) { return FailedTest{course.test->id, i + 1, std::move(what)}; };
      const int kind = wrong.catalogue->named(listed.name);
      if (kind < 0) return failed("there is no " + name);
      bool meaningless = false;
      const auto heard = wrong.asking->hear(
          belief, kind, conform::vectors::inputs_for(listed, call.args, (*wrong.catalogue)[kind]), meaningless);
      if (meaningless) return failed(name + " has no meaning");
      belief.clear();
      std::string other = "nothing";
      for (const Asking::Heard& h : heard) {
        const Answer answer =
            conform::vectors::answers_of(*wrong.catalogue, course.group->world, {{}, {}, {h.asked}}).front();
        if (answer == course.test->answers[i]) belief.insert(belief.end(), h.after.begin(), h.after.end());
        else
          other = conform::vectors::answer_name(h.asked.kind) +
                  (h.asked.kind.says == Answer::Kind::ok ? ", another number" : "");
      }
      if (belief.empty()) return failed(name + " answers " + other);
      if ((i + 1) % batch != 0 && i + 1 < course.test->calls.size()) continue;
      std::erase_if(belief, [&](const NativeState& s) { return !looks_right(s, course.after[i]); });
      if (belief.empty()) return failed("the state shown after " + name);
    }
    return std::nullopt;
  }

  const Original& original_;
  lang::Tree scratch_;  ///< with one mutant's rule at a time
  std::span<const Mutant> mutants_;
  const SuiteOptions& options_;
  std::vector<std::optional<FailedTest>>& out_;
  std::map<int, std::vector<std::size_t>> by_rule_;  ///< mutants that no test has killed
  /// Mutants of knobs and calls that no test has killed, in the world of the test.
  std::vector<std::pair<std::size_t, std::unique_ptr<Implementation>>> whole_;
  std::vector<std::size_t> tries_;  ///< by mutant: tests run with it
  explore::Reading reading_;
  std::optional<Catalogue> catalogue_;
  std::vector<std::pair<std::size_t, std::size_t>> shown_;
  const VectorGroup* group_ = nullptr;
  std::optional<Asking> asking_;
  std::optional<Stepper> stepper_;
  std::unordered_set<std::size_t> nobody_parts_;  ///< what was tried in this world where all do what the rule does
  std::vector<std::size_t> parted_;               ///< mutants that did otherwise in this test
};

}  // namespace

std::vector<std::optional<FailedTest>> failed_tests(const Original& original, const conform::VectorFile& file,
                                                    std::span<const Mutant> mutants, const SuiteOptions& options) {
  std::vector<std::optional<FailedTest>> out(mutants.size());
  std::vector<std::pair<const VectorGroup*, const VectorTest*>> tests;
  for (const VectorGroup& g : file.groups())
    for (const VectorTest& t : g.tests) tests.emplace_back(&g, &t);
  std::ranges::sort(tests, {}, [](const auto& t) { return t.second->id; });
  const unsigned threads = std::max(1U, options.threads);
  std::vector<std::vector<std::size_t>> shares(threads);
  for (std::size_t m = 0; m < mutants.size(); ++m)
    if (!mutants[m].of_a_formula())
      shares[(mutants[m].of_a_rule() ? static_cast<std::size_t>(mutants[m].rule) : m) % threads].push_back(m);
  in_parallel(threads, threads, [&](std::size_t share, unsigned) {
    Pass pass(original, mutants, shares[share], options, out);
    for (std::size_t i = 0; i < tests.size(); ++i) {
      if (options.progress && share == 0 && i % 256 == 0)
        options.progress("tests, " + std::to_string(i) + " of " + std::to_string(tests.size()));
      pass.run(*tests[i].first, *tests[i].second);
    }
  });
  return out;
}

}  // namespace pasid::mutate
