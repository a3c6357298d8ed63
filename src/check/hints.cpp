#include "src/check/hints.hpp"

#include <stdexcept>

#include "src/check/recorded.hpp"
#include "src/io/file.hpp"

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

std::vector<std::string> like(const io::Design& design) {
  std::vector<std::string> out{design.name.substr(0, design.name.find(' '))};
  out.insert(out.end(), design.bases.begin(), design.bases.end());
  return out;
}

void record_hints(const std::string& file, const std::vector<io::Design>& designs,
                  const std::vector<smt::Proof>& proofs) {
  smt::Hints hints;
  for (std::size_t i = 0; i < proofs.size(); ++i) hints.add(designs[i].name, proofs[i]);
  io::write_file(
      "--record-hints", file,
      "# What the proofs of the shipped designs leaned on when they were last recorded, and what fell in each, with\n"
      "#   pasid prove --all --record-hints proofs/hints.txt\n"
      "# The next proofs try these invariants first, and without what fell. No verdict rests on them.\n" +
          hints.text());
}

}  // namespace pasid::check
