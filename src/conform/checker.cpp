#include "src/conform/checker.hpp"

#include <algorithm>

#include "src/conform/shown.hpp"

namespace pasid::conform {
namespace {

using Match = Stepper::Match;

trace::Step told(const lang::Tree& tree, const explore::Fired& fired, const spec::NativeState& after) {
  return {std::string(tree.rules[static_cast<std::size_t>(fired.rule)].label), {{fired.rule, fired.args}}, after, {}};
}

}  // namespace

Checker::Checker(const Catalogue& catalogue, const World& world, const CheckerOptions& options)
    : stepper_(catalogue, world, options.policies), options_(options) {
  if (options.record) stepper_.tell();
  const lang::Tree& tree = catalogue.tree();
  completes_.resize(tree.rules.size());
  for (const explore::Transition& t : catalogue.hidden()) {
    const auto rule = static_cast<std::size_t>(t.sections[0].rule);
    for (const lang::Write& write : tree.rules[rule].writes) {
      const auto& index = tree.cells[static_cast<std::size_t>(write.cell)].index;
      if (std::ranges::find(index, &lang::sort_info<spec::Desc>) != index.end())
        may_complete_ = completes_[rule] = true;
    }
  }
  reset();
}

/// Adds the states in which work of the next states has ended.
void Checker::complete_work() {
  std::vector<Stepper::HiddenStep> steps;
  for (std::size_t i = 0; i < next_.size() && next_.size() <= options_.max_states; ++i) {
    const spec::NativeState& now = next_[i];
    bool in_flight = false;
    for (std::uint8_t x = 1; x <= stepper_.world().facts.count[spec::Desc::index]; ++x) {
      const lang::Id<spec::Desc> work{x};
      in_flight = in_flight || (!(now.desc_wq(work) == lang::none) && now.desc_touched(work) == lang::none);
    }
    if (!in_flight) continue;
    steps.clear();
    stepper_.hidden(now, steps);
    for (const Stepper::HiddenStep& step : steps) {
      if (!completes_[static_cast<std::size_t>(step.fired.rule)] || !add(step.after) || !options_.record) continue;
      Came came = coming_[i];
      came.steps.push_back(told(stepper_.catalogue().tree(), step.fired, step.after));
      coming_.push_back(std::move(came));
    }
  }
}

void Checker::reset(const spec::NativeState& state) {
  states_.assign(1, state);
  most_ = 1;
  history_.clear();
}

bool Checker::add(const spec::NativeState& state) {
  if (std::ranges::any_of(next_, [&](const spec::NativeState& s) { return equal(s, state); })) return false;
  next_.push_back(state);
  return true;
}

/// Looks for states that fit: `state` itself, else the nearest ones that what happens by itself leads to, in every
/// direction; with `all` the further ones too. `fits(state, found)` adds what comes of a state that fits to `found`.
template <class Fits>
Checker::Result Checker::by_itself(const spec::NativeState& state, std::uint32_t from, bool all, Fits fits) {
  std::vector<Lazily> open{{state, {}}};
  std::vector<Stepper::HiddenStep> steps;
  Result out = Result::not_given;
  const Call* named = nullptr;
  for (std::size_t i = 0; i < open.size(); ++i) {
    found_.clear();
    const Match m = fits(open[i].state, found_);
    if (m == Match::matched) {
      out = Result::ok;
      const std::vector<spec::NativeState> found = found_;
      for (const spec::NativeState& s : found)
        if (add(s) && options_.record) coming_.push_back({from, fits.tell(open[i].fired, state, open[i].state, s)});
      if (!all) continue;
    }
    if (m == Match::differs && out == Result::not_given) out = Result::disallowed;
    steps.clear();
    // Where a name is in use, nothing fits before what has it is gone; and nothing else is needed for that.
    if (i == 0 && m == Match::not_given && stepper_.name_in_use()) named = fits.asked();
    if (named != nullptr) stepper_.hidden(open[i].state, *named, steps);
    else stepper_.hidden(open[i].state, steps);
    for (const Stepper::HiddenStep& step : steps) {
      if (std::ranges::any_of(open, [&](const Lazily& l) { return equal(l.state, step.after); })) continue;
      if (open.size() > options_.max_states) return Result::overflow;
      auto fired = open[i].fired;
      if (options_.record) fired.push_back(step.fired);
      open.push_back({step.after, std::move(fired)});
    }
    if (named != nullptr && i + 1 == open.size() && out != Result::ok) {
      // It is not enough: everything else as well, from the beginning.
      named = nullptr;
      for (std::size_t j = 0; j < open.size() && open.size() <= options_.max_states; ++j) {
        steps.clear();
        stepper_.hidden(open[j].state, steps);
        for (const Stepper::HiddenStep& step : steps) {
          if (std::ranges::any_of(open, [&](const Lazily& l) { return equal(l.state, step.after); })) continue;
          auto fired = open[j].fired;
          if (options_.record) fired.push_back(step.fired);
          open.push_back({step.after, std::move(fired)});
        }
        if (j == i) break;
      }
    }
  }
  return out;
}

/// Leaves out what another of the next states leads to by itself: it can still come to that.
void Checker::drop_later() {
  std::vector<Stepper::HiddenStep> steps;
  for (std::size_t i = 0; i < next_.size(); ++i) {
    steps.clear();
    stepper_.hidden(next_[i], steps);
    for (const Stepper::HiddenStep& step : steps) {
      if (completes_[static_cast<std::size_t>(step.fired.rule)]) continue;
      const auto later = std::ranges::find_if(next_, [&](const auto& s) { return equal(s, step.after); });
      if (later == next_.end()) continue;
      const auto n = later - next_.begin();
      next_.erase(later);
      if (options_.record) coming_.erase(coming_.begin() + n);
      if (static_cast<std::size_t>(n) < i) --i;
    }
  }
}

/// Takes the next states over, or leaves all as it was.
Checker::Result Checker::finish(Result result) {
  if (result == Result::ok && may_complete_) complete_work();
  if (result == Result::ok && next_.size() > options_.max_states) result = Result::overflow;
  if (result != Result::ok) return result;
  std::swap(states_, next_);
  most_ = std::max(most_, states_.size());
  if (options_.record) history_.push_back(std::move(coming_));
  return Result::ok;
}

namespace {

/// The steps of what happened by itself, one after another.
std::vector<trace::Step> hidden_steps(Stepper& stepper, const std::vector<explore::Fired>& fired,
                                      spec::NativeState state) {
  std::vector<trace::Step> out;
  const Catalogue& catalogue = stepper.catalogue();
  for (const explore::Fired& f : fired) {
    spec::NativeState after = state;
    catalogue.reading().rules[static_cast<std::size_t>(f.rule)].apply(stepper.world().facts, state, after,
                                                                      f.args.data(), false);
    out.push_back(told(catalogue.tree(), f, after));
    state = after;
  }
  return out;
}

struct FitsAnswer {
  Stepper& stepper;
  const Call& call;
  const Answer& answer;

