// A kernel of one series, unpacked from its packages.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "src/conform/linux/packages.hpp"
#include "src/conform/linux/series.hpp"

namespace pasid::conform::vm {

struct Kernel {
  std::string name;  ///< "Linux 7.3.4+deb13"; "": there is none
  const Series* series = nullptr;
  std::filesystem::path directory{};             ///< everything of this kernel
  std::filesystem::path image{};                 ///< what a machine boots
  std::filesystem::path headers{};               ///< what modules are built in
  std::vector<std::filesystem::path> modules{};  ///< to be loaded first, in this order
};

/// The newest kernel of the series in the cache, if one is there.
Kernel cached(const Series& series);

/// Fetches the newest kernel of the series where it is not in the cache. Throws Unavailable.
Kernel fetch(const Series& series, const Say& say);

}  // namespace pasid::conform::vm
