// A proof on several threads says what one on a single thread says.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/check/hints.hpp"
#include "src/io/design.hpp"

using namespace pasid;

namespace {

smt::Proof proof_on(unsigned threads, const char* design, bool hints) {
  smt::ProveOptions options;
  options.threads = threads;
  if (hints) options.hints = check::proof_hints();
  options.like = {design};
  return smt::prove(proofs::model(), io::facts_of(proofs::model(), io::load_design(proofs::model(), design)), options);
}

/// What became of everything, and what was shown for it.
std::string text(const smt::Proof& proof) {
  std::string out;
  for (const auto& i : proof.items)
    out += i.name + ' ' + std::to_string(static_cast<int>(i.status)) + ' ' + i.fell_at + '\n';
  for (const auto& o : proof.obligations)
    out += o.name() + (o.by_frame ? " by frame " : " ") + std::to_string(static_cast<int>(o.answer)) + '\n';
  for (const auto* list : {&proof.vacuous, &proof.dead_rules, &proof.unsettled})
    for (const std::string& what : *list) out += "but " + what + '\n';
  return out;
}

}  // namespace

TEST_CASE("threads of a proof: the verdicts and obligations are those of one thread") {
  for (const char* design : {"linux-7.3", "linux-6.12-x86-stable"})  // all properties stand, and some fall
    for (const bool hints : {true, false}) {
      CAPTURE(design);
      CAPTURE(hints);
      const smt::Proof one = proof_on(1, design, hints);
      for (const unsigned threads : hints ? std::vector{0U, 2U, 3U, 100U} : std::vector{3U}) {
        CAPTURE(threads);
        const smt::Proof several = proof_on(threads, design, hints);
        CHECK(text(several) == text(one));
        std::set<std::string> proved;
        for (const auto& i : several.items)
          if (i.status == smt::Status::proved) proved.insert(i.name);
        for (const auto& o : several.obligations)
          for (const std::string& invariant : o.leans_on) CHECK(proved.contains(invariant));
      }
    }
}

TEST_CASE("threads of a proof: another design's says something else") {
  CHECK(text(proof_on(2, "linux-6.12-x86-stable", true)) != text(proof_on(1, "linux-7.3", true)));
}

TEST_CASE("threads of a proof: the same number finds the same proofs") {
  const auto leans_on = [](const smt::Proof& proof) {
    std::vector<std::vector<std::string>> out;
    for (const auto& o : proof.obligations) out.push_back(o.leans_on);
    return out;
  };
  CHECK(leans_on(proof_on(2, "linux-7.3", true)) == leans_on(proof_on(2, "linux-7.3", true)));
}
