#include "src/mutate/suite.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "src/base/parallel.hpp"
#include "src/conform/reference.hpp"
#include "src/conform/shown.hpp"
#include "src/conform/vectors/file.hpp"
#include "src/mutate/course.hpp"
#include "src/mutate/implementation.hpp"

namespace pasid::mutate {
namespace {

using conform::Answer;
using conform::Catalogue;
using conform::VectorGroup;
using conform::VectorTest;
using conform::vectors::Asking;
using conform::vectors::Belief;
using spec::NativeState;

/// So many tests are run as the design answers before mutants are tried in them: what they kill leaves then, most of it
/// soon. None of these numbers is that of the threads: what comes of it does not depend on it.
constexpr std::size_t tests_of_a_round = 128;
constexpr std::size_t tests_of_a_later_round = 1024;
constexpr std::size_t short_rounds = 8;
/// Of a mutant that may be in more states than so many after some call, nothing is said by that test.
constexpr std::size_t most_states = 256;
/// So many one thread takes at a time.
constexpr std::size_t tests_of_a_piece = 16;
constexpr std::size_t tests_of_a_trial = 256;

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

/// A mutant and the courses it is tried in.
struct Trial {
  std::size_t mutant;
  std::vector<const Course*> courses;
  std::optional<FailedTest> failed{};
};

class Suite {
 public:
  Suite(const Original& original, const conform::VectorFile& file, std::span<const Mutant> mutants,
        const SuiteOptions& options)
      : original_(original), mutants_(mutants), options_(options), reading_(explore::native_reading()),
        shown_(bytes_shown(Catalogue(original.tree, reading_, original.knobs))), open_(mutants.size()),
        tries_(mutants.size()), out_(mutants.size()) {
    for (std::size_t m = 0; m < mutants.size(); ++m) open_[m] = mutants[m].of_a_formula() ? 0 : 1;
    for (const VectorGroup& g : file.groups())
      for (const VectorTest& t : g.tests) tests_.emplace_back(&g, &t);
    std::ranges::sort(tests_, {}, [](const auto& t) { return t.second->id; });
    const unsigned threads = std::max(1U, options.threads);
    scratch_.assign(threads, original.tree);
    for (unsigned t = 0; t < threads; ++t) watches_.push_back(std::make_unique<Watch>(original, mutants, open_));
  }

  std::vector<std::optional<FailedTest>> run() {
    for (std::size_t at = 0; at < tests_.size();) {
      if (std::ranges::count(open_, 1) == 0) break;
      if (options_.progress) options_.progress("tests, " + std::to_string(at) + " of " + std::to_string(tests_.size()));
      const std::size_t most = at < short_rounds * tests_of_a_round ? tests_of_a_round : tests_of_a_later_round;
      const std::size_t n = std::min(most, tests_.size() - at);
      round(std::span(tests_).subspan(at, n));
      at += n;
    }
    return std::move(out_);
  }

 private:
  using Test = std::pair<const VectorGroup*, const VectorTest*>;

  void round(std::span<const Test> tests) {
    std::vector<std::optional<Course>> courses(tests.size());
    const std::size_t pieces = (tests.size() + tests_of_a_piece - 1) / tests_of_a_piece;
    in_parallel(pieces, options_.threads, [&](std::size_t piece, unsigned thread) {
      const std::size_t end = std::min(tests.size(), (piece + 1) * tests_of_a_piece);
      for (std::size_t i = piece * tests_of_a_piece; i < end; ++i)
        courses[i] = watches_[thread]->run(*tests[i].first, *tests[i].second);
    });
    std::vector<Trial> trials = trials_in(courses);
    in_parallel(trials.size(), options_.threads,
                [&](std::size_t i, unsigned thread) { trials[i].failed = tried(trials[i], scratch_[thread]); });
    for (Trial& t : trials) {
      if (t.failed && !out_[t.mutant]) out_[t.mutant] = std::move(t.failed);  // trials of one mutant are in order
      if (out_[t.mutant] || tries_[t.mutant] >= options_.most_tries) open_[t.mutant] = 0;
    }
  }

