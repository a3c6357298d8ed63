// pasid interleave
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "src/check/hints.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/help.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/review/interleaving.hpp"

namespace pasid::cli {
namespace {

using review::CallAtOnce;
using review::Clash;
using review::Mover;

struct InterleaveCommand {
  std::string design;
  bool json = false;
};

std::string clashes(const std::vector<Clash>& all) {
  std::string out;
  for (const Clash& c : all) out += (out.empty() ? "" : ", ") + c.other + (c.unknown ? " (unknown)" : "");
  return out;
}

void print(const Session& session, const Mover& m) {
  const bool right = m.right.empty();
  const bool left = m.left.empty();
  std::cout << "  " << padded(m.rule, 26)
            << (right && left ? "commutes with everything"
                : right       ? "right mover"
                : left        ? "left mover"
                              : "neither")
            << '\n';
  if (!right) std::cout << "      not right: " << wrapped(session, clashes(m.right), 17) << '\n';
  if (!left) std::cout << "      not left:  " << wrapped(session, clashes(m.left), 17) << '\n';
}

std::string moments(const CallAtOnce& c) {
  std::string out;
  for (const std::size_t m : c.moments) out += (out.empty() ? "" : ", ") + c.sections[m].rule;
  return (c.moments.size() == 1 ? "as if at once, at " : "as if at " + count(c.moments.size()) + " moments: ") + out;
}

void print(const Session& session, const CallAtOnce& c) {
  std::cout << bold(session, padded(c.call, 16)) << moments(c) << "   " << count(c.obligations) << " obligations, "
            << count(c.by_frame) << " by frame\n";
  for (std::size_t i = 0; i < c.sections.size(); ++i) {
    print(session, c.sections[i]);
    if (!c.undos[i].rule.empty()) print(session, c.undos[i]);
  }
}

void run(Session& session, const InterleaveCommand& command) {
  const review::Side side = review::side(command.design);
  smt::ProveOptions options;
  options.hints = check::proof_hints();
  options.like = check::like(side.design);
  std::vector<CallAtOnce> all;
  {
    Progress progress(session);
    progress.say(side.name + ": proving");
    const smt::Proof proof = smt::prove(*side.tree, side.knobs, options);
    progress.say(side.name + ": pairs of steps");
    all = review::at_once(side, proof);
  }
  for (const CallAtOnce& c : all) print(session, c);
}

}  // namespace

void add_interleave(CLI::App& app, Session& session) {
  auto* interleave = app.add_subcommand("interleave", "may calls be taken to happen at once?");
  const auto command = std::make_shared<InterleaveCommand>();
  interleave->add_option("design", command->design, "a shipped design's name, or a file")->required();
  interleave->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
