#include "src/trace/steps.hpp"

#include <algorithm>
#include <cstring>

#include "spec/calls.hpp"
#include "spec/lang/memory.hpp"

namespace pasid::trace {

std::vector<Argument> arguments(const lang::Tree& tree, const Firing& firing) {
  const lang::RuleTree& rule = tree.rules.at(static_cast<std::size_t>(firing.rule));
  std::vector<Argument> out;
  for (std::size_t k = 0; k < rule.params.size(); ++k)
    out.push_back({rule.params[k].name, rule.params[k].sort, firing.args.at(k)});
  return out;
}

std::vector<Argument> arguments(const lang::Tree& tree, const Step& step) {
  std::vector<Argument> out;
  const auto add = [&](const Firing& firing) {
    for (const Argument& a : arguments(tree, firing))
      if (std::ranges::find(out, a.name, &Argument::name) == out.end()) out.push_back(a);
  };
  std::ranges::for_each(step.firings, add);
  if (step.refused) add(step.refused->section);
  return out;
}

std::string error_text(const Refused& refused) {
  if (refused.err == 0) {
    const bool faults = refused.guard == spec::general_protection;
    return std::string(faults ? "-> #GP (" : "-> would block (") + refused.guard + ")";
  }
  return std::string("-> -") + strerrorname_np(refused.err) + " (" + refused.guard + ")";
}

std::vector<Change> changes(const lang::Tree& tree, const spec::NativeFacts& facts, const spec::NativeState& before,
                            const spec::NativeState& after) {
  const auto* const old_bytes = reinterpret_cast<const std::uint8_t*>(&before);
  const auto* const new_bytes = reinterpret_cast<const std::uint8_t*>(&after);
  std::vector<Change> out;
  for (const lang::CellInfo& cell : tree.cells) {
    if (cell.rigid) continue;
    lang::each_index(facts, cell, [&](std::span<const std::uint8_t> index) {
      const std::size_t at = lang::place(cell, index);
      if (old_bytes[at] != new_bytes[at])
        out.push_back({&cell, {index.begin(), index.end()}, old_bytes[at], new_bytes[at]});
    });
  }
  return out;
}

}  // namespace pasid::trace
