// The subcommands of `pasid`: each adds itself to the command line and, when chosen, sets the exit code.
#pragma once

#include <cstddef>

namespace CLI {
class App;
}

namespace pasid::cli {

/// Exit codes of every command.
namespace code {
inline constexpr int holds = 0;  ///< or, with --expect, as expected
inline constexpr int violated = 1;
inline constexpr int unknown = 2;       ///< a solver or a limit gave up
inline constexpr int bad_input = 3;     ///< usage, or a file that is not what it should be
inline constexpr int disagreement = 4;  ///< two engines contradict each other
}  // namespace code

struct Part;

/// What the whole program shares.
struct Session {
  bool colour = false;       ///< standard output is a terminal (and NO_COLOR is not set)
  bool progress = false;     ///< standard error is a terminal
  std::size_t columns = 80;  ///< how wide the output may get
  int exit_code = code::holds;
  Part* part = nullptr;  ///< set where `pasid jobs` runs the command on a part of its work; see part.hpp
};

void add_claims(CLI::App& app, Session& session);
void add_check(CLI::App& app, Session& session);
void add_prove(CLI::App& app, Session& session);
void add_ledger(CLI::App& app, Session& session);
void add_explore(CLI::App& app, Session& session);
void add_diff(CLI::App& app, Session& session);
void add_design(CLI::App& app, Session& session);
void add_rules(CLI::App& app, Session& session);
void add_report(CLI::App& app, Session& session);
void add_mutate(CLI::App& app, Session& session);
void add_why(CLI::App& app, Session& session);
void add_shell(CLI::App& app, Session& session);
void add_interleave(CLI::App& app, Session& session);
void add_history(CLI::App& app, Session& session);
void add_replay(CLI::App& app, Session& session);
void add_vectors(CLI::App& app, Session& session);
void add_fuzz(CLI::App& app, Session& session);
void add_linux(CLI::App& app, Session& session);
void add_jobs(CLI::App& app, Session& session);

}  // namespace pasid::cli
