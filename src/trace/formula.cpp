#include "src/trace/formula.hpp"

#include <algorithm>
#include <cstring>

#include "src/trace/layout.hpp"
#include "src/trace/names.hpp"

namespace pasid::trace {

using lang::Node;
using lang::NodeId;
using lang::Op;
using lang::SortInfo;
using lang::SortKind;

std::string sort_word(const SortInfo* sort) {
  if (sort->prefix.size() > 1) return std::string(sort->prefix);
  std::string out(sort->name);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

namespace {

char initial(const SortInfo* sort) { return static_cast<char>(sort->name.front() | 0x20); }

}  // namespace

std::string FormulaPrinter::letter(NodeId term) {
  const char first = initial(tree_[term].sort);
  std::string name(1, first);
  const auto taken = [&] {
    return std::ranges::any_of(names_, [&](const auto& entry) { return entry.second == name; });
  };
  // The letters after the first, without those that stand for another sort.
  for (int tries = 1; taken() || (name != std::string(1, first) && initials_.find(name) != std::string::npos);
       ++tries) {
    name = std::string(1, static_cast<char>('a' + (first - 'a' + tries) % 26));
    if (tries >= 26) name += std::to_string(tries / 26);
  }
  names_[term] = name;
  return name;
}

/// A run of quantifiers of one kind over one body: `!exists file b, c, dev d: body`.
struct FormulaPrinter::Quantified {
  std::string head;
  NodeId body = NodeId::invalid;
  std::vector<NodeId> variables;
};

FormulaPrinter::Quantified FormulaPrinter::quantified(NodeId term) {
  const bool negated = tree_[term].op == Op::not_;
  if (negated) term = tree_[term].args[0];
  const Op op = tree_[term].op;
  Quantified out;
  out.head = std::string(negated ? "!" : "") + (op == Op::forall ? "forall" : "exists");
  const SortInfo* sort = nullptr;
  while (tree_[term].op == op) {
    const NodeId variable = tree_[term].args[0];
    if (sort != nullptr) out.head += ",";
    if (sort != tree_[variable].sort) out.head += " " + sort_word(tree_[variable].sort);
    sort = tree_[variable].sort;
    out.head += " " + letter(variable);
    out.variables.push_back(variable);
    term = tree_[term].args[1];
  }
  out.head += ":";
  out.body = term;
  return out;
}

void FormulaPrinter::leave(const Quantified& q) {
  for (const NodeId v : q.variables) names_.erase(v);
}

FormulaPrinter::Binding FormulaPrinter::binding(NodeId term) const {
  switch (tree_[term].op) {
    case Op::forall:
    case Op::exists:
    case Op::ite: return Binding::quantifier;
    case Op::implies: return Binding::implies;
    case Op::or_: return Binding::or_;
    case Op::and_: return Binding::and_;
    case Op::eq: return Binding::eq;
    case Op::not_: {
      const Op of = tree_[tree_[term].args[0]].op;
      if (of == Op::forall || of == Op::exists) return Binding::quantifier;
      return of == Op::eq ? Binding::eq : Binding::unary;
    }
    default: return Binding::unary;
  }
}

FormulaPrinter::FormulaPrinter(const lang::Tree& tree, std::size_t columns, Instead instead)
    : tree_(tree), columns_(columns), instead_(std::move(instead)) {
  for (const SortInfo* sort : entity_sorts(tree)) initials_ += initial(sort);
}

std::string FormulaPrinter::constant(const Node& n) const {
  if (n.sort->kind == SortKind::boolean) return n.ref != 0 ? "true" : "false";
  if (n.ref == 0) return "none";
  if (n.sort->kind == SortKind::entity) return std::string(n.sort->prefix) + std::to_string(n.ref);
  const std::string name(n.sort->enumerators[static_cast<std::size_t>(n.ref) - 1]);
  // An enumerator that reads like the absent value or like something named here is written in full.
  const bool unclear = name == "none" || std::ranges::any_of(names_, [&](const auto& e) { return e.second == name; });
  return unclear ? std::string(n.sort->name) + "::" + name : name;
}

std::string FormulaPrinter::equation(const Node& n, std::string_view sign) {
  // A variable printed as an element reads better on the right: "bond_mm(file1) == A".
  const bool swap = instead_ && tree_[n.args[0]].op == Op::variable && tree_[n.args[1]].op == Op::read;
  return flat(n.args[swap ? 1 : 0], Binding::unary) + std::string(sign) + flat(n.args[swap ? 0 : 1], Binding::unary);
}

std::string FormulaPrinter::flat(NodeId term, Binding within) {
  const Node& n = tree_[term];
  const Binding own = binding(term);
  std::string out;
  switch (n.op) {
    case Op::constant: return constant(n);
    case Op::variable: {
      if (instead_)
        if (const std::string text = instead_(term); !text.empty()) return text;
      const auto named = names_.find(term);
      return named != names_.end() ? named->second : std::string(n.sort->prefix) + "?" + std::to_string(n.ref);
    }
    case Op::read:
      if (const auto named = names_.find(term); named != names_.end()) return named->second;
      out = tree_.cells[static_cast<std::size_t>(n.ref)].name;
      for (std::size_t k = 0; k < n.args.size(); ++k) {
        const std::string text = instead_ ? instead_(n.args[k]) : std::string();
        out += (k == 0 ? "(" : ", ") + (text.empty() ? flat(n.args[k], Binding::quantifier) : text);
      }
      return n.args.empty() ? out : out + ")";
    case Op::eq: out = equation(n, " == "); break;
    case Op::not_: {
      const Node& of = tree_[n.args[0]];
      if (of.op == Op::eq) {
        out = negated(n.args[0]);
        break;
      }
      if (of.op != Op::forall && of.op != Op::exists) return "!" + flat(n.args[0], Binding::unary);
      [[fallthrough]];
    }
    case Op::forall:
    case Op::exists: {
      const Quantified q = quantified(term);
      out = q.head + " " + flat(q.body, Binding::quantifier);
      leave(q);
      break;
    }
    case Op::and_: out = flat(n.args[0], Binding::and_) + " && " + flat(n.args[1], Binding::and_); break;
    case Op::or_: out = flat(n.args[0], Binding::or_) + " || " + flat(n.args[1], Binding::or_); break;
    case Op::implies:
      out = flat(n.args[0], Binding::or_) + " -> " +
            flat(n.args[1], binding(n.args[1]) == Binding::quantifier ? Binding::quantifier : Binding::implies);
      break;
    case Op::ite:
      out = flat(n.args[0], Binding::or_) + " ? " + flat(n.args[1], Binding::or_) + " : " +
            flat(n.args[2], Binding::quantifier);
      break;
  }
  return own < within ? "(" + out + ")" : out;
}

std::string FormulaPrinter::lines(NodeId term, std::size_t at, Binding within) {
  std::string one = flat(term, within);
  if (at + width(one) <= columns_) return one;
  const Node& n = tree_[term];
  if (binding(term) < within) {
    --columns_;  // room for the closing parenthesis
    const std::string inner = lines(term, at + 1, Binding::quantifier);
    ++columns_;
    return "(" + inner + ")";
  }
  const auto next = [&](std::size_t indent, std::string_view with) {
    return "\n" + spaces(at + indent) + std::string(with);
  };
  switch (n.op) {
    case Op::and_:
    case Op::or_: {
      const Binding own = binding(term);
      const std::string_view with = n.op == Op::and_ ? "&& " : "|| ";
      // A chain of one operator is one list, however it is nested.
      std::vector<NodeId> operands;
      std::vector<NodeId> todo{term};
      while (!todo.empty()) {
        const NodeId t = todo.back();
        todo.pop_back();
        if (tree_[t].op == n.op) {
          todo.push_back(tree_[t].args[1]);
          todo.push_back(tree_[t].args[0]);
        } else {
          operands.push_back(t);
        }
      }
      std::string out;
      for (std::size_t k = 0; k < operands.size(); ++k)
        out += (k == 0 ? "" : next(0, with)) + lines(operands[k], at + (k == 0 ? 0 : with.size()), own);
      return out;
    }
    case Op::implies: {
      const NodeId then = n.args[1];
      return lines(n.args[0], at, Binding::or_) + next(2, "-> ") +
             lines(then, at + 5, binding(then) == Binding::quantifier ? Binding::quantifier : Binding::implies);
    }
    case Op::ite:
      return lines(n.args[0], at, Binding::or_) + next(2, "? ") + lines(n.args[1], at + 4, Binding::or_) +
             next(2, ": ") + lines(n.args[2], at + 4, Binding::quantifier);
    case Op::forall:
    case Op::exists:
    case Op::not_: {
      const Op of = n.op == Op::not_ ? tree_[n.args[0]].op : n.op;
      if (of == Op::forall || of == Op::exists) {
        const Quantified q = quantified(term);
        std::string out = q.head + next(2, "") + lines(q.body, at + 2, Binding::quantifier);
        leave(q);
        return out;
      }
      return of == Op::eq ? one : "!" + lines(n.args[0], at + 1, Binding::unary);
    }
    default: return one;
  }
}

std::string FormulaPrinter::flat(NodeId term) { return flat(term, Binding::quantifier); }
std::string FormulaPrinter::negated(NodeId formula) {
  const Node& n = tree_[formula];
  if (n.op == Op::not_) return flat(n.args[0]);
  if (n.op == Op::eq) return equation(n, " != ");
  const bool quantifier = n.op == Op::forall || n.op == Op::exists;
  return "!" + flat(formula, quantifier ? Binding::quantifier : Binding::unary);
}
std::string FormulaPrinter::wrapped(NodeId term, std::size_t at) { return lines(term, at, Binding::quantifier); }

std::string formula_text(const lang::Tree& tree, NodeId term, std::size_t indent, std::size_t columns) {
  return spaces(indent) + FormulaPrinter(tree, columns).wrapped(term, indent);
}

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
    const std::string flat = printer.flat(g.condition) + consequence(g);
    if (condition_at + width(flat) <= columns) out += padded(head, condition_at) + flat + "\n";
    else {
      std::string condition = printer.wrapped(g.condition, label_at);
      const std::size_t last_line = condition.find('\n') == std::string::npos ? label_at : 0;
      const bool fits =
          last_line + width(condition.substr(condition.rfind('\n') + 1)) + width(consequence(g)) <= columns;
      out += head + "\n" + spaces(label_at) + condition + (fits ? "" : "\n" + spaces(label_at - 1)) + consequence(g) +
             "\n";
    }
  }
  return out;
}

