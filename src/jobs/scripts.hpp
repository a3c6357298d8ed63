// Files for those who run jobs: Ninja, Slurm, and whoever reads a list.
#pragma once

#include <string>
#include <vector>

namespace pasid::jobs {

/// A line a job's file, relative to the folder. For `parallel pasid jobs --run :::: jobs.txt`, say.
std::string list_of(const std::vector<std::string>& jobs);

/// build.ninja: a result is made of its job by `program`, the path of `pasid`.
std::string ninja_of(const std::vector<std::string>& jobs, const std::string& program);

/// A script for `sbatch`, an element a job. Where the array has fewer elements, each takes several jobs.
/// `folder` is absolute, for Slurm runs a copy of the script; PASID in the environment is another `program`.
std::string array_of(const std::string& command, std::size_t jobs, const std::string& folder,
                     const std::string& program);

}  // namespace pasid::jobs
