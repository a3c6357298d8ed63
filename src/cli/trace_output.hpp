// How a command shows the traces it finds.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "src/cli/commands.hpp"
#include "src/trace/trace.hpp"

namespace pasid::cli {

class TraceOutput {
 public:
  void add_options(CLI::App& command);
  /// In the form asked for, and an empty line.
  [[nodiscard]] std::string text(const Session& session, const lang::Tree& tree, const trace::Trace& trace) const;
  /// The same to standard output.
  void print(const Session& session, const lang::Tree& tree, const trace::Trace& trace) const;
  /// Into the folder asked for, in all forms; nothing where none was asked for.
  void save(const lang::Tree& tree, const trace::Trace& trace) const;

 private:
  std::string form_ = "text";
  std::string folder_;
};

nlohmann::ordered_json trace_json(const lang::Tree& tree, const trace::Trace& trace);

}  // namespace pasid::cli
