#include "src/jobs/scripts.hpp"

#include "src/base/shell.hpp"
#include "src/jobs/folder.hpp"

namespace pasid::jobs {
namespace {

/// As ninja takes a path.
std::string for_ninja(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '$' || c == ' ' || c == ':') out += '$';
    out += c;
  }
  return out;
}

}  // namespace

std::string list_of(const std::vector<std::string>& jobs) {
  std::string out;
  for (const std::string& name : jobs) out += name + std::string(job_ending) + '\n';
  return out;
}

std::string ninja_of(const std::vector<std::string>& jobs, const std::string& program) {
  std::string command = shell_word(program);
  for (std::size_t at = 0; (at = command.find('$', at)) != std::string::npos; at += 2) command.insert(at, "$");
  std::string out = "rule job\n  command = " + command + " jobs --run $in\n  description = $in\n";
  for (const std::string& name : jobs)
    out += "build " + for_ninja(name) + std::string(result_ending) + ": job " + for_ninja(name) +
           std::string(job_ending) + '\n';
  return out;
}

std::string array_of(const std::string& command, std::size_t jobs, const std::string& folder,
                     const std::string& program) {
  const std::string n = std::to_string(jobs);
  return "#!/bin/sh\n"
         "#SBATCH --job-name=pasid-" +
         command +
         "\n"
         "#SBATCH --array=1-" +
         n +
         "\n"
         "#SBATCH --ntasks=1 --cpus-per-task=1\n"
         "#SBATCH --output=slurm-%A-%a.out\n"
         "# Element i of the array runs job i of " +
         n +
         "; of an array with fewer elements (sbatch --array=1-10, which\n"
         "# must begin at 1) each runs several. A job with a result is not run again.\n"
         "cd " +
         shell_word(folder) +
         " || exit 3\n"
         "program=" +
         shell_word(program) +
         "\n"
         "i=${SLURM_ARRAY_TASK_ID:?the number of an element, from 1}\n"
         "while [ \"$i\" -le " +
         n +
         " ]; do\n"
         "  \"${PASID:-$program}\" jobs --run \"$(sed -n \"${i}p\" jobs.txt)\" || exit\n"
         "  i=$((i + ${SLURM_ARRAY_TASK_COUNT:-" +
         n +
         "}))\n"
         "done\n";
}

}  // namespace pasid::jobs
