// pasid why
#include "src/review/why.hpp"

#include <cstring>
#include <iostream>
#include <map>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/cli/help.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/cli/trace_output.hpp"
#include "src/trace/formula.hpp"

namespace pasid::cli {
namespace {

using review::Reason;
using review::Why;

struct WhyCommand {
  std::string label;
  std::string design = "linux-7.3";
  bool all = false;
  bool json = false;
  TraceOutput traces;
  std::string record_falls;
  bool max_states_given = false;
  review::WhyOptions options;
};

const lang::Guard* guard_of(const Why& w) {
  const std::string_view name = std::string_view(w.label).substr(0, w.label.find('#'));
  for (const lang::RuleTree* rule : w.rules)
    for (const lang::Guard& g : rule->guards)
      if (g.label == name) return &g;
  return nullptr;
}

/// "-ENOSPC", "await", "given", "choose", "update", "lemma"
std::string kind_of(const Why& w) {
  if (w.rules.empty()) return "lemma";
  const lang::Guard* guard = guard_of(w);
  if (guard == nullptr) return "update";
  switch (guard->kind) {
    case lang::GuardKind::require: return std::string("-") + strerrorname_np(guard->err);
    case lang::GuardKind::await: return "await";
    case lang::GuardKind::given: return "given";
    case lang::GuardKind::choose: return "choose";
  }
  return "";
}

const char* word(Reason reason) {
  switch (reason) {
    case Reason::property: return "property";
    case Reason::lemma: return "lemma";
    case Reason::open: return "open";
    case Reason::nothing: return "nothing";
    case Reason::implied: return "implied";
    case Reason::decided: return "decided";
  }
  return "";
}

std::string steps(const trace::Trace& t) {
  return std::to_string(t.steps.size()) + (t.grain == "step" ? " single step" : " step") +
         (t.steps.size() == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& names) { return trace::joined(names, ", "); }

/// The properties among these; of lemmas alone, the lemmas.
std::vector<std::string> properties_first(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const std::string& n : names)
    if (proofs::model().formula_named(n)->kind == lang::FormulaKind::property) out.push_back(n);
  return out.empty() ? names : out;
}

/// What falls, or what else it is there for, in a line.
std::string in_a_line(const Why& w) {
  switch (w.reason) {
    case Reason::property: return w.fallen.front().property + " falls, " + steps(w.fallen.front().trace);
    case Reason::lemma: return "needed to prove " + joined(properties_first(w.not_proved));
    case Reason::open:
      return joined(w.not_proved) + (w.not_proved.size() == 1 ? " is" : " are") + " not proved without it";
    case Reason::implied: return "redundant: it never is the first to fail";
    case Reason::decided: return "the design's knobs decide it";
    case Reason::nothing: break;
  }
  const std::string kind = kind_of(w);
  if (kind == "lemma") return "no proof needs it";
  if (kind == "update") return "no property needs it";
  if (kind == "await") return "as the kernel waits; no property needs it";
  if (kind == "given") return "otherwise it has no meaning; no property needs it";
  if (kind == "choose") return "what may be picked; no property needs it";
  return "as the kernel answers; no property needs it";
}

nlohmann::ordered_json to_json(const lang::Tree& tree, const Why& w) {
  nlohmann::ordered_json out{{"label", w.label}, {"kind", kind_of(w)}, {"reason", word(w.reason)}};
  out["rules"] = nlohmann::ordered_json::array();
  for (const lang::RuleTree* rule : w.rules) out["rules"].push_back({{"label", rule->label}, {"source", rule->source}});
  out["fallen"] = nlohmann::ordered_json::array();
  for (const review::Fallen& f : w.fallen)
    out["fallen"].push_back({{"property", f.property},
                             {"steps", f.trace.steps.size()},
                             {"grain", f.trace.grain},
                             {"possible_under_policy", f.possible_under_policy}});
  if (!w.fallen.empty()) out["trace"] = trace_json(tree, w.fallen.front().trace);
  out["not_proved"] = w.not_proved;
  out["seconds"] = w.seconds;
  return out;
}

/// The part as `pasid rules` has it, where it stands and where that is from; then what falls, and the shortest trace.
void print_one(const Session& session, const lang::Tree& tree, const WhyCommand& command, const std::string& design,
               const Why& w) {
  std::cout << headline(session, w.label, kind_of(w)) << '\n';
  if (w.rules.empty())
    std::cout << trace::formula_text(tree, tree.formula_named(w.label)->body, 2, session.columns) << "\n";
  for (const lang::RuleTree* rule : w.rules) {
    std::cout << "  of " << rule->label << '\n';
    std::cout << "    " << dim(session, wrapped(session, rule->source, 4)) << '\n';
  }
  std::cout << '\n';
  if (!w.fallen.empty()) command.traces.print(session, tree, w.fallen.front().trace);
  std::cout << design << " without it: " << wrapped(session, in_a_line(w), design.size() + 13) << '\n';
  const std::size_t width = column_of(w.fallen, &review::Fallen::property);
  for (const review::Fallen& f : w.fallen)
    std::cout << "  " << padded(f.property, width) << painted(session, spec::Verdict::violated, "violated", 10)
              << steps(f.trace) << (f.possible_under_policy ? "" : ", with a pick that is not the lowest free number")
              << '\n';
  if (w.reason == Reason::nothing || w.reason == Reason::implied)
    std::cout << "  proved, for any number of processes and devices\n";
}

void print_all(const Session& session, const review::Whys& whys) {
  const std::vector<Why>& all = whys.parts;
  const std::size_t width = column_of(all, &Why::label);
  const std::size_t kinds = column_of(all, kind_of);
  const lang::RuleTree* rule = nullptr;
  std::map<std::string, std::size_t> counts;
  for (const Why& w : all) {
    ++counts[word(w.reason)];
    if (w.rules.empty() && rule != nullptr) std::cout << '\n' << bold(session, "lemmas") << '\n';
    if (!w.rules.empty() && w.rules.front() != rule)
      std::cout << (rule == nullptr ? "" : "\n") << bold(session, w.rules.front()->label) << "  "
                << dim(session, wrapped(session, w.rules.front()->source, 4)) << '\n';
    rule = w.rules.empty() ? nullptr : w.rules.front();
    const std::string why = in_a_line(w);
    std::cout << "  " << padded(w.label, width) << padded(kind_of(w), kinds)
              << (w.reason == Reason::open ? bad(session, why) : why) << '\n';
  }
  std::cout << '\n' << count(all.size()) << " parts:";
  const char* comma = " ";
  for (const auto& [name, n] : counts) {
    std::cout << comma << count(n) << ' ' << name;
    comma = ", ";
  }
  std::cout << '\n';
  std::cout << wrapped(session, "What can fall is what is proved of the design: " + joined(whys.proved) + ".", 0)
            << '\n';
  if (counts.contains(word(Reason::open)))
    std::cout << wrapped(session,
                         "Open: no proof without it, and no trace was found or is on record. Longer searches: "
                         "--max-states, or pasid why LABEL.",
                         0)
              << '\n';
}

/// Of each part the shortest.
void record(const std::string& file, const std::string& design, const std::vector<Why>& all) {
  check::Places places;
  for (const Why& w : all)
    if (!w.fallen.empty())
      places.add(check::name_without(design, w.label), w.fallen.front().property, w.fallen.front().place);
  check::record_falls(file, places);
}

void run(Session& session, WhyCommand& command) {
  if (command.all == !command.label.empty())
    throw std::invalid_argument("why: name a guard, an update or a lemma (pasid rules prints them), or ask for --all");
  const lang::Tree& tree = proofs::model();
  const io::Design design = io::load_design(tree, command.design);
  const std::vector<std::string> labels =
      command.all ? review::parts_of(tree, design) : std::vector<std::string>{command.label};
  if (!command.record_falls.empty() && !command.all)
    throw std::invalid_argument("--record-falls: only with --all, for the file is for all that a design has");
  if (command.record_falls.empty()) command.options.places = check::fall_places();
  if (command.all && !command.max_states_given) {
    // Where the design is on record, a search was made before, and longer than there is time for now.
    command.options.search =
        !command.options.places || !command.options.places->know(check::name_without(design.name, ""));
    command.options.max_states = 4000;
  }
  command.options.one_is_enough = command.all;
  const review::Whys whys = [&] {
    Progress progress(session);
    command.options.progress = [&](const std::string& what) { progress.say(what); };
    return review::why(tree, design, labels, command.options);
  }();
  const std::vector<Why>& all = whys.parts;
  for (const Why& w : all) {
    if (w.reason == Reason::open) session.exit_code = code::unknown;
    for (const review::Fallen& f : w.fallen) command.traces.save(tree, f.trace);
  }
  if (!command.record_falls.empty()) record(command.record_falls, design.name, all);
  if (command.json) {
    nlohmann::ordered_json out{
        {"design", design.name}, {"proved", whys.proved}, {"parts", nlohmann::ordered_json::array()}};
    for (const Why& w : all) out["parts"].push_back(to_json(tree, w));
    std::cout << out.dump(2) << '\n';
  } else if (command.all) {
    print_all(session, whys);
  } else {
    print_one(session, tree, command, design.name, all.front());
  }
}

}  // namespace

void add_why(CLI::App& app, Session& session) {
  auto* why_app = app.add_subcommand("why", "what a guard, an update or a lemma is there for: what falls without it");
  why_app->footer(
      "Examples:\n"
      "  pasid why drain.work-finished             the property that falls, by the shortest trace\n"
      "  pasid why bind.caller-runs#2              the second operand of a guard\n"
      "  pasid why unbind.clear/entry --design linux-6.1\n"
      "  pasid why --all --design linux-7.3        the table of everything that the design's rules have\n"
      "Where nothing falls that is proved. Exit code 2: something is not proved without it, and no trace was found.");
  const auto command = std::make_shared<WhyCommand>();
  why_app->add_option("label", command->label, "a guard, an operand of one, an update, or a lemma")->type_name("LABEL");
  why_app->add_option("--design", command->design, "a shipped design, or a file")
      ->type_name("DESIGN")
      ->capture_default_str();
  why_app->add_flag("--all", command->all, "everything");
  auto* most =
      why_app->add_option("--max-states", command->options.max_states, "where the search of one world gives up")
          ->type_name("N")
          ->check(quietly(CLI::Range(std::size_t{1}, std::size_t{1} << 32U)))
          ->capture_default_str();
  command->options.threads = std::thread::hardware_concurrency();
  why_app->add_option("--threads", command->options.threads, "labels side by side")
      ->type_name("N")
      ->check(quietly(CLI::Range(1U, 1024U)));
  why_app->add_flag("--json", command->json, "machine-readable output");
  command->traces.add_options(*why_app);
  why_app
      ->add_option("--record-falls", command->record_falls,
                   "with --all: write down where what falls was found, for the next to look there first")
      ->type_name("FILE");
  why_app->callback([&session, command, most] {
    command->max_states_given = most->count() > 0;
    run(session, *command);
  });
}

}  // namespace pasid::cli
