// The file system that a machine starts from: the agent, and modules that it loads in this order.
#pragma once

#include <filesystem>
#include <vector>

namespace pasid::conform::vm {

/// Writes a cpio archive ("newc") with /init, /modules/… and empty /dev and /sys. Throws std::runtime_error.
void write_initramfs(const std::filesystem::path& file, const std::filesystem::path& init,
                     const std::vector<std::filesystem::path>& modules);

}  // namespace pasid::conform::vm
