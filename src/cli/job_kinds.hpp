// The commands whose work `pasid jobs` shares out: how each is divided, and how its answers become one.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/cli/commands.hpp"
#include "src/jobs/folder.hpp"

namespace CLI {
class Option;
}

namespace pasid::cli {

/// What a job found: {"exit_code", "text", "json", "more"}: what its command prints, without --json and with it, and
/// what it left besides (see Part).
using JobResult = nlohmann::ordered_json;

struct JobKind {
  std::string_view command;
  void (*add)(CLI::App&, Session&);
  /// Options that are not for a part of the work: they write files of their own, or ask for more than is merged.
  std::vector<std::string_view> not_shared;
  /// What the words, options of the command, come to. `before`: a design that is a file, which is not there any more,
  /// is as it was in this; null: there must be one. Throws std::invalid_argument, io::InputError.
  jobs::Work (*whole)(const JobKind& kind, const std::vector<std::string>& words, const jobs::Work* before);
  /// In the order of the answer; keys are left open.
  std::vector<jobs::Job> (*parts)(const JobKind& kind, const jobs::Work& whole);
  /// Prints what the command would, and sets its exit code. `results`: of all parts, in their order.
  void (*merge)(Session& session, const JobKind& kind, const jobs::Work& whole, const std::vector<JobResult>& results,
                bool json);
};

/// check, prove, fuzz, mutate
const std::vector<JobKind>& job_kinds();
JobKind fuzz_jobs();
JobKind mutate_jobs();
/// Throws std::invalid_argument where there is no such command among them.
const JobKind& job_kind(std::string_view command);

/// A line of a command, read by the command and not obeyed.
class CommandLine {
 public:
  /// Throws std::invalid_argument where the command does not take these words, or they have what is not shared out.
  CommandLine(const JobKind& kind, const std::vector<std::string>& words);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  [[nodiscard]] bool has(const std::string& option) const;
  [[nodiscard]] std::vector<std::string> values(const std::string& option) const;
  /// The last that was given, or what stands there where nothing was.
  [[nodiscard]] std::string value(const std::string& option) const;
  /// The options as words, but for these.
  [[nodiscard]] std::vector<std::string> without(const std::vector<std::string>& options) const;

 private:
  struct Read;
  std::unique_ptr<Read> read_;
};

/// Does it here and now. `session`: who sees how far it is. Throws what the command throws.
JobResult run_part(const Session& session, const jobs::Work& work);

/// A design as the words name it, read; a path is absolute in it. `before`: see JobKind::whole.
jobs::NamedDesign named_design(std::string asked, const jobs::Work* before);
/// The same of a file that an answer rests on.
jobs::NamedFile named_file(const std::string& asked, const jobs::Work* before);

}  // namespace pasid::cli
