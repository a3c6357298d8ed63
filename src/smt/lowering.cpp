#include "src/smt/lowering.hpp"

#include <algorithm>

#include "spec/lang/rewrite.hpp"

namespace pasid::smt {

using lang::CellInfo;
using lang::Node;
using lang::NodeId;
using lang::Op;
using lang::SortInfo;
using lang::SortKind;

namespace {
z3::expr both(const z3::expr& a, const z3::expr& b) { return a.is_true() ? b : b.is_true() ? a : a && b; }
}  // namespace

Lowering::Enumeration& Lowering::enumeration(const SortInfo* s) {
  if (const auto it = enumerations_.find(s); it != enumerations_.end()) return it->second;
  std::vector<std::string> names{std::string(s->name) + "!none"};
  for (const auto e : s->enumerators) names.push_back(std::string(s->name) + "!" + std::string(e));
  std::vector<const char*> texts;
  for (const auto& n : names) texts.push_back(n.c_str());
  z3::func_decl_vector constructors(z3_);
  z3::func_decl_vector testers(z3_);
  const z3::sort sort = z3_.enumeration_sort(std::string(s->name).c_str(), static_cast<unsigned>(texts.size()),
                                             texts.data(), constructors, testers);
  Enumeration out{sort, {}};
  for (unsigned i = 0; i < constructors.size(); ++i) out.constants.push_back(constructors[static_cast<int>(i)]());
  return enumerations_.emplace(s, std::move(out)).first->second;
}

z3::sort Lowering::sort(const SortInfo* s) {
  if (s->kind == SortKind::boolean) return z3_.bool_sort();
  if (s->kind == SortKind::enumeration) return enumeration(s).sort;
  if (const auto it = sorts_.find(s); it != sorts_.end()) return it->second;
  return sorts_.emplace(s, z3_.uninterpreted_sort(std::string(s->name).c_str())).first->second;
}

/// An enumerator (0 none).
z3::expr Lowering::constant(const SortInfo* s, int value) {
  return enumeration(s).constants[static_cast<std::size_t>(value)];
}

const Lowering::Declared& Lowering::declared(int cell) {
  if (const auto it = cells_.find(cell); it != cells_.end()) return it->second;
  const CellInfo& info = tree_.cells[static_cast<std::size_t>(cell)];
  z3::sort_vector index(z3_);
  bool later = true;
  for (const SortInfo* s : info.index) {
    index.push_back(sort(s));
    if (s->kind == SortKind::entity && s->index >= info.value->index) later = false;
  }
  const std::string name(info.name);
  Declared d{};
  using Shape = Declared::Shape;
  if (info.value->kind == SortKind::boolean) d.shape = Shape::predicate;
  else if (info.value->kind == SortKind::enumeration) d.shape = Shape::enumeration;
  else if (info.rigid) d.shape = Shape::total;
  else d.shape = later ? Shape::partial : Shape::relation;
  if (d.shape == Shape::relation) {
    index.push_back(sort(info.value));
    d.value = z3_.function(name.c_str(), index, z3_.bool_sort());
  } else {
    d.value = z3_.function(name.c_str(), index, sort(info.value));
    if (d.shape == Shape::partial) d.some = z3_.function(("some!" + name).c_str(), index, z3_.bool_sort());
  }
  return cells_.emplace(cell, std::move(d)).first->second;
}

/// Does the value of this term come from a relation, so that it can only be compared and not written down?
bool Lowering::relational(NodeId id) {
  if (const auto it = relational_.find(id); it != relational_.end()) return it->second;
  const Node n = tree_[id];
  bool out = false;
  if (n.op == Op::read) {
    out = declared(n.ref).shape == Declared::Shape::relation;
    for (const NodeId a : n.args) out = out || relational(a);
    if (n.sort->kind == SortKind::boolean) out = false;
  } else if (n.op == Op::ite && n.sort->kind != SortKind::boolean) {
    out = relational(n.args[1]) || relational(n.args[2]);
  }
  relational_.emplace(id, out);
  return out;
}

z3::expr Lowering::formula(NodeId id) { return lower(id); }

z3::expr Lowering::lower(NodeId id) {
  if (const auto it = known_.find(id); it != known_.end()) return it->second;
  const Node n = tree_[id];
  z3::expr out(z3_);
  switch (n.op) {
    case Op::constant: out = truth(n.ref != 0); break;
    case Op::not_: out = !lower(n.args[0]); break;
    case Op::and_: out = both(lower(n.args[0]), lower(n.args[1])); break;
    case Op::or_: out = lower(n.args[0]) || lower(n.args[1]); break;
    case Op::implies: out = z3::implies(lower(n.args[0]), lower(n.args[1])); break;
    case Op::ite: out = z3::ite(lower(n.args[0]), lower(n.args[1]), lower(n.args[2])); break;
    case Op::forall:
    case Op::exists: out = quantified(n); break;
    case Op::eq:
    case Op::read:
    case Op::variable: out = atom(id); break;
    case Op::read_before: throw std::logic_error("a formula of two states must be settled before it is lowered");
  }
  known_.emplace(id, out);
  return out;
}

z3::expr Lowering::quantified(const Node& n) {
  const SortInfo* s = tree_[n.args[0]].sort;
  if (s->kind == SortKind::enumeration) {
    z3::expr_vector parts(z3_);
    for (int i = 1; i <= s->capacity; ++i)
      parts.push_back(lower(lang::substitute(tree_, n.args[1], {{n.args[0], tree_.constant(s, i)}})));
    return n.op == Op::forall ? z3::mk_and(parts) : z3::mk_or(parts);
  }
  const z3::expr x = term(n.args[0]).value;
  const z3::expr body = lower(n.args[1]);
  return n.op == Op::forall ? z3::forall(x, body) : z3::exists(x, body);
}

/// A comparison or a Boolean cell. An index that comes from a relation is named first: c(r) becomes
/// (some v: r == v and c(v)) or (r == none and c(none)).
z3::expr Lowering::atom(NodeId id) {
  const Node n = tree_[id];
  const auto name_first = [&](NodeId read) -> std::optional<NodeId> {
    if (tree_[read].op != Op::read) return std::nullopt;
    for (const NodeId a : tree_[read].args)
      if (relational(a)) return a;
    return std::nullopt;
  };
  std::optional<NodeId> index;
  if (n.op == Op::read) index = name_first(id);
  if (n.op == Op::eq) {
    index = name_first(n.args[0]);
    if (!index) index = name_first(n.args[1]);
  }
  if (index) {
    const SortInfo* s = tree_[*index].sort;
    const NodeId v = tree_.fresh_variable(s);
    const NodeId missing = tree_.constant(s, 0);
    const NodeId named =
        tree_.quantify(Op::exists, v, tree_.conj(tree_.eq(*index, v), lang::substitute(tree_, id, {{*index, v}})));
    const NodeId absent = tree_.conj(tree_.eq(*index, missing), lang::substitute(tree_, id, {{*index, missing}}));
    return lower(tree_.disj(named, absent));
  }
  if (n.op == Op::eq) return equal(n.args[0], n.args[1]);
  const Term t = term(id);
  return both(t.defined, t.value);
}

z3::expr Lowering::equal(NodeId a, NodeId b) {
  const Node na = tree_[a];
  const Node nb = tree_[b];
  if (na.sort->kind == SortKind::boolean) return lower(a) == lower(b);
  if (na.op == Op::ite && relational(a)) {
    const z3::expr c = lower(na.args[0]);
    return z3::ite(c, equal(na.args[1], b), equal(na.args[2], b));
  }
  if (nb.op == Op::ite && relational(b)) return equal(b, a);
  if (!relational(a) && relational(b)) return equal(b, a);
  if (relational(a)) {
    // One of two values that a choice is between: its index is named first, as that of a comparison by itself.
    if (std::ranges::any_of(na.args, [&](NodeId i) { return relational(i); })) return lower(tree_.eq(a, b));
    z3::expr_vector index(z3_);
    const z3::expr defined = indices(na.args, index);
    const z3::expr none_a = !defined || nothing(na.ref, index);
    if (tree_.is_constant(b)) return none_a;  // a constant of an entity sort is none
    if (relational(b)) {
      const NodeId v = tree_.fresh_variable(na.sort);
      const NodeId same = tree_.quantify(Op::exists, v, tree_.conj(tree_.eq(a, v), tree_.eq(b, v)));
      const NodeId missing = tree_.constant(na.sort, 0);
      return lower(tree_.disj(same, tree_.conj(tree_.eq(a, missing), tree_.eq(b, missing))));
    }
    const Term tb = term(b);
    index.push_back(tb.value);
    const z3::expr holds = both(defined, (*declared(na.ref).value)(index));
    if (tb.defined.is_true()) return holds;
    return (tb.defined && holds) || (!tb.defined && none_a);
  }
  const Term ta = term(a);
  const Term tb = term(b);
  if (na.sort->kind == SortKind::enumeration) return ta.value == tb.value;
  if (ta.defined.is_false()) return !tb.defined;
  if (tb.defined.is_false()) return !ta.defined;
  if (ta.defined.is_true() && tb.defined.is_true()) return ta.value == tb.value;
  if (ta.defined.is_true()) return tb.defined && ta.value == tb.value;
  if (tb.defined.is_true()) return ta.defined && ta.value == tb.value;
  return ta.defined == tb.defined && z3::implies(ta.defined, ta.value == tb.value);
}

/// Lowers the indices; `defined` says that none of them is none.
z3::expr Lowering::indices(const std::vector<NodeId>& args, z3::expr_vector& index) {
  z3::expr defined = truth(true);
  for (const NodeId a : args) {
    const Term t = term(a);
    defined = both(defined, t.defined);
    index.push_back(t.value);
  }
  return defined;
}

/// The relation has no value at this index.
z3::expr Lowering::nothing(int cell, const z3::expr_vector& index) {
  const SortInfo* s = tree_.cells[static_cast<std::size_t>(cell)].value;
  const auto at = [&](const z3::expr& v) {
    z3::expr_vector full(z3_);
    for (unsigned i = 0; i < index.size(); ++i) full.push_back(index[static_cast<int>(i)]);
    full.push_back(v);
    return (*declared(cell).value)(full);
  };
  const z3::expr v = term(tree_.fresh_variable(s)).value;
  return z3::forall(v, !at(v));
}

Lowering::Term Lowering::term(NodeId id) {
  const Node n = tree_[id];
  if (n.sort->kind == SortKind::boolean && n.op != Op::read && n.op != Op::variable) return {truth(true), lower(id)};
  switch (n.op) {
    case Op::constant:
      if (n.sort->kind == SortKind::enumeration) return {truth(n.ref != 0), constant(n.sort, n.ref)};
      return {truth(false), z3_.constant(("any!" + std::string(n.sort->name)).c_str(), sort(n.sort))};
    case Op::variable:
      return {truth(true),
              z3_.constant((std::string(n.sort->name) + "?" + std::to_string(n.ref)).c_str(), sort(n.sort))};
    case Op::ite: {
      const z3::expr c = lower(n.args[0]);
      const Term yes = term(n.args[1]);
      const Term no = term(n.args[2]);
      const z3::expr defined =
          yes.defined.is_true() && no.defined.is_true() ? truth(true) : z3::ite(c, yes.defined, no.defined);
      if (n.sort->kind == SortKind::entity && no.defined.is_false()) return {defined, yes.value};
      if (n.sort->kind == SortKind::entity && yes.defined.is_false()) return {defined, no.value};
      return {defined, z3::ite(c, yes.value, no.value)};
    }
    case Op::read: {
      const Declared& d = declared(n.ref);
      z3::expr_vector index(z3_);
      const z3::expr defined = indices(n.args, index);
      const z3::expr value = (*d.value)(index);
      switch (d.shape) {
        case Declared::Shape::predicate: return {defined, value};
        case Declared::Shape::total: return {defined, value};
        case Declared::Shape::partial: return {both(defined, (*d.some)(index)), value};
        case Declared::Shape::enumeration: {
          const z3::expr none = constant(n.sort, 0);
          const z3::expr v = defined.is_true() ? value : z3::ite(defined, value, none);
          return {truth(true), v};
        }
        case Declared::Shape::relation: break;
      }
      throw std::logic_error("a relation was used as a value");
    }
    default: throw std::logic_error("not a term");
  }
}

std::vector<z3::expr> Lowering::background() {
  std::vector<z3::expr> out;
  for (const auto& [cell, declared] : cells_)
    if (const auto about = background(cell)) out.push_back(*about);
  return out;
}

std::optional<z3::expr> Lowering::background(int cell) {
  if (const auto it = background_.find(cell); it != background_.end()) return it->second;
  const CellInfo& info = tree_.cells[static_cast<std::size_t>(cell)];
  const Declared& d = declared(cell);
  const NodeId read = tree_.read_anywhere(cell);
  const std::vector<NodeId> index = tree_[read].args;
  const auto close = [&](NodeId body) {
    for (const NodeId v : index) body = tree_.quantify(Op::forall, v, body);
    return lower(body);
  };
  std::optional<z3::expr> out;
  if (d.shape == Declared::Shape::relation) {
    const NodeId v = tree_.fresh_variable(info.value);
    const NodeId w = tree_.fresh_variable(info.value);
    const NodeId one = tree_.imply(tree_.conj(tree_.eq(read, v), tree_.eq(read, w)), tree_.eq(v, w));
    out = close(tree_.quantify(Op::forall, v, tree_.quantify(Op::forall, w, one)));
  } else if (d.shape == Declared::Shape::enumeration && info.rigid) {
    out = close(tree_.negate(tree_.eq(read, tree_.constant(info.value, 0))));
  }
  return background_.emplace(cell, std::move(out)).first->second;
}

}  // namespace pasid::smt
