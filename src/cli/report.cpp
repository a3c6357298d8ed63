// pasid report
#include "src/review/report.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>

#include "proofs/model.hpp"
#include "src/check/hints.hpp"
#include "src/cli/help.hpp"
#include "src/cli/progress.hpp"
#include "src/io/file.hpp"

namespace pasid::cli {
namespace {

struct ReportCommand {
  std::string out;
  std::vector<std::string> designs;
  std::vector<std::string> claims;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
};

void write(const std::string& folder, const std::map<std::string, std::string>& files) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw std::invalid_argument("--out: cannot make '" + folder + "': " + error.message());
  for (const auto& [name, text] : files) io::write_file("--out", (std::filesystem::path(folder) / name).string(), text);
}

void run(Session& session, const ReportCommand& command) {
  const lang::Tree& tree = proofs::model();
  std::vector<io::Design> designs;
  for (const auto& name : command.designs.empty() ? io::shipped_designs() : command.designs)
    designs.push_back(io::load_design(tree, name));
  std::vector<io::Claim> claims;
  for (const auto& name : command.claims.empty() ? io::shipped_claims() : command.claims)
    claims.push_back(io::load_claim(tree, name));

  std::vector<check::DesignResult> of_designs;
  std::vector<check::ClaimResult> of_claims;
  std::vector<std::string> errors;
  {
    Progress progress(session);
    check::Options options;
    options.progress = [&](const std::string& what) { progress.say(what); };
    options.hints = check::proof_hints();
    options.places = check::trace_places();
    check::Claims all(tree, options);
    all.prepare(designs, claims, command.threads);
    for (const auto& d : designs) of_designs.push_back(all.result(d));
    for (const auto& c : claims) of_claims.push_back(all.check(c));
    errors = all.errors();
  }
  write(command.out, review::report(tree, of_designs, of_claims));
  std::cout << (std::filesystem::path(command.out) / "index.html").string() << ": " << of_claims.size() << " claims, "
            << of_designs.size() << " designs\n";
  for (const auto& e : errors) std::cout << e << '\n';

  for (const auto& r : of_claims) {
    const bool undecided = r.verdict == io::ClaimVerdict::unknown;
    session.exit_code = std::max(session.exit_code, r.agrees()  ? code::holds
                                                    : undecided ? code::unknown
                                                                : code::violated);
  }
  for (const auto& d : of_designs) session.exit_code = std::max(session.exit_code, check::exit_code(d, true));
  if (!errors.empty()) session.exit_code = std::max(session.exit_code, code::violated);
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
  report->add_option("--threads", command->threads, "designs checked side by side")
      ->type_name("N")
      ->check(quietly(CLI::Range(1U, 256U)));
  report->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
