// How long the engine's allocator takes for a free and an allocation, with half and with 99 % of 2^20 numbers taken:
// side by side with a next-fit bitmap under a mutex and, where PASID_IDA names the library that tests/bench/ida makes,
// with the kernel's IDA. And how many calls the engine serves in a second.
#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <pasid/engine.hpp>

#include "tests/bench/figures.hpp"

namespace {

using namespace pasid::engine;  // NOLINT(google-build-using-namespace)

constexpr std::size_t numbers = std::size_t{1} << max_width;

double fastest(const std::vector<double>& runs) { return *std::min_element(runs.begin(), runs.end()); }

/// The plain thing: a bitmap, and a search that goes on where the last one ended. Called like the others, not inlined.
class NextFit {
 public:
  [[gnu::noinline]] std::optional<Pasid> allocate() {
    const std::scoped_lock lock(lock_);
    for (std::size_t i = 0; i <= taken_.size(); ++i, at_ = (at_ + 1) % taken_.size()) {
      if (taken_[at_] == ~std::uint64_t{0}) continue;
      const int bit = std::countr_one(taken_[at_]);
      taken_[at_] |= std::uint64_t{1} << bit;
      return static_cast<Pasid>(at_ * 64 + static_cast<std::size_t>(bit));
    }
    return std::nullopt;
  }
  [[gnu::noinline]] void free(Pasid p) {
    const std::scoped_lock lock(lock_);
    taken_[p / 64] &= ~(std::uint64_t{1} << (p % 64));
  }

 private:
  std::mutex lock_;
  std::vector<std::uint64_t> taken_ = std::vector<std::uint64_t>(numbers / 64);
  std::size_t at_ = 0;
};

/// The kernel's, in user space.
class Ida {
 public:
  static bool load() {
    const char* const path = std::getenv("PASID_IDA");
    if (path == nullptr || *path == '\0') return false;
    void* const library = dlopen(path, RTLD_NOW);
    if (library == nullptr) {
      std::fprintf(stderr, "%s\n", dlerror());
      std::exit(3);
    }
    reinterpret_cast<void (*)()>(dlsym(library, "pasid_ida_enter"))();
    get(library, "pasid_ida_new", new_);
    get(library, "pasid_ida_alloc", allocate_);
    get(library, "pasid_ida_free", free_);
    get(library, "pasid_ida_destroy", destroy_);
    return true;
  }
  Ida() : ida_(new_()) {}
  ~Ida() { destroy_(ida_); }
  Ida(const Ida&) = delete;
  Ida& operator=(const Ida&) = delete;
  std::optional<Pasid> allocate() {
    const int p = allocate_(ida_, 1, numbers - 1);
    if (p < 0) return std::nullopt;
    return static_cast<Pasid>(p);
  }
  void free(Pasid p) { free_(ida_, p); }

 private:
  template <class Function>
  static void get(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library, name));
  }
  static inline void* (*new_)() = nullptr;
  static inline int (*allocate_)(void*, unsigned, unsigned) = nullptr;
  static inline void (*free_)(void*, unsigned) = nullptr;
  static inline void (*destroy_)(void*) = nullptr;
  void* ida_;
};

/// Everything is taken, then random numbers are given back until so many percent are left; from there on, a random one
/// of them is given back and another taken.
template <class A>
class Pair {
 public:
  template <class... Arguments>
  explicit Pair(std::size_t percent, Arguments... arguments) : allocator_(arguments...) {
    while (const auto p = allocator_.allocate()) held_.push_back(*p);
    std::mt19937 random(1);
    std::shuffle(held_.begin(), held_.end(), random);
    for (; held_.size() > numbers * percent / 100; held_.pop_back()) (void)allocator_.free(held_.back());
    for (int i = 0; i < 16; ++i) (void)draw(ahead_);
    for (std::size_t i = 0; i < 4 * numbers; ++i) step();  // the holes get where they will be
  }
  void step() {
    __builtin_prefetch(&held_[draw(ahead_)], 1);  // so that it is not the memory of this test that is measured
    Pasid& p = held_[draw(at_)];
    (void)allocator_.free(p);
    p = *allocator_.allocate();
  }

 private:
  std::size_t draw(std::uint32_t& at) const {
    at = at * 1664525 + 1013904223;
    return static_cast<std::size_t>((std::uint64_t{at} * held_.size()) >> 32);
  }
  A allocator_;
  std::vector<Pasid> held_;
  std::uint32_t at_ = 1;
  std::uint32_t ahead_ = 1;  ///< some steps further
};

template <class A, class... Arguments>
void add(const std::string& name, std::size_t percent, Arguments... arguments) {
  const auto pair = std::make_shared<Pair<A>>(percent, arguments...);
  const auto run = [pair](benchmark::State& state) {
    for (auto _ : state) pair->step();
  };
  benchmark::RegisterBenchmark((name + std::to_string(percent) + "%").c_str(), run)
      ->Iterations(numbers)
      ->Repetitions(20)
      ->ComputeStatistics("fastest", fastest)
      ->DisplayAggregatesOnly();
}

/// open(), write(), finish(), close() of a bond: four calls.
void calls(benchmark::State& state) {
  Config config;
  config.devices = {{}};
  config.queues = {{}};
  Engine engine(config);
  const Thread thread = engine.create_process().value;
  for (auto _ : state) {
    auto bond = engine.open(thread, Queue{0});
    const auto work = engine.write(thread, bond.value.id());
    (void)engine.finish(work.value);
    if (!bond.value.close()) state.SkipWithError("close");
  }
  state.SetItemsProcessed(state.iterations() * 4);
}

/// Prints the table, and keeps the fastest run of each in processor time: what else the machine does only adds.
class Reporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs)
      if (run.aggregate_name == "fastest") best_[run.run_name.function_name] = run.GetAdjustedCPUTime();
  }
  void compare(const std::string& engine, const std::string& other, const std::string& percent, double wanted) const {
    const auto a = best_.find(engine + percent);
    const auto b = best_.find(other + percent);
    if (a == best_.end() || b == best_.end()) return;
    std::printf("%-28s %6.1f ns, %-14s %6.1f ns: %5.2f times as fast", a->first.c_str(), a->second, b->first.c_str(),
                b->second, b->second / a->second);
    if (wanted > 0) std::printf(" (%.2f wanted)", wanted);
    std::printf("\n");
    pasid::bench::figure("engine", a->first + " over " + other.substr(0, other.size() - 1), b->second / a->second, "",
                         wanted > 0 ? std::optional(pasid::bench::at_least(wanted)) : std::nullopt);
  }

 private:
  std::map<std::string, double> best_;
};

}  // namespace

int main(int argc, char** argv) {
  const bool ida = Ida::load();
  for (const std::size_t percent : {std::size_t{50}, std::size_t{99}}) {
    add<Allocator>("engine/lowest_free/", percent, max_width, Pick::lowest_free);
    add<Allocator>("engine/oldest_freed_first/", percent, max_width, Pick::oldest_freed_first);
    add<NextFit>("next_fit/", percent);
    if (ida) add<Ida>("kernel_ida/", percent);
  }
  benchmark::RegisterBenchmark("engine/calls", calls);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 3;
  Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  std::printf("\nA free and an allocation, of 2^20 numbers:\n");
  for (const std::string percent : {"50%", "99%"}) {
    reporter.compare("engine/lowest_free/", "kernel_ida/", percent, percent == "50%" ? 3 : 2);
    reporter.compare("engine/oldest_freed_first/", "next_fit/", percent, 1 / 1.5);
    reporter.compare("engine/lowest_free/", "next_fit/", percent, 0);
  }
  return 0;
}
