// The commands of a session: each line typed gives one answer, as text and as JSON.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/review/shell_session.hpp"

namespace pasid::review {

struct ShellAnswer {
  std::string text;             ///< in lines, of at most the columns asked for where words allow it
  nlohmann::ordered_json json;  ///< what it says, by names; "command" is the line
  bool quit = false;
};

/// A script's line that cannot be done, with the file and the line in front.
class ScriptError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

class ShellCommands {
 public:
  ShellCommands(ShellSession& session, std::size_t columns) : session_(session), columns_(columns) {}

  /// Does what a line says; of an empty line, or a comment (#), nothing. Throws std::invalid_argument, and leaves the
  /// session as it was, where it makes no sense.
  ShellAnswer run(const std::string& line);

  /// Every line of a script, in order, up to one that says quit; `each` gets the answers of those that say something.
  /// Throws ScriptError at the first that cannot be done: those before it are done.
  void run_script(const std::string& file, const std::function<void(const ShellAnswer&)>& each);

  /// What can stand at the end of the line in place of its last word.
  std::vector<std::string> completions(const std::string& line);

  /// The session as lines that lead from its start to where it is.
  [[nodiscard]] std::string script() const;

 private:
  using Words = std::vector<std::string>;
  using Json = nlohmann::ordered_json;
  struct Command;
  static const std::vector<Command>& table();
  static std::vector<std::string> names();  ///< of the commands
  /// Of the history or of a list. Throws std::invalid_argument, with who asks for it.
  static std::size_t number(const std::string& who, const std::string& text);

  void help(const Words& words, ShellAnswer& out);
  void steps(const Words& words, ShellAnswer& out);
  void blocked(const Words& words, ShellAnswer& out);
  void step(const Words& words, ShellAnswer& out);
  void undo(const Words& words, ShellAnswer& out);
  void redo(const Words& words, ShellAnswer& out);
  void jump(const Words& words, ShellAnswer& out);
  void history(const Words& words, ShellAnswer& out);
  void state(const Words& words, ShellAnswer& out);
  void scope(const Words& words, ShellAnswer& out);
  void world(const Words& words, ShellAnswer& out);
  void grain(const Words& words, ShellAnswer& out);
  void holds(const Words& words, ShellAnswer& out);
  void go(const Words& words, ShellAnswer& out);
  void take(const Words& words, ShellAnswer& out);
  void reach(const Words& words, ShellAnswer& out);
  void load(const Words& words, ShellAnswer& out);
  void save(const Words& words, ShellAnswer& out);
  void save_script(const Words& words, ShellAnswer& out);
  void source(const Words& words, ShellAnswer& out);
  void quit(const Words& words, ShellAnswer& out);

  trace::Step numbered_step(const std::string& text);
  /// "step LABEL NAME=VALUE…": of the steps that fit, the only one that the environment does nothing to.
  trace::Step named_step(const Words& words);
  NamedArguments arguments_of(const Words& words);
  void say_where(ShellAnswer& out);
  void say_last_step(ShellAnswer& out);
  [[nodiscard]] Json step_json(const trace::Step& step) const;
  [[nodiscard]] std::string guard_text(const BlockedStep& b) const;
  [[nodiscard]] Json blocked_json(const BlockedStep& b) const;

  ShellSession& session_;
  std::size_t columns_;
  std::optional<trace::Trace> reached_;  ///< by the last reach
  std::size_t sourcing_ = 0;             ///< scripts within scripts
};

}  // namespace pasid::review
