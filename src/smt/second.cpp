#include "src/smt/second.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <map>
#include <memory>
#include <mutex>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/parallel.hpp"
#include "src/smt/answers.hpp"
#include "src/smt/digest.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX declares it nowhere

namespace pasid::smt {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Runs a program with `input` and returns what it prints, or nothing where it cannot be started or fails. It is killed
/// when it takes longer than `limit`.
std::optional<std::string> run(const std::vector<std::string>& command, std::string_view input,
                               std::chrono::milliseconds limit) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::tmpfile(), std::fclose);  // gone when it is closed
  if (!in || std::fwrite(input.data(), 1, input.size(), in.get()) != input.size() || std::fflush(in.get()) != 0)
    throw std::runtime_error("cannot write a temporary file");
  std::rewind(in.get());
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, fileno(in.get()), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> arguments;
  for (const std::string& a : command) arguments.push_back(const_cast<char*>(a.c_str()));  // NOLINT: posix_spawn's type
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, arguments[0], &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  (void)close(ends[1]);

  std::string out;
  const auto deadline = Clock::now() + limit;
  while (failed == 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd wait{ends[0], POLLIN, 0};
    const int ready = left > 0 ? poll(&wait, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      (void)kill(child, SIGKILL);
      out.clear();
      break;
    }
    std::array<char, 4096> part{};
    const ssize_t n = read(ends[0], part.data(), part.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    out.append(part.data(), static_cast<std::size_t>(n));
  }
  (void)close(ends[0]);
  if (failed != 0) return std::nullopt;
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return out;
}

/// One lean text, and every obligation that has it: these may differ in what else could be assumed.
struct Inquiry {
  struct Asker {
    const Scripts* scripts;
    const Script* script;
    std::optional<Answer>* answer;
  };
  std::string lean;
  std::vector<Asker> askers;
  bool asked = false;
};

/// Without enumeration of instances some proofs are not found; without e-matching as well most take twice as long.
constexpr const char* proofs_first = "--enum-inst";
constexpr const char* models_first = "--finite-model-find";

Answer ask_program(const SecondOptions& options, const std::string& text, const char* how) {
  const std::vector<std::string> command{options.program, "--lang=smt2", how,
                                         "--tlimit=" + std::to_string(options.timeout_ms), "-"};
  const auto out = run(command, text, std::chrono::milliseconds(options.timeout_ms) + std::chrono::seconds(2));
  return out ? answer_in(*out) : Answer::unknown;
}

/// A process for each question: an answer then depends on nothing but the text it is kept under.
class Solver {
 public:
  explicit Solver(const SecondOptions& options) : options_(options), name_(second_solver(options)) {
    if (!options.cache.empty()) answers_.emplace(options.cache, name_);
  }
  [[nodiscard]] const std::string& name() const { return name_; }

  /// First with what the proof leaned on; where that is no proof to this solver, with all there is, and at last for a
  /// model. Only a model of all of it is one of the obligation. A proof from fewer assumptions is kept as one from all
  /// as well: what Z3 leans on may be another part the next time.
  void settle(Inquiry& q) {
    const auto tell_all = [&](Answer answer) {
      for (const auto& asker : q.askers) *asker.answer = answer;
    };
    const std::string lean = sha256(q.lean);
    const auto lean_known = find(lean);
    if (lean_known == Answer::unsat) return tell_all(Answer::unsat);

    std::map<std::string, std::optional<Answer>> wholes;  // by text
    for (const auto& asker : q.askers) {
      std::string text = asker.scripts->whole(*asker.script);
      const auto known = *asker.answer = find(sha256(text));
      wholes.emplace(std::move(text), known);
    }
    q.asked = std::ranges::any_of(wholes, [](const auto& w) { return !w.second; });
    if (!q.asked) return;
    if (!lean_known && ask(lean, q.lean, proofs_first) == Answer::unsat) {
      for (const auto& [text, known] : wholes)
        if (!known) keep(sha256(text), Answer::unsat, 0);
      return tell_all(Answer::unsat);
    }
    for (auto& [text, answer] : wholes) {
      if (answer) continue;
      const std::string digest = sha256(text);
      answer = ask(digest, text, proofs_first);
      if (answer == Answer::unknown) answer = ask(digest, text, models_first);
    }
    for (const auto& asker : q.askers) *asker.answer = wholes.at(asker.scripts->whole(*asker.script));
  }

