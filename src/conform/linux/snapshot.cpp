#include "src/conform/linux/snapshot.hpp"

#include <array>
#include <chrono>
#include <fcntl.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "src/conform/linux/machine.hpp"
#include "src/conform/linux/shell.hpp"
#include "src/conform/process.hpp"

namespace pasid::conform::vm {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// QEMU's monitor: a line of JSON is a command, and lines come back. It has no name in a directory: where we are killed
/// nothing is left of it.
class Monitor {
 public:
  Monitor() {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()) != 0) ends_.fill(-1);
    fcntl(ends_[0], F_SETFD, FD_CLOEXEC);
    const timeval limit{30, 0};
    setsockopt(ends_[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~Monitor() {
    for (const int end : ends_) close(end);
  }
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  /// What the emulator's command line has to say, where it is started by us.
  [[nodiscard]] std::string options() const {
    return " -chardev socket,id=monitor,fd=" + std::to_string(ends_[1]) + " -mon chardev=monitor,mode=control";
  }

  bool connect() { return !line().empty() && ask(R"({"execute":"qmp_capabilities"})").starts_with(R"({"return")"); }

  /// Events are passed over. "": it did not answer.
  std::string ask(const std::string& command) {
    const std::string text = command + '\n';
    if (send(ends_[0], text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) return {};
    while (true) {
      const std::string answer = line();
      if (answer.empty() || answer.starts_with(R"({"return")") || answer.starts_with(R"({"error")")) return answer;
    }
  }

 private:
  std::string line() {
    while (buffer_.find('\n') == buffer_.npos) {
      std::array<char, 4096> piece{};
      const ssize_t n = recv(ends_[0], piece.data(), piece.size(), 0);
      if (n <= 0) return {};
      buffer_.append(piece.data(), static_cast<std::size_t>(n));
    }
    const auto end = buffer_.find('\n');
    std::string out = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    if (out.ends_with('\r')) out.pop_back();
    return out;
  }

  std::array<int, 2> ends_{};  ///< ours, and the emulator's
  std::string buffer_;
};

std::string save(Monitor& monitor, const fs::path& file) {
  if (!monitor.connect()) return "the emulator's monitor does not answer";
  const std::string uri = "file:" + file.string();  // of our own making: nothing in it needs escaping in JSON
  if (!monitor.ask(R"({"execute":"migrate","arguments":{"uri":")" + uri + R"("}})").starts_with(R"({"return")"))
    return "the emulator cannot write its state";
  for (const auto until = std::chrono::steady_clock::now() + answer_limit; std::chrono::steady_clock::now() < until;
       std::this_thread::sleep_for(50ms)) {
    const std::string state = monitor.ask(R"({"execute":"query-migrate"})");
    if (state.find(R"("status": "completed")") != state.npos) return {};
    if (state.empty() || state.find(R"("status": "failed")") != state.npos)
      return "the emulator's state was not written";
  }
  return "the emulator has not written its state in time";
}

}  // namespace

std::string take_snapshot(const std::string& command, const fs::path& file) {
  fs::path unfinished = file;
  unfinished += ".unfinished";
  ProcessOptions options;
  options.start_limit = boot_limit;
  std::string why;
  {
    Monitor monitor;
    const Process process(command + monitor.options(), options);
    why = process.no_hello();
    if (why.empty()) why = save(monitor, unfinished);
  }
  std::error_code error;
  if (why.empty()) fs::rename(unfinished, file);
  else fs::remove(unfinished, error);
  return why;
}

std::string resume(const fs::path& file) { return " -incoming " + shell_word("file:" + file.string()); }

}  // namespace pasid::conform::vm