std::string write_text(const lang::Tree& tree, FormulaPrinter& printer, const lang::Write& w) {
  std::string out(tree.cells[static_cast<std::size_t>(w.cell)].name);
  for (std::size_t k = 0; k < w.index.size(); ++k) out += (k == 0 ? "(" : ", ") + printer.flat(w.index[k]);
  return out + (w.index.empty() ? " := " : ") := ") + printer.flat(w.value);
}

/// The updates; those in a row with one condition stand under it together.
std::string writes_text(const lang::Tree& tree, FormulaPrinter& printer, const lang::RuleTree& rule,
                        std::size_t columns) {
  std::string out;
  for (std::size_t i = 0; i < rule.writes.size();) {
    const lang::Write& first = rule.writes[i];
    std::size_t end = i + 1;
    while (end < rule.writes.size() && rule.writes[end].condition == first.condition &&
           rule.writes[end].bound == first.bound)
      ++end;

    std::string each;
    for (std::size_t k = 0; k < first.bound.size(); ++k)
      each += (k == 0 ? "each " : ", ") + sort_word(tree[first.bound[k]].sort) + " " + printer.letter(first.bound[k]);
    const bool always = tree.is_true(first.condition);
    const std::string one = "  " + each + (each.empty() ? "" : ": ") + write_text(tree, printer, first) +
                            (always ? "" : " when " + printer.flat(first.condition));
    if (end == i + 1 && width(one) <= columns) {
      out += one + "\n";
    } else if (always && each.empty()) {
      for (std::size_t k = i; k < end; ++k) out += "  " + write_text(tree, printer, rule.writes[k]) + "\n";
    } else {
      out += "  " + each + (each.empty() || always ? "" : ", ");
      if (!always) {
        const std::string flat = printer.flat(first.condition);
        const bool fits = 2 + width(each) + width(", when ") + width(flat) < columns;
        out += fits ? "when " + flat : "when\n      " + printer.wrapped(first.condition, 6);
      }
      out += ":\n";
      for (std::size_t k = i; k < end; ++k) out += "    " + write_text(tree, printer, rule.writes[k]) + "\n";
    }
    for (const NodeId v : first.bound) printer.forget(v);
    i = end;
  }
  return out;
}

}  // namespace

std::string rule_text(const lang::Tree& tree, const lang::RuleTree& rule, std::size_t columns) {
  FormulaPrinter printer(tree, columns);
  std::vector<std::string> params;
  for (const lang::Param& p : rule.params) {
    params.emplace_back(p.name);
    printer.name(p.variable, p.name);
  }
  std::string out = std::string(rule.label) + "(" + joined(params, ", ") + ")\n";
  out += "  " + wrapped_words(rule.source, 2, columns) + "\n";
  if (!tree.is_true(rule.only_if)) out += "  only if  " + printer.wrapped(rule.only_if, 11) + "\n";
  std::vector<std::string> lets;
  for (const NodeId shared : shared_reads(tree, rule)) {
    const std::string is = printer.flat(shared);
    lets.push_back(printer.letter(shared) + " = " + is);
  }
  if (!lets.empty()) out += "  let      " + wrapped(lets, ", ", 11, columns) + "\n";
  return out + guards_text(printer, rule, columns) + writes_text(tree, printer, rule, columns);
}

}  // namespace pasid::trace
