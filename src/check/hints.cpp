#include "src/check/hints.hpp"

#include <stdexcept>

#include "src/check/recorded.hpp"

namespace pasid::check {

std::shared_ptr<const smt::Hints> proof_hints() {
  const auto text = recorded("hints.txt");
  if (!text) return nullptr;
  try {
    return std::make_shared<const smt::Hints>(smt::Hints::parse(*text));
  } catch (const std::invalid_argument& e) {
    throw std::invalid_argument(recorded_file("hints.txt") + ", " + e.what());
  }
}

void record_hints(const std::string& file, const std::vector<smt::Proof>& proofs) {
  smt::Hints hints;
  for (const smt::Proof& p : proofs) hints.add(p);
  record(file,
         "# What the proofs of the shipped designs leaned on when they were last recorded, with\n"
         "#   pasid prove --all --record-hints proofs/hints.txt\n"
         "# The next proofs try these invariants first. No verdict rests on them.\n" +
             hints.text(),
         "--record-hints");
}

}  // namespace pasid::check
