#include "src/mutate/ways.hpp"

#include <algorithm>
#include <numeric>
#include <sstream>
#include <stdexcept>

#include "src/check/convert.hpp"
#include "src/mutate/probe.hpp"
#include "src/mutate/progress.hpp"
#include "src/review/shell_commands.hpp"

namespace pasid::mutate {
namespace {

/// What a script begins with.
constexpr std::string_view beginning = "# pasid shell ";
constexpr std::size_t columns = 80;

/// A way reads and writes no files, and ends where its steps end.
void require_step(const std::string& line) {
  const std::string command = line.substr(0, line.find(' '));
  for (const char* may : {"", "scope", "world", "grain", "step"})
    if (command == may || line.starts_with('#')) return;
  throw std::invalid_argument("'" + command + "' is not of a way; expected scope, world, grain or step");
}

Way way_of(const lang::Tree& tree, const io::Design& design, const Script& script) {
  review::ShellSession session(tree, explore::native_reading(), design);
  review::ShellCommands commands(session, columns);
  std::string broken;
  std::istringstream lines(script.text);
  std::size_t number = script.line;
  for (std::string line; broken.empty() && std::getline(lines, line); ++number) try {
      require_step(line);
      commands.run(line);
    } catch (const std::invalid_argument& e) {
      broken = "line " + std::to_string(number) + ": " + e.what();
    }
  return {session.trace(), broken};
}

/// The first `n` steps.
explore::Path path_of(const trace::Trace& trace, std::size_t n) {
  explore::Path out{trace.facts, {}};
  for (const trace::Step& s : std::span(trace.steps).first(n)) {
    explore::PathStep step{s.label, s.firings.size() != 1, {}, s.after, {}};
    for (const trace::Firing& f : s.firings) step.fired.push_back({f.rule, f.args});
    out.steps.push_back(std::move(step));
  }
  return out;
}

std::vector<std::optional<Shown>> along_one(const Original& original, std::span<const Mutant> mutants,
                                            const trace::Trace& way) {
  std::vector<std::optional<Shown>> out(mutants.size());
  std::vector<std::size_t> left(mutants.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  const std::vector<bool> nothing_breaks(mutants.size(), false);
  Probe probe(original, original.tree, {}, mutants, nothing_breaks, left);
  for (std::size_t n = 0; n <= way.steps.size(); ++n) {
    const spec::NativeState& state = n == 0 ? way.initial : way.steps[n - 1].after;
    std::erase_if(left, [&](std::size_t m) {
      const bool falls = !probe.keeps(m, way.facts, state);
      if (!falls && probe.alike(m, way.facts, state)) return false;
      out[m] = probe.shown(m, way.facts, state, falls);
      out[m]->path = path_of(way, n);
      return true;
    });
  }
  return out;
}

}  // namespace

std::vector<Script> read_scripts(const std::string& text, const std::string& design) {
  std::vector<Script> out;
  std::istringstream lines(text);
  bool begun = false;
  bool wanted = false;
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with(beginning)) {
      begun = true;
      wanted = line.substr(beginning.size()).starts_with(design + ' ');
      if (wanted) out.push_back({number, {}});
    } else if (!begun && !line.empty() && line.front() != '#') {
      throw std::invalid_argument("line " + std::to_string(number) + ": '" + line + "' is of no script; expected " +
                                  std::string(beginning) + "DESIGN");
    }
    if (wanted) out.back().text += line + '\n';
  }
  return out;
}

std::vector<Way> ways_of(const lang::Tree& tree, const io::Design& design, std::span<const Script> scripts,
                         unsigned threads, const std::function<void(const std::string&)>& progress) {
  std::vector<Way> out(scripts.size());
  told_in_parallel(scripts.size(), threads, progress, "scripts on record",
                   [&](std::size_t i, unsigned) { out[i] = way_of(tree, design, scripts[i]); });
  return out;
}

std::vector<std::optional<Shown>> along(const Original& original, std::span<const Mutant> mutants,
                                        std::span<const Way> ways, unsigned threads,
                                        const std::function<void(const std::string&)>& progress) {
  std::vector<std::optional<Shown>> out(mutants.size());
  if (mutants.empty()) return out;
  std::vector<std::vector<std::optional<Shown>>> found(ways.size());
  told_in_parallel(ways.size(), threads, progress, "ways on record",
                   [&](std::size_t i, unsigned) { found[i] = along_one(original, mutants, ways[i].trace); });
  for (auto& f : found)
    for (std::size_t m = 0; m < mutants.size(); ++m)
      if (f[m] && (!out[m] || f[m]->steps() < out[m]->steps())) out[m] = std::move(f[m]);
  return out;
}

std::string ways_to(const Original& original, const io::Design& design, std::vector<Far> far) {
  std::ranges::stable_sort(far, std::greater{}, [](const Far& f) { return f.second.steps(); });
  std::vector<Way> kept;
  std::string out;
  for (const auto& [mutant, shown] : far) {
    const auto leads = [&](const Way& w) {
      return w.broken.empty() && along_one(original, {&mutant, 1}, w.trace).front().has_value();
    };
    if (std::ranges::any_of(kept, leads)) continue;
    review::ShellSession session(original.tree, explore::native_reading(), design);
    try {
      session.load(check::to_trace(shown.path, design.name, "", "step"));
    } catch (const std::invalid_argument&) {  // no scope of a shell has such a world
      continue;
    }
    const std::string script = review::ShellCommands(session, columns).script();
    Way again = way_of(original.tree, design, {1, script});
    if (!leads(again)) continue;
    kept.push_back(std::move(again));
    out += script + "# " + mutant.name() + "\n\n";
  }
  return out;
}

}  // namespace pasid::mutate
