// pasid explore
#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/check/check.hpp"
#include "src/check/convert.hpp"
#include "src/check/scopes.hpp"
#include "src/cli/edits.hpp"
#include "src/cli/help.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/cli/trace_output.hpp"
#include "src/explore/murphi.hpp"
#include "src/explore/search.hpp"
#include "src/explore/topology.hpp"
#include "src/io/file.hpp"
#include "src/io/names.hpp"

namespace pasid::cli {
namespace {

struct ExploreCommand {
  std::string design;
  std::vector<std::string> properties;
  std::string grain = "call";
  std::vector<std::string> sizes;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  int max_depth = -1;
  std::size_t max_states = 1'000'000;
  bool no_symmetry = false;
  bool any_width = false;
  bool only_mms = false;
  bool json = false;
  std::string murphi;
  TraceOutput traces;
  Edits edits;
};

/// A size that replaces the default scope's.
void resize(check::Sizes& sizes, const std::string& text) {
  const auto size = check::size_in(text);
  if (!size) throw std::invalid_argument("--size: '" + text + "' is not SORT=N, as in Task=3");
  sizes[size->first] = size->second;
}

std::string_view words(explore::End end) {
  switch (end) {
    case explore::End::exhausted: return "every reachable state was looked at";
    case explore::End::all_found: return "every property looked for was violated";
    case explore::End::max_states: return "stopped at the limit on states (--max-states)";
    case explore::End::max_depth: return "stopped at the limit on steps";
    case explore::End::stopped: return "stopped";
  }
  return "";
}

void run(Session& session, ExploreCommand& command) {
  const lang::Tree tree = edited_model(command.edits);
  io::Design design = io::load_design(tree, command.design);
  design.name = name_with(design.name, command.edits);
  const spec::NativeFacts knobs = io::facts_of(tree, design);
  check::Sizes sizes;
  for (const auto& s : command.sizes) resize(sizes, s);
  const explore::Scope scope =
      check::scope_of(tree, knobs, sizes, command.any_width ? check::Widths::any : check::Widths::wide,
                      command.only_mms ? check::Others::none : check::Others::attached);

  explore::Options options;
  options.grain = command.grain == "step" ? explore::Grain::step : explore::Grain::call;
  options.threads = command.threads;
  options.max_depth = command.max_depth;
  options.max_states = command.max_states;
  options.symmetry = !command.no_symmetry;
  options.reading = explore::edited_reading(tree, proofs::model());
  require_properties(tree, command.properties);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < options.reading.properties.size(); ++i) {
    const auto& p = options.reading.properties[i];
    if (std::ranges::find(command.properties, p.name) == command.properties.end()) continue;
    if (!p.applies(knobs))
      throw std::invalid_argument("--property: " + std::string(p.name) + " does not apply to '" + design.name + "'");
    options.properties.push_back(static_cast<int>(i));
    names.emplace_back(p.name);
  }

  const auto topologies = explore::topologies(tree, knobs, scope);
  if (topologies.empty()) throw std::invalid_argument("--size: '" + design.name + "' has no world of this scope");
  if (!command.murphi.empty()) {
    if (options.grain != explore::Grain::step)
      throw std::invalid_argument("--murphi: only with --grain step, for the program has a rule for each rule");
    io::write_file("--murphi", command.murphi, explore::murphi(tree, topologies, command.properties));
    return;
  }
  const explore::Result r = [&] {
    Progress progress(session);
    options.progress = [&](int depth, std::size_t states) {
      progress.say(design.name + ": " + std::to_string(depth) + " steps deep, " + count(states) + " states");
      return true;
    };
    const explore::Result part = explore::search(tree, topologies, options);
    if (part.states > 0) return part;
    options.slice = false;  // nothing that happens matters to any of these: then look at all that happens
    return explore::search(tree, topologies, options);
  }();

