// The control of readings.cpp: trees with one mistake in one rule, which the same comparison must notice.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "proofs/model.hpp"
#include "tests/support/comparison.hpp"

using namespace pasid;
using namespace pasid::test;

namespace {

/// A rule of the tree with one mistake.
struct Twin {
  std::string name;
  std::size_t of;
  std::size_t write;  ///< the update that has it, if one does
  lang::RuleTree rule;
  bool order_only;  ///< shows only where two guards fail at once
};

/// A value that an update does not give.
lang::NodeId another(lang::Tree& tree, const lang::Write& w) {
  const lang::SortInfo* sort = tree[w.value].sort;
  if (sort->kind == lang::SortKind::boolean) return tree.negate(w.value);
  if (!tree.is_constant(w.value)) return tree.constant(sort, 0);
  if (sort->kind == lang::SortKind::enumeration)
    return tree.constant(sort, (tree[w.value].ref + 1) % (sort->capacity + 1));
  return tree.read(w.cell, w.index);  // none: the old value
}

/// Every rule with each of its guards dropped, its errnos changed, its neighbouring guards swapped, each of its updates
/// dropped and each of the values changed.
std::vector<Twin> tampered(lang::Tree& tree) {
  std::vector<Twin> out;
  for (std::size_t r = 0; r < tree.rules.size(); ++r) {
    const lang::RuleTree rule = tree.rules[r];
    std::size_t write = 0;
    const auto twin = [&](const std::string& name, bool order_only = false) -> lang::RuleTree& {
      return out.emplace_back(Twin{fmt::format("{}: {}", rule.label, name), r, write, rule, order_only}).rule;
    };
    for (std::size_t g = 0; g < rule.guards.size(); ++g) {
      const auto at = static_cast<std::ptrdiff_t>(g);
      auto& dropped = twin(fmt::format("{} dropped", rule.guards[g].label)).guards;
      dropped.erase(dropped.begin() + at);
      if (rule.guards[g].kind == lang::GuardKind::require)
        ++twin(fmt::format("{} with another errno", rule.guards[g].label)).guards[g].err;
      if (g == 0) continue;
      auto& swapped = twin(fmt::format("{} swapped with the guard before", rule.guards[g].label), true).guards;
      std::swap(swapped[g], swapped[g - 1]);
    }
    for (std::size_t w = 0; w < rule.writes.size(); ++w) {
      write = w;
      const auto name = tree.cells[static_cast<std::size_t>(rule.writes[w].cell)].name;
      auto& dropped = twin(fmt::format("update {} of {} dropped", w, name)).writes;
      dropped.erase(dropped.begin() + static_cast<std::ptrdiff_t>(w));
      twin(fmt::format("update {} of {} with another value", w, name)).writes[w].value = another(tree, rule.writes[w]);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("readings: tampered rules are noticed") {
  lang::Tree tree = proofs::model();
  std::vector<Twin> twins = tampered(tree);
  // What no state can show: where these updates are made, the rule's guards or their own condition say that the cell
  // has the value already.
  for (const std::string same :
       {"bind.undo: update 1 of published", "kernel.free_pasid: update 1 of published",
        "supervisor.free_pasid: update 1 of published", "user.undo: update 1 of published",
        "pages.notify: update 2 of iotlb_kernel_outdated", "pages.notify: update 7 of atc_kernel_outdated",
        "pages.notify_kernel: update 1 of iotlb_outdated", "pages.notify_kernel: update 6 of atc_outdated",
        "reset.prepare: update 15 of desc_touched", "work.abort: update 4 of desc_touched"})
    std::erase_if(twins, [&](const Twin& t) {
      return t.name == same + " dropped" || (same.ends_with("touched") && t.name == same + " with another value");
    });
  const auto swaps = static_cast<std::size_t>(std::ranges::count(twins, true, &Twin::order_only));
  const std::size_t made = twins.size();
  constexpr std::uint64_t soon = 600'000;  // from then on what is left is sought
  std::size_t left_soon = made;
  Random random(test::seed());
  Comparison compare(tree);
  bool agree = true;
  std::uint64_t last = 0;
  Generator generator(random, tree, compare.seen);
  generator.run([&](const Triple& t) {
    agree = compare.agree(t);
    const std::size_t gone =
        std::erase_if(twins, [&](const Twin& twin) { return twin.of == t.rule && !compare.agree(t, twin.rule); });
    const std::uint64_t triples = compare.seen.total();
    if (gone > 0) last = triples;
    if (triples >= soon && triples % 10'000 == 0) {
      generator.favoured.clear();
      for (const Twin& twin : twins)
        if (!twin.order_only) generator.favoured.push_back({twin.of, twin.write});
    }
    if (triples <= soon) left_soon = twins.size();
    const bool open = triples < soon || twins.size() * 10 >= swaps || !std::ranges::all_of(twins, &Twin::order_only);
    return agree && !twins.empty() && open && triples < 5'000'000;
  });
  CHECK_MESSAGE(agree, compare.difference);
  MESSAGE(
      fmt::format("{} tampered rules, {} of them with two guards swapped; {} noticed within {} triples, {} in "
                  "all, the last by triple {}",
                  made, swaps, made - left_soon, soon, made - twins.size(), last));
  CHECK(made > 100);
  CHECK(left_soon * 20 < made);
  // Two guards may hardly ever fail at once: a swap of those is the one thing that may go unseen.
  for (const Twin& twin : twins) {
    MESSAGE("not noticed: ", twin.name);
    CHECK(twin.order_only);
  }
  CHECK(twins.size() * 10 < swaps);
}
