// How --help is laid out, and what is said of a command line that makes no sense.
#pragma once

#include <CLI/CLI.hpp>

namespace pasid::cli {

/// Help in two columns, wrapped to the terminal.
class Help : public CLI::Formatter {
 public:
  explicit Help(std::size_t columns);
  std::string make_option_desc(const CLI::Option* option) const override;
  std::string make_subcommand(const CLI::App* command) const override;

 private:
  std::size_t columns_;
};

/// One line: what is wrong, and whose --help says more.
std::string usage_error(const CLI::App* program, const CLI::Error& error);

/// The check without its description, which --help would print behind the option's name.
template <class Validator>
Validator quietly(Validator check) {
  check.description("");
  return check;
}

}  // namespace pasid::cli
