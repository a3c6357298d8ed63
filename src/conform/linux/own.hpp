// A kernel of one's own: an image, and the directory it was built in.
#pragma once

#include <filesystem>

#include "src/conform/linux/kernel.hpp"

namespace pasid::conform::vm {

/// `image` is a bzImage; `headers` what modules for it are built in: the directory of its build, or the headers of a
/// package that is installed. Throws std::invalid_argument, in one line: a file is not there, they are of two kernels,
/// the kernel is of no series that the module is for, or lacks what a machine needs.
Kernel own_kernel(const std::filesystem::path& image, const std::filesystem::path& headers);

}  // namespace pasid::conform::vm
