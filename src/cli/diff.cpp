// pasid diff
#include "src/review/diff.hpp"

#include <iostream>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "src/check/hints.hpp"
#include "src/check/places.hpp"
#include "src/cli/help.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"

namespace pasid::cli {
namespace {

struct DiffCommand {
  std::string a;
  std::string b;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
};

void run(Session& session, const DiffCommand& command) {
  const review::Side a = review::side(command.a);
  const review::Side b = review::side(command.b);
  review::DiffOptions options;
  options.check.threads = command.threads;
  options.check.hints = check::proof_hints();
  options.check.places = check::trace_places();
  options.behaviours.threads = command.threads;
  Progress progress(session);
  options.check.progress = options.behaviours.progress = [&](const std::string& what) { progress.say(what); };
  const review::Diff d = review::diff(a, b, options);
  for (const auto& k : d.knobs) std::cout << k.knob << ": " << k.a.value << " -> " << k.b.value << '\n';
  for (const auto& r : d.rules) {
    std::cout << r.a << " | " << r.b << '\n';
    for (const auto* parts : {&r.guards, &r.updates})
      for (const auto& g : *parts) std::cout << "   " << g.label << "\n      - " << g.before << "\n      + " << g.after << " behind " << g.behind << '\n';
  }
  for (const auto& p : d.properties.all) if (p.change != review::PropertyDifference::Change::kept) std::cout << p.property << ' ' << words(p.a.verdict) << " -> " << words(p.b.verdict) << (p.parts ? in_words(*p.parts) : "") << '\n';
  const auto show = [&](const std::vector<review::Behaviour>& all) {
    for (const auto& x : all) {
      std::cout << x.world << (x.environment ? " ENV" : "") << '\n';
      for (const auto& t : x.before) std::cout << "    " << t.call << "   " << t.a << " | " << t.b << '\n';
      std::cout << "    " << x.call << '\n';
      for (const auto& q : x.a) std::cout << "        A " << q.answer << "  " << q.guard << '\n';
      for (const auto& q : x.b) std::cout << "        B " << q.answer << "  " << q.guard << '\n';
    }
  };
  std::cout << "ALLOWED\n"; show(d.behaviours.newly_allowed);
  std::cout << "FORBIDDEN\n"; show(d.behaviours.newly_forbidden);
  std::cout << d.behaviours.questions << " questions, depth " << d.behaviours.depth << ", worlds " << d.behaviours.worlds.size() << '\n';
  for (const auto& l : d.behaviours.left_out) std::cout << "left out " << l << '\n';
  for (const auto* r : {&d.b_in_a, &d.a_in_b}) std::cout << "refinement " << static_cast<int>(r->verdict) << ' ' << r->why << ' ' << r->obligations << ' ' << r->by_frame << '\n';
  for (const auto& c : d.contradictions) std::cout << "!! " << c << '\n';
}

}  // namespace

void add_diff(CLI::App& app, Session& session) {
  auto* diff = app.add_subcommand("diff", "what changes from one design to another");
  const auto command = std::make_shared<DiffCommand>();
  diff->add_option("A", command->a)->required();
  diff->add_option("B", command->b)->required();
  diff->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
