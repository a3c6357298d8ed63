// A reviewer's session: a design, a world, and the steps taken so far, which can be undone.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "src/review/shell_condition.hpp"
#include "src/review/shell_steps.hpp"
#include "src/review/shell_world.hpp"

namespace pasid::review {

class ShellSession {
 public:
  /// The rules of `tree`, which must outlive the session, as `reading` runs them.
  ShellSession(const lang::Tree& tree, explore::Reading reading, io::Design design);

  [[nodiscard]] const lang::Tree& tree() const { return tree_; }
  [[nodiscard]] const io::Design& design() const { return design_; }
  [[nodiscard]] const ShellWorld& world() const { return world_; }
  [[nodiscard]] const spec::NativeFacts& facts() const { return world_.facts(); }
  [[nodiscard]] const explore::Reading& reading() const { return reading_; }
  [[nodiscard]] explore::Grain grain() const { return grain_; }
  [[nodiscard]] trace::Names names() const { return {tree_, facts()}; }

  /// The steps up to here, and those that were undone and can be done again.
  [[nodiscard]] const std::vector<trace::Step>& history() const { return history_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] const spec::NativeState& state() const;
  /// What was done up to here.
  [[nodiscard]] trace::Trace trace() const;

  /// The steps up to here, each with the grain at which it is one: "call" or "step".
  [[nodiscard]] std::vector<std::pair<trace::Step, std::string>> grains() const;

  /// What can be done here, and what not. Kept until something changes.
  const NextSteps& next();
  ShellSteps& steps() { return grain_ == explore::Grain::call ? calls_ : rules_; }

  /// Goes on with a step that is enabled here; forgets what was undone.
  void take(trace::Step step);
  void undo();                   ///< throws std::invalid_argument where nothing was done
  void redo();                   ///< throws std::invalid_argument where nothing was undone
  void jump(std::size_t place);  ///< 0: the start. Throws std::invalid_argument beyond the last place
  void set_grain(explore::Grain grain);
  /// Another world, from its start on. They throw as ShellWorld's do.
  void set_scope(const std::vector<std::string>& words);
  void set_world(std::size_t number, const std::vector<std::string>& assignments);
  /// The world and the steps of a trace, each of which is taken again, up to the last. Throws std::invalid_argument,
  /// and changes nothing, where one cannot be taken or leads elsewhere.
  void load(const trace::Trace& trace);

  /// The properties of states that do not hold here.
  [[nodiscard]] std::vector<std::string> violated() const;

 private:
  void moved() { known_ = false; }
  void restart();
  bool can_be_taken(const spec::NativeFacts& facts, const spec::NativeState& before, const trace::Step& step);

  const lang::Tree& tree_;
  explore::Reading reading_;
  io::Design design_;
  ShellWorld world_;
  ShellSteps calls_;
  ShellSteps rules_;
  explore::Grain grain_ = explore::Grain::call;
  std::vector<trace::Step> history_;
  std::size_t at_ = 0;
  spec::NativeState start_{};
  NextSteps next_;
  bool known_ = false;
};

}  // namespace pasid::review
