// A kernel of one series: its packages unpacked, and the module and the agent built for it.
#pragma once

#include <filesystem>
#include <string>

#include "src/conform/linux/packages.hpp"
#include "src/conform/linux/series.hpp"

namespace pasid::conform::vm {

/// Where all this is kept: $XDG_CACHE_HOME/pasid, or ~/.cache/pasid.
std::filesystem::path cache();

struct Kernel {
  std::string version;              ///< "7.3.4+deb13"
  std::filesystem::path directory;  ///< everything of this version
  [[nodiscard]] std::filesystem::path image() const { return directory / "vmlinuz"; }
  [[nodiscard]] std::filesystem::path initramfs() const { return directory / "initramfs"; }
  [[nodiscard]] std::filesystem::path snapshot() const { return directory / "snapshot"; }
};

/// The newest version in the cache; none: its version is "".
Kernel cached(const Series& series);

/// Fetches the newest version where it is not in the cache. Throws Unavailable.
Kernel fetch(const Series& series, const Say& say);

/// Builds what runs on it, where its sources have changed since. Throws Unavailable: no compiler, or it failed.
void build(const Kernel& kernel, const Say& say);

}  // namespace pasid::conform::vm
