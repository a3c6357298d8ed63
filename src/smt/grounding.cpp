#include "src/smt/grounding.hpp"

#include <algorithm>

#include "spec/lang/memory.hpp"

namespace pasid::smt {

using lang::CellInfo;
using lang::Node;
using lang::NodeId;
using lang::Op;
using lang::SortInfo;
using lang::SortKind;

z3::expr Grounding::negate(const z3::expr& a) {
  if (a.is_true()) return false_;
  if (a.is_false()) return true_;
  return a.is_not() ? a.arg(0) : !a;
}
z3::expr Grounding::both(const z3::expr& a, const z3::expr& b) {
  if (a.is_false() || b.is_false()) return false_;
  if (a.is_true()) return b;
  return b.is_true() || z3::eq(a, b) ? a : a && b;
}
z3::expr Grounding::either(const z3::expr& a, const z3::expr& b) {
  if (a.is_true() || b.is_true()) return true_;
  if (a.is_false()) return b;
  return b.is_false() || z3::eq(a, b) ? a : a || b;
}
z3::expr Grounding::any(const std::vector<z3::expr>& parts) {
  z3::expr_vector some(z3_);
  for (const z3::expr& p : parts) {
    if (p.is_true()) return true_;
    if (!p.is_false()) some.push_back(p);
  }
  if (some.empty()) return false_;
  return some.size() == 1 ? some[0] : z3::mk_or(some);
}

int Grounding::count(const SortInfo* s) const {
  return s->kind == SortKind::entity ? sizes_[static_cast<std::size_t>(s->index)] : s->capacity;
}

z3::expr Grounding::formula(NodeId id) { return values(id)[1]; }

/// The variables that are free in a term, in order.
const std::vector<std::int32_t>& Grounding::free_in(NodeId id) {
  if (const auto it = free_.find(id); it != free_.end()) return it->second;
  const Node& n = tree_[id];
  std::vector<std::int32_t> out;
  if (n.op == Op::variable) out.push_back(n.ref);
  for (const NodeId a : n.args) {
    const std::vector<std::int32_t>& below = free_in(a);
    out.insert(out.end(), below.begin(), below.end());
  }
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  if (n.op == Op::forall || n.op == Op::exists) std::erase(out, n.ref);
  return free_.emplace(id, std::move(out)).first->second;
}

const Grounding::Values& Grounding::values(NodeId id) {
  std::pair<NodeId, Index> key{id, {}};
  for (const std::int32_t v : free_in(id)) {
    const auto it = bound_.find(v);
    key.second.push_back(it == bound_.end() ? 0 : it->second);
  }
  if (const auto it = known_.find(key); it != known_.end()) return it->second;
  Values out = compute(id);
  return known_.emplace(std::move(key), std::move(out)).first->second;
}

Grounding::Values Grounding::compute(NodeId id) {
  const Node& n = tree_[id];
  switch (n.op) {
    case Op::constant: return exactly(n.sort, n.ref);
    case Op::variable: {
      const auto it = bound_.find(n.ref);
      return it == bound_.end() ? parameter(n) : exactly(n.sort, it->second);
    }
    case Op::read: return read(n);
    case Op::eq: {
      const Values& a = values(n.args[0]);
      const Values& b = values(n.args[1]);
      std::vector<z3::expr> same;
      for (std::size_t v = 0; v < a.size(); ++v) same.push_back(both(a[v], b[v]));
      return boolean(any(same));
    }
    case Op::not_: return boolean(negate(formula(n.args[0])));
    case Op::and_: {
      const z3::expr a = formula(n.args[0]);
      return boolean(a.is_false() ? a : both(a, formula(n.args[1])));
    }
    case Op::or_: {
      const z3::expr a = formula(n.args[0]);
      return boolean(a.is_true() ? a : either(a, formula(n.args[1])));
    }
    case Op::implies: {
      const z3::expr a = negate(formula(n.args[0]));
      return boolean(a.is_true() ? a : either(a, formula(n.args[1])));
    }
    case Op::ite: {
      const z3::expr c = formula(n.args[0]);
      if (c.is_true()) return values(n.args[1]);
      if (c.is_false()) return values(n.args[2]);
      const Values& yes = values(n.args[1]);
      const Values& no = values(n.args[2]);
      Values out;
      for (std::size_t v = 0; v < yes.size(); ++v)
        out.push_back(z3::eq(yes[v], no[v]) ? yes[v] : either(both(c, yes[v]), both(negate(c), no[v])));
      return out;
    }
    case Op::forall:
    case Op::exists: return quantified(n);
    case Op::read_before: break;
  }
  throw std::logic_error("a formula of two states must be settled before it is made ground");
}

Grounding::Values Grounding::exactly(const SortInfo* s, int value) {
  Values out(static_cast<std::size_t>(count(s)) + 1, false_);
  if (s->kind == SortKind::boolean) out.resize(2, false_);
  out[static_cast<std::size_t>(value)] = true_;
  return out;
}

Grounding::Values Grounding::quantified(const Node& n) {
  const bool forall = n.op == Op::forall;
  const auto outer = bound_.find(n.ref);
  const int saved = outer == bound_.end() ? -1 : outer->second;
  std::vector<z3::expr> parts;
  for (int i = 1; i <= count(tree_[n.args[0]].sort); ++i) {
    bound_[n.ref] = static_cast<std::uint8_t>(i);
    const z3::expr part = formula(n.args[1]);
    parts.push_back(forall ? negate(part) : part);
    if (parts.back().is_true()) break;
  }
  if (saved < 0) bound_.erase(n.ref);
  else bound_[n.ref] = static_cast<std::uint8_t>(saved);
  const z3::expr found = any(parts);
  return boolean(forall ? negate(found) : found);
}

/// A cell at every index that its index terms may have; none at none.
Grounding::Values Grounding::read(const Node& n) {
  std::vector<std::vector<z3::expr>> cases;  // of each value
  const auto go = [&](auto& self, Index& index, const z3::expr& here) -> void {
    if (index.size() == n.args.size()) {
      const Values& cell = at(n.ref, index);
      cases.resize(cell.size());
      for (std::size_t v = 0; v < cell.size(); ++v) cases[v].push_back(both(here, cell[v]));
      return;
    }
    const Values& argument = values(n.args[index.size()]);
    for (std::size_t i = 1; i < argument.size(); ++i) {
      const z3::expr then = both(here, argument[i]);
      if (then.is_false()) continue;
      index.push_back(static_cast<std::uint8_t>(i));
      self(self, index, then);
      index.pop_back();
    }
    if (const z3::expr nowhere = both(here, argument[0]); !nowhere.is_false()) {
      if (cases.empty()) cases.resize(exactly(n.sort, 0).size());
      cases[0].push_back(nowhere);
    }
  };
  Index index;
  go(go, index, true_);
  Values out;
  for (const auto& parts : cases) out.push_back(any(parts));
  return out;
}

const Grounding::Values& Grounding::at(int cell, const Index& index) {
  if (const auto it = cells_.find({cell, index}); it != cells_.end()) return it->second;
  const CellInfo& info = tree_.cells[static_cast<std::size_t>(cell)];
  std::string name(info.name);
  for (const std::uint8_t i : index) name += "!" + std::to_string(i);
  return cells_.emplace(std::pair{cell, index}, one_of(name, info.value, !info.rigid)).first->second;
}

void Grounding::declare_cells() {
  for (std::size_t c = 0; c < tree_.cells.size(); ++c) {
    const CellInfo& cell = tree_.cells[c];
    if (lang::is_knob(cell)) continue;
    const auto go = [&](auto& self, Index& index) -> void {
      if (index.size() == cell.index.size()) return (void)at(static_cast<int>(c), index);
      for (int i = 1; i <= count(cell.index[index.size()]); ++i) {
        index.push_back(static_cast<std::uint8_t>(i));
        self(self, index);
        index.pop_back();
      }
    };
    Index index;
    go(go, index);
  }
}

Grounding::Values Grounding::parameter(const Node& n) {
  return one_of("parameter!" + std::to_string(n.ref), n.sort, n.sort->kind == SortKind::enumeration);
}

/// Unknown, but one value: none only where that may be.
Grounding::Values Grounding::one_of(const std::string& name, const SortInfo* s, bool may_be_none) {
  if (s->kind == SortKind::boolean) return boolean(z3_.bool_const(name.c_str()));
  Values out = exactly(s, 0);
  for (std::size_t v = may_be_none ? 0 : 1; v < out.size(); ++v)
    out[v] = z3_.bool_const((name + "=" + std::to_string(v)).c_str());
  if (!may_be_none) out[0] = false_;
  background_.push_back(any(out));
  for (std::size_t v = 0; v < out.size(); ++v)
    for (std::size_t w = 0; w < v; ++w)
      if (!out[w].is_false()) background_.push_back(!out[v] || !out[w]);
  return out;
}

std::vector<z3::expr> Grounding::background() { return std::exchange(background_, {}); }

std::uint8_t Grounding::among(const z3::model& model, const Values& values) {
  for (std::size_t v = 1; v < values.size(); ++v)
    if (model.eval(values[v], true).is_true()) return static_cast<std::uint8_t>(v);
  return 0;
}

}  // namespace pasid::smt