  nlohmann::json json{
      {"design", design.name},      {"grain", command.grain},    {"scope", check::describe(tree, scope)},
      {"topologies", r.topologies}, {"states", r.states},        {"firings", r.counts.firings},
      {"depth", r.depth},           {"end", io::name_of(r.end)}, {"seconds", r.seconds}};
  std::string verdicts;
  for (std::size_t i = 0; i < names.size(); ++i) {
    nlohmann::json item{{"name", names[i]}};
    const bool through = r.end == explore::End::exhausted || r.end == explore::End::all_found;
    const auto v = r.paths[i] ? spec::Verdict::violated
                   : through  ? spec::Verdict::holds_in_scope
                              : spec::Verdict::unknown;
    item["verdict"] = io::name_of(v);
    verdicts += "  " + padded(names[i], column_of(names, std::identity{})) + painted(session, v, cli::words(v)) + '\n';
    if (v == spec::Verdict::unknown && session.exit_code == code::holds) session.exit_code = code::unknown;
    if (r.paths[i]) {
      const trace::Trace t = check::to_trace(*r.paths[i], design.name, names[i], command.grain);
      item["steps"] = t.steps.size();
      item["trace"] = trace_json(tree, t);
      session.exit_code = code::violated;
      if (!command.json) command.traces.print(session, tree, t);
      command.traces.save(tree, t);
    }
    json["properties"].push_back(std::move(item));
  }
  if (command.json) {
    std::cout << json.dump(2) << '\n';
    return;
  }
  std::cout << headline(session, design.name,
                        count(r.states) + " states, " + count(r.counts.firings) + " firings, " +
                            std::to_string(r.depth) + " steps deep, " + count(r.topologies) + " topologies, " +
                            seconds(r.seconds))
            << "  " << wrapped(session, check::describe(tree, scope), 2) << "\n  " << words(r.end) << '\n'
            << verdicts;
}

}  // namespace

void add_explore(CLI::App& app, Session& session) {
  auto* explore = app.add_subcommand("explore", "go through every state of a scope");
  explore->footer(
      "Examples:\n"
      "  pasid explore linux-7.3\n"
      "  pasid explore linux-7.3 --property BoundThreadCanSubmit\n"
      "  pasid explore linux-7.3 --grain step --size Task=1 --max-depth 8\n"
      "Without --property it only counts.");
  const auto command = std::make_shared<ExploreCommand>();
  explore->add_option("design", command->design, "a shipped design's name, or a file")->required()->type_name("DESIGN");
  explore
      ->add_option("--property", command->properties,
                   "look for a violation of this one (may be repeated), and stop there")
      ->type_name("NAME")
      ->allow_extra_args(false);
  explore->add_option("--grain", command->grain, "call: calls run to completion; step: every rule on its own")
      ->check(quietly(CLI::IsMember({"call", "step"})))
      ->type_name("GRAIN")
      ->capture_default_str();
  explore->add_option("--size", command->sizes, "how many of a sort, as in Task=3")
      ->type_name("SORT=N")
      ->allow_extra_args(false);
  explore->add_option("--threads", command->threads, "the answer does not depend on it")
      ->type_name("N")
      ->check(quietly(CLI::Range(1U, 256U)));
  explore->add_option("--max-depth", command->max_depth, "no more steps than this")->type_name("N");
  explore->add_option("--max-states", command->max_states, "where the search gives up")
      ->type_name("N")
      ->capture_default_str();
  explore->add_flag("--any-width", command->any_width, "devices of every width, not only those that every PASID fits");
  explore->add_flag("--only-mms", command->only_mms, "no address spaces but those of processes");
  explore
      ->add_option("--murphi", command->murphi,
                   "instead: write the scope as a program for Murphi (rumur), its invariants those of --property")
      ->type_name("FILE");
  explore->add_flag("--no-symmetry", command->no_symmetry, "count every state, not one of each kind");
  command->traces.add_options(*explore);
  add_edit_options(*explore, command->edits);
  explore->add_flag("--json", command->json, "machine-readable output");
  explore->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
