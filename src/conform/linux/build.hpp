// What runs on a kernel: the module and the agent, built for it.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "src/conform/linux/kernel.hpp"

namespace pasid::conform::vm {

/// One build has one directory, by what it is made of: two checkouts that differ use two, and nothing that was made of
/// other sources or by another compiler is ever used.
struct Build {
  Kernel kernel;
  std::map<std::string, std::string> sources;  ///< texts by path
  std::filesystem::path directory;
  [[nodiscard]] std::filesystem::path initramfs() const { return directory / "initramfs"; }
  [[nodiscard]] bool complete() const { return std::filesystem::exists(initramfs()); }
};

/// The build of this checkout's sources for that kernel, made or not.
Build build_for(const Kernel& kernel);

/// Makes it where it is not complete. Throws Unavailable: no compiler, or it failed.
void make(const Build& build, const Say& say);

/// A module of somebody's own, to be loaded after the mock.
struct Extra {
  std::string name;                 ///< as the kernel has it
  std::filesystem::path initramfs;  ///< with everything else in it
};

/// Builds one file of C as a module for the build's kernel, under a name that nobody else uses meanwhile. Throws
/// std::invalid_argument: there is no such file, or it has no name for a module; Unavailable: it cannot be built.
Extra add_module(const Build& build, const std::filesystem::path& source, const std::string& place, const Say& say);

/// A file in the build's directory for the console of one machine, by which it is known to be in use.
std::filesystem::path console(const Build& build, int number);

/// Of this kernel's builds, the last used are kept, and those in use. Nobody else may do this at the same time, nor
/// begin to use one.
void remove_old(const Build& current);

}  // namespace pasid::conform::vm
