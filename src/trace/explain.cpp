#include "src/trace/explain.hpp"

#include <algorithm>

#include "spec/lang/memory.hpp"
#include "src/trace/formula.hpp"

namespace pasid::trace {
namespace {

using lang::CellInfo;
using lang::Node;
using lang::NodeId;
using lang::Op;
using lang::SortKind;

void add(std::vector<std::string>& to, std::string text) {
  if (std::ranges::find(to, text) == to.end()) to.push_back(std::move(text));
}

class Explainer {
 public:
  Explainer(const lang::Tree& tree, const spec::NativeFacts& facts, const spec::NativeState& before,
            const spec::NativeState& state)
      : tree_(tree), facts_(facts), before_(before), state_(state), names_(tree, facts),
        bound_(static_cast<std::size_t>(tree.variables())) {}

  bool truth(NodeId term) { return value(term) != 0; }

  Explanation why_false(NodeId formula) {
    why(formula, Role::claim);
    std::erase_if(out_.since,
                  [&](const std::string& s) { return std::ranges::find(out_.found, s) != out_.found.end(); });
    return std::move(out_);
  }

 private:
  /// A premise made the formula apply; the claim is what it then asks for.
  enum class Role : std::uint8_t { premise, claim };

  std::uint8_t& bound(NodeId variable) { return bound_[static_cast<std::size_t>(tree_[variable].ref)]; }

  std::uint8_t value(NodeId id) {
    const Node& n = tree_[id];
    const auto arg = [&](std::size_t k) { return value(n.args[k]); };
    switch (n.op) {
      case Op::constant: return static_cast<std::uint8_t>(n.ref);
      case Op::variable: return bound(id);
      case Op::read:
      case Op::read_before: {
        const CellInfo& cell = tree_.cells[static_cast<std::size_t>(n.ref)];
        return holder(cell, facts_, n.op == Op::read ? state_ : before_)[lang::place(cell, values(n.args))];
      }
      case Op::eq: return arg(0) == arg(1) ? 1 : 0;
      case Op::not_: return arg(0) == 0 ? 1 : 0;
      case Op::and_: return arg(0) != 0 && arg(1) != 0 ? 1 : 0;
      case Op::or_: return arg(0) != 0 || arg(1) != 0 ? 1 : 0;
      case Op::implies: return arg(0) == 0 || arg(1) != 0 ? 1 : 0;
      case Op::ite: return arg(0) != 0 ? arg(1) : arg(2);
      case Op::forall:
      case Op::exists: {
        const bool found = bind(n, n.op == Op::exists);
        bound(n.args[0]) = 0;
        return found == (n.op == Op::exists) ? 1 : 0;
      }
    }
    return 0;
  }

  std::vector<std::uint8_t> values(const std::vector<NodeId>& terms) {
    std::vector<std::uint8_t> out;
    out.reserve(terms.size());
    for (const NodeId t : terms) out.push_back(value(t));
    return out;
  }

  /// Binds the variable to the first element for which the body has this truth.
  bool bind(const Node& quantifier, bool truth_of_body) {
    std::uint8_t& v = bound(quantifier.args[0]);
    const int size = lang::size_of(facts_, tree_[quantifier.args[0]].sort);
    for (int i = 1; i <= size; ++i) {
      v = static_cast<std::uint8_t>(i);
      if (truth(quantifier.args[1]) == truth_of_body) return true;
    }
    return false;
  }

  bool is_read(NodeId term) const { return tree_[term].op == Op::read || tree_[term].op == Op::read_before; }

  bool reads_state(NodeId term) const {
    bool found = false;
    lang::walk(tree_, term, [&](NodeId t) {
      found = found || (is_read(t) && !tree_.cells[static_cast<std::size_t>(tree_[t].ref)].rigid);
    });
    return found;
  }

  /// Follows what decides the truth value that `term` has. In a claim that value is the wrong one.
  void why(NodeId term, Role role) {
    const Node& n = tree_[term];
    const bool is = truth(term);
    switch (n.op) {
      case Op::not_: return why(n.args[0], role);
      case Op::and_: return is ? all_of(term, Op::and_, role) : one_of(term, Op::and_, false, role);
      case Op::or_: return is ? one_of(term, Op::or_, true, role) : all_of(term, Op::or_, role);
      case Op::implies: {
        if (is) return truth(n.args[1]) ? why(n.args[1], role) : why(n.args[0], role);
        // Where only rigid facts are asked for, it is the premise that the state got wrong.
        const bool swap = role == Role::claim && !reads_state(n.args[1]) && reads_state(n.args[0]);
        why(n.args[0], swap ? role : Role::premise);
        return why(n.args[1], swap ? Role::premise : role);
      }
      case Op::ite:
        if (n.sort->kind != SortKind::boolean) return atom(term, role);
        why(n.args[0], Role::premise);
        return why(truth(n.args[0]) ? n.args[1] : n.args[2], role);
      case Op::forall:
      case Op::exists: {
        if (is == (n.op == Op::forall)) return every_element(term, role);
        bind(n, is);
        if (role == Role::claim) add(out_.instance, names_(tree_[n.args[0]].sort, bound(n.args[0])));
        why(n.args[1], role);
        bound(n.args[0]) = 0;
        return;
      }
      default: return atom(term, role);
    }
  }

