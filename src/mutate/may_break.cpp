#include "src/mutate/may_break.hpp"

#include <algorithm>
#include <optional>

#include "src/check/hints.hpp"
#include "src/mutate/progress.hpp"
#include "src/smt/keeping.hpp"

namespace pasid::mutate {

std::vector<bool> may_break(const Original& original, const smt::Proof& proof, std::span<const Mutant> mutants,
                            unsigned threads, const std::function<void(const std::string&)>& progress) {
  std::vector<char> out(mutants.size());
  std::vector<std::optional<smt::Keeping>> solvers(std::max(1U, threads));
  told_in_parallel(mutants.size(), threads, progress, "steps", [&](std::size_t m, unsigned thread) {
    if (!solvers[thread]) solvers[thread].emplace(original.tree, original.knobs, proof, check::proof_hints());
    out[m] = solvers[thread]->keeps(mutants[m].changed) ? 0 : 1;
  });
  return {out.begin(), out.end()};
}

}  // namespace pasid::mutate
