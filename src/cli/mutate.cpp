// pasid mutate
#include "src/mutate/mutate.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <thread>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/base/shell.hpp"
#include "src/check/hints.hpp"
#include "src/check/recorded.hpp"
#include "src/cli/help.hpp"
#include "src/cli/mutate_table.hpp"
#include "src/cli/part.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/conform/vectors/file.hpp"
#include "src/io/file.hpp"
#include "src/io/json.hpp"
#include "src/mutate/operators.hpp"
#include "src/mutate/reasons.hpp"
#include "src/mutate/table.hpp"
#include "src/mutate/texts.hpp"
#include "src/review/rules_file.hpp"
#include "src/review/side.hpp"

namespace pasid::cli {
namespace {

using mutate::Mutation;

struct MutateCommand {
  std::string design;
  std::vector<std::string> of;
  std::string operator_name;
  std::string suite;
  std::string reasons;
  std::string lemmas;
  std::string ways;
  std::string record_ways;
  std::string since;
  bool all = false;
  bool json = false;
  mutate::MutateOptions options;
};

/// Below proofs/: reasons.
constexpr const char* reasons_record = "mutants.txt";

/// Below proofs/: lemmas for proofs of equivalence.
constexpr const char* lemmas_record = "mutants_lemmas.txt";

/// The same: scripts, see mutate::read_scripts().
constexpr const char* ways_record = "ways.txt";

/// Below proofs/: what rules, formulas and designs say, as mutate::texts_of() has it.
constexpr const char* texts_record = "rules.txt";

/// A file that goes with the object.
struct Scratch {
  std::string path =
      (std::filesystem::temp_directory_path() / ("pasid-mutate-" + std::to_string(getpid()) + ".json")).string();
  Scratch() = default;
  ~Scratch() { std::filesystem::remove(path, ignored_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

 private:
  std::error_code ignored_;
};

/// What `pasid vectors` writes.
void write_suite(const lang::Tree& tree, const io::Design& design, const std::string& path,
                 const MutateCommand& command) {
  const spec::NativeFacts knobs = io::facts_of(tree, design);
  const explore::Reading reading = explore::native_reading();
  const conform::Catalogue catalogue(tree, reading, knobs);
  conform::vectors::GenerateOptions options;
  options.threads = command.options.threads;
  options.prove.hints = check::proof_hints();
  options.prove.like = check::like(design);
  options.progress = [&](const std::string& what) { command.options.progress("the suite: " + what); };
  std::ostringstream text;
  conform::vectors::write(text, catalogue, generate(catalogue, knobs, options), {command.design, "all", options.seed});
  io::write_file("the suite", path, std::move(text).str());
}

Mutation judged(const lang::Tree& tree, const io::Design& design, const std::string& path,
                const MutateCommand& command) {
  const explore::Reading reading = explore::native_reading();
  const conform::VectorFile suite(path, tree, reading, conform::Device::asked);
  if (suite.design() != command.design)
    throw std::invalid_argument("--suite " + path + ": it is of " + suite.design() + ", not of " + command.design);
  if (suite.tests() == 0) throw std::invalid_argument("--suite " + path + ": it has no test");
  return mutate::mutate(tree, design, suite, command.options);
}

/// proofs/rules.txt of a git revision.
mutate::Texts texts_at(const std::string& revision) {
  const std::string file = check::recorded_file(texts_record);
  const auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || std::strchr("._/~^@-", c); };
  if (revision.empty() || revision.front() == '-' || !std::ranges::all_of(revision, plain))
    throw std::invalid_argument("--since '" + revision + "': it is no file and no name of a revision");
  const std::string root = std::filesystem::path(file).parent_path().parent_path().string();
  const std::string command = "git -c safe.directory='*' -C " + shell_word(root) + " show " +
                              shell_word(revision + ":proofs/" + texts_record) + " 2>/dev/null";
  std::string text;
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("git cannot be run");
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), n);
  if (pclose(pipe) != 0)
    throw std::invalid_argument("--since " + revision + ": it is no file, and git has no such revision with proofs/" +
                                texts_record);
  return mutate::read_texts(text);
}

/// What is judged: all but what a table has, or what is another since a revision or in a file of rules.
void read_since(MutateCommand& command, const lang::Tree& tree, const io::Design& design) {
  if (command.since.empty()) return;
  if (command.of.size() > 1) throw std::invalid_argument("--since: --of of one thing only");
  if (!std::filesystem::exists(command.since)) {
    command.options.only = mutate::changed(texts_at(command.since), mutate::texts_of(tree), design.name);
    return;
  }
  if (io::JsonDocument::read(command.since).root().find("mutants")) {
    command.options.before = mutate::read_table(command.since, design.name);
    return;
  }
  // Rules of a file may have the knobs of a design folded in, and each of their updates has variables of its own: both
  // are compared as such a file has them.
  const spec::NativeFacts knobs = io::facts_of(tree, design);
  const auto texts = [&](lang::Tree of) {
    mutate::Texts out;
    for (const lang::RuleTree& rule : review::rules_of(of, of.rules, knobs))
      out["rule " + std::string(rule.label)] = review::to_json(of, rule).dump();
    return out;
  };
  command.options.only = mutate::changed(texts(*review::read_rules(command.since)), texts(tree), design.name);
}

/// What a file for this design and others has of this one; empty where the one that comes with the program is not
/// there.
template <class Read>
auto on_record(const std::string& given, const char* record, const std::string& design, const Read& read)
    -> decltype(read(std::string(), design)) {
  const std::string file = given.empty() ? check::recorded_file(record) : given;
  if (given.empty() && !std::filesystem::exists(file)) return {};
  const std::string text = io::read_file(file);
  try {
    return read(text, design);
  } catch (const std::invalid_argument& e) {
    throw std::invalid_argument(file + ", " + e.what());
  }
}

void run(Session& session, MutateCommand& command) {
  const lang::Tree& tree = proofs::model();
  const io::Design design = load_design(session, tree, command.design);
  if (!command.operator_name.empty())
    command.options.by = static_cast<mutate::Operator>(
        std::ranges::find(mutate::operator_names, command.operator_name) - mutate::operator_names + 1);
  if (command.of.size() == 1) {
    command.options.of = command.of.front();
  } else if (!command.of.empty()) {
    lang::Tree own = tree;
    require_mutants_of(mutate::mutants_of(own, io::facts_of(own, design)), command.of);
    command.options.only.emplace(command.of.begin(), command.of.end());
  }
  command.options.reasons = on_record(command.reasons, reasons_record, design.name, mutate::read_reasons);
  command.options.lemmas = on_record(command.lemmas, lemmas_record, design.name, mutate::read_reasons);
  command.options.ways = on_record(command.ways, ways_record, design.name, mutate::read_scripts);
  command.options.wants_ways = !command.record_ways.empty();
  read_since(command, tree, design);
  Mutation m = [&] {
    Progress progress(session);
    command.options.progress = [&](const std::string& what) { progress.say(what); };
    if (command.options.only && command.options.only->empty()) return Mutation{};  // and no suite is needed
    if (!command.suite.empty()) return judged(tree, design, command.suite, command);
    const Scratch suite;
    write_suite(tree, design, suite.path, command);
    return judged(tree, design, suite.path, command);
  }();
  if (!command.since.empty() && (command.options.only || !command.options.before.empty())) m.since = command.since;
  if (wants_json(session, command.json)) print_json(session, mutate::to_json(design.name, m));
  if (!command.json) print_mutation(session, design.name, m, command.all);
  if (!command.record_ways.empty()) {
    const bool is_new = !std::filesystem::exists(command.record_ways);
    io::write_file("--record-ways", command.record_ways, (is_new ? "" : io::read_file(command.record_ways)) + m.ways);
  }
  session.exit_code = exit_code(m);
}

}  // namespace

