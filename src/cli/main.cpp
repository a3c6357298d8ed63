#include <cstdlib>
#include <iostream>
#include <unistd.h>

#include "src/cli/commands.hpp"
#include "src/io/error.hpp"

int main(int argc, char** argv) {
  using namespace pasid;  // NOLINT(google-build-using-namespace)
  cli::Session session;
  session.colour = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  session.progress = isatty(STDERR_FILENO) != 0;

  CLI::App app{"Rules of PASID allocation and binding: prove a design, or see the shortest way it breaks.", "pasid"};
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  pasid claims                     the mail thread of December 2021, point by point\n"
      "  pasid check linux-7.3            every property of one design\n"
      "  pasid check my-design.toml       the same for your own\n"
      "  pasid claims F8                  one claim, with its trace\n"
      "Exit codes: 0 holds, 1 violated, 2 unknown, 3 usage or bad input, 4 internal disagreement.");
  cli::add_claims(app, session);
  cli::add_check(app, session);
  cli::add_prove(app, session);
  cli::add_explore(app, session);
  cli::add_design(app, session);
  cli::add_rules(app, session);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? cli::code::holds : cli::code::bad_input;
  } catch (const io::InputError& e) {
    std::cerr << e.what() << '\n';
    return cli::code::bad_input;
  } catch (const std::invalid_argument& e) {
    std::cerr << "pasid: " << e.what() << '\n';
    return cli::code::bad_input;
  } catch (const std::exception& e) {
    std::cerr << "pasid: internal error: " << e.what() << '\n';
    return cli::code::disagreement;
  }
  return session.exit_code;
}
