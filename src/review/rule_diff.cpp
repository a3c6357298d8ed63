#include "src/review/rule_diff.hpp"

#include <algorithm>

#include "src/trace/formula.hpp"

namespace pasid::review {
namespace {

using lang::RuleTree;
using trace::RulePart;

/// The calls that have the rule as a section, by label.
std::vector<std::string_view> calls_with(const lang::Tree& tree, std::string_view rule) {
  std::vector<std::string_view> out;
  for (const lang::CallTree& call : tree.calls)
    if (std::ranges::any_of(call.sections, [&](const lang::CallSection& s) {
          return tree.rules[static_cast<std::size_t>(s.rule)].label == rule;
        }))
      out.push_back(call.label);
  return out;
}

long shared_guards(const RuleTree& a, const RuleTree& b) {
  return std::ranges::count_if(a.guards, [&](const lang::Guard& g) {
    return std::ranges::find(b.guards, g.label, &lang::Guard::label) != b.guards.end();
  });
}

/// The rules of both sides in one tree, and which stand for one another.
class Pairing {
 public:
  Pairing(const Side& a, const Side& b)
      : tree_(a.edited ? *a.tree : *b.tree), a_(rules_of(tree_, a.tree->rules, a.knobs)),
        b_(rules_of(tree_, b.tree->rules, b.knobs)) {
    std::vector<const RuleTree*> rest_a;
    std::vector<const RuleTree*> rest_b;
    for (const RuleTree& r : a_)
      if (const auto same = std::ranges::find(b_, r.label, &RuleTree::label); same != b_.end())
        pairs_.emplace_back(&r, &*same);
      else rest_a.push_back(&r);
    for (const RuleTree& r : b_)
      if (std::ranges::find(a_, r.label, &RuleTree::label) == a_.end()) rest_b.push_back(&r);
    for (const RuleTree* r : rest_a) {
      const auto calls = calls_with(*a.tree, r->label);
      const auto alike = [&](const RuleTree* other) {
        return calls == calls_with(*b.tree, other->label) ? shared_guards(*r, *other) : 0;
      };
      const auto most = calls.empty() ? rest_b.end() : std::ranges::max_element(rest_b, {}, alike);
      if (most == rest_b.end() || alike(*most) == 0) {
        pairs_.emplace_back(r, nullptr);
      } else {
        pairs_.emplace_back(r, *most);
        rest_b.erase(most);
      }
    }
    std::ranges::sort(pairs_, {}, [](const auto& pair) { return pair.first; });
    for (const RuleTree* r : rest_b) pairs_.emplace_back(nullptr, r);
  }

  [[nodiscard]] const lang::Tree& tree() const { return tree_; }
  /// null: there is none.
  [[nodiscard]] const std::vector<std::pair<const RuleTree*, const RuleTree*>>& pairs() const { return pairs_; }

 private:
  lang::Tree tree_;
  std::vector<RuleTree> a_;
  std::vector<RuleTree> b_;
  std::vector<std::pair<const RuleTree*, const RuleTree*>> pairs_;
};

/// The labels of a longest list that both have in the same order.
std::vector<std::string> in_order(const std::vector<RulePart>& a, const std::vector<RulePart>& b) {
  std::vector<std::vector<std::size_t>> longest(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;)
    for (std::size_t k = b.size(); k-- > 0;)
      longest[i][k] =
          a[i].label == b[k].label ? longest[i + 1][k + 1] + 1 : std::max(longest[i + 1][k], longest[i][k + 1]);
  std::vector<std::string> out;
  for (std::size_t i = 0, k = 0; i < a.size() && k < b.size();) {
    if (a[i].label == b[k].label) out.push_back(a[i++].label), ++k;
    else if (longest[i + 1][k] >= longest[i][k + 1]) ++i;
    else ++k;
  }
  return out;
}

/// Guards have a label each, and their order counts.
std::vector<PartDifference> compare_guards(const std::vector<RulePart>& a, const std::vector<RulePart>& b) {
  const auto kept = in_order(a, b);
  std::vector<PartDifference> out;
  for (const RulePart& part : a) {
    const auto other = std::ranges::find(b, part.label, &RulePart::label);
    if (other == b.end()) out.push_back({part.label, part.text, "", ""});
    else if (other->text != part.text) out.push_back({part.label, part.text, other->text, ""});
  }
  for (std::size_t k = 0; k < b.size(); ++k) {
    const auto other = std::ranges::find(a, b[k].label, &RulePart::label);
    const std::string behind = k == 0 ? "" : b[k - 1].label;
    if (other == a.end()) out.push_back({b[k].label, "", b[k].text, behind});
    else if (other->text == b[k].text && std::ranges::find(kept, b[k].label) == kept.end())
      out.push_back({b[k].label, b[k].text, b[k].text, behind});
  }
  return out;
}

/// Updates happen at once: their order says nothing. Of one cell there may be several.
std::vector<PartDifference> compare_updates(std::vector<RulePart> a, std::vector<RulePart> b) {
  for (auto part = a.begin(); part != a.end();) {
    const auto same = std::ranges::find(b, *part);
    if (same == b.end()) {
      ++part;
    } else {
      b.erase(same);
      part = a.erase(part);
    }
  }
  std::vector<PartDifference> out;
  for (const RulePart& part : a) {
    const auto other = std::ranges::find(b, part.label, &RulePart::label);
    out.push_back({part.label, part.text, other == b.end() ? "" : other->text, ""});
    if (other != b.end()) b.erase(other);
  }
  for (const RulePart& part : b) out.push_back({part.label, "", part.text, ""});
  return out;
}

}  // namespace

std::vector<RuleDifference> differing_rules(const Side& a, const Side& b) {
  const Pairing pairing(a, b);
  std::vector<RuleDifference> out;
  for (const auto& [of_a, of_b] : pairing.pairs()) {
    RuleDifference d;
    if (of_a != nullptr) d.a = of_a->label, d.source_a = of_a->source;
    if (of_b != nullptr) d.b = of_b->label, d.source_b = of_b->source;
    if (d.in_both()) {
      d.guards = compare_guards(trace::guard_parts(pairing.tree(), *of_a), trace::guard_parts(pairing.tree(), *of_b));
      d.updates =
          compare_updates(trace::update_parts(pairing.tree(), *of_a), trace::update_parts(pairing.tree(), *of_b));
      if (d.a == d.b && d.guards.empty() && d.updates.empty()) continue;
    }
    out.push_back(std::move(d));
  }
  return out;
}

std::map<std::string, std::string> counterparts(const Side& a, const Side& b) {
  const Pairing pairing(a, b);
  std::map<std::string, std::string> out;
  for (const auto& [of_a, of_b] : pairing.pairs())
    if (of_a != nullptr) out.emplace(of_a->label, of_b == nullptr ? "" : of_b->label);
  return out;
}

}  // namespace pasid::review