  Match operator()(const spec::NativeState& s, std::vector<spec::NativeState>& found) const {
    return stepper.match(s, call, answer, found);
  }
  [[nodiscard]] const Call* asked() const { return &call; }
  [[nodiscard]] std::vector<trace::Step> tell(const std::vector<explore::Fired>& hidden, const spec::NativeState& first,
                                              const spec::NativeState& before, const spec::NativeState& after) const {
    auto out = hidden_steps(stepper, hidden, first);
    std::vector<Way> ways;
    stepper.ways(before, call, ways);
    const CallKind& kind = stepper.catalogue()[call.kind];
    for (const Way& w : ways) {
      if (!stepper.same(w, kind, answer) || !equal(w.after, after)) continue;
      trace::Step step{std::string(kind.name), {}, after, {}};
      for (const auto* list : {&w.before, &w.fired})
        for (const explore::Fired& f : *list) step.firings.push_back({f.rule, f.args});
      if (w.waits) step.refused = trace::Refused{{w.waits->rule, w.waits->args}, w.before.size(), 0, w.guard};
      if (w.refused)
        step.refused = trace::Refused{{w.refused->section.rule, w.refused->section.args},
                                      w.before.size() + w.refused->at,
                                      w.refused->err,
                                      std::string(w.refused->guard)};
      out.push_back(std::move(step));
      break;
    }
    return out;
  }
};

struct FitsView {
  Stepper& stepper;
  const View& view;
  const std::vector<int>& cells;

