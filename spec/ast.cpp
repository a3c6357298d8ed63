// The one translation unit that instantiates the tree reading of the rules.
#include "spec/calls.hpp"
#include "spec/formulas.hpp"
#include "spec/lang/call.hpp"
#include "spec/lang/record.hpp"
#include "spec/model.hpp"

namespace pasid::spec {

using lang::Ast;
using lang::Tree;

void build(Tree& tree) {
  lang::Builder builder(tree);
  Facts<Ast> facts;
  State<Ast> state;
  State<Ast> before;  // for properties of steps and calls
  lang::record_cells<NativeFacts>(tree, true);
  lang::record_cells<NativeState>(tree, false);
  facts.builder = &builder;
  lang::connect(builder, facts);
  lang::connect(builder, state);
  lang::connect(builder, before, true);

  for (const auto& a : axioms<Ast>)
    tree.formulas.push_back({lang::FormulaKind::axiom, a.name, a.meaning, tree.truth(true), a.body(facts).in(builder)});
  for (const auto& p : properties<Ast>)
    tree.formulas.push_back({lang::FormulaKind::property, p.name, p.meaning, p.applies(facts).in(builder),
                             p.holds(facts, before, state).in(builder), p.judges});
  std::apply([&](const auto&... entry) { (lang::record_rule(builder, entry, facts, state), ...); }, rules<Ast>);

  for (const auto& c : calls) tree.calls.push_back(lang::parse_call(tree, c.label, c.sections));
}

}  // namespace pasid::spec
