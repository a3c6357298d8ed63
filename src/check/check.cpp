#include "src/check/check.hpp"

#include <algorithm>
#include <chrono>

#include "src/check/convert.hpp"
#include "src/check/scopes.hpp"
#include "src/explore/search.hpp"
#include "src/explore/topology.hpp"
#include "src/explore/widening.hpp"
#include "src/io/names.hpp"

namespace pasid::check {

using spec::Verdict;

namespace {

/// How far the search goes that checks the proofs, at each grain.
constexpr std::size_t cross_check_states = 20'000;

std::string grain_name(explore::Grain g) { return g == explore::Grain::call ? "call" : "step"; }

/// The finest grain at which a property can be judged: a call is not seen step by step.
explore::Grain finest(const explore::RunnableProperty& p) {
  return p.judges == lang::PropertyKind::call ? explore::Grain::call : explore::Grain::step;
}
bool judged(const explore::RunnableProperty& p, explore::Grain at) {
  return at == explore::Grain::call || finest(p) == explore::Grain::step;
}

class Check {
 public:
  Check(const lang::Tree& tree, const io::Design& design, const Options& options)
      : tree_(tree), options_(options), knobs_(io::facts_of(tree, design)) {
    result_.design = design;
    reading_ = options.edited ? explore::tree_reading(tree) : explore::native_reading();
    // An address space that is used again stands for another one (see the rule), so a search can do with each once; the
    // rule reads nearly every cell, and with it every search would have to look at all of them.
    for (explore::RunnableRule& r : reading_.rules)
      if (r.label == "process.recycle") r.only_if = [](const spec::NativeFacts&) { return false; };
  }

  DesignResult run() {
    prove();
    if (options_.search) {
      cross_check();
      for (std::size_t i = 0; i < reading_.properties.size(); ++i)
        for (PropertyResult& p : result_.properties)
          if (p.property == reading_.properties[i].name && p.verdict == Verdict::unknown) search(i, p);
    }
    return std::move(result_);
  }

 private:
  void say(const std::string& what) {
    if (options_.progress) options_.progress(result_.design.name + ": " + what);
  }
  [[nodiscard]] bool wanted(std::string_view name) const {
    return options_.properties.empty() || std::ranges::find(options_.properties, name) != options_.properties.end();
  }

  void prove();
  void cross_check();
  void search(std::size_t property, PropertyResult& p);
  explore::Options search_options(explore::Grain grain);
  void found(PropertyResult& p, const explore::Path& path, explore::Grain grain);

  const lang::Tree& tree_;
  const Options& options_;
  spec::NativeFacts knobs_;
  explore::Reading reading_;
  DesignResult result_;
};

void Check::prove() {
  say("proving");
  smt::ProveOptions solver;
  solver.timeout_ms = options_.timeout_ms;
  result_.proof = smt::prove(tree_, knobs_, solver);
  const smt::Proof& proof = result_.proof;
  if (proof.obligations.empty() && proof.items.empty()) result_.errors.push_back("no obligation was checked");
  if (!proof.axioms_satisfiable)
    result_.errors.push_back("contradiction: the axioms of this design cannot all be true");
  for (const auto& rule : proof.dead_rules)
    result_.errors.push_back("dead rule: " + rule + " can never fire, so nothing shown of it counts");
  for (const auto& what : proof.unsettled) result_.errors.push_back("unsettled: the solver gave up on " + what);
  for (const lang::Formula& f : tree_.formulas) {
    if (f.kind != lang::FormulaKind::property || !wanted(f.name)) continue;
    const smt::Item* item = proof.find(f.name);
    PropertyResult p{};
    p.property = f.name;
    p.verdict = Verdict::unknown;
    if (item->status == smt::Status::dropped) p.detail = "not preserved by " + item->fell_at;
    if (item->status == smt::Status::unknown) p.detail = "the solver gave up on " + item->fell_at + " => " + p.property;
    if (item->status == smt::Status::not_applicable) {
      p.verdict = Verdict::not_applicable;
      p.detail = "the design has not what it speaks of";
    } else if (item->status == smt::Status::proved) {
      const bool empty = std::ranges::find(proof.vacuous, f.name) != proof.vacuous.end();
      p.verdict = empty ? Verdict::vacuous : Verdict::proved;
      p.detail = empty ? "nothing it speaks of can happen" : "for any number of processes and devices";
    }
    for (const auto& e : result_.design.expectations) {
      if (e.property != p.property) continue;
      p.expected = e.verdict;
      p.why_expected = e.reason;
    }
    result_.properties.push_back(std::move(p));
  }
}

void Check::found(PropertyResult& p, const explore::Path& path, explore::Grain grain) {
  p.verdict = Verdict::violated;
  p.trace = to_trace(path, result_.design.name, p.property, grain_name(grain));
  p.possible_under_policy = explore::possible_under_policy(tree_, path, reading_);
  p.detail = std::to_string(path.steps.size()) + (grain == explore::Grain::call ? " step" : " single step") +
             (path.steps.size() == 1 ? "" : "s");
  if (!p.possible_under_policy) p.detail += ", with a pick that is not the lowest free number";
}

explore::Options Check::search_options(explore::Grain grain) {
  explore::Options options;
  options.grain = grain;
  options.threads = options_.threads;
  options.max_states = options_.max_states;
  options.reading = reading_;
  options.progress = [this](int depth, std::size_t states) {
    say("searching, " + std::to_string(depth) + " steps deep, " + std::to_string(states) + " states");
    return true;
  };
  return options;
}

/// What is proved must hold in the states nearest the start: a second opinion from an engine that shares no code with
/// the solver's.
void Check::cross_check() {
  const auto topologies = explore::topologies(tree_, knobs_, scope_of(tree_, knobs_, {}));
  for (const explore::Grain grain : {explore::Grain::call, explore::Grain::step}) {
    explore::Options options = search_options(grain);
    options.max_states = std::min(options_.max_states, cross_check_states);
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < reading_.properties.size(); ++i) {
      const PropertyResult* p = result_.find(reading_.properties[i].name);
      if (p == nullptr || !judged(reading_.properties[i], grain) ||
          (p->verdict != Verdict::proved && p->verdict != Verdict::vacuous))
        continue;
      options.properties.push_back(static_cast<int>(i));
      names.push_back(p->property);
    }
    if (names.empty()) continue;
    const explore::Result r = explore::search(tree_, topologies, options);
    if (r.counts.firings == 0) result_.errors.push_back("no rule fired in the search that checks the proofs");
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!r.paths[i]) continue;
      result_.contradiction = true;
      result_.errors.push_back("disagreement: " + std::string(names[i]) + " is proved, and a search violates it in " +
                               std::to_string(r.paths[i]->steps.size()) + " steps");
    }
  }
}

