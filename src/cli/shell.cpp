// pasid shell
#include <iostream>
#include <memory>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "proofs/model.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/edits.hpp"
#include "src/cli/help.hpp"
#include "src/cli/line_editor.hpp"
#include "src/review/shell_commands.hpp"

namespace pasid::cli {
namespace {

/// Also before each line that is answered where nobody types.
constexpr const char* prompt = "pasid> ";

struct ShellCommand {
  std::string design;
  std::vector<std::string> sizes;
  std::size_t world = 1;
  bool any_width = false;
  bool only_mms = false;
  std::string script;
  bool json = false;
};

/// A line typed at a terminal; a mistake is said, and the session goes on.
void converse(review::ShellCommands& commands) {
  LineEditor editor([&](const std::string& line) { return commands.completions(line); });
  while (const auto line = editor.read(prompt)) {
    try {
      const review::ShellAnswer answer = commands.run(*line);
      std::cout << answer.text << std::flush;
      if (answer.quit) return;
    } catch (const std::invalid_argument& e) {
      std::cout << e.what() << std::endl;
    }
  }
}

void run(Session& session, const ShellCommand& command) {
  const lang::Tree& tree = proofs::model();
  review::ShellSession reviewed(tree, explore::native_reading(), io::load_design(tree, command.design));
  std::vector<std::string> scope = command.sizes;
  if (command.any_width) scope.emplace_back("any-width");
  if (command.only_mms) scope.emplace_back("only-mms");
  if (!scope.empty()) reviewed.set_scope(scope);
  if (command.world != 1) reviewed.set_world(command.world, {});
  review::ShellCommands commands(reviewed, session.columns);
  const auto print = [&](const review::ShellAnswer& answer) {
    if (command.json) std::cout << answer.json.dump() << '\n';
    else std::cout << prompt << answer.json["command"].get<std::string>() << '\n' << answer.text;
  };
  if (!command.script.empty()) {
    commands.run_script(command.script, print);
    return;
  }
  if (isatty(STDIN_FILENO) != 0 && !command.json) {
    converse(commands);
    return;
  }
  // Lines from elsewhere: what makes no sense is said, and ends with the exit code of bad input.
  for (std::string line; std::getline(std::cin, line);) {
    try {
      const review::ShellAnswer answer = commands.run(line);
      if (answer.quit) return;
      if (!answer.json.is_null()) print(answer);
    } catch (const std::invalid_argument& e) {
      session.exit_code = code::bad_input;
      if (command.json) std::cout << nlohmann::ordered_json{{"command", line}, {"error", e.what()}}.dump() << '\n';
      else std::cout << prompt << line << '\n' << e.what() << '\n';
    }
  }
}

}  // namespace

void add_shell(CLI::App& app, Session& session) {
  auto* shell =
      app.add_subcommand("shell", "step through a design: what can happen, what is blocked, what is reachable");
  shell->footer(
      "Examples:\n"
      "  pasid shell linux-7.3                      help lists the commands\n"
      "  pasid shell linux-7.3 --size Dev=1 --only-mms --world 2\n"
      "  pasid shell linux-7.3 --script steps.txt   what a script says; --json: an answer a line\n"
      "A script is what one types, a command a line, with # before comments. Exit code 3: a line made no sense.");
  const auto command = std::make_shared<ShellCommand>();
  shell->add_option("design", command->design, "a shipped design's name, or a file")->required()->type_name("DESIGN");
  shell->add_option("--size", command->sizes, "how many of a sort, as in Task=3")
      ->type_name("SORT=N")
      ->allow_extra_args(false);
  shell->add_option("--world", command->world, "which world of the scope, from 1")->type_name("N");
  shell->add_flag("--any-width", command->any_width, "devices of every width, not only those that every PASID fits");
  shell->add_flag("--only-mms", command->only_mms, "no address spaces but those of processes");
  shell->add_option("--script", command->script, "do what the file says, and leave")->type_name("FILE");
  shell->add_flag("--json", command->json, "an answer a line, for programs");
  shell->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