void add_mutate(CLI::App& app, Session& session) {
  auto* mutate_app = app.add_subcommand("mutate", "mistakes put into the rules one at a time: what notices each");
  mutate_app->footer(
      "Examples:\n"
      "  pasid mutate linux-7.3 --rule unbind.drain --all\n"
      "  pasid mutate linux-7.3 --json > before.json\n"
      "  pasid mutate linux-7.3 --since before.json\n"
      "  pasid mutate linux-7.3 --since HEAD~1\n"
      "Killed by reading: run beside the compiled rule it does otherwise in a state that can be reached, and no property,\n"
      "no test and no lemma says that it is wrong.\n"
      "Exit code 1: some mutant is neither killed by a property or a test nor proved to be equivalent, and no reason is on\n"
      "record; or a reason is for one that is.");
  const auto command = std::make_shared<MutateCommand>();
  mutate_app->add_option("design", command->design, "a shipped design, or a file")->required()->type_name("DESIGN");
  mutate_app
      ->add_option("--of,--rule", command->of,
                   "mutants of this rule, call, knob, property or lemma only (may be repeated)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  mutate_app->add_option("--operator", command->operator_name, "those of one kind only")
      ->check(quietly(CLI::IsMember(
          std::vector<std::string>(std::begin(mutate::operator_names), std::end(mutate::operator_names)))))
      ->type_name("OPERATOR");
  mutate_app
      ->add_option("--suite", command->suite,
                   "vectors of the design, as `pasid vectors` writes them; without, they are made")
      ->type_name("FILE");
  mutate_app->add_option("--reasons", command->reasons, "why mutants are left, instead of proofs/mutants.txt")
      ->type_name("FILE");
  mutate_app
      ->add_option(
          "--lemmas", command->lemmas,
          "what proofs of equivalence may lean on besides, if it is proved, instead of proofs/mutants_lemmas.txt")
      ->type_name("FILE");
  mutate_app
      ->add_option("--ways", command->ways,
                   "scripts of `pasid shell`, along which mutants are tried, instead of proofs/ways.txt")
      ->type_name("FILE");
  mutate_app->add_option("--record-ways", command->record_ways, "add a script to it for what only a long search showed")
      ->type_name("FILE");
  mutate_app
      ->add_option(
          "--since", command->since,
          "a table that --json wrote before: what was killed there, and is as it was, is taken over; or rules as `pasid rules --json --design` writes them, or a git revision: "
          "only what is another since then is judged")
      ->type_name("SINCE");
  mutate_app->add_option("--max-states", command->options.max_states, "of each small world that is gone through")
      ->type_name("N");
  command->options.threads = std::max(1U, std::thread::hardware_concurrency());
  mutate_app->add_option("--threads,-j", command->options.threads, "the verdicts do not depend on it")
      ->type_name("N")
      ->check(quietly(CLI::Range(1U, 256U)));
  mutate_app->add_flag("--all", command->all, "print every mutant, not those alone that are left");
  mutate_app->add_flag("--json", command->json, "machine-readable output");
  mutate_app->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
