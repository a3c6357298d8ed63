#include "src/check/history.hpp"

#include <chrono>
#include <utility>

#include "src/base/parallel.hpp"
#include "src/check/hints.hpp"

namespace pasid::check {

Undone undo_fix(const lang::Tree& tree, const io::Bug& bug, Options options) {
  const io::Fall& fall = bug.violates.value();
  const io::Design design = io::load_design(tree, fall.design);
  options.properties = {fall.property};
  Undone out;
  out.fixed = *check(tree, design, options).find(fall.property);
  const lang::Tree wrong = io::with_bug(tree, bug);
  if (!bug.unfix->drops.empty()) options.reading = explore::edited_reading(wrong, tree);
  const auto start = std::chrono::steady_clock::now();
  out.with_bug = *check(wrong, io::with_bug(design, bug), options).find(fall.property);
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return out;
}

void undo_fixes(const lang::Tree& tree, std::vector<PutBack>& bugs, Options options, unsigned threads) {
  const auto progress = std::exchange(options.progress, {});
  options.hints = proof_hints();
  options.precedents = std::make_shared<smt::Precedents>();
  in_parallel(bugs.size(), threads, [&](std::size_t i, unsigned) {
    if (!bugs[i].bug.violates) return;
    if (progress) progress(bugs[i].bug.id);
    bugs[i].undone = undo_fix(tree, bugs[i].bug, options);
  });
}

}  // namespace pasid::check
