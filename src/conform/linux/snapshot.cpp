#include "src/conform/linux/snapshot.hpp"

#include <array>
#include <chrono>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

#include "src/conform/linux/machine.hpp"
#include "src/conform/linux/shell.hpp"
#include "src/conform/process.hpp"

namespace pasid::conform::vm {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// QEMU's monitor: a line of JSON is a command, and lines come back.
class Monitor {
 public:
  explicit Monitor(const fs::path& socket_file) : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = socket_file.string();
    if (path.size() >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, path.data(), path.size());
    const timeval limit{30, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && !line().empty() &&
                 ask(R"({"execute":"qmp_capabilities"})").starts_with(R"({"return")");
  }
  ~Monitor() { close(fd_); }
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }

  /// Events are passed over. "": it did not answer.
  std::string ask(const std::string& command) {
    const std::string text = command + '\n';
    if (send(fd_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) return {};
    while (true) {
      const std::string answer = line();
      if (answer.empty() || answer.starts_with(R"({"return")") || answer.starts_with(R"({"error")")) return answer;
    }
  }

 private:
  std::string line() {
    while (buffer_.find('\n') == buffer_.npos) {
      std::array<char, 4096> piece{};
      const ssize_t n = recv(fd_, piece.data(), piece.size(), 0);
      if (n <= 0) return {};
      buffer_.append(piece.data(), static_cast<std::size_t>(n));
    }
    const auto end = buffer_.find('\n');
    std::string out = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    if (out.ends_with('\r')) out.pop_back();
    return out;
  }

  int fd_;
  bool connected_ = false;
  std::string buffer_;
};

std::string save(const fs::path& socket_file, const fs::path& file) {
  Monitor monitor(socket_file);
  if (!monitor.connected()) return "the emulator's monitor does not answer";
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
  const fs::path socket_file = fs::temp_directory_path() / ("pasid-qemu-" + std::to_string(getpid()));
  fs::path unfinished = file;
  unfinished += ".unfinished";
  ProcessOptions options;
  options.start_limit = boot_limit;
  std::string why;
  {
    const Process process(command + " -qmp " + shell_word("unix:" + socket_file.string() + ",server=on,wait=off"),
                          options);
    why = process.no_hello();
    if (why.empty()) why = save(socket_file, unfinished);
  }
  std::error_code error;
  fs::remove(socket_file, error);
  if (why.empty()) fs::rename(unfinished, file);
  else fs::remove(unfinished, error);
  return why;
}

std::string resume(const fs::path& file) { return " -incoming " + shell_word("file:" + file.string()); }

}  // namespace pasid::conform::vm
