// Hints say where to look first; what they say wrong changes no verdict.
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/io/design.hpp"
#include "src/io/shipped.hpp"
#include "src/smt/hints.hpp"

using namespace pasid;
using smt::Hints;

namespace {

spec::NativeFacts knobs(const char* design) {
  return io::facts_of(proofs::model(), io::load_design(proofs::model(), design));
}

smt::Proof proof_with(const char* design, const Hints& hints) {
  smt::ProveOptions options;
  options.hints = std::make_shared<const Hints>(hints);
  return smt::prove(proofs::model(), knobs(design), options);
}

std::string verdicts(const smt::Proof& proof) {
  std::string out;
  for (const auto& item : proof.items) out += item.name + ' ' + std::to_string(static_cast<int>(item.status)) + '\n';
  return out;
}

/// Every rule with every formula: what it would lean on, and that it breaks it; and that all follow from the lemmas.
Hints all_wrong() {
  std::ostringstream text;
  for (const auto& f : proofs::model().formulas) {
    text << "lemmas => " << f.name << ": " << proofs::model().formulas.back().name << '\n';
    for (const auto& rule : proofs::model().rules)
      text << rule.label << " => " << f.name << ": " << proofs::model().formulas.front().name << " nothing\n"
           << rule.label << " breaks " << f.name << '\n';
  }
  return Hints::parse(text.str());
}

std::string shipped() {
  std::ifstream in(io::data_root() + "/proofs/hints.txt");
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("hints: text") {
  const Hints hints = Hints::parse("# a comment\n\nbind.a => P: y x\ninit => Q: x\nunbind.c breaks P\n");
  CHECK(hints.find("bind.a", "P") == std::set<std::string>{"x", "y"});
  CHECK(hints.find("bind.a", "Q").empty());
  CHECK(hints.breaks("unbind.c", "P"));
  CHECK_FALSE(hints.breaks("bind.a", "P"));
  CHECK(hints.text() == "bind.a => P: x y\ninit => Q: x\nunbind.c breaks P\n");
  CHECK(Hints::parse(hints.text()).text() == hints.text());
}

TEST_CASE("hints: a line that is none is refused with its number") {
  for (const char* line :
       {"bind.a P: x", "bind.a => P", "=> P: x", " => P: x", "bind.a => : x", "breaks P", "bind.a breaks "}) {
    INFO(line);
    std::string said;
    try {
      (void)Hints::parse(std::string("\n# fine\n") + line);
    } catch (const std::invalid_argument& e) {
      said = e.what();
    }
    CHECK(said.starts_with("line 3: '"));
    CHECK(said.find("expected RULE => FORMULA: INVARIANT ...") != said.npos);
  }
}

TEST_CASE("hints: what a proof adds is what its obligations leaned on beside themselves, and what broke what") {
  smt::Proof proof;
  proof.obligations.push_back({"a", "P", smt::Answer::unsat, false, 0, {"P", "lemma"}});
  proof.obligations.push_back({"a", "Q", smt::Answer::unsat, false, 0, {"Q"}});
  proof.obligations.push_back({"b", "P", smt::Answer::unsat, true, 0, {}});
  proof.items.push_back({"R", lang::FormulaKind::property, smt::Status::dropped, "b"});
  proof.items.push_back({"P", lang::FormulaKind::property, smt::Status::proved, {}});
  Hints hints;
  hints.add(proof);
  CHECK(hints.text() == "a => P: lemma\nb breaks R\n");
}

TEST_CASE("hints: wrong ones and those of another design change no verdict") {
  const smt::Proof plain = smt::prove(proofs::model(), knobs("linux-6.1-x86-stable"));
  CHECK(verdicts(proof_with("linux-6.1-x86-stable", all_wrong())) == verdicts(plain));
  CHECK(verdicts(proof_with("linux-6.1-x86-stable", Hints::parse(shipped()))) == verdicts(plain));
}

TEST_CASE("hints: the shipped ones are of this model") {
  const std::string text = shipped();
  REQUIRE(Hints::parse(text).text().size() > 10'000);
  // Of a model without its rules and formulas nothing would be found: this is how a stale file looks.
  std::size_t found = 0;
  const Hints hints = Hints::parse(text);
  for (const auto& rule : proofs::model().rules)
    for (const auto& f : proofs::model().formulas)
      for (const std::string& name : hints.find(std::string(rule.label), std::string(f.name))) {
        INFO(rule.label);
        INFO(name);
        CHECK(proofs::model().formula_named(name) != nullptr);
        ++found;
      }
  CHECK(found > 1000);
}
