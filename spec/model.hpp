// The model as others use it: the native reading as tables of functions, and the tree.
#pragma once

#include <span>

#include "spec/lang/native.hpp"
#include "spec/state.hpp"

namespace pasid::lang {
class Tree;
}

namespace pasid::spec {

using NativeFacts = Facts<lang::Native>;
using NativeState = State<lang::Native>;

inline constexpr int max_params = 6;

struct NativeRule {
  std::string_view label;
  std::span<const lang::SortInfo* const> params;
  bool (*only_if)(const NativeFacts&);
  /// Tries the rule with the given arguments. `n` must equal `s` and is changed only if the rule fires.
  /// With `policies`, picks follow the allocator's policy instead of "any allowed".
  lang::Outcome (*apply)(const NativeFacts&, const NativeState& s, NativeState& n, const std::uint8_t* args,
                         bool policies);
};

struct NativeAxiom {
  std::string_view name;
  bool (*holds)(const NativeFacts&);
};

struct NativeProperty {
  std::string_view name;
  lang::PropertyKind judges;
  bool (*applies)(const NativeFacts&);
  /// A property of states looks at `after` alone.
  bool (*holds)(const NativeFacts&, const NativeState& before, const NativeState& after);
};

/// In the order of the tree's rules and of its formulas of that kind.
std::span<const NativeRule> native_rules();
std::span<const NativeAxiom> native_axioms();
/// The first axiom that these facts break; null: they are a world.
const NativeAxiom* broken_axiom(const NativeFacts& facts);
std::span<const NativeProperty> native_properties();

/// Adds cells, axioms, rules, calls and properties to an empty tree.
/// Throws lang::RuleError where a rule's text breaks a rule of the language.
void build(lang::Tree& tree);

}  // namespace pasid::spec
