// The calls somebody outside asks for, derived from the rules: what each takes, and what the implementation picks.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "src/explore/transitions.hpp"

namespace pasid::conform {

/// Who chooses a parameter.
enum class Role : std::uint8_t {
  input = 1,  ///< whoever asks: a place of the configuration, a name for what the call makes, the environment's choice
  result,     ///< the implementation: the pick of an allocator
  derived,    ///< nobody: the inputs and the state determine it
  loop,       ///< nobody: the call goes through all values
};

struct Parameter {
  std::string_view name;
  const lang::SortInfo* sort;
  Role role;
};

/// What a derived parameter is, where the call's first guard says so: with any other value the call has no meaning.
struct Derivation {
  std::uint8_t param;
  lang::NodeId is;                                             ///< a term over the state and
  std::vector<std::pair<lang::NodeId, std::uint8_t>> of = {};  ///< these variables, which are inputs by number
};

/// A call that can be asked for.
struct CallKind {
  std::string_view name;
  explore::Transition transition;
  std::vector<Parameter> params;        ///< those of the transition
  std::vector<std::uint8_t> inputs;     ///< by number of the parameter, in their order
  std::vector<std::uint8_t> results;    ///< the same
  std::vector<std::uint8_t> derived;    ///< the same
  std::vector<Derivation> derivations;  ///< of all derived parameters, or none
};

/// Who plays the device of an implementation.
enum class Device : std::uint8_t {
  itself = 1,  ///< it has one: work completes, and page requests come and go, without anybody asking
  asked,       ///< whoever drives it: nothing of this happens unasked
};

/// What an implementation can be said to have, of whatever design.
struct Vocabulary {
  std::vector<std::string_view> calls;   ///< that somebody outside asks for
  std::vector<std::string_view> cells;   ///< of the state
  std::vector<std::string> environment;  ///< "memory.none_for_slot": what can be told to happen to a call
  explicit Vocabulary(const lang::Tree& tree);
};

/// One design's calls, in the order of the tree's rules and then of its calls; and what happens by itself.
class Catalogue {
 public:
  /// Only the knobs of `facts` matter. `tree` and `reading` must outlive it.
  Catalogue(const lang::Tree& tree, const explore::Reading& reading, const spec::NativeFacts& facts,
            Device device = Device::asked);

  [[nodiscard]] std::span<const CallKind> calls() const { return calls_; }
  [[nodiscard]] const CallKind& operator[](int kind) const { return calls_[static_cast<std::size_t>(kind)]; }
  /// -1: no call of this design has that name.
  [[nodiscard]] int named(std::string_view name) const;

  /// What happens at any time.
  [[nodiscard]] std::span<const explore::Transition> hidden() const { return hidden_; }
  /// What happens inside a call, before its first section: it must where it can.
  [[nodiscard]] std::span<const explore::Transition> inside(int kind) const {
    return inside_[static_cast<std::size_t>(kind)];
  }

  /// The guard with that label, of whatever rule; null: there is none.
  [[nodiscard]] const lang::Guard* guard(std::string_view label) const {
    const auto found = guards_.find(label);
    return found == guards_.end() ? nullptr : found->second;
  }

  [[nodiscard]] const lang::Tree& tree() const { return tree_; }
  [[nodiscard]] const explore::Reading& reading() const { return reading_; }

 private:
  const lang::Tree& tree_;
  const explore::Reading& reading_;
  std::vector<CallKind> calls_;
  std::vector<explore::Transition> hidden_;
  std::vector<std::vector<explore::Transition>> inside_;  ///< by call
  std::unordered_map<std::string_view, const lang::Guard*> guards_;
};

}  // namespace pasid::conform
