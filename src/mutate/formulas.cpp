#include "src/mutate/formulas.hpp"

#include <algorithm>

#include "spec/lang/eval.hpp"
#include "spec/lang/rewrite.hpp"
#include "src/check/hints.hpp"
#include "src/check/scopes.hpp"
#include "src/check/seek.hpp"
#include "src/explore/topology.hpp"
#include "src/io/bug.hpp"
#include "src/mutate/progress.hpp"
#include "src/mutate/variants.hpp"
#include "src/smt/keeping.hpp"

namespace pasid::mutate {
namespace {

using lang::NodeId;

/// A property or lemma taken apart at one conjunct.
struct Apart {
  NodeId conjunct;
  NodeId rest;
  smt::Implication implied;  ///< of this design, where its knobs are folded in
};

Apart apart(lang::Tree& tree, const lang::Formula& formula, const spec::NativeFacts& knobs, std::size_t operand) {
  Apart out{NodeId::invalid, tree.truth(true), {}};
  const std::vector<NodeId> all = conjuncts_of(tree, formula.body, knobs);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i == operand) out.conjunct = all[i];
    else out.rest = tree.conj(out.rest, all[i]);
  out.implied = {lang::fold(tree, out.rest, &knobs), lang::fold(tree, out.conjunct, &knobs)};
  return out;
}

/// Of the reading, the property of that name.
int number_of(std::string_view name) {
  const auto all = spec::native_properties();
  return static_cast<int>(std::ranges::find(all, name, &spec::NativeProperty::name) - all.begin());
}

/// Everything proved but this.
smt::Proof without(smt::Proof proof, std::string_view name) {
  std::erase_if(proof.items, [&](const smt::Item& i) { return i.name == name; });
  return proof;
}

class Formulas {
 public:
  Formulas(const lang::Tree& tree, const Original& original, const io::Design& design, const smt::Proof& proof,
           const FormulaOptions& options)
      : tree_(tree), original_(original), design_(design), proof_(proof), options_(options) {}

  std::optional<Verdict> of_lemma(const Mutant& m, const Apart& a) const {
    const smt::Item* own = proof_.find(m.of);
    if (own == nullptr || own->status != smt::Status::proved)
      return Verdict{Fate::equivalent, "no proof leans on it: it is not proved of this design", 0, {}};
    lang::Tree edited = tree_;
    if (edited.is_true(a.rest)) edited.formulas.erase(edited.formulas.begin() + m.formula);
    else edited.formulas[static_cast<std::size_t>(m.formula)].body = a.rest;
    smt::ProveOptions how;
    how.hints = check::proof_hints();
    how.like = options_.like;
    how.precedents = options_.precedents;
    const smt::Proof now = smt::prove(edited, original_.knobs, how);
    for (const smt::Item& item : proof_.items) {
      const smt::Item* same = now.find(item.name);
      if (item.status == smt::Status::proved && same != nullptr && same->status != smt::Status::proved)
        return Verdict{Fate::property, item.name + ", which is not proved without it", 0, {}};
    }
    return Verdict{Fate::equivalent, "all is proved without it", 0, {}};
  }

  std::optional<Verdict> of_property(const Mutant& m, const Apart& a) const {
    const lang::Formula& formula = tree_.formulas[static_cast<std::size_t>(m.formula)];
    if (const auto found = violated_alone(m, a, design_)) return found;
    if (formula.judges == lang::PropertyKind::state) {
      smt::Keeping keeping(tree_, original_.knobs, without(proof_, m.of));
      if (keeping.follow({a.implied}).front() == smt::Answer::unsat)
        return Verdict{Fate::equivalent, "implied by the rest and what else is proved", 0, {}};
    }
    for (const std::string& name : io::shipped_designs()) {
      if (name == design_.name) continue;
      if (const auto found = violated_alone(m, a, io::load_design(tree_, name))) return found;
    }
    for (const std::string& id : io::shipped_bugs()) {
      const io::Bug bug = io::load_bug(tree_, id);
      if (!bug.unfix || !bug.violates || bug.violates->property != m.of) continue;
      if (const auto found = convicts_bug(m, a, bug)) return found;
    }
    return std::nullopt;
  }

