#include "src/conform/linux/cache.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace pasid::conform::vm {

namespace fs = std::filesystem;

fs::path cache() {
  if (const char* const xdg = std::getenv("XDG_CACHE_HOME"); xdg != nullptr && *xdg == '/')
    return fs::path(xdg) / "pasid";
  const char* const home = std::getenv("HOME");
  if (home == nullptr || *home != '/') throw std::invalid_argument("HOME is not set: there is no place for a cache");
  return fs::path(home) / ".cache" / "pasid";
}

Lock::Lock(const fs::path& file) {
  fs::create_directories(file.parent_path());
  fd_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), file.string());
}

Lock::Lock(const fs::path& file, const std::function<void()>& busy) : Lock(file) {
  if (take(LOCK_EX | LOCK_NB)) return;
  busy();
  take(LOCK_EX);
}

std::optional<Lock> Lock::if_free(const fs::path& file) {
  Lock lock(file);
  if (!lock.take(LOCK_EX | LOCK_NB)) return std::nullopt;
  return lock;
}

bool Lock::take(int how) const {
  while (flock(fd_, how) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "flock");
  }
  return true;
}

Lock::Lock(Lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Lock& Lock::operator=(Lock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Lock::~Lock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace pasid::conform::vm
