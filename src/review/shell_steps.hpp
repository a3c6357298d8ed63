// What can happen next in a state, and what cannot and why: by the transitions that a search takes.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "src/explore/transitions.hpp"
#include "src/trace/names.hpp"
#include "src/trace/trace.hpp"

namespace pasid::review {

/// Arguments by the names of their parameters.
using NamedArguments = std::map<std::string, std::uint8_t, std::less<>>;

/// A transition that no arguments let happen: the guard at which it got furthest, and with which arguments.
struct BlockedStep {
  std::string label;      ///< of the call or rule
  trace::Firing section;  ///< where it got furthest
  std::string guard;
  int err = 0;  ///< positive where it is refused; 0: it waits, or nothing can be picked
};

struct NextSteps {
  std::vector<trace::Step> enabled;  ///< in the order of the transitions, then of their arguments
  std::vector<BlockedStep> blocked;
};

class ShellSteps {
 public:
  /// Of `facts` only the knobs matter. `tree` must outlive it.
  ShellSteps(const lang::Tree& tree, explore::Reading reading, const spec::NativeFacts& facts, explore::Grain grain);
  ~ShellSteps();
  ShellSteps(const ShellSteps&) = delete;
  ShellSteps& operator=(const ShellSteps&) = delete;

  /// A call that is refused and leaves everything as it was is no step. Of arguments that nothing tells apart one.
  NextSteps next(const spec::NativeFacts& facts, const spec::NativeState& state);
  /// The enabled ones alone.
  std::vector<trace::Step> enabled(const spec::NativeFacts& facts, const spec::NativeState& state);

  /// Every way to take the transition of that label with these arguments, and any others; where there is none, the
  /// guard at which it got furthest with them. Throws std::invalid_argument where there is no such transition, or it
  /// has no such parameter.
  NextSteps with(const spec::NativeFacts& facts, const spec::NativeState& state, std::string_view label,
                 const NamedArguments& args);

  /// The labels of all transitions, and the parameters that are chosen, by name.
  [[nodiscard]] std::vector<std::string> labels() const;
  [[nodiscard]] std::vector<std::pair<std::string, const lang::SortInfo*>> parameters(std::string_view label) const;

 private:
  struct One;
  struct Furthest;
  void try_all(const One& one, explore::CallRunner& runner, std::size_t k, explore::Arguments& args,
               const std::vector<std::uint8_t>& fixed, const spec::NativeFacts& facts, const spec::NativeState& state,
               std::vector<trace::Step>& out);
  [[nodiscard]] const One& named(std::string_view label) const;
  [[nodiscard]] std::vector<std::string> names_of(const One& one) const;
  void note(int rule, const std::uint8_t* args, const lang::Outcome& outcome);

  const lang::Tree& tree_;
  explore::Reading reading_;
  std::deque<One> ones_;
  std::unique_ptr<Furthest> furthest_;
};

/// "bind thread=T1 wq=wq1": what a step is called, so that it can be typed. Left out are ordinary outcomes of the
/// environment, and what repeated sections go through.
std::string step_command(const lang::Tree& tree, const trace::Names& names, const trace::Step& step);

}  // namespace pasid::review
