// The real kernels in virtual machines: how long one takes to boot and answer its first call, and to come back from a
// snapshot; and how many calls a second are asked and judged, by kind, in lines of 256, where as many machines are
// asked at once as there are processors; and in lines of 64 with a look at tables, numbers and order after each, as
// replay and fuzz ask. What is not counted: resets, and the processes that calls are asked of. The arguments are
// series, which must be in the cache (pasid linux fetch); without any, those that are.
#include "src/conform/linux/kernel.hpp"

#include <chrono>
#include <iostream>
#include <thread>

#include <fmt/format.h>

#include "proofs/model.hpp"
#include "src/base/parallel.hpp"
#include "src/conform/checker.hpp"
#include "src/conform/drawing.hpp"
#include "src/conform/fuzz_worlds.hpp"
#include "src/conform/linux/machine.hpp"
#include "src/conform/linux/series.hpp"
#include "src/conform/process.hpp"
#include "src/conform/shown.hpp"
#include "src/io/design.hpp"
#include "tests/bench/figures.hpp"

namespace {

using namespace pasid;           // NOLINT(google-build-using-namespace)
using namespace pasid::conform;  // NOLINT(google-build-using-namespace)

constexpr std::size_t most_in_line = 256;  // of the protocol
constexpr std::size_t line_of_fuzz = 64;
constexpr std::size_t calls_asked = 512;  // between resets

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// A process is made, changed or ended: that takes a kernel much longer than all else.
bool about_processes(std::string_view call) { return call.starts_with("process.") || call == "exec" || call == "exit"; }

/// The same implementation, with these calls only.
template <class Which>
Capabilities only(Capabilities all, Which which) {
  std::erase_if(all.calls, [&](const std::string& name) { return !which(name); });
  return all;
}

/// Sequences in one world, drawn as fuzz does: two processes, and from then on other calls; `favoured` wherever one has
/// a meaning and would succeed (-1: none is).
class Sequences {
 public:
  Sequences(const Catalogue& catalogue, const World& world, const Capabilities& all, int favoured)
      : stepper_(catalogue, world, true), first_(only(all, [](auto name) { return name == "process.create"; })),
        rest_(only(all, [](auto name) { return !about_processes(name); })),
        favoured_(only(all, [&](auto name) { return favoured >= 0 && name == catalogue[favoured].name; })),
        draw_first_(catalogue, first_, random_), draw_rest_(catalogue, rest_, random_),
        draw_favoured_(catalogue, favoured_, random_) {}

  std::vector<Call> begin() {
    state_ = {};
    std::vector<Call> out;
    for (int i = 0; i < 2; ++i) take(draw_first_, out);
    return out;
  }
  std::vector<Call> next(std::size_t line) {
    std::vector<Call> out;
    while (out.size() < line && ((!favoured_.calls.empty() && take(draw_favoured_, out)) || take(draw_rest_, out))) {
    }
    return out;
  }

 private:
  bool take(Drawing& drawing, std::vector<Call>& out) {
    const auto call = drawing.draw(stepper_, state_, true, ways_);
    if (!call || (&drawing == &draw_favoured_ && ways_.front().kind != Answer::Kind::ok)) return false;
    drawing.count(call->kind, ways_.front().kind == Answer::Kind::ok);
    out.push_back(*call);
    state_ = ways_.front().after;
    return true;
  }

