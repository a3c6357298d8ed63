#include "tests/faults/process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "tests/support/sanitized.hpp"

namespace pasid::faults {
namespace {

constexpr std::size_t kept = 16384;         // of the output, bytes
constexpr rlim_t memory = rlim_t{4} << 30;  // bytes of address space
using Clock = std::chrono::steady_clock;

/// In the child, between fork and exec: calls the system only, for the parent has threads.
[[noreturn]] void become(const char* script, int out) {
  setpgid(0, 0);
  const rlimit bound{memory, memory};
  if (!test::sanitized) setrlimit(RLIMIT_AS, &bound);  // a sanitizer reserves more than there is
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  const int in = open("/dev/null", O_RDONLY);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execl("/bin/sh", "sh", "-c", script, static_cast<char*>(nullptr));
  _exit(127);
}

/// Waits for the child's end: false where the time is over before.
bool wait_for(pid_t child, Clock::time_point end, int& status) {
  for (;;) {
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) return true;
    if (Clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

/// Until the other end is closed, or the time is over: false.
bool read_all(int in, Clock::time_point end, std::string& out) {
  char part[4096];
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return false;
    pollfd wait{in, POLLIN, 0};
    const int ready = poll(&wait, 1, static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return false;
    if (ready <= 0) continue;
    const ssize_t n = read(in, part, sizeof part);
    if (n <= 0) return true;
    out.append(part, static_cast<std::size_t>(n));
    if (out.size() > 2 * kept) out.erase(0, out.size() - kept);
  }
}

}  // namespace

Outcome run(const std::string& command, const std::string& fault, std::chrono::duration<double> limit) {
  // tests/faults/switch.hpp reads it.
  const std::string script = (fault.empty() ? "unset PASID_FAULT; " : "export PASID_FAULT='" + fault + "'; ") + command;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  if (child == 0) become(script.c_str(), ends[1]);
  close(ends[1]);
  Outcome o;
  int status = 0;
  const auto end = Clock::now() + std::chrono::ceil<Clock::duration>(limit);
  const bool ended = read_all(ends[0], end, o.output) && wait_for(child, end, status);
  close(ends[0]);
  kill(-child, SIGKILL);  // and what it has left behind
  if (!ended) {
    kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    o.end = End::hung;
    return o;
  }
  // A shell says 128 + the signal of what it ran.
  const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  o.end = code == 0 ? End::passed : code > 128 ? End::crashed : End::failed;
  o.code = code > 128 ? code - 128 : code;
  return o;
}

}  // namespace pasid::faults
