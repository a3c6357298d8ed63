#include "src/conform/replay.hpp"

#include <algorithm>

#include "src/conform/shown.hpp"
#include "src/conform/words.hpp"
#include "src/trace/names.hpp"

namespace pasid::conform {
namespace {

using Result = Checker::Result;

/// A run through a sequence, and what has come of it.
class Run {
 public:
  Run(const Catalogue& catalogue, const World& world, std::span<const Call> sequence, Backend& backend,
      const ReplayOptions& options)
      : catalogue_(catalogue), world_(world), sequence_(sequence), backend_(backend), options_(options),
        checker_(catalogue, world, options.checker), names_(catalogue.tree(), world.facts),
        cells_(cells_shown(catalogue, backend.capabilities())) {}

  Verdict all() {
    Verdict out;
    if (!reset(out)) return out;
    const std::size_t batch = std::max<std::size_t>(options_.batch, 1);
    for (std::size_t first = 0; first < sequence_.size() && out.kind == Verdict::Kind::ok; first += batch) {
      const std::size_t n = std::min(batch, sequence_.size() - first);
      answers_.resize(first + n);
      backend_.apply(sequence_.subspan(first, n), std::span(answers_).subspan(first, n));
      for (; at_ < first + n && judge(out); ++at_) {
      }
      if (out.kind == Verdict::Kind::ok && options_.observe && !cells_.empty()) look(out);
    }
    if (out.kind == Verdict::Kind::ok) leave(out);
    out.states = checker_.most_states();
    if (out.kind != Verdict::Kind::ok) explain(out);
    out.answers = std::move(answers_);
    return out;
  }

 private:
  /// False where that ends the run.
  bool reset(Verdict& out) {
    Ready ready = backend_.reset(world_);
    if (ready.kind == Ready::Kind::yes) return true;
    out.where = Verdict::Where::reset;
    out.at = at_;
    const bool unsupported = ready.kind == Ready::Kind::unsupported;
    out.kind = unsupported && at_ == 0 ? Verdict::Kind::not_asked : Verdict::Kind::backend_failed;
    out.what = at_ > 0       ? "at the reset after the last call: "
               : unsupported ? "it cannot be configured as this world: "
                             : "at its reset: ";
    if (unsupported && at_ > 0) out.what += "it cannot be configured any more as what it has been: ";
    out.what += ready.why;
    return false;
  }

  /// All answers were allowed. Is it still there, and silent, and does it find back?
  void leave(Verdict& out) {
    if (there(out) && at_ > 0) reset(out);
  }

  /// False, and the run ends, where the implementation has failed with nobody asking for a call.
  bool there(Verdict& out) {
    const std::string what = backend_.failed();
    if (what.empty()) return true;
    out.kind = Verdict::Kind::backend_failed;
    out.where = Verdict::Where::after;
    out.at = at_;
    out.what = "after call " + std::to_string(at_) + ": " + what;
    return false;
  }

  /// False where the answer to call at_ ends the run.
  bool judge(Verdict& out) {
    const Call& call = sequence_[at_];
    const Answer& answer = answers_[at_];
    const CallKind& kind = catalogue_[call.kind];
    const auto said = [&] { return words(world_, kind, answer); };
    if (answer.kind == Answer::Kind::unsupported) {
      const bool wrong = backend_.capabilities().exact && checker_.given(call);
      return fail(out, wrong ? Verdict::Kind::backend_failed : Verdict::Kind::not_asked, said());
    }
    if (answer.kind == Answer::Kind::failure) {
      if (!checker_.given(call)) return fail(out, Verdict::Kind::not_asked, "has no meaning here");
      return fail(out, Verdict::Kind::backend_failed, said());
    }
    switch (checker_.step(call, answer)) {
      case Result::ok: return true;
      case Result::disallowed: return fail(out, Verdict::Kind::disallowed, "answers " + said());
      case Result::not_given: return fail(out, Verdict::Kind::not_asked, "has no meaning here");
      case Result::overflow: break;
    }
    return fail(out, Verdict::Kind::unknown, "leaves too many states open");
  }

  bool fail(Verdict& out, Verdict::Kind kind, const std::string& what) {
    out.kind = kind;
    out.at = at_;
    out.what = words(catalogue_, world_, sequence_[at_]) + ": " + what;
    return false;
  }

