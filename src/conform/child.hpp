// A program under test: a line goes in, a line comes out, within a time. Whatever else it does is told in words.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace pasid::conform {

/// A child process with its standard input and output in our hands; its standard error is ours. It is the leader of a
/// process group, which is killed when the object goes.
class Child {
 public:
  /// Runs `command` by /bin/sh -c. Throws std::system_error where no process can be started at all.
  explicit Child(const std::string& command);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// The longest line it may answer, in bytes.
  static constexpr std::size_t max_line = std::size_t{4} << 20;

  /// Sends the line (and a newline) and waits for one, which is returned without its newline and stays valid until the
  /// next exchange or look. Nothing: it did not answer, for the reason in what(), and has been killed.
  std::optional<std::string_view> exchange(std::string_view line, std::chrono::milliseconds limit);

  /// Looks, without waiting, whether it has exited or said anything that it was not asked for. Empty, or which; it has
  /// been killed then.
  std::string look();

  /// "it exited with 1", "it was killed by signal 11 (Segmentation fault)", "it has not answered for 10 s", …
  [[nodiscard]] const std::string& what() const { return what_; }
  [[nodiscard]] bool gone() const { return pid_ <= 0; }

 private:
  enum class Io : std::uint8_t { done, again, ended };
  Io write_some(std::string_view& rest);
  Io read_some();
  bool quiet(std::string_view where);
  std::nullopt_t give_up(std::string what);
  std::string last_words();
  void end();

  pid_t pid_ = -1;
  int in_ = -1;   ///< we write, it reads
  int out_ = -1;  ///< it writes, we read
  std::string buffer_;
  std::size_t line_ = 0;  ///< what of the buffer was returned
  std::string what_;
};

}  // namespace pasid::conform