/// Looks for a trace of one property in ever larger worlds. Whole calls come before single steps, because a sequence of
/// calls is easier to read and to reproduce; but a glance at single steps before the largest worlds.
void Check::search(std::size_t property, PropertyResult& p) {
  using explore::Grain;
  struct Attempt {
    Grain grain;
    std::size_t worlds;      ///< the first so many; 0: all
    std::size_t max_states;  ///< in each world; 0: as many as the options allow
  };
  constexpr Attempt attempts[] = {
      {Grain::call, 0, 1'000}, {Grain::step, 2, 200'000}, {Grain::call, 0, 0}, {Grain::step, 0, 0}};
  const Grain last = finest(reading_.properties[property]);
  const auto scopes = growing_scopes(tree_, knobs_);
  const auto topologies = [&](std::size_t i) { return explore::topologies(tree_, knobs_, scopes[i]); };
  for (const Attempt& attempt : attempts) {
    if (!judged(reading_.properties[property], attempt.grain)) continue;
    explore::Options options = search_options(attempt.grain);
    options.properties = {static_cast<int>(property)};
    options.max_states =
        attempt.max_states == 0 ? options_.max_states : std::min(attempt.max_states, options_.max_states);
    const std::size_t worlds = attempt.worlds == 0 ? scopes.size() : attempt.worlds;
    const explore::Widened w = explore::search_widening(tree_, worlds, topologies, options);
    const explore::Result& r = w.result;
    p.seconds += r.seconds;
    const std::string scope = describe(tree_, scopes[w.scope]);
    if (r.paths.front()) {
      found(p, *r.paths.front(), attempt.grain);
      p.scope = scope;
      result_.searches.push_back(
          {grain_name(attempt.grain), p.property, scope, r.topologies, r.states, r.depth, r.seconds});
      return;
    }
    if (attempt.grain == last && worlds == scopes.size() && r.end == explore::End::exhausted) {
      p.verdict = Verdict::holds_in_scope;
      p.detail = scope + ", " + std::to_string(r.topologies) + " topologies";
      return;
    }
    if (attempt.max_states == 0)
      p.detail += ", and no trace among " + std::to_string(r.states) + " states, " + std::to_string(r.depth) + ' ' +
                  grain_name(attempt.grain) + "s deep";
  }
}

}  // namespace

const PropertyResult* DesignResult::find(std::string_view property) const {
  const auto it = std::ranges::find(properties, property, &PropertyResult::property);
  return it == properties.end() ? nullptr : &*it;
}

bool DesignResult::as_expected() const {
  return errors.empty() && !contradiction && std::ranges::all_of(properties, &PropertyResult::as_expected);
}

DesignResult check(const lang::Tree& tree, const io::Design& design, const Options& options) {
  return Check(tree, design, options).run();
}

int exit_code(const DesignResult& result, bool expect) {
  if (result.contradiction) return 4;
  if (!result.errors.empty()) return 1;
  if (expect) return result.as_expected() ? 0 : 1;
  int worst = 0;
  for (const PropertyResult& p : result.properties) {
    if (p.verdict == Verdict::violated) return 1;
    if (p.verdict == Verdict::unknown || p.verdict == Verdict::vacuous) worst = 2;
  }
  return worst;
}

}  // namespace pasid::check
