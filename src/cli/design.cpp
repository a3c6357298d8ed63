// pasid design list | show | validate
#include "src/io/design.hpp"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/check/check.hpp"
#include "src/check/scopes.hpp"
#include "src/cli/text.hpp"
#include "src/explore/topology.hpp"

namespace pasid::cli {
namespace {

struct DesignOptions {
  std::string design;
  bool json = false;
};

nlohmann::json to_json(const io::Design& d) {
  nlohmann::json knobs = nlohmann::json::object();
  for (const auto& k : d.knobs) knobs[k.knob] = {{"value", k.value}, {"origin", k.origin}, {"reason", k.reason}};
  for (const auto& o : d.orders) knobs[o.knob] = {{"value", o.value}, {"origin", o.origin}, {"reason", o.reason}};
  return {{"name", d.name}, {"title", d.title}, {"bases", d.bases}, {"knobs", knobs}};
}

void list(const Session& session, const DesignOptions& options) {
  const auto& tree = proofs::model();
  nlohmann::json all = nlohmann::json::array();
  for (const auto& name : io::shipped_designs()) {
    const io::Design d = io::load_design(tree, name);
    if (options.json) all.push_back({{"name", d.name}, {"title", d.title}});
    else std::cout << headline(session, d.name, d.title);
  }
  if (options.json) std::cout << nlohmann::json{{"designs", all}}.dump(2) << '\n';
}

void show(const DesignOptions& options) {
  const io::Design d = io::load_design(proofs::model(), options.design);
  if (options.json) std::cout << to_json(d).dump(2) << '\n';
  else io::write_resolved(std::cout, d);
}

/// Beyond what reading checks: the axioms can be met.
void validate(Session& session, const DesignOptions& options) {
  const auto& tree = proofs::model();
  const io::Design d = io::load_design(tree, options.design);
  const std::size_t found = [&] {
    const auto knobs = io::facts_of(tree, d);
    return explore::topologies(tree, knobs, check::scope_of(tree, knobs, {})).size();
  }();
  if (found == 0) session.exit_code = code::bad_input;
  if (options.json) {
    std::cout << nlohmann::json{{"design", d.name}, {"file", d.file}, {"topologies", found}, {"valid", found > 0}}.dump(
                     2)
              << '\n';
  } else if (found == 0) {
    std::cout << d.file << ": no topology satisfies the axioms of these knobs\n";
  } else {
    std::cout << headline(session, d.name, d.file) << "  well-formed; " << found
              << " topologies of the default scope satisfy its axioms\n";
  }
}

}  // namespace

void add_design(CLI::App& app, Session& session) {
  auto* design = app.add_subcommand("design", "the designs: what each knob says, and why");
  design->require_subcommand(1);
  design->footer(
      "Examples:\n"
      "  pasid design list\n"
      "  pasid design show reserved-kernel-pasid > mine.toml    to edit and check");
  const auto options = std::make_shared<DesignOptions>();
  const auto sub = [&](const char* name, const char* what, bool takes_design) {
    auto* s = design->add_subcommand(name, what);
    s->add_flag("--json", options->json, "machine-readable output");
    if (takes_design)
      s->add_option("design", options->design, "a shipped design's name, or a file")->required()->type_name("DESIGN");
    return s;
  };
  sub("list", "the designs that come with the program", false)->callback([&session, options] {
    list(session, *options);
  });
  sub("show", "a design with every knob resolved, as TOML", true)->callback([options] { show(*options); });
  sub("validate", "is this file a design, and can its axioms be met?", true)->callback([&session, options] {
    validate(session, *options);
  });
}

}  // namespace pasid::cli
