#include "src/trace/formula.hpp"

#include <algorithm>

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

bool is_read(Op op) { return op == Op::read || op == Op::read_before; }

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
  const bool swap = instead_ && tree_[n.args[0]].op == Op::variable && is_read(tree_[n.args[1]].op);
  return flat(n.args[swap ? 1 : 0], Binding::unary) + std::string(sign) + flat(n.args[swap ? 0 : 1], Binding::unary);
}

std::string FormulaPrinter::cell_read(const Node& n) {
  std::string out(tree_.cells[static_cast<std::size_t>(n.ref)].name);
  for (std::size_t k = 0; k < n.args.size(); ++k) {
    const std::string text = instead_ ? instead_(n.args[k]) : std::string();
    out += (k == 0 ? "(" : ", ") + (text.empty() ? flat(n.args[k], Binding::quantifier) : text);
  }
  return n.args.empty() ? out : out + ")";
}

std::string FormulaPrinter::flat(NodeId term, Binding within) {
  const Node& n = tree_[term];
  const Binding own = binding(term);
  std::string out;
  switch (n.op) {
    case Op::constant: return constant(n);
    case Op::variable: {
      if (instead_)
        if (std::string text = instead_(term); !text.empty()) return text;
      const auto named = names_.find(term);
      return named != names_.end() ? named->second : std::string(n.sort->prefix) + "?" + std::to_string(n.ref);
    }
    case Op::read:
      if (const auto named = names_.find(term); named != names_.end()) return named->second;
      return cell_read(n);
    case Op::read_before: return "old(" + cell_read(n) + ")";
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
      std::vector<NodeId> pending{term};
      while (!pending.empty()) {
        const NodeId t = pending.back();
        pending.pop_back();
        if (tree_[t].op == n.op) {
          pending.push_back(tree_[t].args[1]);
          pending.push_back(tree_[t].args[0]);
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
      if (of == Op::eq) return equation(tree_[n.args[0]], next(2, "!= "));
      return "!" + lines(n.args[0], at + 1, Binding::unary);
    }
    case Op::eq: return equation(n, next(2, "== "));
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
std::string FormulaPrinter::wrapped(NodeId term, std::size_t at, std::size_t after) {
  columns_ -= after;
  std::string out = lines(term, at, Binding::quantifier);
  columns_ += after;
  return out;
}

std::string formula_text(const lang::Tree& tree, NodeId term, std::size_t indent, std::size_t columns) {
  return spaces(indent) + FormulaPrinter(tree, columns).wrapped(term, indent);
}

}  // namespace pasid::trace
