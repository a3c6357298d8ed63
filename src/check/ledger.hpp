// The proof ledger: what two solvers said of every obligation when that was last recorded (proofs/ledger.json).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "src/io/json.hpp"
#include "src/smt/prove.hpp"

namespace pasid::check {

/// One obligation. `hash` is of its text: rule, goal, the invariants in `from`, and axioms. An obligation that may
/// assume more has it as a part, so that unsat of this text is unsat of that one.
struct LedgerEntry {
  std::string design;             ///< one that has it: the first, in the order in which they were proved
  std::string obligation;         ///< "bind.alloc => OnePasidPerMm"
  std::string hash;               ///< 16 hexadecimal digits of the text's SHA-256
  std::vector<std::string> from;  ///< invariants that the proof leaned on, by name
  bool all_axioms = false;        ///< with all axioms; else with those of nothing but symbols that occur
  smt::Answer z3 = smt::Answer::unknown;
  unsigned z3_ms = 0;  ///< CPU time, rounded to 10 ms, so that recording again is not all noise
  smt::Answer cvc5 = smt::Answer::unknown;
  unsigned cvc5_ms = 0;  ///< wall-clock time with the start of the process, rounded too
  unsigned seeds = 0;    ///< that Z3 was asked with
  unsigned changed = 0;  ///< of these, with another answer
  [[nodiscard]] std::string name() const { return design + ": " + obligation; }
};

struct Ledger {
  std::vector<std::string> solvers;  ///< "Z3 4.8.12", "cvc5 1.0.3"
  std::vector<LedgerEntry> entries;
};

/// Throws io::InputError for whatever is wrong with it: no entry, a hash that is none or occurs twice, a word that is
/// no verdict.
Ledger read_ledger(const io::JsonDocument& document);

/// A line an obligation, by obligation and hash.
std::string text(Ledger ledger);

/// The text of an obligation that assumes its script's core.
std::string ledger_text(const smt::Scripts& scripts, const smt::Script& script, bool all_axioms);

/// The hash of a text.
std::string ledger_hash(const std::string& text);

/// What of a ledger can be told in numbers.
struct LedgerFigures {
  std::size_t obligations = 0;
  std::size_t agreed = 0;     ///< both solvers say unsat
  std::size_t changed = 0;    ///< some seed changed the verdict
  unsigned fewest_seeds = 0;  ///< that one of them was tried with
  const LedgerEntry* slowest_z3 = nullptr;
  const LedgerEntry* slowest_cvc5 = nullptr;
};
LedgerFigures figures(const Ledger& ledger);

/// Finds the entry of an obligation.
class LedgerIndex {
 public:
  LedgerIndex() = default;
  explicit LedgerIndex(const Ledger& ledger) {
    for (const LedgerEntry& e : ledger.entries) add(e);
  }
  void add(const LedgerEntry& entry);  ///< which must outlive the index

  /// The entry of this obligation's text, or of a part of it; nothing where there is none, or nothing was asked. What
  /// an entry says of its text is not believed: the text is made again, and its hash compared.
  [[nodiscard]] const LedgerEntry* find(const smt::Proof& proof, const smt::Obligation& obligation) const;

 private:
  std::map<std::string, const LedgerEntry*> by_hash_;
  std::multimap<std::string, const LedgerEntry*> by_obligation_;
};

}  // namespace pasid::check
