// A proof on several threads: each asks of a share of the rules.
#include <algorithm>
#include <numeric>

#include "src/base/parallel.hpp"
#include "src/smt/proving.hpp"

namespace pasid::smt {
namespace {
/// Beyond, a thread would hardly ask for longer than it takes to make its solver.
constexpr std::size_t most_threads = 8;
}  // namespace

Proving::Others Proving::make_others() const {
  Others out;
  for (std::size_t t = 1; t < std::min<std::size_t>(options_.threads, most_threads); ++t)
    out.push_back(std::async(std::launch::async, [this] { return std::make_unique<Other>(whole_, knobs_, options_); }));
  return out;
}

/// Which thread asks of each rule, and last of the initial state: those with most to ask of are given away first, each
/// to whoever has least.
std::vector<std::size_t> Proving::shares(std::size_t threads) const {
  std::vector<std::size_t> out(theory_.rules.size() + 1, 0);
  if (threads == 1) return out;
  std::vector<std::pair<std::size_t, std::size_t>> order;  // how many are to be asked of, and the rule
  for (std::size_t r = 0; r < out.size(); ++r) order.emplace_back(solving_.readers(r) + 1, r);
  std::ranges::stable_sort(order, std::greater{}, [](const auto& of) { return of.first; });
  std::vector<std::size_t> load(threads, 0);
  for (const auto& [readers, r] : order) {
    out[r] = static_cast<std::size_t>(std::ranges::min_element(load) - load.begin());
    load[out[r]] += readers;
  }
  return out;
}

/// Calls `work(solving, r)` for each rule, and last the initial state, in order but for those that other threads ask
/// of. Without precedents, which proofs are found hangs on how many threads there are, and on nothing else.
void Proving::each_rule(const std::function<void(Solving&, std::size_t)>& work) {
  const std::size_t threads = others_.size() + 1;
  const std::vector<std::size_t> share = shares(threads);
  std::vector<double> spent(threads, 0);
  in_parallel(threads, static_cast<unsigned>(threads), [&](std::size_t thread, unsigned) {
    const double start = cpu_seconds();
    Other* other = thread == 0 ? nullptr : others_[thread - 1].get().get();
    if (other != nullptr) other->solving.assume_as(solving_);
    for (std::size_t r = 0; r < share.size(); ++r)
      if (share[r] == thread) work(other == nullptr ? solving_ : other->solving, r);
    spent[thread] = cpu_seconds() - start;
  });
  if (threads > 1) beside_ += std::accumulate(spent.begin(), spent.end(), 0.0);
}

}  // namespace pasid::smt
