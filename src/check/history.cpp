#include "src/check/history.hpp"

#include <chrono>

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

}  // namespace pasid::check