  std::vector<NodeId> operands(NodeId term, Op op) const {
    std::vector<NodeId> out;
    const auto collect = [&](const auto& self, NodeId t) -> void {
      if (tree_[t].op != op) return out.push_back(t);
      for (const NodeId arg : tree_[t].args) self(self, arg);
    };
    collect(collect, term);
    return out;
  }

  /// Every operand has its part. A claim's operands over facts alone are what makes it apply.
  void all_of(NodeId term, Op op, Role role) {
    const auto parts = operands(term, op);
    const bool some_state = std::ranges::any_of(parts, [&](NodeId t) { return reads_state(t); });
    for (const NodeId t : parts) why(t, role == Role::claim && some_state && !reads_state(t) ? Role::premise : role);
  }

  /// One operand decides: preferably one over the state.
  void one_of(NodeId term, Op op, bool value, Role role) {
    const auto parts = operands(term, op);
    const auto decides = [&](NodeId t) { return truth(t) == value; };
    auto chosen = std::ranges::find_if(parts, [&](NodeId t) { return decides(t) && reads_state(t); });
    if (chosen == parts.end()) chosen = std::ranges::find_if(parts, decides);
    why(*chosen, role);
  }

  /// No element decides alone: shows what each has.
  void every_element(NodeId term, Role role) {
    const Node& n = tree_[term];
    if (role == Role::claim) {
      out_.expected.push_back(text(term));
      listing_ = true;
    }
    for (int i = 1; i <= lang::size_of(facts_, tree_[n.args[0]].sort); ++i) {
      bound(n.args[0]) = static_cast<std::uint8_t>(i);
      why(n.args[1], Role::premise);
    }
    bound(n.args[0]) = 0;
    if (role == Role::claim) listing_ = false;
  }

  void atom(NodeId term, Role role) {
    if (role == Role::claim) out_.expected.push_back(text(term));
    reads(term, role == Role::claim || listing_ ? out_.found : out_.since);
  }

  /// Notes the values of the cells that a term reads; what leads to their indices is a reason.
  void reads(NodeId term, std::vector<std::string>& to) {
    const Node& n = tree_[term];
    if (!is_read(term)) {
      for (const NodeId arg : n.args) reads(arg, to);
      return;
    }
    for (const NodeId arg : n.args)
      if (reads_state(arg)) index_reads(arg);
    const CellInfo& cell = tree_.cells[static_cast<std::size_t>(n.ref)];
    if (cell.name == "kind") return;  // the names of address spaces tell it
    const std::string text = cell_text(names_, cell, values(n.args));
    add(to, (n.op == Op::read ? text : "old(" + text + ")") + " = " + names_(cell.value, value(term)));
  }
  void index_reads(NodeId term) {
    const Node& n = tree_[term];
    const bool fact = n.op == Op::read && tree_.cells[static_cast<std::size_t>(n.ref)].rigid;
    if (fact) std::ranges::for_each(n.args, [&](NodeId arg) { index_reads(arg); });
    else reads(term, out_.since);
  }

  /// What should be: the term, or its negation where it is true; bound variables and indices are replaced by names.
  std::string text(NodeId term) {
    FormulaPrinter printer(tree_, 100, [&](NodeId t) -> std::string {
      bool closed = true;
      lang::walk(tree_, t, [&](NodeId v) { closed = closed && (tree_[v].op != Op::variable || bound(v) != 0); });
      return closed ? names_(tree_[t].sort, value(t)) : std::string();
    });
    return truth(term) ? printer.negated(term) : printer.flat(term);
  }

  const lang::Tree& tree_;
  const spec::NativeFacts& facts_;
  const spec::NativeState& before_;
  const spec::NativeState& state_;
  Names names_;
  std::vector<std::uint8_t> bound_;
  bool listing_ = false;  ///< inside a claim that no element decides alone
  Explanation out_;
};

}  // namespace

std::optional<Explanation> explain(const lang::Tree& tree, const spec::NativeFacts& facts,
                                   const spec::NativeState& state, NodeId formula) {
  return explain(tree, facts, state, state, formula);
}

std::optional<Explanation> explain(const lang::Tree& tree, const spec::NativeFacts& facts,
                                   const spec::NativeState& before, const spec::NativeState& after, NodeId formula) {
  Explainer explainer(tree, facts, before, after);
  if (explainer.truth(formula)) return std::nullopt;
  return explainer.why_false(formula);
}

}  // namespace pasid::trace
