// The one translation unit that instantiates the tree reading of the rules.
#include "spec/calls.hpp"
#include "spec/formulas.hpp"
#include "spec/lang/record.hpp"
#include "spec/model.hpp"

namespace pasid::spec {

using lang::Ast;
using lang::Tree;

void build(Tree& tree) {
  lang::Builder builder(tree);
  Facts<Ast> facts;
  State<Ast> state;
  lang::record_cells<NativeFacts>(tree, true);
  lang::record_cells<NativeState>(tree, false);
  facts.builder = &builder;
  lang::connect(builder, facts);
  lang::connect(builder, state);

  for (const auto& a : axioms<Ast>)
    tree.formulas.push_back({lang::FormulaKind::axiom, a.name, a.meaning, tree.truth(true), a.body(facts).in(builder)});
  for (const auto& p : properties<Ast>)
    tree.formulas.push_back({lang::FormulaKind::property, p.name, p.meaning, p.applies(facts).in(builder),
                             p.body(facts, state).in(builder)});
  std::apply([&](const auto&... entry) { (lang::record_rule(builder, entry, facts, state), ...); }, rules<Ast>);

  for (const auto& c : calls) {
    lang::CallTree call{c.label, {}};
    for (std::string_view rest = c.sections; !rest.empty();) {
      const auto label = rest.substr(0, rest.find(' '));
      const int rule = tree.rule_named(label);
      if (rule < 0) throw lang::RuleError("call '" + std::string(c.label) + "': no rule '" + std::string(label) + "'");
      call.sections.push_back(rule);
      rest = label.size() == rest.size() ? std::string_view{} : rest.substr(label.size() + 1);
    }
    tree.calls.push_back(std::move(call));
  }
}

}  // namespace pasid::spec
