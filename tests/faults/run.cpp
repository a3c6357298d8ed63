// Switches each seeded fault on in turn, and sees which test notices.
#include <algorithm>
#include <atomic>
#include <iostream>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "tests/faults/results.hpp"

namespace {

using namespace pasid::faults;
using Clock = std::chrono::steady_clock;

constexpr double clean_limit = 600;  // seconds

struct Options {
  std::vector<std::string> killers;
  std::vector<std::string> only;
  std::optional<std::size_t> sample;
  unsigned seed = 1;
  unsigned jobs = 0;
  double limit = 0;
  double at_least = 95;
  std::string json;
  std::string results;
  bool every = false;
  bool explained = false;
};

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::vector<Killer> killers_of(const Options& o) {
  std::vector<Killer> out;
  for (const std::string& text : o.killers) {
    const std::size_t at = text.find('=');
    if (at == 0 || at == std::string::npos || at + 1 == text.size())
      throw std::runtime_error("--killer " + text + ": expected NAME=COMMAND");
    out.push_back({text.substr(0, at), text.substr(at + 1), {}});
  }
  return out;
}

std::vector<const Fault*> chosen_faults(const Options& o) {
  std::vector<const Fault*> out;
  for (const Fault& f : all())
    if (o.only.empty() || std::find(o.only.begin(), o.only.end(), f.id) != o.only.end()) out.push_back(&f);
  for (const std::string& id : o.only)
    if (std::none_of(out.begin(), out.end(), [&id](const Fault* f) { return f->id == id; }))
      throw std::runtime_error("--only " + id + ": there is no such fault");
  if (o.sample && *o.sample < out.size()) {
    std::vector<const Fault*> sample;
    std::sample(out.begin(), out.end(), std::back_inserter(sample), *o.sample, std::mt19937(o.seed));
    out = std::move(sample);
  }
  return out;
}

/// What a killer says with no fault on says whether it can say anything with one; and how long it may take.
void check_clean(std::vector<Killer>& killers, double limit) {
  for (Killer& k : killers) {
    const auto start = Clock::now();
    const Outcome o = run(k.command, "", std::chrono::duration<double>(limit > 0 ? limit : clean_limit));
    if (o.end != End::passed)
      throw std::runtime_error(fmt::format("{} {} with no fault on, so it can notice none: {}\n{}", k.name, name(o.end),
                                           k.command, o.output));
    const double seconds = since(start);
    k.limit = std::chrono::duration<double>(limit > 0 ? limit : 5 * seconds + 5);
    std::cerr << fmt::format("{} passes with no fault on, in {:.1f} s\n", k.name, seconds);
  }
}

/// All faults, by several threads.
class Run {
 public:
  Run(const std::vector<const Fault*>& faults, const std::vector<Killer>& killers, const Options& o)
      : faults_(faults), killers_(killers), options_(o), kept_(o.results), results_(faults.size()) {
    if (kept_.size() > 0) std::cerr << fmt::format("{} outcomes are known from {}\n", kept_.size(), o.results);
  }

  std::vector<Result> all() {
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < options_.jobs; ++i) workers.emplace_back([this] { work(); });
    for (std::thread& t : workers) t.join();
    if (isatty(STDERR_FILENO)) std::cerr << '\n';
    if (error_) std::rethrow_exception(error_);
    return std::move(results_);
  }

 private:
  void work() {
    for (std::size_t i = next_++; i < faults_.size(); i = next_++) try {
        results_[i] = judge(*faults_[i]);
        const std::scoped_lock locked(lock_);
        ++over_;
        killed_ += results_[i].noticed.empty() ? 0U : 1U;
        if (isatty(STDERR_FILENO))
          std::cerr << fmt::format("\r{} of {} faults, {} killed ", over_, faults_.size(), killed_);
      } catch (...) {
        const std::scoped_lock locked(lock_);
        error_ = std::current_exception();
        return;
      }
  }

