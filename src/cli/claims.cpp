// pasid claims
#include "src/check/claims.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/cli/help.hpp"
#include "src/cli/matrix.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/cli/trace_output.hpp"
#include "src/io/names.hpp"

namespace pasid::cli {
namespace {

using check::ClaimResult;
using check::Evidence;

struct ClaimsCommand {
  std::vector<std::string> claims;
  bool designs = false;
  bool json = false;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  TraceOutput traces;
  check::Options options;
};

std::string claim_painted(const Session& session, io::ClaimVerdict v, std::size_t width) {
  const std::string text = padded(io::name_of(v), width);
  return v == io::ClaimVerdict::proved    ? good(session, text)
         : v == io::ClaimVerdict::refuted ? bad(session, text)
                                          : text;
}

/// A claim as a paragraph: who said what, the verdict, and how to read it.
void print(const Session& session, const ClaimResult& r) {
  std::cout << bold(session, padded(r.claim.id, 5)) << claim_painted(session, r.verdict, 9)
            << padded(r.agrees() ? "as expected" : "NOT AS EXPECTED", 17) << r.claim.who << ", " << r.claim.date << '\n'
            << "     " << wrapped(session, "Claim: " + r.claim.statement, 5) << '\n'
            << "     " << wrapped(session, "Reading: " + r.claim.reading, 5) << '\n';
  for (const Evidence& e : r.evidence)
    if (e.role != Evidence::Role::predicts && !e.agrees())
      std::cout << "     "
                << bad(session, wrapped(session,
                                        e.design + ": " + e.said.property + " is " + words(e.computed.verdict) +
                                            ", EXPECTED " + words(e.said.verdict),
                                        5))
                << '\n';
}

/// What one verdict rests on.
std::string figures(const Evidence& e) {
  if (e.computed.verdict != spec::Verdict::proved) return e.computed.detail;
  return count(e.obligations) + " obligations, " + count(e.by_frame) + " of them by frame";
}

/// Ends with an empty line.
void explain(const Session& session, const lang::Tree& tree, const ClaimResult& r, const TraceOutput& traces) {
  for (const Evidence& e : r.evidence) {
    const std::string said = e.agrees() ? "" : ", said to be " + words(e.said.verdict);
    std::cout << "\n     " << dim(session, check::words(e.role)) << ": " << e.design << ", " << e.said.property << '\n'
              << "       " << painted(session, e.computed.verdict, words(e.computed.verdict)) << said << ": "
              << dim(session, figures(e)) << '\n'
              << "       " << wrapped(session, e.said.says, 7) << '\n';
  }
  std::cout << "\n     " << wrapped(session, "upstream: " + r.claim.upstream, 5) << "\n\n";
  std::vector<std::string> shown;
  for (const Evidence& e : r.evidence) {
    if (!e.computed.trace) continue;
    const std::string key = e.design + e.computed.property;
    if (std::ranges::find(shown, key) != shown.end()) continue;
    shown.push_back(key);
    traces.print(session, tree, *e.computed.trace);
  }
}

nlohmann::json to_json(const ClaimResult& r) {
  nlohmann::json out{{"id", r.claim.id},
                     {"who", r.claim.who},
                     {"date", r.claim.date},
                     {"statement", r.claim.statement},
                     {"reading", r.claim.reading},
                     {"upstream", r.claim.upstream},
                     {"expected", io::name_of(r.claim.expected)},
                     {"verdict", io::name_of(r.verdict)},
                     {"agrees", r.agrees()}};
  for (const Evidence& e : r.evidence)
    out["evidence"].push_back(
        {{"role", io::name_of(e.role)},
         {"design", e.design},
         {"property", e.said.property},
         {"said", io::name_of(e.said.verdict)},
         {"verdict", io::name_of(e.computed.verdict)},
         {"says", e.said.says},
         {"steps", e.computed.trace ? nlohmann::json(e.computed.trace->steps.size()) : nlohmann::json()}});
  return out;
}

/// The whole thread, under a heading, with the designs first where they were asked for.
void print_all(const Session& session, const lang::Tree& tree, const std::vector<check::DesignResult>& designs,
               const std::vector<ClaimResult>& results) {
  if (!designs.empty()) print_matrix(session, tree, designs);
  std::cout << headline(session, "\"ioasid: Reserve a global PASID for in-kernel DMA\", point by point",
                        "proved: for any number of processes and devices; refuted: by a proof of the opposite, or by "
                        "a trace that was replayed");
  for (const ClaimResult& r : results) {
    std::cout << '\n';
    print(session, r);
  }
  std::cout << '\n'
            << std::ranges::count_if(results, &ClaimResult::agrees) << " of " << results.size()
            << " claims as expected; `pasid claims F8` explains one, with its traces\n";
  print_unexpected(session, designs);
}

void run(Session& session, ClaimsCommand& command) {
  const lang::Tree& tree = proofs::model();
  const bool whole = command.claims.empty();
  if (whole) command.claims = io::shipped_claims();
  std::vector<io::Claim> said;
  for (const auto& name : command.claims) said.push_back(io::load_claim(tree, name));
  std::vector<io::Design> shipped;
  if (command.designs)
    for (const auto& name : io::shipped_designs()) shipped.push_back(io::load_design(tree, name));

  const check::Checked checked = [&] {
    Progress progress(session);
    command.options.progress = [&](const std::string& what) { progress.say(what); };
    return check::check_all(tree, command.options, shipped, said, command.threads);
  }();
  const auto& [designs, results, errors] = checked;
  if (command.json) {
    nlohmann::json out{{"claims", nlohmann::json::array()}, {"errors", errors}};
    for (const auto& r : results) out["claims"].push_back(to_json(r));
    for (const auto& d : designs) out["designs"].push_back(matrix_row(d));
    std::cout << out.dump(2) << '\n';
  } else if (whole) {
    print_all(session, tree, designs, results);
  } else {
    for (const ClaimResult& r : results) {
      print(session, r);
      explain(session, tree, r, command.traces);
    }
  }
  if (!command.json)
    for (const auto& e : errors) std::cout << bad(session, e) << '\n';

  for (const auto& r : results)
    for (const auto& e : r.evidence)
      if (e.computed.trace) command.traces.save(tree, *e.computed.trace);
  session.exit_code = checked.exit_code();
}

}  // namespace

void add_claims(CLI::App& app, Session& session) {
  auto* claims = app.add_subcommand("claims", "what was said in December 2021, and what holds of it");
  claims->footer(
      "Examples:\n"
      "  pasid claims          the whole table\n"
      "  pasid claims F8       one claim, with its traces and what upstream did\n"
      "Holds (exit code 0) where every verdict is the expected one.");
  const auto command = std::make_shared<ClaimsCommand>();
  claims->add_option("claim", command->claims, "claims by id, or files; all where none is named")->type_name("ID");
  claims->add_flag("--designs", command->designs, "first every shipped design against its [expected] table");
  claims->add_option("--threads", command->threads, "designs checked side by side")
      ->type_name("N")
      ->check(quietly(CLI::Range(1U, 256U)));
  command->traces.add_options(*claims);
  claims->add_flag("--json", command->json, "machine-readable output");
  claims->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
