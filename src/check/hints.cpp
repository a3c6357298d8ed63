#include "src/check/hints.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "src/io/shipped.hpp"

namespace pasid::check {

std::shared_ptr<const smt::Hints> proof_hints() {
  const auto file = std::filesystem::path(io::data_root()) / "proofs" / "hints.txt";
  std::ifstream in(file);
  if (!in) return nullptr;
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  try {
    return std::make_shared<const smt::Hints>(smt::Hints::parse(text));
  } catch (const std::invalid_argument& e) {
    throw std::invalid_argument(file.string() + ", " + e.what());
  }
}

void record_hints(const std::string& file, const std::vector<smt::Proof>& proofs) {
  smt::Hints hints;
  for (const smt::Proof& p : proofs) hints.add(p);
  const std::string draft = file + ".new";  // what is there stays whole until this is
  std::ofstream out(draft);
  out << "# What the proofs of the shipped designs leaned on when they were last recorded, with\n"
         "#   pasid prove --all --record-hints proofs/hints.txt\n"
         "# The next proofs try these invariants first. No verdict rests on them.\n"
      << hints.text();
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(draft, file, error);
  if (!out || error) throw std::invalid_argument("--record-hints: cannot write '" + file + "'");
}

}  // namespace pasid::check
