// The tree reading: running the text of a rule over expressions records it as a tree.
#pragma once

#include <concepts>
#include <string>

#include "spec/lang/tree.hpp"

namespace pasid::lang {

/// Records one rule (or formula) at a time into a tree and rejects texts whose two readings could differ.
class Builder {
 public:
  explicit Builder(Tree& tree) : tree_(tree) {}
  [[nodiscard]] Tree& tree() { return tree_; }

  void begin_rule(RuleTree rule);
  RuleTree end_rule();

  void cite(std::string_view source) { rule_.source = source; }
  NodeId read(int cell, std::vector<NodeId> index);
  NodeId read_before(int cell, std::vector<NodeId> index);
  void guard(Guard guard);
  void write(int cell, std::vector<NodeId> index, NodeId value);
  void push_condition(NodeId condition) { conditions_.push_back(condition); }
  void pop_condition() { conditions_.pop_back(); }
  void push_bound(NodeId variable) { bound_.push_back(variable); }
  void pop_bound() { bound_.pop_back(); }

 private:
  [[noreturn]] void fail(const std::string& what) const;
  void reject_overlap(const Write& a, const Write& b) const;

  Tree& tree_;
  bool in_rule_ = false;
  RuleTree rule_{};
  std::vector<NodeId> conditions_;
  std::vector<NodeId> bound_;
};

/// An expression of sort S. Without a builder it is a constant of the text (none, an enumerator, true, false).
/// Never assigned to: `f.kind(a) = x` would set a temporary, and an assignment inside when() would happen always.
template <class S>
struct Expr {
  Builder* builder = nullptr;
  NodeId node = NodeId::invalid;
  int literal = 0;

  Expr() = default;
  Expr(const Expr&) = default;
  Expr& operator=(const Expr&) = delete;
  Expr(Builder* b, NodeId n) : builder(b), node(n) {}
  Expr(None) {}  // NOLINT(google-explicit-constructor)
  template <EnumeratorOf<S> E>
  Expr(E e) : literal(static_cast<int>(e)) {}  // NOLINT(google-explicit-constructor)
  template <std::same_as<bool> B>
  requires std::same_as<S, bool> Expr(B b) : literal(b ? 1 : 0) {}  // NOLINT(google-explicit-constructor)

  /// The node of this expression in the tree of `b`.
  [[nodiscard]] NodeId in(Builder& b) const { return builder ? node : b.tree().constant(&sort_info<S>, literal); }

  friend Expr<bool> operator==(Expr a, Expr b) {
    Builder* const any = a.builder ? a.builder : b.builder;
    if (any == nullptr) return Expr<bool>(a.literal == b.literal);
    return {any, any->tree().eq(a.in(*any), b.in(*any))};
  }
  friend Expr<bool> operator!=(Expr a, Expr b) { return !(a == b); }
};

using Truth = Expr<bool>;
inline Truth operator!(Truth a) {
  if (!a.builder) return Truth(a.literal == 0);
  return {a.builder, a.builder->tree().negate(a.node)};
}
namespace detail {
inline Truth combine(Truth a, Truth b, bool folded, NodeId (Tree::*op)(NodeId, NodeId)) {
  Builder* const any = a.builder ? a.builder : b.builder;
  if (any == nullptr) return Truth(folded);
  return {any, (any->tree().*op)(a.in(*any), b.in(*any))};
}
}  // namespace detail
inline Truth operator&&(Truth a, Truth b) {
  return detail::combine(a, b, a.literal != 0 && b.literal != 0, &Tree::conj);
}
inline Truth operator||(Truth a, Truth b) {
  return detail::combine(a, b, a.literal != 0 || b.literal != 0, &Tree::disj);
}
inline Truth implies(Truth a, Truth b) { return detail::combine(a, b, a.literal == 0 || b.literal != 0, &Tree::imply); }
inline Truth iff(Truth a, Truth b) { return a == b; }
template <class S>
Expr<S> ite(Truth c, Expr<S> yes, std::type_identity_t<Expr<S>> no) {
  Builder* const any = c.builder ? c.builder : yes.builder ? yes.builder : no.builder;
  if (any == nullptr) return c.literal != 0 ? yes : no;
  return {any, any->tree().ite(c.in(*any), yes.in(*any), no.in(*any))};
}

struct Ast {
  template <class S>
  using Value = Expr<S>;
};

template <>
class Domain<Ast> {
 public:
  Builder* builder = nullptr;
};

template <Name N, class V, class... I>
class Cell<Ast, N, V(I...)> {
 public:
  static constexpr auto name = N;

  class Ref {
   public:
    Ref(Builder* b, int cell, std::vector<NodeId> index) : builder_(b), cell_(cell), index_(std::move(index)) {}
    Ref(const Ref&) = delete;
    Ref& operator=(const Ref&) = delete;
    void operator=(Expr<V> value) && { builder_->write(cell_, index_, value.in(*builder_)); }

   private:
    Builder* builder_;
    int cell_;
    std::vector<NodeId> index_;
  };

  Expr<V> operator()(Expr<I>... i) const {
    if (before) return {builder, builder->read_before(cell, {i.in(*builder)...})};
    return {builder, builder->read(cell, {i.in(*builder)...})};
  }
  Ref operator()(Expr<I>... i) { return Ref(builder, cell, {i.in(*builder)...}); }

  Builder* builder = nullptr;
  int cell = -1;
  bool before = false;  ///< reads the state before a step
};

template <>
class Rule<Ast> {
 public:
  explicit Rule(Builder& b) : builder(b) {}
  void cites(const char* source) { builder.cite(source); }
  bool require(Truth c, int err, const char* label) {
    builder.guard({GuardKind::require, c.in(builder), err, label});
    return true;
  }
  bool await(Truth c, const char* label) {
    builder.guard({GuardKind::await, c.in(builder), 0, label});
    return true;
  }
  bool given(Truth c, const char* label) {
    builder.guard({GuardKind::given, c.in(builder), 0, label});
    return true;
  }
  template <class S, class P>
  bool choose(Expr<S> x, Pick policy, const char* label, P allowed) {
    builder.guard({GuardKind::choose, Truth(allowed(x)).in(builder), 0, label, policy, x.in(builder)});
    return true;
  }
  Builder& builder;
};

namespace detail {
template <class S, class F>
Truth quantify(Op op, const Domain<Ast>& domain, F body) {
  Builder& b = *domain.builder;
  const NodeId v = b.tree().fresh_variable(&sort_info<S>);
  const Truth inner = body(Expr<S>{&b, v});
  return {&b, b.tree().quantify(op, v, inner.in(b))};
}
}  // namespace detail
template <class S, class F>
Truth forall(const Domain<Ast>& domain, F body) {
  return detail::quantify<S>(Op::forall, domain, body);
}
template <class S, class F>
Truth exists(const Domain<Ast>& domain, F body) {
  return detail::quantify<S>(Op::exists, domain, body);
}
template <class F>
void when(Rule<Ast>& r, Truth c, F body) {
  r.builder.push_condition(c.in(r.builder));
  body();
  r.builder.pop_condition();
}
template <class S, class F>
void each(Rule<Ast>& r, F body) {
  const NodeId v = r.builder.tree().fresh_variable(&sort_info<S>);
  r.builder.push_bound(v);
  body(Expr<S>{&r.builder, v});
  r.builder.pop_bound();
}

}  // namespace pasid::lang
