// What hints say wrong changes no verdict.
#include <algorithm>
#include <memory>
#include <sstream>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/check/hints.hpp"
#include "src/io/design.hpp"
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
  options.like = {design};
  return smt::prove(proofs::model(), knobs(design), options);
}

std::string verdicts(const smt::Proof& proof) {
  std::string out;
  for (const auto& item : proof.items) out += item.name + ' ' + std::to_string(static_cast<int>(item.status)) + '\n';
  return out;
}

/// Every rule with every formula: what it would lean on, and that it breaks it in that design; and that all follow from
/// the lemmas.
Hints all_wrong(const std::string& design) {
  std::ostringstream text;
  for (const auto& f : proofs::model().formulas) {
    text << "lemmas => " << f.name << ": " << proofs::model().formulas.back().name << '\n';
    for (const auto& rule : proofs::model().rules)
      text << rule.label << " => " << f.name << ": " << proofs::model().formulas.front().name << " nothing\n"
           << design << ": " << rule.label << " breaks " << f.name << '\n';
  }
  return Hints::parse(text.str());
}

}  // namespace

TEST_CASE("hints: wrong ones change no verdict") {
  const smt::Proof plain = smt::prove(proofs::model(), knobs("linux-6.12-x86-stable"));
  const auto has = [&](smt::Status s) { return std::ranges::count(plain.items, s, &smt::Item::status) > 5; };
  REQUIRE(has(smt::Status::proved));  // there is something to change
  CHECK(verdicts(proof_with("linux-6.12-x86-stable", all_wrong("linux-6.12-x86-stable"))) == verdicts(plain));
  CHECK(verdicts(proof_with("linux-6.12-x86-stable", all_wrong("another"))) == verdicts(plain));
}

TEST_CASE("hints: the shipped ones change no verdict") {
  for (const char* design : {"linux-5.12", "linux-7.3"}) {
    INFO(design);
    CHECK(verdicts(proof_with(design, *check::proof_hints())) == verdicts(smt::prove(proofs::model(), knobs(design))));
  }
}