 private:
  std::optional<Answer> find(const std::string& digest) {
    const std::lock_guard lock(mutex_);
    return answers_ ? answers_->find(digest) : std::nullopt;
  }
  Answer ask(const std::string& digest, const std::string& text, const char* how) {
    const auto start = Clock::now();
    const Answer answer = ask_program(options_, text, how);
    keep(digest, answer, seconds_since(start));
    return answer;
  }
  void keep(const std::string& digest, Answer answer, double seconds) {
    const std::lock_guard lock(mutex_);
    if (answers_) answers_->add(digest, answer, seconds);
  }

  const SecondOptions& options_;
  std::string name_;
  std::mutex mutex_;
  std::optional<Answers> answers_;
};

}  // namespace

Answer answer_in(std::string_view output) {
  while (!output.empty() && (output.back() == '\n' || output.back() == '\r')) output.remove_suffix(1);
  return output == "unsat" ? Answer::unsat : output == "sat" ? Answer::sat : Answer::unknown;
}

TimedAnswer ask_second(const std::string& text, const SecondOptions& options) {
  const auto start = Clock::now();
  Answer answer = ask_program(options, text, proofs_first);
  if (answer == Answer::unknown) answer = ask_program(options, text, models_first);
  return {answer, seconds_since(start)};
}

std::string version_in(std::string_view output) {
  constexpr std::string_view before = "This is cvc5 version ";
  const auto at = output.find(before);
  if (at == std::string_view::npos) return "";
  output.remove_prefix(at + before.size());
  return std::string(output.substr(0, output.find_first_of(" \t\r\n")));
}

std::string second_solver(const SecondOptions& options) {
  const auto says = run({options.program, "--version"}, "", std::chrono::seconds(20));
  if (!says) throw NoSecondSolver("there is no program " + options.program + " on PATH (Debian's package is cvc5)");
  const std::string version = version_in(*says);
  if (version.empty()) throw NoSecondSolver("the program " + options.program + " on PATH is not cvc5");
  return "cvc5 " + version;
}

SecondOpinion second_opinion(const std::vector<const Proof*>& proofs, const SecondOptions& options) {
  const auto start = Clock::now();
  Solver solver(options);
  SecondOpinion out{solver.name(), {}, 0, 0, 0};
  for (const Proof* proof : proofs) out.answers.emplace_back(proof->obligations.size());
  std::map<std::string, Inquiry> by_text;
  for (std::size_t p = 0; p < proofs.size(); ++p)
    for (std::size_t o = 0; o < proofs[p]->obligations.size(); ++o) {
      const auto& script = proofs[p]->obligations[o].script;
      if (!script || (options.wanted && !options.wanted(p, o))) continue;
      std::string lean = proofs[p]->scripts.lean(*script);
      Inquiry& q = by_text[lean];
      q.lean = std::move(lean);
      q.askers.push_back({&proofs[p]->scripts, &*script, &out.answers[p][o]});
    }
  if (by_text.empty()) throw std::invalid_argument("no obligation was put to the second solver");
  std::vector<Inquiry*> questions;
  questions.reserve(by_text.size());
  for (auto& [text, question] : by_text) questions.push_back(&question);

  std::atomic<std::size_t> done{0};
  in_parallel(questions.size(), options.threads, [&](std::size_t i, unsigned) {
    solver.settle(*questions[i]);
    if (const std::size_t n = ++done; options.progress) options.progress(n, questions.size());
  });

  out.distinct = questions.size();
  for (const Inquiry* q : questions) out.asked += q->asked ? 1 : 0;
  out.seconds = seconds_since(start);
  return out;
}

}  // namespace pasid::smt
