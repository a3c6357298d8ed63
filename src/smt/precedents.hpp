// What was proved before: a question that comes again, in another design, has the same answer.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "spec/lang/tree.hpp"

namespace pasid::smt {

/// Stands for formulas, whatever their variables are called. Of one run of the program only.
using Fingerprint = std::array<std::uint64_t, 2>;

/// Of these formulas in this order. Equal ones are the same up to the names of variables.
Fingerprint fingerprint(const lang::Tree& tree, const std::vector<lang::NodeId>& formulas);

/// Proofs, by what was proved (from which axioms and premises), with the invariants they leaned on. May be used by
/// several threads. Which of several proofs is found can depend on them, and with it how much work a proof is; that
/// each is one does not.
class Precedents {
 public:
  /// What a proof leaned on, if one is known that leans on nothing but `assumable`.
  [[nodiscard]] std::optional<std::set<Fingerprint>> find(const Fingerprint& question,
                                                          const std::set<Fingerprint>& assumable) const;
  void add(const Fingerprint& question, std::set<Fingerprint> leaned_on);

 private:
  mutable std::mutex mutex_;
  std::map<Fingerprint, std::set<std::set<Fingerprint>>> proofs_;
};

}  // namespace pasid::smt