 private:
  /// The same of a design with a bug of a real kernel in it, in the first scopes.
  std::optional<Verdict> convicts_bug(const Mutant& m, const Apart& a, const io::Bug& bug) const {
    const io::Design design = io::with_bug(io::load_design(tree_, bug.violates->design), bug);
    const lang::Tree wrong = io::with_bug(tree_, bug);
    explore::Options options;
    options.reading = bug.unfix->drops.empty() ? explore::native_reading() : explore::edited_reading(wrong, tree_);
    options.reading = check::search_reading(std::move(options.reading));
    options.max_states = options_.max_states_of_a_bug;
    const auto scopes = check::growing_scopes(wrong, io::facts_of(wrong, design));
    for (std::size_t s = 0; s < std::min(options_.scopes_of_a_bug, scopes.size()); ++s)
      if (const auto steps = alone(wrong, m, a, design, scopes[s].scope, options))
        return Verdict{Fate::property, bug.id + ", which it alone convicts, in " + design.name, *steps, {}};
    return std::nullopt;
  }

  /// The length of a shortest sequence of that scope after which the rest of the property holds and the conjunct does
  /// not.
  std::optional<std::size_t> alone(lang::Tree edited, const Mutant& m, const Apart& a, const io::Design& design,
                                   const explore::Scope& scope, explore::Options options) const {
    const int p = number_of(m.of);
    const spec::NativeFacts knobs = io::facts_of(edited, design);
    const NodeId implied = edited.imply(a.rest, a.conjunct);
    edited.formulas[static_cast<std::size_t>(m.formula)].body = implied;
    options.reading.properties[static_cast<std::size_t>(p)].holds = [&edited, implied](const spec::NativeFacts& f,
                                                                                       const spec::NativeState& before,
                                                                                       const spec::NativeState& after) {
      return lang::Evaluator(edited, f, &f).value(implied, &after, &before) != 0;
    };
    options.properties = {p};
    const auto worlds = explore::topologies(edited, knobs, scope);
    if (worlds.empty()) return std::nullopt;
    const explore::Result found = explore::search(edited, worlds, options);
    if (!found.paths.front()) return std::nullopt;
    return found.paths.front()->steps.size();
  }

  /// A sequence of a design after which the rest of the property holds and the conjunct does not, where a violation of
  /// the property is on record.
  std::optional<Verdict> violated_alone(const Mutant& m, const Apart& a, const io::Design& design) const {
    if (!options_.places) return std::nullopt;
    const int p = number_of(m.of);
    const auto known = check::known_places(*options_.places, design, explore::native_reading(), std::vector<int>{p});
    if (known.empty()) return std::nullopt;
    const auto scopes = check::growing_scopes(tree_, io::facts_of(tree_, design));
    const check::Place place = known.begin()->second;
    if (place.scope >= scopes.size()) return std::nullopt;
    explore::Options options;
    options.reading = check::search_reading();
    options.grain = place.grain;
    options.max_states = options_.max_states;
    const auto steps = alone(tree_, m, a, design, scopes[place.scope].scope, options);
    if (!steps) return std::nullopt;
    return Verdict{Fate::property, "a violation that only it convicts, in " + design.name, *steps, {}};
  }

  const lang::Tree& tree_;
  const Original& original_;
  const io::Design& design_;
  const smt::Proof& proof_;
  const FormulaOptions& options_;
};

}  // namespace

std::vector<std::optional<Verdict>> judge_formulas(lang::Tree& tree, const Original& original, const io::Design& design,
                                                   const smt::Proof& proof, std::span<const Mutant> mutants,
                                                   const std::map<std::pair<int, std::size_t>, std::string>& convicts,
                                                   const FormulaOptions& options) {
  std::vector<Apart> parts;
  for (const Mutant& m : mutants)
    parts.push_back(apart(tree, tree.formulas[static_cast<std::size_t>(m.formula)], original.knobs, m.operand));
  const Formulas formulas(tree, original, design, proof, options);
  std::vector<std::optional<Verdict>> out(mutants.size());
  told_in_parallel(mutants.size(), options.threads, options.progress, "conjuncts", [&](std::size_t i, unsigned) {
    const Mutant& m = mutants[i];
    if (tree.formulas[static_cast<std::size_t>(m.formula)].kind == lang::FormulaKind::lemma)
      out[i] = formulas.of_lemma(m, parts[i]);
    else if (const auto by = convicts.find({number_of(m.of), m.operand}); by != convicts.end())
      out[i] = Verdict{Fate::property, "the mutant that only it convicts, " + by->second, 0, {}};
    else out[i] = formulas.of_property(m, parts[i]);
  });
  return out;
}

}  // namespace pasid::mutate
