#include "src/review/side.hpp"

#include <algorithm>

#include "proofs/model.hpp"
#include "spec/lang/rewrite.hpp"
#include "src/trace/formula.hpp"

namespace pasid::review {
namespace {

/// The two rules of one tree are one text, over parameters of the same names and sorts.
bool same_text(const lang::Tree& tree, const lang::RuleTree& a, const lang::RuleTree& b) {
  const auto same_param = [](const lang::Param& p, const lang::Param& q) {
    return p.name == q.name && p.sort == q.sort;
  };
  return std::ranges::equal(a.params, b.params, same_param) &&
         trace::guard_parts(tree, a) == trace::guard_parts(tree, b) &&
         trace::update_parts(tree, a) == trace::update_parts(tree, b);
}

Side with_design(const std::string& name, std::shared_ptr<const lang::Tree> tree) {
  Side out;
  out.design = io::load_design(*tree, name);
  out.name = out.design.name;
  out.knobs = io::facts_of(*tree, out.design);
  out.tree = std::move(tree);
  return out;
}

}  // namespace

std::vector<lang::RuleTree> rules_of(lang::Tree& tree, const std::vector<lang::RuleTree>& rules,
                                     const spec::NativeFacts& knobs) {
  std::vector<lang::RuleTree> out;
  for (const lang::RuleTree& rule : rules) {
    lang::RuleTree folded = lang::fold(tree, rule, &knobs);
    if (!tree.is_true(folded.only_if)) continue;
    std::erase_if(folded.guards, [&](const lang::Guard& g) { return tree.is_true(g.condition); });
    out.push_back(std::move(folded));
  }
  return out;
}

Side side(const std::string& design) {
  // The model is there for as long as the program.
  Side out = with_design(design, {std::shared_ptr<const lang::Tree>(), &proofs::model()});
  out.reading = explore::native_reading();
  return out;
}

Side side(const std::string& design, std::shared_ptr<const lang::Tree> tree, const std::string& rules) {
  Side out = with_design(design, std::move(tree));
  out.name += " under " + rules;
  out.design.name = out.name;
  out.edited = true;
  out.reading = explore::tree_reading(*out.tree);
  const explore::Reading native = explore::native_reading();
  out.reading.properties = native.properties;  // formulas are this program's
  lang::Tree tree_of_both = *out.tree;
  const auto own = rules_of(tree_of_both, proofs::model().rules, out.knobs);
  for (const lang::RuleTree& rule : rules_of(tree_of_both, out.tree->rules, out.knobs)) {
    const auto known = std::ranges::find(own, rule.label, &lang::RuleTree::label);
    if (known == own.end() || !same_text(tree_of_both, rule, *known)) continue;
    std::ranges::find(out.reading.rules, rule.label, &explore::RunnableRule::label)->apply =
        std::ranges::find(native.rules, rule.label, &explore::RunnableRule::label)->apply;
  }
  return out;
}

}  // namespace pasid::review
