// The kernel series that can be tested, and the packages of each.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pasid::conform::vm {

/// In names of packages stands $ for the version, which the newest image gives.
struct Series {
  std::string_view name;                       ///< "7.3"
  std::string_view like;                       ///< how the releases begin of what is built like it: "7."
  std::string_view design;                     ///< whose rules its kernels follow
  std::vector<std::string> releases;           ///< of Debian, that have it
  std::string_view image;                      ///< the package with the kernel: "linux-binary-7.3.$-cloud-amd64"
  std::string_view headers;                    ///< those with what modules are built in,
  std::string_view common;                     ///< the larger part of them,
  std::vector<std::string_view> tools;         ///< and the programs of the build
  std::vector<std::string_view> modules = {};  ///< of the kernel's own, that a machine needs, in this order
  std::string_view libc_release = {};          ///< whose C library those programs need,
  std::string_view libc = {};                  ///< where this machine's is older than this
};

std::span<const Series> series();

/// "6.1, 6.12, 7.3"
std::string names_of_series();

/// Throws std::invalid_argument: there is none of that name; expected one of …
const Series& series_named(std::string_view name);
/// That a kernel of this release ("7.3.4-mine") is built like; null: none.
const Series* series_of(std::string_view release);

/// Versions compared number by number: 7.3.10 comes after 7.3.9.
bool older(std::string_view a, std::string_view b);

}  // namespace pasid::conform::vm
