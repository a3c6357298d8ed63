#include "src/check/prove_all.hpp"

#include <algorithm>

#include "src/base/parallel.hpp"
#include "src/check/hints.hpp"

namespace pasid::check {

std::vector<smt::Proof> prove_all(const lang::Tree& tree, const std::vector<io::Design>& designs,
                                  const smt::ProveOptions& options, unsigned threads,
                                  const std::function<void(const std::string&)>& say) {
  std::vector<smt::Proof> out(designs.size());
  in_parallel(designs.size(), threads, [&](std::size_t i, unsigned) {
    say("proving " + designs[i].name);
    smt::ProveOptions own = options;
    own.like = like(designs[i]);
    if (designs.size() == 1) {
      own.threads = threads;
      own.precedents = nullptr;  // there is nobody to learn from, and its threads do not wait for each other
    }
    out[i] = smt::prove(tree, io::facts_of(tree, designs[i]), own);
  });
  return out;
}

std::vector<io::Design> all_designs(const lang::Tree& tree) {
  std::vector<io::Design> out;
  for (const auto& name : io::shipped_designs()) out.push_back(io::load_design(tree, name));
  const auto add = [&](const std::optional<io::Edit>& edit) {
    if (!edit) return;
    io::Design design = io::edited(io::load_design(tree, edit->design), *edit);
    if (std::ranges::find(out, design.name, &io::Design::name) == out.end()) out.push_back(std::move(design));
  };
  for (const auto& name : io::shipped_claims()) {
    const io::Claim claim = io::load_claim(tree, name);
    add(claim.nearest);
    add(claim.edit);
  }
  return out;
}

}  // namespace pasid::check
