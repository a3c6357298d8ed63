#include "src/conform/child.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "src/io/error.hpp"

namespace pasid::conform {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

void check(int err, const char* what) {
  if (err != 0) throw std::system_error(err, std::generic_category(), what);
}

/// A pipe whose end `ours` does not block; neither end is handed on to other children.
std::array<int, 2> pipe_for_us(int ours) {
  std::array<int, 2> ends{};
  check(pipe2(ends.data(), O_CLOEXEC) == 0 ? 0 : errno, "pipe");
  fcntl(ends[static_cast<std::size_t>(ours)], F_SETFL, O_NONBLOCK);
  return ends;
}

/// Writing to a program that has gone is an error to be told, not a signal that ends ours.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoSigpipe() {
    if (raised) {
      const timespec now{};
      sigtimedwait(&pipe_, nullptr, &now);
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;
  bool raised = false;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

std::string in_words(int status) {
  const auto signal = [](int number) { return "signal " + std::to_string(number) + " (" + strsignal(number) + ")"; };
  if (WIFSIGNALED(status)) return "it was killed by " + signal(WTERMSIG(status));
  const int code = WEXITSTATUS(status);
  std::string out = "it exited with " + std::to_string(code);
  if (code == 127) out += " (the shell did not find it)";
  if (code > 128 && code < 128 + 32) out += " (" + signal(code - 128) + ")";
  return out;
}

}  // namespace

Child::Child(const std::string& command) {
  const auto to = pipe_for_us(1);
  const auto from = pipe_for_us(0);
  posix_spawn_file_actions_t files{};
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, to[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, from[1], STDOUT_FILENO);
  posix_spawnattr_t attributes{};
  posix_spawnattr_init(&attributes);
  sigset_t none{};
  sigset_t pipe{};
  sigemptyset(&none);
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &pipe);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string text = command;
  std::string shell = "sh";
  std::string option = "-c";
  const std::array<char*, 4> arguments{shell.data(), option.data(), text.data(), nullptr};
  const int err = posix_spawn(&pid_, "/bin/sh", &files, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  close(to[0]);
  close(from[1]);
  in_ = to[1];
  out_ = from[0];
  if (err != 0) {
    pid_ = -1;
    end();
    check(err, "/bin/sh");
  }
}

Child::~Child() { end(); }

void Child::end() {
  for (int* fd : {&in_, &out_}) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
  }
  if (pid_ <= 0) return;
  kill(-pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

std::nullopt_t Child::give_up(std::string what) {
  what_ = std::move(what);
  end();
  return std::nullopt;
}

/// It has closed its output. How it ended is known a moment later, if it has.
std::string Child::last_words() {
  for (const auto until = Clock::now() + 500ms; Clock::now() < until; std::this_thread::sleep_for(2ms)) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) != pid_) continue;
    kill(-pid_, SIGKILL);  // what it has started itself
    pid_ = -1;
    return in_words(status);
  }
  return "it closed its output and did not exit";
}

Child::Io Child::write_some(std::string_view& rest) {
  NoSigpipe guard;
  const ssize_t n = write(in_, rest.data(), rest.size());
  if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
  if (n >= 0) return Io::done;
  if (errno == EAGAIN || errno == EINTR) return Io::again;
  guard.raised = errno == EPIPE;
  return Io::ended;
}

Child::Io Child::read_some() {
  constexpr std::size_t piece = 65536;
  const std::size_t had = buffer_.size();
  buffer_.resize(had + piece);
  const ssize_t n = read(out_, buffer_.data() + had, piece);
  const int err = errno;
  buffer_.resize(had + static_cast<std::size_t>(n > 0 ? n : 0));
  if (n > 0) return Io::done;
  return n < 0 && (err == EAGAIN || err == EINTR) ? Io::again : Io::ended;
}

/// Reads what has come since the last exchange, which should be nothing. False: it was something, or the end.
bool Child::quiet(std::string_view where) {
  if (gone()) return false;
  buffer_.erase(0, line_);
  line_ = 0;
  Io came = Io::done;
  while (came == Io::done && buffer_.size() <= max_line) came = read_some();
  if (!buffer_.empty()) give_up("it said what it was not asked for: " + io::in_quotes(buffer_));
  else if (came == Io::ended) give_up(last_words() + std::string(where));
  return !gone();
}

std::string Child::look() { return quiet(" without being asked") ? std::string() : what_; }

std::optional<std::string_view> Child::exchange(std::string_view line, std::chrono::milliseconds limit) {
  constexpr std::string_view unanswered = " and had not answered";
  if (!quiet(unanswered)) return std::nullopt;
  std::string request(line);
  request += '\n';
  std::string_view rest = request;
  const auto until = Clock::now() + limit;
  std::size_t searched = 0;
  bool deaf = false;  // it reads no more; what it still says counts
  while (true) {
    if (!rest.empty() && !deaf) deaf = write_some(rest) == Io::ended;
    const auto newline = buffer_.find('\n', searched);
    if (newline != std::string::npos) {
      line_ = newline + 1;
      return std::string_view(buffer_).substr(0, newline);
    }
    searched = buffer_.size();
    if (searched > max_line)
      return give_up("it answered a line of more than " + std::to_string(max_line >> 20U) + " MiB");
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (left <= 0ms) {
      const auto tenths = limit.count() / 100;
      return give_up("it has not answered for " + std::to_string(tenths / 10) +
                     (tenths % 10 != 0 ? "." + std::to_string(tenths % 10) : "") + " s");
    }
    std::array<pollfd, 2> wait{pollfd{out_, POLLIN, 0}, pollfd{rest.empty() || deaf ? -1 : in_, POLLOUT, 0}};
    if (poll(wait.data(), wait.size(), static_cast<int>(std::min<long>(left.count(), 1000))) <= 0) continue;
    if (wait[0].revents != 0 && read_some() == Io::ended) {
      std::string how = last_words();
      const bool partial = !buffer_.empty();
      return give_up(how + (partial ? " in the middle of an answer" : std::string(unanswered)));
    }
  }
}

}  // namespace pasid::conform
