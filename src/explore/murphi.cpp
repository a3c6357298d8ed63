#include "src/explore/murphi.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

#include "spec/lang/memory.hpp"
#include "spec/lang/rewrite.hpp"
#include "src/explore/scope.hpp"

namespace pasid::explore {
namespace {

using lang::CellInfo;
using lang::Node;
using lang::NodeId;
using lang::Op;
using lang::SortInfo;
using lang::SortKind;

std::string numbers(int first, int last) { return std::to_string(first) + ".." + std::to_string(last); }

class Murphi {
 public:
  Murphi(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies) : tree_(tree), topologies_(topologies) {
    if (topologies.empty()) throw std::invalid_argument("there is no topology in this scope");
  }
  std::string program(const std::vector<std::string>& invariants);

 private:
  NodeId folded(NodeId id) { return lang::fold(tree_, id, &topologies_.front()); }

  // Sorts: as many elements as the topology with most has. Where others have fewer, a variable says how many.
  [[nodiscard]] int most(const SortInfo* sort) const;
  [[nodiscard]] bool same_everywhere(const SortInfo* sort) const;
  /// "for the elements that there are": a condition on `variable`, empty where there is nothing to say.
  [[nodiscard]] std::string there(const SortInfo* sort, const std::string& variable) const;

  std::string term(NodeId id);
  std::string quantifier(const Node& n);
  std::string declared(const CellInfo& cell) const;
  std::string start(const spec::NativeFacts& facts, std::size_t number) const;
  std::string rule(const lang::RuleTree& r);
  std::string write(const lang::Write& w);
  std::string invariant(const std::string& name);

