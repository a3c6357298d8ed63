// Proofs held against the ledger, and a ledger made of proofs.
#pragma once

#include "src/check/ledger.hpp"
#include "src/smt/second.hpp"

namespace pasid::check {

/// A proof and the design it is of.
struct ProofOf {
  std::string design;
  const smt::Proof* proof;
};

struct LedgerCheck {
  std::size_t obligations = 0;  ///< that something was asked for
  std::size_t by_frame = 0;     ///< beside these
  std::size_t known = 0;        ///< that are in the ledger
  std::size_t added = 0;        ///< that are not: the second solver is asked
  std::size_t gone = 0;         ///< entries that are of no obligation any more
  /// Where a solver denies what was proved, or the ledger has another verdict of Z3: "linux-7.3: a => b: …".
  std::vector<std::string> disagreements;
  std::vector<std::string> unknown;  ///< new, and the second solver gave up or is not there
  std::string without;               ///< why the second solver could not be asked, where it could not
};

/// Looks up every obligation; has those that are not in the ledger checked by the second solver. Proofs need their
/// scripts (ProveOptions). Throws std::invalid_argument where there is no obligation at all.
LedgerCheck check_ledger(const Ledger& ledger, const std::vector<ProofOf>& proofs, const smt::SecondOptions& second);

struct RecordOptions {
  unsigned seeds = 20;
  smt::SecondOptions second;  ///< its cache is not used: every answer is given now
};

/// Asks both solvers for every obligation, each different text once. Throws smt::NoSecondSolver, and
/// std::invalid_argument where there is no obligation.
Ledger record_ledger(const std::vector<ProofOf>& proofs, const RecordOptions& options);

}  // namespace pasid::check
