#include <algorithm>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include <CLI/CLI.hpp>

#include "src/cli/job_kinds.hpp"
#include "src/cli/part.hpp"

namespace pasid::cli {
namespace {

/// What is written to standard output while it lives.
class Captured {
 public:
  Captured() : before_(std::cout.rdbuf(text_.rdbuf())) {}
  ~Captured() { std::cout.rdbuf(before_); }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;
  [[nodiscard]] std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

void parse(CLI::App& app, std::string_view command, const std::vector<std::string>& words) {
  std::vector<std::string> reversed{words.rbegin(), words.rend()};
  reversed.emplace_back(command);
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& e) {
    throw std::invalid_argument("jobs: " + std::string(command) + ": " + e.what());
  }
}

}  // namespace

struct CommandLine::Read {
  Session session;
  CLI::App app;
  CLI::App* command = nullptr;
};

CommandLine::CommandLine(const JobKind& kind, const std::vector<std::string>& words) : read_(std::make_unique<Read>()) {
  kind.add(read_->app, read_->session);
  read_->command = read_->app.get_subcommand(std::string(kind.command));
  read_->command->set_help_flag();
  read_->command->callback([] {});
  parse(read_->app, kind.command, words);
  for (const std::string_view no : kind.not_shared)
    if (has(std::string(no)))
      throw std::invalid_argument("jobs: " + std::string(no) + " of " + std::string(kind.command) +
                                  " is not shared out");
}

CommandLine::~CommandLine() = default;

bool CommandLine::has(const std::string& option) const { return read_->command->get_option(option)->count() > 0; }

std::vector<std::string> CommandLine::values(const std::string& option) const {
  return read_->command->get_option(option)->results();
}

std::string CommandLine::value(const std::string& option) const {
  const CLI::Option* o = read_->command->get_option(option);
  return o->count() > 0 ? o->results().back() : o->get_default_str();
}

std::vector<std::string> CommandLine::without(const std::vector<std::string>& options) const {
  std::vector<std::string> out;
  for (const CLI::Option* option : read_->command->get_options()) {
    if (option->count() == 0 ||
        std::ranges::any_of(options, [&](const std::string& name) { return option->check_name(name); }))
      continue;
    const bool flag = option->get_items_expected_max() == 0;
    for (const std::string& value : option->results()) out.push_back(option->get_name() + (flag ? "" : "=" + value));
  }
  return out;
}

JobResult run_part(const Session& session, const jobs::Work& work) {
  Part part{work, {}};
  Session own;
  own.progress = session.progress;
  own.part = &part;
  CLI::App app;
  job_kind(work.command).add(app, own);
  const Captured captured;
  parse(app, work.command, work.arguments);
  return {{"exit_code", own.exit_code}, {"text", captured.text()}, {"json", part.json}, {"more", part.more}};
}

}  // namespace pasid::cli
