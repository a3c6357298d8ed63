#include "src/smt/answers.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>

#include "src/smt/digest.hpp"

namespace pasid::smt {
namespace {

constexpr std::size_t check_digits = 16;

std::string check_sum(std::string_view line) { return sha256(line).substr(0, check_digits); }

/// A file descriptor that is closed.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) (void)close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void cannot_write(const std::string& file) {
  throw std::runtime_error("cannot write " + file + ": " + std::strerror(errno));
}

}  // namespace

std::string default_cache() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0')
    return std::string(cache) + "/pasid";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0')
    return std::string(home) + "/.cache/pasid";
  return "";
}

Answers::Answers(const std::string& directory, std::string solver)
    : file_(directory + "/answers"), solver_(std::move(solver)) {
  std::ifstream in(file_, std::ios::binary);
  std::string line;
  while (std::getline(in, line)) read(line);
}

/// digest TAB answer TAB seconds TAB solver TAB check sum of all that
void Answers::read(const std::string& line) {
  const auto last = line.rfind('\t');
  if (last == std::string::npos || line.substr(last + 1) != check_sum(line.substr(0, last))) return;
  std::vector<std::string> fields;
  std::size_t from = 0;
  for (std::size_t tab = line.find('\t'); tab != std::string::npos; tab = line.find('\t', from)) {
    fields.push_back(line.substr(from, tab - from));
    from = tab + 1;
  }
  if (fields.size() != 4 || fields[3] != solver_) return;
  if (fields[1] != "unsat" && fields[1] != "sat") return;
  const Answer answer = fields[1] == "unsat" ? Answer::unsat : Answer::sat;
  const auto [it, is_new] = known_.try_emplace(fields[0], answer);
  if (!is_new && it->second != answer) it->second = std::nullopt;
}

std::optional<Answer> Answers::find(const std::string& digest) const {
  const auto it = known_.find(digest);
  return it == known_.end() ? std::nullopt : it->second;
}

void Answers::add(const std::string& digest, Answer answer, double seconds) {
  if (answer == Answer::unknown) return;
  std::string line =
      fmt::format("{}\t{}\t{:.3f}\t{}", digest, answer == Answer::unsat ? "unsat" : "sat", seconds, solver_);
  line += '\t' + check_sum(line) + '\n';

  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(file_).parent_path(), error);
  if (error) throw std::runtime_error("cannot make the folder of " + file_ + ": " + error.message());
  const Descriptor file(open(file_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
  if (file.get() < 0) cannot_write(file_);
  (void)flock(file.get(), LOCK_EX);  // where there is no locking, the check sum still tells
  const off_t size = lseek(file.get(), 0, SEEK_END);
  char last = '\n';
  if (size > 0 && pread(file.get(), &last, 1, size - 1) == 1 && last != '\n') line.insert(0, "\n");
  if (write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) cannot_write(file_);
  const auto [it, is_new] = known_.try_emplace(digest, answer);
  if (!is_new) it->second = answer;
}

}  // namespace pasid::smt
