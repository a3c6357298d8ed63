#include <algorithm>

#include "spec/lang/eval.hpp"
#include "src/smt/lowering.hpp"
#include "src/smt/prove.hpp"
#include "src/smt/theory.hpp"

namespace pasid::smt {

using lang::NodeId;

namespace {

/// Looks for a step from the invariants to a state without `formula`, in a world of fixed size.
class SmallWorld {
 public:
  SmallWorld(Theory& theory, const Proof& proof, const Candidate& formula, const Sizes& sizes)
      : theory_(theory), lowering_(z3_, theory.tree, sizes), formula_(formula), sizes_(sizes) {
    for (const Candidate& c : theory.candidates) {
      const Item* item = proof.find(c.name);
      if (c.name == formula.name || (item != nullptr && item->status == Status::proved)) invariants_.push_back(c.body);
    }
  }

  /// The first rule with such a step.
  std::optional<InductionCounterexample> find(const spec::NativeFacts& knobs, std::span<const std::size_t> rules) {
    std::vector<z3::expr> known;
    for (const NodeId a : theory_.axioms) known.push_back(lowering_.formula(a));
    for (const NodeId i : invariants_) known.push_back(lowering_.formula(i));
    for (const std::size_t r : rules) {
      const lang::RuleTree& rule = theory_.rules[r];
      const NodeId broken = lang::after(theory_.tree, rule, formula_.body);
      if (broken == formula_.body) continue;
      z3::solver s(z3_, z3::solver::simple());
      z3::params p(z3_);
      p.set("timeout", 20000U);
      s.set(p);
      for (const z3::expr& k : known) s.add(k);
      for (const lang::Param& param : rule.params) s.add(lowering_.formula(is_something(param)));
      s.add(lowering_.formula(theory_.fires(rule)));
      s.add(!lowering_.formula(broken));
      for (const lang::Write& w : rule.writes) (void)lowering_.formula(reads_of(w));
      for (const z3::expr& b : lowering_.background()) s.add(b);
      if (s.check() != z3::sat) continue;
      found_rule = r;
      return read_out(s.get_model(), knobs, rule);
    }
    return std::nullopt;
  }

  std::size_t found_rule = 0;

 private:
  NodeId is_something(const lang::Param& p) {
    const NodeId v = theory_.tree.fresh_variable(p.sort);
    return theory_.tree.quantify(lang::Op::exists, v, theory_.tree.eq(p.variable, v));
  }
  /// Some closed formula that mentions what a write mentions, so that its cells are declared.
  NodeId reads_of(const lang::Write& w) {
    NodeId body = w.condition;
    for (const NodeId v : w.bound) body = theory_.tree.quantify(lang::Op::exists, v, body);
    return body;
  }

  InductionCounterexample read_out(const z3::model& model, const spec::NativeFacts& knobs, const lang::RuleTree& rule) {
    InductionCounterexample out{};
    out.rule = rule.label;
    out.formula = formula_.name;
    out.facts = knobs;
    for (std::size_t s = 0; s < sizes_.size(); ++s) out.facts.count[s] = static_cast<std::uint8_t>(sizes_[s]);
    for (std::size_t c = 0; c < theory_.tree.cells.size(); ++c) {
      const lang::CellInfo& cell = theory_.tree.cells[c];
      if (lang::is_knob(cell)) continue;
      auto* const bytes = cell.rigid ? reinterpret_cast<std::uint8_t*>(&out.facts) : reinterpret_cast<std::uint8_t*>(&out.before);
      lang::each_index(out.facts, cell, [&](std::span<const std::uint8_t> index) {
        bytes[lang::place(cell, index)] = lowering_.cell_value(model, static_cast<int>(c), index);
      });
    }
    for (std::size_t k = 0; k < rule.params.size(); ++k) out.args[k] = lowering_.value(model, rule.params[k].variable);
    out.after = out.before;
    lang::Evaluator eval(theory_.tree, out.facts, &out.facts);
    const auto outcome = eval.apply(rule, &out.before, &out.after, out.args);
    if (outcome.kind != lang::Outcome::Kind::done || eval.value(formula_.body, &out.before) == 0 ||
        eval.value(formula_.body, &out.after) != 0)
      throw std::logic_error("counterexample to induction of " + formula_.name + " at " + std::string(rule.label) +
                             " does not run natively");
    return out;
  }

  z3::context z3_;
  Theory& theory_;
  Lowering lowering_;
  const Candidate& formula_;
  Sizes sizes_;
  std::vector<NodeId> invariants_;
};

}  // namespace

std::optional<InductionCounterexample> explain(const lang::Tree& tree, const spec::NativeFacts& knobs,
                                               const Proof& proof, std::string_view formula, int most) {
  try {
    Theory theory(tree, knobs);
    const auto it = std::ranges::find(theory.candidates, formula, &Candidate::name);
    if (it == theory.candidates.end()) return std::nullopt;
    const Candidate wanted = *it;

    Sizes sizes{};
    const auto capacity = [&](std::size_t sort) {
      int least = most;
      for (const lang::CellInfo& c : tree.cells)
        for (const auto* s : c.index)
          if (s->index == static_cast<int>(sort)) least = std::min(least, s->capacity);
      return least;
    };
    for (std::size_t s = 0; s < static_cast<std::size_t>(spec::entity_sorts); ++s) sizes[s] = capacity(s);
    std::vector<std::size_t> rules(theory.rules.size());
    for (std::size_t r = 0; r < rules.size(); ++r) rules[r] = r;
    // The rule at which the formula fell comes first, so that the explanation matches the report.
    if (const Item* item = proof.find(formula))
      std::ranges::stable_partition(rules, [&](std::size_t r) { return theory.rules[r].label == item->fell_at; });

    std::optional<InductionCounterexample> best;
    {
      SmallWorld world(theory, proof, wanted, sizes);
      best = world.find(knobs, rules);
      if (!best) return std::nullopt;
      rules = {world.found_rule};
    }
    for (std::size_t s = 0; s < static_cast<std::size_t>(spec::entity_sorts); ++s) {
      while (sizes[s] > 1) {
        Sizes smaller = sizes;
        --smaller[s];
        SmallWorld world(theory, proof, wanted, smaller);
        auto found = world.find(knobs, rules);
        if (!found) break;
        best = std::move(found);
        sizes = smaller;
      }
    }
    return best;
  } catch (const z3::exception& e) {
    throw std::runtime_error(std::string("Z3: ") + e.msg());
  }
}

}  // namespace pasid::smt
