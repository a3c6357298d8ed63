// A folder of jobs: a file for each, a list of them, and beside each job its result once there is one. Names have the
// job's key in them, so that a job that comes again is the same file, and its result is there already.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/jobs/work.hpp"

namespace pasid::jobs {

struct Job {
  std::string title;  ///< for people, and the first part of its name: "check-linux-7.3"
  Work work;
  std::string key;
  /// "check-linux-7.3-0123456789abcdef"
  [[nodiscard]] std::string name() const { return title + '-' + key.substr(0, 16); }
};

/// What jobs.json has: the command line that the jobs share out, and their names in the order of its answer.
struct Plan {
  Work whole;
  std::vector<std::string> jobs;
};

inline constexpr std::string_view job_ending = ".job.json";
inline constexpr std::string_view result_ending = ".result.json";

/// Makes the folder, or adds to one that is there: the jobs, jobs.json, and for those who run them jobs.txt (a line a
/// job's file), build.ninja and array.sh (for Slurm). `program`: the path of `pasid`. Files that are as they would be
/// written are left alone. Throws std::invalid_argument where something cannot be written.
void write_folder(const std::string& folder, const Plan& plan, const std::vector<Job>& jobs,
                  const std::string& program);

/// Throws io::InputError where jobs.json is not there, or is none.
Plan read_plan(const lang::Tree& tree, const std::string& folder);

/// Reads a job's file. Throws io::InputError where it is none, or where what it rests on has changed since it was
/// written, or the job itself.
Job read_job(const lang::Tree& tree, const std::string& file);

/// Writes the result of a job beside its file: whole or not at all.
void write_result(const std::string& folder, const Job& job, const nlohmann::ordered_json& result);

/// What write_result() wrote; nothing where there is no such file. Throws io::InputError where it is not what was
/// written, or of another job. (A sum over its text is kept in it: that is against mistakes, not against malice.)
std::optional<nlohmann::ordered_json> read_result(const std::string& folder, const Job& job);

}  // namespace pasid::jobs
