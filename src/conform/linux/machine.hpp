// The virtual machine: QEMU, and the command that runs a kernel under test in it as a program under test.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "src/conform/linux/build.hpp"
#include "src/conform/linux/cache.hpp"

namespace pasid::conform::vm {

/// An emulator that starts these kernels: this machine's, or one in the cache. Fetched where there is none. A shell
/// command without options. Throws Unavailable.
std::string emulator(const Say& say);

/// "" : none is there.
std::string cached_emulator();

struct Machine {
  Build build;
  std::string command;            ///< boots it; it speaks pasid-conform on its standard input and output
  std::filesystem::path console;  ///< where the kernel's own words go
  std::filesystem::path snapshot;
  Lock in_use;  ///< of the console: no other machine has it, and the build is not removed
};

/// The versions that will do.
enum class Want : std::uint8_t {
  any = 1,  ///< the newest that is in the cache, if one is
  newest,   ///< of the archive
};

/// Which kernel: one of a series, or one's own.
struct Choice {
  std::string name;     ///< of the series; with a '/' the path of an image
  std::string headers;  ///< of one's own: see own_kernel()
};

/// Whose rules the kernel follows, as far as its version says. Throws std::invalid_argument: there is no such kernel.
std::string_view design_of(const Choice& choice);

/// Everything that is needed to run the kernel, fetched and built where it is not there. Throws std::invalid_argument
/// (there is no such kernel) or Unavailable.
Machine machine(const Choice& choice, Want want, const Say& say);

/// The command that runs it as if it had just booted: from a snapshot, which is taken where there is none. Throws
/// Unavailable: it does not come up.
std::string started(const Machine& machine, const Say& say);

/// The command of the same machine, which loads one module more.
std::string with_module(const Machine& machine, const Extra& module);

/// What a module has said in the kernel's log (its pr_info() and the like), in lines without its name and the time.
std::vector<std::string> said_by(const Extra& module, const Machine& machine);

/// An emulated machine is slow, and slower where others work.
inline constexpr std::chrono::seconds boot_limit{900};
inline constexpr std::chrono::seconds answer_limit{120};

}  // namespace pasid::conform::vm