  lang::Tree tree_;  // grows with what folding adds
  std::span<const spec::NativeFacts> topologies_;
  std::map<std::int32_t, std::string> names_;  ///< of variables, by serial number
  int bound_ = 0;
};

int Murphi::most(const SortInfo* sort) const {
  int out = 0;
  for (const auto& facts : topologies_) out = std::max(out, lang::size_of(facts, sort));
  return out;
}

bool Murphi::same_everywhere(const SortInfo* sort) const {
  return std::ranges::all_of(topologies_, [&](const auto& f) { return lang::size_of(f, sort) == most(sort); });
}

std::string size_name(const SortInfo* sort) { return "size_of_" + std::string(sort->name); }

std::string Murphi::there(const SortInfo* sort, const std::string& variable) const {
  return same_everywhere(sort) ? "" : variable + " <= " + size_name(sort);
}

std::string Murphi::quantifier(const Node& n) {
  const SortInfo* sort = tree_[n.args[0]].sort;
  const bool all = n.op == Op::forall;
  if (most(sort) == 0) return all ? "true" : "false";
  const std::string name = "q" + std::to_string(++bound_);
  std::string& known = names_[n.ref];
  const std::string outer = std::exchange(known, name);  // of a quantifier around this one over the same variable
  std::string body = term(n.args[1]);
  names_[n.ref] = outer;
  if (const std::string limit = there(sort, name); !limit.empty())
    body = "(" + limit + ") " + (all ? "->" : "&") + " " + body;
  const std::string word = all ? "forall" : "exists";
  return "(" + word + " " + name + ": " + numbers(1, most(sort)) + " do " + body + " end" + word + ")";
}

/// Everything in parentheses: no rule of precedence is relied on.
std::string Murphi::term(NodeId id) {
  const Node n = tree_[id];
  const auto two = [&](const char* sign) { return "(" + term(n.args[0]) + " " + sign + " " + term(n.args[1]) + ")"; };
  switch (n.op) {
    case Op::constant: return n.sort->kind != SortKind::boolean ? std::to_string(n.ref) : n.ref != 0 ? "true" : "false";
    case Op::variable: return names_.at(n.ref);
    case Op::read: {
      std::string out(tree_.cells[static_cast<std::size_t>(n.ref)].name);
      for (const NodeId i : n.args) out += "[" + term(i) + "]";
      return out;
    }
    case Op::read_before: throw std::logic_error("a state before in what speaks of one state");
    case Op::eq: return two("=");
    case Op::not_: return "(!" + term(n.args[0]) + ")";
    case Op::and_: return two("&");
    case Op::or_: return two("|");
    case Op::implies: return two("->");
    case Op::ite: return "(" + term(n.args[0]) + " ? " + term(n.args[1]) + " : " + term(n.args[2]) + ")";
    case Op::forall:
    case Op::exists: return quantifier(n);
  }
  return "";
}

/// Rows of none are there, and stay as they start: reading there gives none.
std::string Murphi::declared(const CellInfo& cell) const {
  std::string out;
  for (const SortInfo* s : cell.index) out += "array [" + numbers(0, most(s)) + "] of ";
  return out + (cell.value->kind == SortKind::boolean ? "boolean" : numbers(0, most(cell.value)));
}

std::string Murphi::start(const spec::NativeFacts& facts, std::size_t number) const {
  std::string out = "startstate \"topology " + std::to_string(number) + "\"\nbegin\n";
  for (const CellInfo& cell : tree_.cells)
    if (!lang::is_knob(cell)) out += "  clear " + std::string(cell.name) + ";\n";
  for (const SortInfo* sort : entity_sorts(tree_))
    if (!same_everywhere(sort))
      out += "  " + size_name(sort) + " := " + std::to_string(lang::size_of(facts, sort)) + ";\n";
  for (const CellInfo& cell : tree_.cells) {
    if (!cell.rigid || lang::is_knob(cell)) continue;
    lang::each_index(facts, cell, [&](std::span<const std::uint8_t> index) {
      const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&facts);
      const int value = bytes[lang::place(cell, index)];
      if (value == 0) return;
      out += "  " + std::string(cell.name);
      for (const std::uint8_t i : index) out += "[" + std::to_string(i) + "]";
      out += " := " + (cell.value->kind == SortKind::boolean ? "true" : std::to_string(value)) + ";\n";
    });
  }
  return out + "end;\n\n";
}

/// What is written goes into a copy, for every condition, index and value is of the state before.
std::string Murphi::write(const lang::Write& w) {
  std::string head;
  std::string tail;
  for (const NodeId v : w.bound) {
    const std::string name = "q" + std::to_string(++bound_);
    names_[tree_[v].ref] = name;
    head += "for " + name + ": " + numbers(1, most(tree_[v].sort)) + " do ";
    tail += " endfor;";
  }
  std::string condition = term(w.condition);
  std::string target = "next_" + std::string(tree_.cells[static_cast<std::size_t>(w.cell)].name);
  for (const NodeId i : w.index) {
    const std::string at = term(i);
    target += "[" + at + "]";
    if (tree_[i].op != Op::variable) condition += " & (" + at + " != 0)";  // at none nothing is written
  }
  for (const NodeId v : w.bound)
    if (const std::string limit = there(tree_[v].sort, term(v)); !limit.empty()) condition += " & (" + limit + ")";
  return "  " + head + "if " + condition + " then " + target + " := " + term(w.value) + "; endif;" + tail + "\n";
}

std::string Murphi::rule(const lang::RuleTree& r) {
  std::string out;
  std::string guard;
  const auto require = [&](const std::string& condition) {
    if (!condition.empty()) guard += (guard.empty() ? "" : "\n  & ") + condition;
  };
  for (const lang::Param& p : r.params) {
    if (most(p.sort) == 0) return "";
    const std::string name = "p_" + std::string(p.name);
    names_[tree_[p.variable].ref] = name;
    out += "ruleset " + name + ": " + numbers(1, most(p.sort)) + " do\n";
    if (const std::string limit = there(p.sort, name); !limit.empty()) require("(" + limit + ")");
  }
  for (const lang::Guard& g : r.guards) require(term(g.condition));
  std::vector<std::string> written;
  std::string body;
  for (const lang::Write& w : r.writes) {
    const std::string cell(tree_.cells[static_cast<std::size_t>(w.cell)].name);
    if (std::ranges::find(written, cell) == written.end()) written.push_back(cell);
    body += write(w);
  }
  out += "rule \"" + std::string(r.label) + "\"\n  " + (guard.empty() ? "true" : guard) + "\n==>\n";
  for (const std::string& c : written) out += "  var next_" + c + ": type_of_" + c + ";\n";
  out += "begin\n";
  for (const std::string& c : written) out += "  next_" + c + " := " + c + ";\n";
  out += body;
  for (const std::string& c : written) out += "  " + c + " := next_" + c + ";\n";
  out += "end;\n";
  for (std::size_t i = 0; i < r.params.size(); ++i) out += "endruleset;\n";
  return out + "\n";
}

std::string Murphi::invariant(const std::string& name) {
  const lang::Formula* f = tree_.formula_named(name);
  if (f == nullptr || f->kind != lang::FormulaKind::property || f->judges != lang::PropertyKind::state)
    throw std::invalid_argument("'" + name + "' is no property of states");
  if (!tree_.is_true(folded(f->applies))) throw std::invalid_argument("'" + name + "' does not apply to this design");
  return "invariant \"" + name + "\"\n  " + term(folded(f->body)) + ";\n\n";
}

std::string Murphi::program(const std::vector<std::string>& invariants) {
  std::string types = "type\n";
  std::string variables = "var\n";
  for (const CellInfo& cell : tree_.cells) {
    if (lang::is_knob(cell)) continue;
    const std::string name(cell.name);
    types += "  type_of_" + name + ": " + declared(cell) + ";\n";
    variables += "  " + name + ": type_of_" + name + ";\n";
  }
  for (const SortInfo* sort : entity_sorts(tree_))
    if (!same_everywhere(sort)) variables += "  " + size_name(sort) + ": " + numbers(0, most(sort)) + ";\n";
  std::string out = types + "\n" + variables + "\n";
  for (std::size_t i = 0; i < topologies_.size(); ++i) out += start(topologies_[i], i + 1);
  const std::vector<lang::RuleTree> rules = tree_.rules;
  for (const lang::RuleTree& r : rules) {
    if (!tree_.is_true(folded(r.only_if))) continue;
    out += rule(lang::fold(tree_, r, &topologies_.front()));
  }
  for (const std::string& name : invariants) out += invariant(name);
  return out;
}

}  // namespace

std::string murphi(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies,
                   const std::vector<std::string>& invariants) {
  return Murphi(tree, topologies).program(invariants);
}

}  // namespace pasid::explore
