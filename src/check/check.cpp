#include "src/check/check.hpp"

#include <algorithm>
#include <chrono>

#include "src/check/convert.hpp"
#include "src/check/cross_check.hpp"
#include "src/check/hints.hpp"
#include "src/check/seek.hpp"
#include "src/io/names.hpp"

namespace pasid::check {

using spec::Verdict;

namespace {

std::string grain_name(explore::Grain g) { return g == explore::Grain::call ? "call" : "step"; }

class Check {
 public:
  Check(const lang::Tree& tree, const io::Design& design, const Options& options)
      : tree_(tree), options_(options), knobs_(io::facts_of(tree, design)),
        reading_(search_reading(options.reading ? *options.reading : explore::native_reading())) {
    result_.design = design;
  }

  DesignResult run() {
    prove();
    if (options_.search) {
      cross_check();
      search();
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
  void search();
  explore::Options search_options();
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
  solver.precedents = options_.precedents;
  solver.hints = options_.hints;
  solver.like = like(result_.design);
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

explore::Options Check::search_options() {
  explore::Options options;
  options.threads = options_.threads;
  options.max_states = options_.max_states;
  options.reading = reading_;
  options.progress = [this](int depth, std::size_t states) {
    say("searching, " + std::to_string(depth) + " steps deep, " + std::to_string(states) + " states");
    return true;
  };
  return options;
}

void Check::cross_check() {
  std::vector<int> shown;
  for (std::size_t i = 0; i < reading_.properties.size(); ++i) {
    const PropertyResult* p = result_.find(reading_.properties[i].name);
    if (p != nullptr && (p->verdict == Verdict::proved || p->verdict == Verdict::vacuous))
      shown.push_back(static_cast<int>(i));
  }
  if (shown.empty()) return;
  const CrossCheck checked = check::cross_check(tree_, knobs_, shown, search_options());
  if (checked.firings == 0) result_.errors.push_back("no rule fired in the search that checks the proofs");
  for (const Disagreement& d : checked.disagreements) {
    result_.contradiction = true;
    result_.errors.push_back(
        "disagreement: " + std::string(reading_.properties[static_cast<std::size_t>(d.property)].name) +
        " is proved, and a search violates it in " + std::to_string(d.path.steps.size()) + " steps");
  }
}

/// Looks for a trace of everything that is still open.
void Check::search() {
  std::vector<int> open;
  for (std::size_t i = 0; i < reading_.properties.size(); ++i)
    if (const PropertyResult* p = result_.find(reading_.properties[i].name); p && p->verdict == Verdict::unknown)
      open.push_back(static_cast<int>(i));
  std::map<int, Place> known;
  if (options_.places) known = known_places(*options_.places, result_.design, reading_, open);
  for (const Sought& s : seek(tree_, knobs_, open, search_options(), known, options_.max_states_where_known)) {
    const std::string_view name = reading_.properties[static_cast<std::size_t>(s.property)].name;
    PropertyResult& p = *std::ranges::find(result_.properties, name, &PropertyResult::property);
    p.seconds = s.seconds;
    const std::string scope = describe(tree_, s.scope);
    if (s.path) {
      found(p, *s.path, s.grain);
      p.scope = scope;
      result_.searches.push_back({grain_name(s.grain),
                                  p.property,
                                  scope,
                                  {s.scope_number, s.grain},
                                  s.topologies,
                                  s.states,
                                  s.depth,
                                  s.seconds});
    } else if (s.all_seen) {
      p.verdict = Verdict::holds_in_scope;
      p.detail = scope + ", " + std::to_string(s.topologies) + " topologies";
    } else {
      p.detail += ", and no trace among " + std::to_string(s.states) + " states, " + std::to_string(s.depth) + ' ' +
                  grain_name(s.grain) + "s deep";
    }
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

std::string sign(const PropertyResult& p) {
  std::string out;
  switch (p.verdict) {
    case Verdict::proved: out = "✓"; break;
    case Verdict::violated: out = std::to_string(p.trace ? p.trace->steps.size() : 0); break;
    case Verdict::holds_in_scope: out = "~"; break;
    case Verdict::not_applicable: out = "-"; break;
    case Verdict::vacuous: out = "0"; break;
    case Verdict::unknown: out = "?"; break;
  }
  return p.as_expected() ? out : out + "!";
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
