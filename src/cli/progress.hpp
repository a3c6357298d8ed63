// A line on standard error that says what is going on, where somebody is watching.
#pragma once

#include <mutex>
#include <string>

#include "src/cli/commands.hpp"

namespace pasid::cli {

/// Rewrites one line, at most ten times a second; wiped when the object goes. Silent where nobody is watching.
/// Several threads may speak.
class Progress {
 public:
  explicit Progress(const Session& session) : on_(session.progress), columns_(session.columns) {}
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void say(const std::string& what);

 private:
  bool on_;
  std::size_t columns_;  ///< a line that wraps could not be rewritten
  std::mutex mutex_;
  double last_ = 0;
  bool dirty_ = false;
};

}  // namespace pasid::cli
