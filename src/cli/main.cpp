#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "src/cli/commands.hpp"
#include "src/cli/help.hpp"
#include "src/conform/linux/shell.hpp"
#include "src/io/error.hpp"

namespace {

/// What a terminal has room for, but no longer lines than one reads with ease; where nobody watches, what fits a mail.
std::size_t columns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return pasid::cli::Session{}.columns;
  return std::clamp<std::size_t>(size.ws_col, 60, 100);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace pasid;  // NOLINT(google-build-using-namespace)
  cli::Session session;
  session.colour = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  session.progress = isatty(STDERR_FILENO) != 0;
  session.columns = columns();

  CLI::App app{"PASID allocation and binding: prove a design, or see how it breaks.", "pasid"};
  app.formatter(std::make_shared<cli::Help>(session.columns));
  app.failure_message(cli::usage_error);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  pasid claims              the mail thread of December 2021, point by point\n"
      "  pasid claims F8           one claim, with its traces\n"
      "  pasid check linux-7.3     every property of one design\n"
      "  pasid check ./mine.toml   the same for your own\n"
      "Exit codes: 0 holds, 1 violated, 2 unknown, 3 bad input, 4 engines disagree.");
  cli::add_claims(app, session);
  cli::add_history(app, session);
  cli::add_check(app, session);
  cli::add_prove(app, session);
  cli::add_ledger(app, session);
  cli::add_explore(app, session);
  cli::add_diff(app, session);
  cli::add_replay(app, session);
  cli::add_vectors(app, session);
  cli::add_fuzz(app, session);
  cli::add_linux(app, session);
  cli::add_design(app, session);
  cli::add_rules(app, session);
  cli::add_report(app, session);
  cli::add_why(app, session);
  cli::add_mutate(app, session);
  cli::add_shell(app, session);
  cli::add_interleave(app, session);
  cli::add_jobs(app, session);

  if (argc == 1) {
    std::cerr << app.help();
    return cli::code::bad_input;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? cli::code::holds : cli::code::bad_input;
  } catch (const io::InputError& e) {
    std::cerr << e.what() << '\n';
    return cli::code::bad_input;
  } catch (const conform::vm::Unavailable& e) {
    std::cerr << "pasid: " << e.what() << '\n';
    return cli::code::unknown;
  } catch (const std::invalid_argument& e) {
    std::cerr << "pasid: " << e.what() << '\n';
    return cli::code::bad_input;
  } catch (const std::exception& e) {
    std::cerr << "pasid: internal error: " << e.what() << '\n';
    return cli::code::disagreement;
  }
  return session.exit_code;
}
