// Rules as text.
#include <algorithm>
#include <cstring>
#include <limits>
#include <span>

#include <fmt/format.h>

#include "src/trace/formula.hpp"
#include "src/trace/layout.hpp"

namespace pasid::trace {

using lang::NodeId;
using lang::Op;
using lang::SortKind;

namespace {

/// The terms of a rule: conditions, indices, values.
std::vector<NodeId> terms(const lang::RuleTree& rule) {
  std::vector<NodeId> out;
  for (const lang::Guard& g : rule.guards) out.push_back(g.condition);
  for (const lang::Write& w : rule.writes) {
    out.insert(out.end(), w.index.begin(), w.index.end());
    out.push_back(w.condition);
    out.push_back(w.value);
  }
  return out;
}

/// The cells read in more than one place, over the parameters alone: what the rule's text gives a name. Inner first.
std::vector<NodeId> shared_reads(const lang::Tree& tree, const lang::RuleTree& rule) {
  const auto closed = [&](NodeId term) {
    bool ok = true;
    lang::walk(tree, term, [&](NodeId t) {
      ok = ok && (tree[t].op != Op::variable ||
                  std::ranges::find(rule.params, t, &lang::Param::variable) != rule.params.end());
    });
    return ok;
  };
  std::unordered_map<NodeId, int> uses;
  std::vector<NodeId> seen;
  const auto use = [&](NodeId t) { ++uses[t]; };
  for (const NodeId root : terms(rule)) {
    use(root);
    lang::walk(tree, root, [&](NodeId t) {
      if (std::ranges::find(seen, t) != seen.end()) return;
      seen.push_back(t);
      std::ranges::for_each(tree[t].args, use);
    });
  }
  std::vector<NodeId> out;
  for (const auto& [t, times] : uses)
    if (times > 1 && tree[t].op == Op::read && !tree[t].args.empty() && tree[t].sort->kind == SortKind::entity &&
        closed(t))
      out.push_back(t);
  std::ranges::sort(out);
  return out;
}

std::string_view word(lang::GuardKind kind) {
  switch (kind) {
    case lang::GuardKind::require: return "require";
    case lang::GuardKind::await: return "await";
    case lang::GuardKind::given: return "given";
    case lang::GuardKind::choose: return "choose";
  }
  return "";
}

/// What a guard says beside its condition.
std::string consequence(const lang::Guard& g) {
  if (g.kind == lang::GuardKind::require) return std::string(" else -") + strerrorname_np(g.err);
  return g.kind == lang::GuardKind::choose && g.pick == lang::Pick::lowest_free ? ", lowest free" : "";
}

std::string guards_text(FormulaPrinter& printer, const lang::RuleTree& rule, std::size_t columns) {
  constexpr std::size_t label_at = 11;
  std::size_t label_width = 0;
  for (const lang::Guard& g : rule.guards) label_width = std::max(label_width, g.label.size());
  const std::size_t condition_at = label_at + label_width + 2;
  std::string out;
  for (const lang::Guard& g : rule.guards) {
    const std::string head = padded("  " + std::string(word(g.kind)), label_at) + std::string(g.label);
    const std::string after = consequence(g);
    if (const std::string flat = printer.flat(g.condition) + after; condition_at + width(flat) <= columns) {
      out += padded(head, condition_at) + flat + "\n";
      continue;
    }
    const std::string lines = spaces(label_at) + printer.wrapped(g.condition, label_at);
    const bool fits = width(lines.substr(lines.rfind('\n') + 1)) + width(after) <= columns;
    out += fmt::format("{}\n{}{}{}\n", head, lines, fits ? "" : "\n" + spaces(label_at - 1), after);
  }
  return out;
}

/// At column 4 at most; a value that does not fit behind its cell stands under it.
std::string write_text(const lang::Tree& tree, FormulaPrinter& printer, const lang::Write& w, std::size_t columns) {
  std::string out(tree.cells[static_cast<std::size_t>(w.cell)].name);
  for (std::size_t k = 0; k < w.index.size(); ++k) out.append(k == 0 ? "(" : ", ").append(printer.flat(w.index[k]));
  out += w.index.empty() ? " :=" : ") :=";
  const std::string flat = ' ' + printer.flat(w.value);
  return out + (4 + width(out) + width(flat) <= columns ? flat : "\n      " + printer.wrapped(w.value, 6));
}

/// Updates in a row with one condition over the same elements: "each dev d: entry(d, p) := none when entry(d, p) ==
/// mm", or under a line of their own with both.
std::string group_text(const lang::Tree& tree, FormulaPrinter& printer, std::span<const lang::Write> group,
                       std::size_t columns) {
  const lang::Write& first = group.front();
  std::string each;
  for (const NodeId v : first.bound)
    each += fmt::format("{}{} {}", each.empty() ? "each " : ", ", sort_word(tree[v].sort), printer.letter(v));
  std::vector<std::string> writes;
  writes.reserve(group.size());
  for (const lang::Write& w : group) writes.push_back(write_text(tree, printer, w, columns));
  const bool always = tree.is_true(first.condition);
  const std::string condition = always ? "" : printer.flat(first.condition);

  std::string out =
      fmt::format("  {}{}{}{}\n", each, each.empty() ? "" : ": ", writes.front(), always ? "" : " when " + condition);
  if (always && each.empty()) {
    out = fmt::format("  {}\n", joined(writes, "\n  "));
  } else if (group.size() > 1 || width(out) > columns + 1) {
    const std::string comma = each.empty() || always ? "" : ", ";
    const bool fits = width(each) + width(condition) + width("  , when :") <= columns;
    const std::string when = always ? ""
                             : fits ? "when " + condition
                                    : "when\n      " + printer.wrapped(first.condition, 6, 1);
    out = fmt::format("  {}{}{}:\n    {}\n", each, comma, when, joined(writes, "\n    "));
  }
  std::ranges::for_each(first.bound, [&](NodeId v) { printer.forget(v); });
  return out;
}

std::string writes_text(const lang::Tree& tree, FormulaPrinter& printer, const lang::RuleTree& rule,
                        std::size_t columns) {
  std::string out;
  for (std::span<const lang::Write> rest = rule.writes; !rest.empty();) {
    std::size_t n = 1;
    while (n < rest.size() && rest[n].condition == rest[0].condition && rest[n].bound == rest[0].bound) ++n;
    out += group_text(tree, printer, rest.first(n), columns);
    rest = rest.subspan(n);
  }
  return out;
}

/// Prints the terms of a rule over the names of its parameters.
FormulaPrinter printer_of(const lang::Tree& tree, const lang::RuleTree& rule, std::size_t columns) {
  FormulaPrinter printer(tree, columns);
  for (const lang::Param& p : rule.params) printer.name(p.variable, p.name);
  return printer;
}

constexpr std::size_t one_line = std::numeric_limits<std::size_t>::max() / 2;

}  // namespace

std::vector<RulePart> guard_parts(const lang::Tree& tree, const lang::RuleTree& rule) {
  FormulaPrinter printer = printer_of(tree, rule, one_line);
  std::vector<RulePart> out;
  for (const lang::Guard& g : rule.guards)
    out.push_back(
        {std::string(g.label), fmt::format("{} {}{}", word(g.kind), printer.flat(g.condition), consequence(g))});
  return out;
}

std::vector<RulePart> update_parts(const lang::Tree& tree, const lang::RuleTree& rule) {
  FormulaPrinter printer = printer_of(tree, rule, one_line);
  std::vector<RulePart> out;
  for (const lang::Write& w : rule.writes) {
    const std::string line = group_text(tree, printer, {&w, 1}, one_line);
    out.push_back({std::string(tree.cells[static_cast<std::size_t>(w.cell)].name), line.substr(2, line.size() - 3)});
  }
  return out;
}

std::string rule_text(const lang::Tree& tree, const lang::RuleTree& rule, std::size_t columns) {
  FormulaPrinter printer = printer_of(tree, rule, columns);
  std::vector<std::string> params;
  for (const lang::Param& p : rule.params) params.emplace_back(p.name);
  std::string out = std::string(rule.label) + "(" + joined(params, ", ") + ")\n";
  out += "  " + wrapped_words(rule.source, 2, columns) + "\n";
  if (!tree.is_true(rule.only_if)) out += "  only if  " + printer.wrapped(rule.only_if, 11) + "\n";
  std::vector<std::string> lets;
  for (const NodeId shared : shared_reads(tree, rule)) {
    const std::string is = printer.flat(shared);
    lets.push_back(fmt::format("{} = {}", printer.letter(shared), is));
  }
  if (!lets.empty()) out += "  let      " + wrapped(lets, ", ", 11, columns) + "\n";
  return out + guards_text(printer, rule, columns) + writes_text(tree, printer, rule, columns);
}

std::string call_text(const lang::Tree& tree, const lang::CallTree& call) {
  const auto label = [&](int rule) {
    return rule < 0 ? std::string_view{} : tree.rules[static_cast<std::size_t>(rule)].label;
  };
  std::string out;
  for (const lang::CallSection& s : call.sections)
    out += fmt::format("{}{}{}/{} ", label(s.rule), s.optional ? "?" : "", s.repeated ? "*" : "", label(s.undo));
  return out;
}

}  // namespace pasid::trace
