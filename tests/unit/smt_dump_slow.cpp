// Obligations written as SMT-LIB are asked again of programs that share nothing with the prover but the file.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "proofs/model.hpp"
#include "src/smt/prove.hpp"
#include "tests/support/designs.hpp"
#include "tests/support/directory.hpp"

using namespace pasid;
using namespace pasid::test;
namespace fs = std::filesystem;

namespace {

std::string output_of(const std::string& command) {
  std::FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string out;
  std::array<char, 256> part{};
  while (std::fgets(part.data(), static_cast<int>(part.size()), pipe) != nullptr) out += part.data();
  (void)pclose(pipe);
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

bool installed(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null").c_str()) == 0;
}

struct Dump {
  Directory directory;
  smt::Proof proof;
  std::vector<fs::path> files;

  Dump() {
    smt::ProveOptions options;
    options.dump_dir = directory.path().string();
    proof = smt::prove(proofs::model(), linux_7_3_in_short(), options);
    for (const auto& entry : fs::directory_iterator(directory.path())) files.push_back(entry.path());
    std::ranges::sort(files);
  }
};
const Dump& dump() {
  static const Dump all;
  return all;
}

/// The last line of the file that asks nothing makes it satisfiable: every assertion but the axioms is left out.
std::string without_assertions_from(const fs::path& file, const fs::path& directory) {
  std::string all = read(file);
  const auto last = all.rfind("(assert");
  REQUIRE(last != std::string::npos);
  const auto check = all.find("(check-sat", last);
  REQUIRE(check != std::string::npos);
  all.erase(last, check - last);
  const fs::path out = directory / "tampered.smt2";
  std::ofstream(out) << all;
  return out.string();
}

constexpr std::size_t sample = 60;

/// Asks `program` about a sample of the files.
void ask(const std::string& program, const std::string& command) {
  if (!installed(program)) {
    WARN_MESSAGE(false, "SKIPPED: ", program, " is not installed, so nobody checked the proofs a second time");
    return;
  }
  std::vector<fs::path> files = dump().files;
  Random random(test::seed());
  shuffle(random, files);
  REQUIRE(files.size() >= sample);
  files.resize(sample);
  for (const auto& file : files)
    CHECK_MESSAGE(output_of(command + " '" + file.string() + "'") == "unsat", file.filename().string());

  // The control: without its last assertion (what is denied) an obligation has a model, or is given up.
  const Directory scratch;
  const auto obligation = dump().directory.path() / "unbind.drain--users_work_has_undrained_bond.smt2";
  REQUIRE(fs::exists(obligation));
  CHECK(output_of(command + " '" + obligation.string() + "'") == "unsat");
  CHECK(output_of(command + " '" + without_assertions_from(obligation, scratch.path()) + "'") != "unsat");
}

}  // namespace

TEST_CASE("dump: one self-contained file for each obligation that was asked") {
  std::set<std::string> wanted;
  for (const auto& o : dump().proof.obligations)
    if (!o.by_frame) {
      std::string name = o.rule + "--" + o.formula + ".smt2";
      for (char& c : name)
        if (c == ' ' || c == ':') c = '_';
      wanted.insert(std::move(name));
    }
  std::set<std::string> found;
  for (const auto& file : dump().files) found.insert(file.filename().string());
  CHECK(found == wanted);
  CHECK(found.size() > 100);
  for (const auto& file : dump().files) {
    const std::string all = read(file);
    CHECK_MESSAGE(all.find("(set-logic") != std::string::npos, file.filename().string());
    CHECK_MESSAGE(all.find("(check-sat)") != std::string::npos, file.filename().string());
  }
}

TEST_CASE("dump: z3 as a program agrees on a sample") { ask("z3", "z3 -T:20"); }

TEST_CASE("dump: cvc5 agrees on a sample") { ask("cvc5", "cvc5 --lang smt2 --tlimit=10000"); }
