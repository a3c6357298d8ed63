// How many calls a second go through the process protocol, and how many of them replay judges: side by side, with the
// C99 example as the program under test (its path is the argument) and the engine in this process. Of the program
// replay should judge at least 50,000 calls a second.
#include "src/conform/process.hpp"

#include <chrono>
#include <iostream>

#include <fmt/format.h>

#include "proofs/model.hpp"
#include "src/conform/drawing.hpp"
#include "src/conform/fuzz_worlds.hpp"
#include "src/conform/reference.hpp"
#include "src/conform/replay.hpp"
#include "src/io/design.hpp"
#include "tests/bench/figures.hpp"

namespace {

using namespace pasid;           // NOLINT(google-build-using-namespace)
using namespace pasid::conform;  // NOLINT(google-build-using-namespace)

/// A sequence that means something, as fuzz draws them.
std::vector<Call> sequence(const Catalogue& catalogue, const World& world, const Capabilities& capabilities,
                           std::size_t length) {
  Random random(1);
  Drawing drawing(catalogue, capabilities, random);
  Stepper stepper(catalogue, world, true);
  std::vector<Call> out;
  std::vector<Way> ways;
  spec::NativeState state;
  while (out.size() < length) {
    const auto call = drawing.draw(stepper, state, true, ways);
    if (!call) break;
    drawing.count(call->kind, ways.front().kind == Answer::Kind::ok);
    out.push_back(*call);
    state = ways.front().after;
  }
  return out;
}

template <class F>
double rate(std::size_t calls, F once) {
  using Clock = std::chrono::steady_clock;
  std::size_t n = 0;
  const auto start = Clock::now();
  double seconds = 0;
  do {
    once();
    ++n;
    seconds = std::chrono::duration<double>(Clock::now() - start).count();
  } while (seconds < 2);
  return static_cast<double>(n * calls) / seconds;
}

void measure(const std::string& name, Backend& backend, const Catalogue& catalogue, const World& world,
             std::optional<bench::Goal> goal = {}) {
  const auto calls = sequence(catalogue, world, backend.capabilities(), 256);
  std::vector<Answer> answers(calls.size());
  const double asked = rate(calls.size(), [&] {
    backend.reset(world);
    backend.apply(calls, answers);
  });
  ReplayOptions options;
  options.batch = 256;
  Verdict verdict;
  const double judged = rate(calls.size(), [&] { verdict = replay(catalogue, world, calls, backend, options); });
  std::cout << fmt::format("{:<20} {:>10.0f} calls/s asked {:>10.0f} calls/s judged by replay ({})\n", name, asked,
                           judged, verdict.kind == Verdict::Kind::ok ? "all allowed" : verdict.what);
  bench::figure("replay", name, judged, "calls/s", goal);
}

}  // namespace

int main(int argc, char** argv) {
  const lang::Tree& tree = proofs::model();
  const explore::Reading reading = explore::native_reading();
  const spec::NativeFacts knobs = io::facts_of(tree, io::load_design(tree, "linux-7.3"));
  const Catalogue catalogue(tree, reading, knobs, Device::asked);
  ReferenceBackend reference(catalogue);
  const World world = fuzz_worlds(tree, knobs, reference.capabilities()).front();
  measure("engine, in process", reference, catalogue, world);
  if (argc < 2) return 0;
  Process process(argv[1]);
  if (!process.no_hello().empty()) {
    std::cerr << process.no_hello() << '\n';
    return 1;
  }
  const Catalogue its(tree, reading, knobs, process.capabilities().device);
  process.speak(its);
  measure("C99 example, process", process, its, world, bench::at_least(50'000));
}
