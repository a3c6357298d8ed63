#include "src/cli/progress.hpp"

#include <chrono>
#include <iostream>

namespace pasid::cli {

Progress::~Progress() {
  if (dirty_) std::cerr << "\r\033[K" << std::flush;
}

void Progress::say(const std::string& what) {
  if (!on_) return;
  const std::lock_guard lock(mutex_);
  const double now = std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  if (now - last_ < 0.1) return;
  last_ = now;
  dirty_ = true;
  std::cerr << "\r\033[K" << what.substr(0, columns_ - 1) << std::flush;
}

}  // namespace pasid::cli
