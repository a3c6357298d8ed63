#include "src/cli/fuzz_report.hpp"

#include <iostream>

#include <fmt/format.h>

#include "src/cli/fuzz_runs.hpp"
#include "src/cli/text.hpp"

namespace pasid::cli {
namespace {

/// The calls that had less than their share; empty: none.
std::string lagging(const conform::Catalogue& catalogue, const FuzzReport& report) {
  const double least = conform::least_share(report.kinds.size());
  const auto all = static_cast<double>(report.counts.calls);
  std::string out;
  for (const int k : report.kinds)
    if (static_cast<double>(report.asked.at(k)) < least * all)
      out += (out.empty() ? "" : ", ") + std::string(catalogue[k].name);
  return out.empty() ? out : fmt::format("  less than {:.1f} % of the calls: {}\n", 100 * least, out);
}

/// What nothing is said of, and why.
std::string left_out_text(const conform::FuzzCounts& counts) {
  std::string out;
  for (const auto& [why, worlds] : counts.unsupported)
    out += "  left out " + count(worlds) + (worlds == 1 ? " world: " : " worlds: ") + why + '\n';
  if (counts.not_again > 0)
    out += "  failed in a line of calls, but not when they were asked one by one: " + count(counts.not_again) + '\n';
  return out;
}

std::string seeds(std::uint64_t first, std::size_t jobs) {
  return jobs == 1 ? "seed " + std::to_string(first)
                   : "seeds " + std::to_string(first) + " to " + std::to_string(first + jobs - 1);
}

}  // namespace

GuardTable guard_table(const conform::Catalogue& catalogue, const spec::NativeFacts& knobs, const FuzzReport& report) {
  GuardTable out;
  for (const int k : report.kinds) {
    GuardTable::Call& call = out.of(catalogue, knobs, k);
    call.asked = report.asked.at(k);
    for (const auto& [outcome, n] : report.counts.outcomes) {
      if (outcome.kind != k) continue;
      if (outcome.guard.empty()) call.ok += n;
      else GuardTable::row(call, outcome.guard).met += n;
    }
  }
  return out;
}

void print(const Session& session, const conform::Catalogue& catalogue, const FuzzReport& report,
           const GuardTable& coverage, const std::string& out, bool verbose) {
  const conform::FuzzCounts& counts = report.counts;
  std::cout << headline(session, report.implementation,
                        rate(counts.calls, counts.seconds) + ", " + percent(counts.succeeded, counts.calls) +
                            " of them ok, " + count(counts.sequences) + " resets, " + seeds(report.seed, report.jobs))
            << '\n'
            << (counts.calls > 0 ? coverage.text(counts.calls, verbose) + lagging(catalogue, report) : "")
            << left_out_text(counts) << '\n';
  if (report.found)
    std::cout << bad(session, "wrong") << ": " << report.found->words
              << (report.found->no_vector.empty() ? "As a vector: " + out
                                                  : "No vector was written: " + report.found->no_vector)
              << '\n';
  else
    std::cout << (counts.not_again > 0 ? bad(session, "unknown") + ": what failed did not fail again"
                                       : good(session, "nothing wrong was found"))
              << '\n';
}

nlohmann::ordered_json to_json(const FuzzReport& report, const GuardTable& coverage, const std::string& out) {
  const conform::FuzzCounts& counts = report.counts;
  nlohmann::ordered_json json{{"implementation", report.implementation},
                              {"design", report.design},
                              {"seed", report.seed},
                              {"jobs", report.jobs},
                              {"calls", counts.calls},
                              {"succeeded", counts.succeeded},
                              {"sequences", counts.sequences},
                              {"searched", counts.searched},
                              {"states", counts.most_states},
                              {"not_again", counts.not_again},
                              {"unsupported", counts.unsupported},
                              {"seconds", counts.seconds},
                              {"coverage", coverage.json()},
                              {"found", nullptr}};
  if (report.found)
    json["found"] = {{"why", report.found->why},
                     {"calls", report.found->calls},
                     {"file", report.found->no_vector.empty() ? nlohmann::ordered_json(out) : nullptr}};
  return json;
}

int exit_code(const FuzzReport& report) {
  if (report.found) return code::violated;
  if (report.gave_up || report.counts.not_again > 0) return code::unknown;
  if (report.counts.calls > 0) return code::holds;
  std::cerr << "pasid: no call was judged: nothing was shown\n";
  return code::violated;
}

}  // namespace pasid::cli
