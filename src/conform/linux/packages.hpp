// Debian packages by name, from the mirror this machine uses: fetched and unpacked, never installed. The machine's own
// sources and package lists are read and left as they are.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace pasid::conform::vm {

/// Told what is going on, in words: it may take minutes.
using Say = std::function<void(const std::string&)>;

/// The packages of some releases.
class Packages {
 public:
  /// `releases` as the archive calls them ("bookworm-backports"); lists and packages are kept in `directory`, and lists
  /// are fetched where there are none, or none of the last day. Throws Unavailable.
  Packages(std::filesystem::path directory, const std::vector<std::string>& releases, const Say& say);

  /// Names that begin so.
  [[nodiscard]] std::vector<std::string> names(const std::string& prefix) const;
  /// "" where there is none.
  [[nodiscard]] std::string version(const std::string& name) const;

  /// Fetches the packages ("libc6", "libc6/trixie") and unpacks them there. Throws Unavailable.
  void unpack(const std::vector<std::string>& packages, const std::filesystem::path& root) const;
  /// The same with what they depend on and this machine has not.
  void unpack_all(const std::vector<std::string>& packages, const std::filesystem::path& root) const;

 private:
  [[nodiscard]] std::string apt(const std::string& program) const;
  void unpack_files(const std::filesystem::path& from, const std::filesystem::path& root) const;

  std::filesystem::path directory_;
  std::filesystem::path log_;
};

}  // namespace pasid::conform::vm
