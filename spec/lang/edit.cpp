#include "spec/lang/edit.hpp"

#include <string>

namespace pasid::lang {

void drop(Tree& tree, std::string_view label) {
  const auto slash = label.find('/');
  std::size_t gone = 0;
  for (RuleTree& rule : tree.rules) {
    if (slash == std::string_view::npos) {
      gone += std::erase_if(rule.guards, [&](const Guard& g) { return g.label == label; });
    } else if (rule.label == label.substr(0, slash)) {
      const int cell = tree.cell_named(label.substr(slash + 1));
      gone += std::erase_if(rule.writes, [&](const Write& w) { return w.cell == cell; });
    }
  }
  if (gone == 0)
    throw std::invalid_argument("'" + std::string(label) +
                                "' is no guard (as in stop.portal-unmapped) and no update (as in unbind.clear/entry)");
}

void block(Tree& tree, std::string_view rule) {
  const int r = tree.rule_named(rule);
  if (r < 0) throw std::invalid_argument("there is no rule '" + std::string(rule) + "'");
  RuleTree& blocked = tree.rules[static_cast<std::size_t>(r)];
  blocked.guards.insert(blocked.guards.begin(), {GuardKind::await, tree.truth(false), 0, "blocked"});
  blocked.blocked = true;
}

}  // namespace pasid::lang