  Random random_{1};
  Stepper stepper_;
  Capabilities first_;
  Capabilities rest_;
  Capabilities favoured_;
  Drawing draw_first_;
  Drawing draw_rest_;
  Drawing draw_favoured_;
  spec::NativeState state_;
  std::vector<Way> ways_;
};

struct Rate {
  std::size_t calls = 0;
  std::size_t favoured = 0;
  double seconds = 0;
  std::string wrong;
};

void ask(Backend& backend, Checker& checker, const std::vector<Call>& calls, Rate& rate) {
  std::vector<Answer> answers(calls.size());
  backend.apply(calls, answers);
  for (std::size_t i = 0; i < calls.size(); ++i)
    if (checker.step(calls[i], answers[i]) != Checker::Result::ok) rate.wrong = "an answer was not allowed";
}

/// Looks at what is shown, of `cells`.
void look(Backend& backend, Checker& checker, const std::vector<int>& cells, Rate& rate) {
  const auto view = backend.observe();
  if (!view || checker.look(*view, cells) != Checker::Result::ok) rate.wrong = "what is shown is not allowed";
}

struct Kind {
  int favoured = -1;
  std::size_t line = most_in_line;
  bool looked_at = false;
};

Rate measure(Backend& backend, const Catalogue& catalogue, const World& world, const Kind& kind) {
  Rate out;
  const auto [favoured, line, looked_at] = kind;
  const std::vector<int> cells = cells_shown(catalogue, backend.capabilities());
  Sequences sequences(catalogue, world, backend.capabilities(), favoured);
  while (out.seconds < 1 && out.wrong.empty()) {
    backend.reset(world);
    Checker checker(catalogue, world);
    ask(backend, checker, sequences.begin(), out);
    for (std::size_t i = 0; i < calls_asked && out.wrong.empty(); i += line) {
      const auto calls = sequences.next(line);
      if (calls.empty()) return out;
      const auto start = std::chrono::steady_clock::now();
      ask(backend, checker, calls, out);
      if (looked_at) look(backend, checker, cells, out);
      out.seconds += seconds_since(start);
      out.calls += calls.size();
      out.favoured += static_cast<std::size_t>(std::ranges::count(calls, favoured, &Call::kind));
    }
  }
  return out;
}

/// Of several at once. Each is timed by itself: they work through lines of their own.
Rate measure(const std::vector<std::unique_ptr<Process>>& machines, const Catalogue& catalogue, const World& world,
             const Kind& kind) {
  std::vector<Rate> rates(machines.size());
  in_parallel(machines.size(), static_cast<unsigned>(machines.size()),
              [&](std::size_t i, unsigned) { rates[i] = measure(*machines[i], catalogue, world, kind); });
  Rate out;
  for (const Rate& rate : rates) {
    out.calls += rate.calls;
    out.favoured += rate.favoured;
    out.seconds += rate.seconds / static_cast<double>(machines.size());
    if (out.wrong.empty()) out.wrong = rate.wrong;
  }
  return out;
}

void print(const std::string& kernel, std::string_view name, const Rate& rate, std::optional<bench::Goal> goal = {}) {
  const double per_second = rate.seconds > 0 ? static_cast<double>(rate.calls) / rate.seconds : 0;
  std::cout << fmt::format(
      "  {:<20} {:>10.0f} calls/s{}{}{}\n", name, per_second,
      rate.favoured > 0 ? fmt::format(", {:.0f} % of them that one",
                                      100.0 * static_cast<double>(rate.favoured) / static_cast<double>(rate.calls))
                        : "",
      goal ? fmt::format(" (at least {:.0f})", goal->value) : "", rate.wrong.empty() ? "" : ": " + rate.wrong);
  bench::figure("kernel " + kernel, std::string(name), per_second, "calls/s", goal);
}

void one(const vm::Series& series) {
  const vm::Machine machine = vm::machine({std::string(series.name), {}}, vm::Want::any, [](const std::string&) {});
  ProcessOptions options;
  options.limit = vm::answer_limit;
  options.start_limit = vm::boot_limit;
  const lang::Tree& tree = proofs::model();
  const explore::Reading reading = explore::native_reading();
  const spec::NativeFacts knobs = io::facts_of(tree, io::load_design(tree, std::string(series.design)));
  const Catalogue catalogue(tree, reading, knobs, Device::asked);
  const std::string name(series.name);
  std::cout << machine.build.kernel.name << '\n';

  // Until it has answered a call, as a test would ask it.
  const auto up = [&](const std::string& command) {
    auto process = std::make_unique<Process>(command, options);
    process->speak(catalogue);
    const World world = fuzz_worlds(tree, knobs, process->capabilities()).front();
    Checker checker(catalogue, world);
    Rate rate;
    process->reset(world);
    ask(*process, checker, Sequences(catalogue, world, process->capabilities(), -1).begin(), rate);
    return process;
  };
  const auto timed = [&](std::string_view what, const std::string& command, double most) {
    const auto start = std::chrono::steady_clock::now();
    auto process = up(command);
    const double seconds = seconds_since(start);
    std::cout << fmt::format("  {:<20} {:>10.2f} s ({} at most)\n", what, seconds, most);
    bench::figure("kernel " + name, std::string(what), seconds, "s", bench::at_most(most));
    return process;
  };
  timed("boot to first call", machine.command, 30);
  const std::string restored = vm::started(machine, [](const std::string&) {});
  std::vector<std::unique_ptr<Process>> machines;
  machines.push_back(timed("restore", restored, 1));
  while (machines.size() < std::thread::hardware_concurrency()) machines.push_back(up(restored));

  const Capabilities& has = machines.front()->capabilities();
  const World world = fuzz_worlds(tree, knobs, has).front();
  std::cout << fmt::format("  {} at once\n", machines.size());
  print(name, "no process made", measure(machines, catalogue, world, {}), bench::at_least(10'000));
  print(name, "as replay and fuzz", measure(machines, catalogue, world, {-1, line_of_fuzz, true}));
  for (int k = 0; k < static_cast<int>(catalogue.calls().size()); ++k)
    if (has.offers(catalogue[k].name) && !about_processes(catalogue[k].name))
      print(name, catalogue[k].name, measure(machines, catalogue, world, {.favoured = k}));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> wanted(argv + 1, argv + argc);
  for (const vm::Series& series : vm::series()) {
    const bool named = std::ranges::find(wanted, series.name) != wanted.end();
    if (!named && (!wanted.empty() || vm::cached(series).name.empty())) continue;
    one(series);
  }
}
