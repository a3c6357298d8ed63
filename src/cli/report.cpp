// pasid report
#include "src/review/report.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <set>
#include <thread>

#include <CLI/CLI.hpp>

#include "proofs/model.hpp"
#include "src/cli/help.hpp"
#include "src/cli/progress.hpp"
#include "src/io/file.hpp"

namespace pasid::cli {
namespace {

struct ReportCommand {
  std::string out;
  std::vector<std::string> designs;
  std::vector<std::string> claims;
  std::vector<std::string> replays;
  std::vector<std::string> vectors;
  std::string figures;
  std::vector<std::string> bugs;  ///< to put back
  bool history = false;           ///< all of them
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
};

void write(const std::string& folder, const std::map<std::string, std::string>& files) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw std::invalid_argument("--out: cannot make '" + folder + "': " + error.message());
  for (const auto& [name, text] : files) io::write_file("--out", (std::filesystem::path(folder) / name).string(), text);
}

/// The first design that was asked for; where all are, the kernel that is shipped with recorded runs of its own.
std::vector<std::string> default_tested(const ReportCommand& command) {
  return {command.designs.empty() ? "linux-7.3" : command.designs.front()};
}

/// The bugs, and the shipped ones that are not among them, by their ids.
std::vector<check::PutBack> with_shipped_bugs(const lang::Tree& tree, std::vector<check::PutBack> bugs) {
  std::set<std::string> there;
  for (const auto& b : bugs) there.insert(b.bug.id);
  for (const auto& id : io::shipped_bugs())
    if (!there.contains(id)) bugs.push_back({io::load_bug(tree, id)});
  std::ranges::stable_sort(bugs, {}, [](const auto& b) { return b.bug.id; });
  return bugs;
}

void run(Session& session, const ReportCommand& command) {
  const lang::Tree& tree = proofs::model();
  std::vector<io::Design> designs;
  for (const auto& name : command.designs.empty() ? io::shipped_designs() : command.designs)
    designs.push_back(io::load_design(tree, name));
  std::vector<io::Claim> claims;
  for (const auto& name : command.claims.empty() ? io::shipped_claims() : command.claims)
    claims.push_back(io::load_claim(tree, name));

  std::vector<io::Design> tested;
  for (const auto& name : command.vectors.empty() ? default_tested(command) : command.vectors)
    tested.push_back(io::load_design(tree, name));

  review::Reported reported;
  std::vector<check::PutBack> put_back;
  for (const auto& name : command.history ? io::shipped_bugs() : command.bugs)
    put_back.push_back({io::load_bug(tree, name)});
  reported.falls = check::known_falls();
  for (const auto& file : command.replays.empty() ? review::recorded_test_runs() : command.replays)
    reported.runs.push_back(review::read_test_run(file));
  const std::string figures = command.figures.empty() ? review::recorded_figures() : command.figures;
  if (!figures.empty()) reported.figures = review::read_figures(figures);
  {
    Progress progress(session);
    check::Options options;
    options.progress = [&](const std::string& what) { progress.say(what); };
    reported.checked = check::check_all(tree, options, designs, claims, command.threads);
    for (const io::Design& design : tested)
      reported.tests.push_back(review::tests_of(tree, design, command.threads, options.progress));
    check::undo_fixes(tree, put_back, options, command.threads);
  }
  reported.bugs = with_shipped_bugs(tree, std::move(put_back));
  const check::Checked& checked = reported.checked;
  write(command.out, review::report(tree, reported));
  std::cout << (std::filesystem::path(command.out) / "index.html").string() << ": " << checked.claims.size()
            << " claims, " << checked.designs.size() << " designs\n";
  for (const auto& e : checked.errors) std::cout << e << '\n';
  session.exit_code = checked.exit_code();
  for (const auto& b : reported.bugs)
    if (b.undone && !b.undone->found()) session.exit_code = std::max(session.exit_code, code::violated);
}

}  // namespace

void add_report(CLI::App& app, Session& session) {
  auto* report = app.add_subcommand("report", "claims, designs and their traces as pages for a browser");
  report->footer(
      "Examples:\n"
      "  pasid report --out report                  every shipped design; then open report/index.html\n"
      "  pasid report --out mine --design ./mine.toml --claim F8\n"
      "Holds (exit code 0) where every verdict is the expected one. The pages need nothing from elsewhere.");
  const auto command = std::make_shared<ReportCommand>();
  report->add_option("--out", command->out, "the folder they are written to; made where there is none")
      ->required()
      ->type_name("DIR");
  report->add_option("--design", command->designs, "designs by name, or files; all shipped ones where none is named")
      ->type_name("DESIGN");
  report->add_option("--claim", command->claims, "claims by id, or files; all where none is named")->type_name("ID");
  report
      ->add_option("--vectors", command->vectors,
                   "designs whose vectors and guards it shows; the first --design, or linux-7.3, where none is named")
      ->type_name("DESIGN");
  report->add_option("--bug", command->bugs, "puts these bugs of spec/history back, as `pasid history` does")
      ->type_name("ID");
  report->add_flag("--history", command->history, "puts back all of them");
  report
      ->add_option(
          "--replay", command->replays,
          "what `pasid replay --json` or `pasid fuzz --json` wrote; the runs of tests/recorded where none is named")
      ->type_name("FILE");
  report
      ->add_option("--figures", command->figures,
                   "what `tests/bench/run --json` wrote; tests/bench/figures.json where none is named")
      ->type_name("FILE");
  report->add_option("--threads", command->threads, "designs checked side by side")
      ->type_name("N")
      ->check(quietly(CLI::Range(1U, 256U)));
  report->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
