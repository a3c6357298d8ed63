// A part of a command's work, done for `pasid jobs`: the designs are those that came with the job, and what the command
// finds is kept in words and for programs.
#pragma once

#include <optional>

#include <nlohmann/json.hpp>

#include "src/cli/commands.hpp"
#include "src/io/design.hpp"
#include "src/jobs/work.hpp"

namespace pasid::cli {

struct Part {
  const jobs::Work& work;
  std::string json{};             ///< what it would print with --json; it prints what it says without
  nlohmann::ordered_json more{};  ///< null: nothing; else what an answer of several parts needs besides
};

/// A design as the command line calls it: one of the part's, else io::load_design().
io::Design load_design(const Session& session, const lang::Tree& tree, const std::string& asked);

/// Is machine-readable output wanted? `asked`: --json was given.
inline bool wants_json(const Session& session, bool asked) { return asked || session.part != nullptr; }

/// Prints it, or leaves it with the part.
void print_json(const Session& session, const nlohmann::json& json);
void print_json(const Session& session, const nlohmann::ordered_json& json);

}  // namespace pasid::cli
