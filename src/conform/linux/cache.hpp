// Where what is fetched and built is kept, and how several programs use it at once.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

namespace pasid::conform::vm {

/// $XDG_CACHE_HOME/pasid, or ~/.cache/pasid. Throws std::invalid_argument: there is no place for it.
std::filesystem::path cache();

/// An advisory lock on a file (flock), which is made where it is not there. It goes with the object, and with the
/// process however that ends.
class Lock {
 public:
  /// Waits until nobody else has it; `busy` is called before a wait. Throws std::system_error.
  Lock(const std::filesystem::path& file, const std::function<void()>& busy);
  /// Nothing: somebody has it. Throws std::system_error.
  static std::optional<Lock> if_free(const std::filesystem::path& file);

  Lock(Lock&& other) noexcept;
  Lock& operator=(Lock&& other) noexcept;
  ~Lock();

 private:
  explicit Lock(const std::filesystem::path& file);
  bool take(int how) const;

  int fd_ = -1;
};

}  // namespace pasid::conform::vm