  /// One of a rule is tried where it parts, in so many tests; those of calls and knobs everywhere, in several pieces.
  std::vector<Trial> trials_in(const std::vector<std::optional<Course>>& courses) {
    std::vector<Trial> out;
    std::vector<std::vector<const Course*>> of_rules(mutants_.size());
    for (const auto& course : courses) {
      if (!course) continue;
      for (const std::size_t m : course->parted)
        if (tries_[m] < options_.most_tries) {
          ++tries_[m];
          of_rules[m].push_back(&*course);
        }
    }
    for (std::size_t m = 0; m < mutants_.size(); ++m) {
      if (!of_rules[m].empty()) out.push_back({m, std::move(of_rules[m])});
      if (open_[m] == 0 || mutants_[m].of_a_rule()) continue;
      std::vector<const Course*> piece;
      for (const auto& course : courses) {
        if (course && (!mutants_[m].of_a_call() || makes(*course, mutants_[m].of))) piece.push_back(&*course);
        if (piece.size() == tests_of_a_trial) out.push_back({m, std::exchange(piece, {})});
      }
      if (!piece.empty()) out.push_back({m, std::move(piece)});
    }
    return out;
  }

  /// With another value of a knob a world may be none: then there is nothing to ask.
  [[nodiscard]] bool is_a_world(const Mutant& mutant, const conform::World& world) const {
    return !mutant.of_a_knob() ||
           spec::broken_axiom(Implementation::with_knobs(original_.tree, world, mutant.facts)) == nullptr;
  }

  /// The first of its tests that the mutant fails.
  std::optional<FailedTest> tried(const Trial& trial, lang::Tree& scratch) const {
    std::optional<Implementation> wrong;
    const conform::World* world = nullptr;
    for (const Course* course : trial.courses) {
      const bool another = world == nullptr || !same(*world, course->group->world);
      if (another || (wrong && wrong->asking().overflowed())) {  // of the tests that follow it would say nothing
        world = &course->group->world;
        wrong.reset();
        if (is_a_world(mutants_[trial.mutant], *world))
          wrong.emplace(scratch, mutants_[trial.mutant], *world, most_states);
      }
      if (!wrong) continue;
      if (auto failed = fails(*course, *wrong)) return failed;
    }
    return std::nullopt;
  }

  [[nodiscard]] static bool makes(const Course& course, const std::string& call) {
    return std::ranges::any_of(course.test->calls,
                               [&](const conform::Call& c) { return (*course.group->catalogue)[c.kind].name == call; });
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

  std::optional<FailedTest> fails(const Course& course, Implementation& wrong) const {
    Belief belief = Asking::start();
    constexpr std::size_t batch = 64;  // of calls, after which a replay looks: conform::ReplayOptions
    for (std::size_t i = 0; i < course.test->calls.size(); ++i) {
      const conform::Call& call = course.test->calls[i];
      const conform::CallKind& listed = (*course.group->catalogue)[call.kind];
      const std::string name(listed.name);
      const auto failed = [&](std::string what) { return FailedTest{course.test->id, i + 1, std::move(what)}; };
      const int kind = wrong.catalogue().named(listed.name);
      if (kind < 0) return failed("there is no " + name);
      bool meaningless = false;
      const auto heard = wrong.asking().hear(
          belief, kind, conform::vectors::inputs_for(listed, call.args, wrong.catalogue()[kind]), meaningless);
      if (wrong.asking().overflowed()) return std::nullopt;
      if (meaningless) return failed(name + " has no meaning");
      belief.clear();
      std::string other = "nothing";
      for (const Asking::Heard& h : heard) {
        const Answer answer =
            conform::vectors::answers_of(wrong.catalogue(), course.group->world, {{}, {}, {h.asked}}).front();
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
  std::span<const Mutant> mutants_;
  const SuiteOptions& options_;
  explore::Reading reading_;
  std::vector<std::pair<std::size_t, std::size_t>> shown_;
  std::vector<Test> tests_;                      ///< in the order of their numbers
  std::vector<char> open_;                       ///< by mutant: does no test kill it, as far as we have got?
  std::vector<std::size_t> tries_;               ///< by mutant of a rule: tests in which it was tried
  std::vector<lang::Tree> scratch_;              ///< by thread
  std::vector<std::unique_ptr<Watch>> watches_;  ///< the same
  std::vector<std::optional<FailedTest>> out_;
};

}  // namespace

std::vector<std::optional<FailedTest>> failed_tests(const Original& original, const conform::VectorFile& file,
                                                    std::span<const Mutant> mutants, const SuiteOptions& options) {
  return Suite(original, file, mutants, options).run();
}

}  // namespace pasid::mutate
