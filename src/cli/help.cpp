#include "src/cli/help.hpp"

#include <sstream>

#include "src/io/error.hpp"
#include "src/io/names.hpp"
#include "src/trace/layout.hpp"

namespace pasid::cli {

Help::Help(std::size_t columns) : columns_(columns) {
  column_width(24);
  label("REQUIRED", "");
}

std::string Help::make_option_desc(const CLI::Option* option) const {
  return trace::wrapped_words(Formatter::make_option_desc(option), 0, columns_ - get_column_width());
}

std::string Help::make_subcommand(const CLI::App* command) const {
  constexpr std::size_t name_width = 12;
  std::ostringstream out;
  CLI::detail::format_help(out, command->get_name(),
                           trace::wrapped_words(command->get_description(), 0, columns_ - name_width), name_width);
  return out.str();
}

std::string usage_error(const CLI::App* program, const CLI::Error& error) {
  const CLI::App* command = program;
  std::string name = program->get_name();
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    name += ' ' + command->get_name();
  }
  std::string wrong = error.what();
  const auto names = [](const std::vector<const CLI::App*>& apps) {
    std::vector<std::string> out;
    for (const CLI::App* app : apps) out.push_back(app->get_name());
    return out;
  };
  const std::vector<std::string> choices = names(command->get_subcommands({}));
  const std::vector<std::string> rest = program->remaining(true);
  if (!choices.empty() && !rest.empty())
    wrong = "there is no command " + io::in_quotes(rest.front()) + "; expected " +
            io::one_of(std::vector<std::string_view>(choices.begin(), choices.end()), rest.front());
  return program->get_name() + ": " + wrong + "; see " + name + " --help\n";
}

}  // namespace pasid::cli
