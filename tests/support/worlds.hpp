// Worlds for tests: facts that satisfy the axioms, states that rules reach in them, and states one cell away.
// Everything goes by the tree's list of cells, so that a knob, a fact or a table added to the model is drawn as well.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "spec/lang/memory.hpp"
#include "spec/model.hpp"
#include "src/io/design.hpp"
#include "src/io/names.hpp"
#include "src/io/orders.hpp"
#include "tests/support/random.hpp"

namespace pasid::test {

using spec::NativeFacts;
using spec::NativeState;
using Args = std::array<std::uint8_t, spec::max_params>;

inline std::uint8_t* bytes_of(NativeFacts& f) { return reinterpret_cast<std::uint8_t*>(&f); }
inline std::uint8_t* bytes_of(NativeState& s) { return reinterpret_cast<std::uint8_t*>(&s); }

inline const io::Order& order_named(std::string_view knob) {
  return *std::ranges::find(io::orders(), knob, &io::Order::knob);
}

/// A bond's order of steps, after `live`.
inline void set_teardown(NativeFacts& f, const std::vector<spec::Step>& order) {
  f.next = {};
  f.done = {};
  order_named("teardown").set(f, order);
}

/// An address space's, after its last thread has gone.
inline void set_exit(NativeFacts& f, const std::vector<spec::Step>& order) {
  f.exit_next = {};
  f.exit_done = {};
  order_named("exit").set(f, order);
}

/// Any steps in any order; half of the time all of them.
inline void draw_orders(Random& random, NativeFacts& f) {
  for (const io::Order& order : io::orders()) {
    std::vector<spec::Step> steps;
    for (const auto name : order.steps) steps.push_back(*io::enumerator_named<spec::Step>(name));
    shuffle(random, steps);
    if (coin(random)) steps.resize(below(random, steps.size() + 1));
    order.set(f, steps);
  }
}

/// What the shipped designs choose.
inline const std::vector<NativeFacts>& shipped_knobs(const lang::Tree& tree) {
  static const std::vector<NativeFacts> all = [&] {
    std::vector<NativeFacts> out;
    for (const auto& name : io::shipped_designs()) out.push_back(io::facts_of(tree, io::load_design(tree, name)));
    return out;
  }();
  return all;
}

/// Those of a shipped design, or each by chance.
inline void draw_knobs(Random& random, const lang::Tree& tree, NativeFacts& f) {
  if (coin(random)) {
    const auto& designs = shipped_knobs(tree);
    const auto count = f.count;
    f = designs[below(random, designs.size())];
    f.count = count;
    return;
  }
  for (const lang::CellInfo& cell : tree.cells) {
    if (!lang::is_knob(cell) || !cell.index.empty()) continue;
    const unsigned first = cell.value->kind == lang::SortKind::boolean ? 0 : 1;
    bytes_of(f)[cell.offset] =
        static_cast<std::uint8_t>(first + below(random, static_cast<std::size_t>(cell.value->capacity) + 1 - first));
  }
  draw_orders(random, f);
}

/// One table of the topology: its values depend on a random subset of its indices, since what the axioms ask for
/// is often "the same for every device". Of an enumeration the first, which is the ordinary one, half of the time.
inline void draw_table(Random& random, const lang::CellInfo& cell, NativeFacts& f) {
  std::array<bool, 4> counts{};
  for (auto& c : counts) c = coin(random);
  const unsigned density = below(random, 5);
  const std::uint64_t salt = random();
  lang::each_index(f, cell, [&](std::span<const std::uint8_t> index) {
    std::uint64_t key = salt;
    for (std::size_t k = 0; k < index.size(); ++k)
      if (counts[k]) key = mixed(key + index[k]);
    const auto size = static_cast<std::uint64_t>(lang::size_of(f, cell.value));
    const bool ordinary = cell.value->kind == lang::SortKind::enumeration && key / 64 % 2 == 0;
    bytes_of(f)[lang::place(cell, index)] =
        static_cast<std::uint8_t>(cell.value->kind == lang::SortKind::boolean ? std::uint64_t{key % 4 < density}
                                  : ordinary                                  ? 1
                                                                              : 1 + key % size);
  });
}

inline bool axioms_hold(const NativeFacts& f) {
  return std::ranges::all_of(spec::native_axioms(), [&](const auto& a) { return a.holds(f); });
}

/// The cells that these terms read; of the knobs those without an index, or none.
inline std::vector<const lang::CellInfo*> cells_read(const lang::Tree& tree, const std::vector<lang::NodeId>& terms,
                                                     bool knobs = false) {
  std::vector<const lang::CellInfo*> out;
  for (const lang::NodeId term : terms) {
    lang::walk(tree, term, [&](lang::NodeId id) {
      if (tree[id].op != lang::Op::read && tree[id].op != lang::Op::read_before) return;
      const lang::CellInfo& cell = tree.cells[static_cast<std::size_t>(tree[id].ref)];
      const bool wanted = !lang::is_knob(cell) || (knobs && cell.index.empty());
      if (wanted && std::ranges::find(out, &cell) == out.end()) out.push_back(&cell);
    });
  }
  return out;
}

/// One value of a table of the topology.
inline void draw_value(Random& random, const lang::CellInfo& cell, NativeFacts& f) {
  std::array<std::uint8_t, 4> index{};
  for (std::size_t k = 0; k < cell.index.size(); ++k)
    index[k] = static_cast<std::uint8_t>(1 + below(random, static_cast<std::size_t>(lang::size_of(f, cell.index[k]))));
  const bool boolean = cell.value->kind == lang::SortKind::boolean;
  bytes_of(f)[lang::place(cell, std::span(index.data(), cell.index.size()))] = static_cast<std::uint8_t>(
      boolean ? below(random, 2) : 1 + below(random, static_cast<std::size_t>(lang::size_of(f, cell.value))));
}

/// Changes tables that a failing axiom speaks of, until none fails; false after `tries`. Mostly a value at a time: of
/// tables drawn again and again those would be left that say no everywhere.
inline bool draw_topology(Random& random, const lang::Tree& tree, NativeFacts& f, int tries) {
  for (const lang::CellInfo& cell : tree.cells)
    if (cell.rigid && !lang::is_knob(cell)) draw_table(random, cell, f);
  const auto axioms = spec::native_axioms();
  std::vector<std::vector<const lang::CellInfo*>> tables;
  for (const lang::Formula& formula : tree.formulas)
    if (formula.kind == lang::FormulaKind::axiom) tables.push_back(cells_read(tree, {formula.body}));
  for (; tries > 0; --tries) {
    std::vector<std::size_t> failing;
    for (std::size_t i = 0; i < axioms.size(); ++i)
      if (!axioms[i].holds(f)) failing.push_back(i);
    if (failing.empty()) return true;
    const auto& again = tables[failing[below(random, failing.size())]];
    if (again.empty()) return false;  // the knobs alone contradict it
    const lang::CellInfo& table = *again[below(random, again.size())];
    coin(random, 20) ? draw_table(random, table, f) : draw_value(random, table, f);
  }
  return false;
}

/// Random sizes, knobs and topology that satisfy the axioms; nothing where none was met within `tries`.
inline std::optional<NativeFacts> draw_facts(Random& random, const lang::Tree& tree, int tries = 2000) {
  NativeFacts f;
  for (const lang::CellInfo& cell : tree.cells) {
    const auto size = [&](const lang::SortInfo* s) {
      if (s->kind != lang::SortKind::entity) return;
      auto& count = f.count[static_cast<std::size_t>(s->index)];
      if (count == 0) count = static_cast<std::uint8_t>(1 + below(random, static_cast<std::size_t>(s->capacity)));
    };
    size(cell.value);
    std::ranges::for_each(cell.index, size);
  }
  draw_knobs(random, tree, f);
  if (!draw_topology(random, tree, f, tries)) return std::nullopt;
  return f;
}

inline Args draw_args(Random& random, const NativeFacts& f, std::span<const lang::SortInfo* const> params) {
  Args out{};
  for (std::size_t k = 0; k < params.size(); ++k)
    out[k] = static_cast<std::uint8_t>(1 + below(random, static_cast<std::size_t>(lang::size_of(f, params[k]))));
  return out;
}

/// How far a rule got: the place of the guard that was first to fail, or one past the last.
inline std::size_t place(const lang::RuleTree& rule, const lang::Outcome& o) {
  if (o.label == nullptr) return rule.guards.size();
  return static_cast<std::size_t>(std::ranges::find(rule.guards, std::string_view(o.label), &lang::Guard::label) -
                                  rule.guards.begin());
}

/// Arguments with which the rule fires, if so many tries find some: changed one at a time from those that get furthest.
inline std::optional<Args> firing(Random& random, const lang::Tree& tree, const NativeFacts& f, const NativeState& s,
                                  std::size_t rule, NativeState& next, int tries) {
  const spec::NativeRule& native = spec::native_rules()[rule];
  const std::size_t fires = tree.rules[rule].guards.size();
  Args best{};
  std::size_t furthest = 0;
  next = s;
  for (int i = 0; i < tries; ++i) {
    Args args = draw_args(random, f, native.params);
    if (furthest > 0 && !coin(random, 8)) {
      const std::size_t changed = below(random, native.params.size());
      for (std::size_t k = 0; k < native.params.size(); ++k)
        if (k != changed) args[k] = best[k];
    }
    const std::size_t got = place(tree.rules[rule], native.apply(f, s, next, args.data(), false));
    if (got == fires) return args;
    if (native.params.empty()) return std::nullopt;
    if (got >= furthest) {
      best = args;
      furthest = got;
    }
  }
  return std::nullopt;
}

/// One step of a rule that the design has and that is enabled; false where chance met none.
inline bool random_step(Random& random, const lang::Tree& tree, const NativeFacts& f, NativeState& s) {
  const auto rules = spec::native_rules();
  for (int i = 0; i < 40; ++i) {
    const std::size_t r = below(random, rules.size());
    if (!rules[r].only_if(f)) continue;
    NativeState next;
    if (!firing(random, tree, f, s, r, next, 4 + 6 * static_cast<int>(rules[r].params.size()))) continue;
    s = next;
    return true;
  }
  return false;
}

/// Sets one cell at a random index to a random value of its sort, none included.
inline void perturb(Random& random, const lang::CellInfo& cell, const NativeFacts& f, std::uint8_t* bytes) {
  std::array<std::uint8_t, 4> index{};
  for (std::size_t k = 0; k < cell.index.size(); ++k)
    index[k] = static_cast<std::uint8_t>(1 + below(random, static_cast<std::size_t>(lang::size_of(f, cell.index[k]))));
  const auto values = static_cast<std::size_t>(lang::size_of(f, cell.value)) + 1;
  bytes[lang::place(cell, std::span(index.data(), cell.index.size()))] =
      static_cast<std::uint8_t>(below(random, values));
}

/// A table of the state that a test may disturb, or a fact that says yes or no of the topology (`fits`, `user_range`).
inline std::vector<const lang::CellInfo*> disturbable(const lang::Tree& tree, bool rigid) {
  std::vector<const lang::CellInfo*> out;
  for (const lang::CellInfo& cell : tree.cells)
    if (cell.rigid == rigid && (!rigid || (!lang::is_knob(cell) && cell.value->kind == lang::SortKind::boolean)))
      out.push_back(&cell);
  return out;
}

}  // namespace pasid::test