  Match operator()(const spec::NativeState& s, std::vector<spec::NativeState>& found) const {
    if (!agrees(stepper.catalogue(), stepper.world(), view, cells, s)) return Match::differs;
    found.push_back(s);
    return Match::matched;
  }
  [[nodiscard]] static const Call* asked() { return nullptr; }
  [[nodiscard]] std::vector<trace::Step> tell(const std::vector<explore::Fired>& hidden, const spec::NativeState& first,
                                              const spec::NativeState&, const spec::NativeState&) const {
    return hidden_steps(stepper, hidden, first);
  }
};

}  // namespace

/// Adds what comes of a state that gives the answer as it is. False: something else is to be looked at too.
bool Checker::as_it_is(const spec::NativeState& state, const Call& call, const Answer& answer) {
  found_.clear();
  if (stepper_.match(state, call, answer, found_) != Match::matched) return false;
  // An error that leaves something changed has left a number, and which one nobody was told.
  const bool unseen = answer.kind == Answer::Kind::error && !stepper_.catalogue()[call.kind].results.empty();
  if (unseen && !std::ranges::all_of(found_, [&](const auto& s) { return equal(s, state); })) return false;
  for (const spec::NativeState& s : found_) add(s);
  return true;
}

Checker::Result Checker::step(const Call& call, const Answer& answer) {
  next_.clear();
  coming_.clear();
  const bool late = !options_.record && !options_.eager;
  bool further = false;
  Result out = Result::not_given;
  for (std::uint32_t i = 0; i < states_.size(); ++i) {
    if (late && as_it_is(states_[i], call, answer)) {
      out = Result::ok;
      continue;
    }
    const bool unseen = answer.kind == Answer::Kind::error && !stepper_.catalogue()[call.kind].results.empty();
    further = further || unseen;
    const Result r = by_itself(states_[i], i, options_.eager || unseen, FitsAnswer{stepper_, call, answer});
    if (r == Result::overflow) return r;
    if (r == Result::ok || out == Result::not_given) out = r;
  }
  if (!options_.eager && further && next_.size() > 1) drop_later();
  return finish(out);
}

Checker::Result Checker::look(const View& view, const std::vector<int>& cells) {
  next_.clear();
  coming_.clear();
  Result out = Result::disallowed;
  for (std::uint32_t i = 0; i < states_.size(); ++i) {
    const Result r = by_itself(states_[i], i, options_.eager, FitsView{stepper_, view, cells});
    if (r == Result::overflow) return r;
    if (r == Result::ok) out = r;
  }
  return finish(out);
}

bool Checker::given(const Call& call) {
  struct Given {
    Stepper& stepper;
    const Call& call;
    Match operator()(const spec::NativeState& s, std::vector<spec::NativeState>&) const {
      std::vector<Way> ways;
      return stepper.ways(s, call, ways) == Stepper::Meaning::given ? Match::matched : Match::not_given;
    }
    [[nodiscard]] const Call* asked() const { return &call; }
    static std::vector<trace::Step> tell(const std::vector<explore::Fired>&, const spec::NativeState&,
                                         const spec::NativeState&, const spec::NativeState&) {
      return {};
    }
  };
  next_.clear();
  for (std::uint32_t i = 0; i < states_.size(); ++i)
    if (by_itself(states_[i], i, false, Given{stepper_, call}) == Result::ok) return true;
  return false;
}

std::vector<Way> Checker::ways(const Call& call) {
  std::vector<Way> out;
  std::vector<Way> here;
  for (const spec::NativeState& s : states_) {
    here.clear();
    stepper_.ways(s, call, here);
    for (Way& w : here) {
      const auto alike = [&](const Way& o) { return o.kind == w.kind && o.err == w.err && o.results == w.results; };
      if (std::ranges::none_of(out, alike)) out.push_back(std::move(w));
    }
  }
  return out;
}

std::vector<trace::Step> Checker::steps() const {
  std::vector<trace::Step> out;
  std::uint32_t at = 0;
  for (std::size_t i = history_.size(); i-- > 0;) {
    const Came& came = history_[i][at];
    out.insert(out.begin(), came.steps.begin(), came.steps.end());
    at = came.from;
  }
  return out;
}

}  // namespace pasid::conform
