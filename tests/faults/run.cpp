// Switches each seeded fault on in turn, and sees which test notices.
#include <algorithm>
#include <atomic>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/faults/process.hpp"
#include "tests/faults/switch.hpp"

namespace {

using namespace pasid::faults;
using Clock = std::chrono::steady_clock;

constexpr double clean_limit = 600;  // seconds

struct Killer {
  std::string name;
  std::string command;
  std::chrono::duration<double> limit{};
};

struct Options {
  std::vector<std::string> killers;
  std::vector<std::string> only;
  std::optional<std::size_t> sample;
  unsigned seed = 1;
  unsigned jobs = 0;
  double limit = 0;
  double at_least = 95;
  std::string json;
  bool every = false;
};

struct Result {
  const Fault* fault = nullptr;
  std::vector<std::pair<std::string, End>> noticed;  ///< by which killers, and how
  double seconds = 0;
};

std::string_view name(End e) {
  switch (e) {
    case End::passed: return "passed";
    case End::failed: return "failed";
    case End::crashed: return "crashed";
    case End::hung: return "hung";
  }
  return "";
}

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
    k.limit = std::chrono::duration<double>(limit > 0 ? limit : 3 * seconds + 2);
    std::cerr << fmt::format("{} passes with no fault on, in {:.1f} s\n", k.name, seconds);
  }
}

Result judge(const Fault& fault, const std::vector<Killer>& killers, const Options& o) {
  Result r{&fault, {}, 0};
  const auto start = Clock::now();
  for (const Killer& k : killers) {
    const End end = run(k.command, std::string(fault.id), k.limit).end;
    if (end == End::passed) continue;
    r.noticed.emplace_back(k.name, end);
    if (!o.every) break;
  }
  r.seconds = since(start);
  return r;
}

std::vector<Result> judge_all(const std::vector<const Fault*>& faults, const std::vector<Killer>& killers,
                              const Options& o) {
  std::vector<Result> results(faults.size());
  std::atomic<std::size_t> next{0};
  std::size_t over = 0;
  std::mutex lock;
  std::exception_ptr error;
  const auto work = [&] {
    for (std::size_t i = next++; i < faults.size(); i = next++) try {
        results[i] = judge(*faults[i], killers, o);
        const std::scoped_lock locked(lock);
        if (++over; isatty(STDERR_FILENO)) std::cerr << fmt::format("\r{} of {} faults ", over, faults.size());
      } catch (...) {
        const std::scoped_lock locked(lock);
        error = std::current_exception();
        return;
      }
  };
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < o.jobs; ++i) workers.emplace_back(work);
  for (std::thread& t : workers) t.join();
  if (isatty(STDERR_FILENO)) std::cerr << '\r';
  if (error) std::rethrow_exception(error);
  return results;
}

std::string by(const Result& r) {
  std::string out;
  for (const auto& [killer, end] : r.noticed) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", killer, name(end));
  return out.empty() ? "SURVIVES" : out;
}

struct Summary {
  std::size_t killed = 0;
  std::map<std::string, std::size_t> by_killer;
  std::map<std::string_view, std::pair<std::size_t, std::size_t>> by_class;  ///< killed, of
};

Summary summary(const std::vector<Result>& results) {
  Summary s;
  for (const Result& r : results) {
    auto& [killed, of] = s.by_class[r.fault->kind];
    ++of;
    if (r.noticed.empty()) continue;
    ++s.killed;
    ++killed;
    for (const auto& [killer, end] : r.noticed) ++s.by_killer[killer];
  }
  return s;
}

void print(const std::vector<Result>& results, const std::vector<Killer>& killers, const Summary& s, double rate) {
  for (const Result& r : results)
    fmt::print("{:<42} {:<12} {:<28} {}\n", r.fault->id, r.fault->kind, r.fault->function, by(r));
  fmt::print("\n");
  for (const auto& [kind, n] : s.by_class) fmt::print("{:<12} {:>3} of {:>3} killed\n", kind, n.first, n.second);
  for (const Killer& k : killers) {
    const auto n = s.by_killer.find(k.name);
    fmt::print("{} kills {}\n", k.name, n == s.by_killer.end() ? 0 : n->second);
  }
  if (s.killed < results.size()) fmt::print("\nSurvivors:\n");
  for (const Result& r : results)
    if (r.noticed.empty())
      fmt::print("  {} ({}): {}\n", r.fault->id, r.fault->function,
                 r.fault->survives.empty() ? "no reason is known" : r.fault->survives);
  fmt::print("\n{} of {} faults killed: {:.1f} %\n", s.killed, results.size(), rate);
}

nlohmann::json json_of(const std::vector<Result>& results, const std::vector<Killer>& killers, const Summary& s,
                       double rate) {
  nlohmann::json out = {{"faults", results.size()}, {"killed", s.killed}, {"percent", rate}};
  for (const Killer& k : killers) {
    const auto n = s.by_killer.find(k.name);
    out["killers"].push_back(
        {{"name", k.name}, {"command", k.command}, {"kills", n == s.by_killer.end() ? 0 : n->second}});
  }
  for (const Result& r : results) {
    nlohmann::json one = {{"id", r.fault->id},
                          {"class", r.fault->kind},
                          {"file", r.fault->file},
                          {"function", r.fault->function},
                          {"why", r.fault->why},
                          {"seconds", r.seconds},
                          {"noticed", nlohmann::json::array()}};
    for (const auto& [killer, end] : r.noticed) one["noticed"].push_back({{"by", killer}, {"as", name(end)}});
    if (r.noticed.empty()) one["survives"] = r.fault->survives;
    out["results"].push_back(std::move(one));
  }
  return out;
}

int run_all(const Options& o) {
  std::vector<Killer> killers = killers_of(o);
  const std::vector<const Fault*> faults = chosen_faults(o);
  if (faults.empty()) {
    std::cerr << "0 faults run: nothing was checked\n";
    return 1;
  }
  check_clean(killers, o.limit);
  const std::vector<Result> results = judge_all(faults, killers, o);
  const Summary s = summary(results);
  const double rate = 100 * static_cast<double>(s.killed) / static_cast<double>(results.size());
  if (!o.json.empty()) {
    const std::string text = json_of(results, killers, s, rate).dump(2) + "\n";
    if (o.json == "-") {
      std::cout << text;
    } else if (std::ofstream out(o.json); !(out << text)) {
      throw std::runtime_error(o.json + ": cannot be written");
    }
  }
  if (o.json != "-") print(results, killers, s, rate);
  if (rate >= o.at_least) return 0;
  std::cerr << fmt::format("{:.1f} % killed, at least {:.1f} % are expected\n", rate, o.at_least);
  return 1;
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
                 "Seconds for one command, after which it hangs (default: thrice what it needs with no\n"
                 "fault on, and two more)");
  app.add_option("--at-least", o.at_least, "Percent that must be killed")->capture_default_str();
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
