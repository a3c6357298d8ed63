// The tree: rules, facts, state and formulas as data. Everything but the native reading is derived from it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "spec/lang/sort.hpp"

namespace pasid::lang {

/// Index into Tree::nodes. Equal subtrees are one node, so equal ids mean equal terms.
enum class NodeId : std::int32_t { invalid = -1 };

enum class Op : std::uint8_t {
  constant,     ///< ref = value (0 none or false)
  variable,     ///< ref = serial number of a rule parameter or a quantified variable
  read,         ///< ref = index into Tree::cells; args = indices
  read_before,  ///< the same cell of the state before the step; only in properties of steps and calls
  eq,
  not_,
  and_,
  or_,
  implies,
  ite,     ///< args = condition, yes, no
  forall,  ///< ref = serial number of the bound variable; args = variable, body
  exists,
};

struct Node {
  Op op;
  const SortInfo* sort;
  std::int32_t ref;
  std::vector<NodeId> args;
  friend bool operator==(const Node&, const Node&) = default;
};

/// A table of the state, or a fact: rigid, chosen by the design or the topology and never written.
struct CellInfo {
  std::string_view name;
  const SortInfo* value;
  std::vector<const SortInfo*> index;
  bool rigid;
  std::size_t offset;                ///< in bytes, in Facts<Native> or State<Native>
  std::vector<std::size_t> strides;  ///< in bytes, an index each
};

enum class GuardKind : std::uint8_t { require, await, given, choose };

struct Guard {
  GuardKind kind;
  NodeId condition;
  int err;  ///< require: the errno
  std::string_view label;
  Pick pick = Pick::any;            ///< choose
  NodeId picked = NodeId::invalid;  ///< choose: what was picked
};

/// `cell(index) = value` where `condition` holds, for every element of each variable in `bound`.
struct Write {
  int cell;
  std::vector<NodeId> index;
  NodeId condition;
  NodeId value;
  std::vector<NodeId> bound;
};

struct Param {
  std::string_view name;
  const SortInfo* sort;
  NodeId variable;
};

struct RuleTree {
  std::string_view label;
  std::string_view source;  ///< kernel function and version, or specification
  NodeId only_if;           ///< a condition on knobs: the designs that have this rule
  std::vector<Param> params;
  std::vector<Guard> guards;
  std::vector<Write> writes;
  bool blocked = false;  ///< somebody who tries an edit keeps it from firing (see edit.hpp)
};

enum class FormulaKind : std::uint8_t { axiom, property, lemma };

struct Formula {
  FormulaKind kind;
  std::string_view name;
  std::string_view meaning;
  NodeId applies;  ///< properties: the rigid fact without which it says nothing
  NodeId body;
  PropertyKind judges = PropertyKind::state;  ///< properties; of a step or call the body has read_before
};

/// A rule as part of a call.
struct CallSection {
  int rule;               ///< index into Tree::rules
  bool optional = false;  ///< the call completes without it where its turn does not come
  bool repeated = false;  ///< fires for every value of the parameters that only repeated sections have
  int undo = -1;          ///< what undoes it when a later section refuses; -1: nothing
};

/// Calls are sequences of rules; parameters are matched by name.
struct CallTree {
  std::string_view label;
  std::vector<CallSection> sections;  ///< in order
};

/// A mistake in the text of a rule, found while its tree is built.
class RuleError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

class Tree {
 public:
  std::vector<CellInfo> cells;
  std::vector<RuleTree> rules;
  std::vector<Formula> formulas;
  std::vector<CallTree> calls;

  [[nodiscard]] const Node& operator[](NodeId id) const { return nodes_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] int variables() const { return variables_; }

  NodeId add(Node node);
  NodeId constant(const SortInfo* sort, int value) { return add({Op::constant, sort, value, {}}); }
  NodeId truth(bool value) { return constant(&sort_info<bool>, value ? 1 : 0); }
  NodeId fresh_variable(const SortInfo* sort) { return add({Op::variable, sort, variables_++, {}}); }
  NodeId read(int cell, std::vector<NodeId> index);
  NodeId read_anywhere(int cell);                           ///< at fresh variables: they are the node's arguments
  NodeId read_before(int cell, std::vector<NodeId> index);  ///< of a fact, which never changes: read
  NodeId eq(NodeId a, NodeId b);
  NodeId negate(NodeId a);  ///< of a negation: its operand
  NodeId conj(NodeId a, NodeId b);
  NodeId disj(NodeId a, NodeId b);
  NodeId imply(NodeId a, NodeId b);
  NodeId ite(NodeId c, NodeId yes, NodeId no);
  NodeId quantify(Op op, NodeId variable, NodeId body);

  [[nodiscard]] bool is_constant(NodeId id) const { return (*this)[id].op == Op::constant; }
  [[nodiscard]] bool is_true(NodeId id) const {
    return is_constant(id) && (*this)[id].sort == &sort_info<bool> && (*this)[id].ref != 0;
  }
  [[nodiscard]] bool is_false(NodeId id) const {
    return is_constant(id) && (*this)[id].sort == &sort_info<bool> && (*this)[id].ref == 0;
  }

  /// The operands of a (possibly nested) conjunction, left to right.
  [[nodiscard]] std::vector<NodeId> conjuncts(NodeId id) const;

  [[nodiscard]] int cell_named(std::string_view name) const;   ///< -1: none
  [[nodiscard]] int rule_named(std::string_view label) const;  ///< -1: none
  [[nodiscard]] const Formula* formula_named(std::string_view name) const;

 private:
  struct Hash {
    std::size_t operator()(const Node& n) const;
  };
  std::deque<Node> nodes_;
  std::unordered_map<Node, NodeId, Hash> known_;
  int variables_ = 0;
};

/// Calls `visit` on every node below and including `root`, each once.
void walk(const Tree& tree, NodeId root, const std::function<void(NodeId)>& visit);

}  // namespace pasid::lang