  void look(Verdict& out) {
    const auto view = backend_.observe();
    if (!view) {
      there(out);
      return;
    }
    looked_.push_back({at_, *view});
    const Result r = checker_.look(*view, cells_);
    if (r == Result::ok) return;
    out.kind = r == Result::overflow ? Verdict::Kind::unknown : Verdict::Kind::disallowed;
    out.at = at_;
    out.where = Verdict::Where::after;
    out.what = "after call " + std::to_string(at_) + ": ";
    out.what += r == Result::overflow ? "what is shown leaves too many states open"
                                      : "what is shown is not the model's: " + difference(*view);
    looked_.pop_back();
  }

  /// The first cell in which what is shown differs from the first open state.
  std::string difference(const View& view) {
    const spec::NativeState& state = checker_.states().front();
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&state);
    std::string out;
    for (const int c : cells_) {
      const lang::CellInfo& cell = catalogue_.tree().cells[static_cast<std::size_t>(c)];
      lang::each_index(world_.facts, cell, [&](std::span<const std::uint8_t> index) {
        if (!out.empty()) return;
        const auto here = [&](const Shown& s) {
          return s.cell == c && std::equal(index.begin(), index.end(), s.index.begin());
        };
        const auto shown = std::ranges::find_if(view, here);
        const std::uint8_t value = shown == view.end() ? std::uint8_t{0} : shown->value;
        const std::uint8_t expected = bytes[lang::place(cell, index)];
        if (agrees(value, expected)) return;
        const std::string is = value == foreign     ? "foreign"
                               : value == something ? "something"
                                                    : names_(cell.value, value);
        out = cell_text(names_, cell, index) + " is " + is + ", expected " + names_(cell.value, expected);
      });
    }
    return out.empty() ? "a cell that the world has not" : out;
  }

  /// Goes through the judged answers once more, for the trace.
  void explain(Verdict& out) {
    CheckerOptions options = options_.checker;
    options.record = true;
    Checker again(catalogue_, world_, options);
    auto look = looked_.begin();
    for (std::size_t i = 0; i <= out.at; ++i) {
      for (; look != looked_.end() && look->first == i; ++look) again.look(look->second, cells_);
      if (i < out.at) again.step(sequence_[i], answers_[i]);
    }
    out.trace.design = options_.design;
    out.trace.grain = "call";
    out.trace.facts = world_.facts;
    out.trace.steps = again.steps();
    const bool of_a_call = out.kind == Verdict::Kind::disallowed || out.kind == Verdict::Kind::backend_failed;
    if (!of_a_call || out.where != Verdict::Where::call) return;
    const Call& call = sequence_[out.at];
    out.expected = expected(again, call);
    const auto picked = [&](const Allowed& a) { return a.answer.kind == Answer::Kind::ok; };
    if (!catalogue_[call.kind].results.empty() && answers_[out.at].kind == Answer::Kind::ok &&
        std::ranges::any_of(out.expected, picked))
      out.pick = about_pick(catalogue_, world_, again.states().front(), call, answers_[out.at].results[0]);
  }

  const Catalogue& catalogue_;
  const World& world_;
  std::span<const Call> sequence_;
  Backend& backend_;
  const ReplayOptions& options_;
  Checker checker_;
  trace::Names names_;
  std::vector<int> cells_;
  std::vector<Answer> answers_;
  std::vector<std::pair<std::size_t, View>> looked_;
  std::size_t at_ = 0;
};

}  // namespace

Verdict replay(const Catalogue& catalogue, const World& world, std::span<const Call> sequence, Backend& backend,
               const ReplayOptions& options) {
  return Run(catalogue, world, sequence, backend, options).all();
}

std::vector<Allowed> expected(Checker& checker, const Call& call) {
  const Catalogue& catalogue = checker.stepper().catalogue();
  const CallKind& kind = catalogue[call.kind];
  std::vector<Allowed> out;
  for (const Way& w : checker.ways(call)) {
    Allowed a{checker.stepper().answer(w, kind), w.guard == nullptr ? "" : w.guard, {}};
    for (const explore::Section& s : kind.transition.sections) {
      const lang::RuleTree& rule = catalogue.tree().rules[static_cast<std::size_t>(s.rule)];
      const bool has =
          a.guard.empty() || std::ranges::find(rule.guards, a.guard, &lang::Guard::label) != rule.guards.end();
      if (has && a.cites.empty()) a.cites = rule.source;
    }
    out.push_back(std::move(a));
  }
  return out;
}

}  // namespace pasid::conform