  Result judge(const Fault& fault) {
    Result r{&fault, {}, 0};
    for (const Killer& k : killers_) {
      const auto [end, seconds] = outcome(fault, k);
      r.seconds += seconds;
      if (end == End::passed) continue;
      r.noticed.emplace_back(k.name, end);
      if (!options_.every) break;
    }
    return r;
  }

  std::pair<End, double> outcome(const Fault& fault, const Killer& k) {
    {
      const std::scoped_lock locked(lock_);
      if (const auto known = kept_.known(fault.id, k)) return *known;
    }
    const auto start = Clock::now();
    const End end = run(k.command, std::string(fault.id), k.limit).end;
    const double seconds = since(start);
    const std::scoped_lock locked(lock_);
    kept_.add(fault.id, k, end, seconds);
    return {end, seconds};
  }

  const std::vector<const Fault*>& faults_;
  const std::vector<Killer>& killers_;
  const Options& options_;
  Kept kept_;
  std::vector<Result> results_;
  std::atomic<std::size_t> next_{0};
  std::mutex lock_;
  std::size_t over_ = 0;
  std::size_t killed_ = 0;
  std::exception_ptr error_;
};

int run_all(const Options& o) {
  std::vector<Killer> killers = killers_of(o);
  const std::vector<const Fault*> faults = chosen_faults(o);
  if (faults.empty()) {
    std::cerr << "0 faults run: nothing was checked\n";
    return 1;
  }
  check_clean(killers, o.limit);
  const std::vector<Result> results = Run(faults, killers, o).all();
  const Summary s = summary(results);
  if (!o.json.empty()) {
    const std::string text = json_text(results, killers, s);
    if (o.json == "-") {
      std::cout << text;
    } else if (std::ofstream out(o.json); !(out << text)) {
      throw std::runtime_error(o.json + ": cannot be written");
    }
  }
  if (o.json != "-") print(results, killers, s, o.every);
  const bool explained = !o.explained || (s.unexplained == 0 && s.wrongly_explained.empty());
  if (s.percent() < o.at_least)
    std::cerr << fmt::format("{:.1f} % killed, at least {:.1f} % are expected\n", s.percent(), o.at_least);
  if (!explained)
    std::cerr << fmt::format("{} survivors do not say why, {} faults say why and do not survive\n", s.unexplained,
                             s.wrongly_explained.size());
  return s.percent() >= o.at_least && explained ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Switches each fault of tests/faults/engine/ on in turn and runs commands, killers, until one notices it: by\n"
      "failing, crashing, or not ending. Each is linked with engine_with_faults, and passes with no fault on.\n"
      "Exit: 0 enough are killed, 1 not, 3 bad usage or a killer that fails with no fault on.\n"
      "Example: run_faults --killer 'engine=build/tests/faults/engine_tests_with_faults -aa=1' --sample 20");
  Options o;
  app.add_option("--killer", o.killers, "NAME=COMMAND for /bin/sh; in this order, the quickest first")->required();
  app.add_option("--only", o.only, "These faults, by id");
  app.add_option("--sample", o.sample, "So many drawn faults, not all");
  app.add_option("--seed", o.seed, "For --sample")->capture_default_str();
  app.add_option("--jobs", o.jobs, "At once (default: the processors)");
  app.add_option("--limit", o.limit,
                 "Seconds for one command, after which it hangs (default: five times what it needs with\n"
                 "no fault on, and five more)");
  app.add_option("--at-least", o.at_least, "Percent that must be killed")->capture_default_str();
  app.add_flag("--explained", o.explained, "Every survivor must say why, and no other fault may");
  app.add_option("--results", o.results,
                 "Keep outcomes in this file as they come, and take what is in it as known: good for as\n"
                 "long as neither the engine nor the faults nor the killers change");
  app.add_option("--json", o.json, "Write the results to this file; - for standard output");
  app.add_flag("--every", o.every, "Run all killers on each fault, not only until one notices");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 3;
  }
  if (o.jobs == 0) o.jobs = std::max(1u, std::thread::hardware_concurrency());
  try {
    return run_all(o);
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 3;
  }
}
