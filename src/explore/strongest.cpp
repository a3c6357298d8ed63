#include "src/explore/strongest.hpp"

#include <algorithm>
#include <map>

#include "src/explore/fact_slots.hpp"

namespace pasid::explore {
namespace {

using lang::SortInfo;

/// What a topology looks like under some names: `fixed` has to be the same in a stronger one, `useful` may be more.
struct Look {
  std::vector<std::uint8_t> fixed;
  std::vector<bool> useful;
};

bool within(const std::vector<bool>& a, const std::vector<bool>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] && !b[i]) return false;
  return true;
}

/// A fact of the topology that can help.
struct Fact {
  const lang::CellInfo* cell;
  Ways ways;
  bool classifies;
};

class Comparison {
 public:
  Comparison(const lang::Tree& tree, const std::vector<Ways>& ways) {
    for (std::size_t c = 0; c < tree.cells.size(); ++c) {
      const lang::CellInfo& cell = tree.cells[c];
      if (ways[c] == in_no_way) continue;
      note(cell.value);
      for (const SortInfo* s : cell.index) note(s);
      if (cell.rigid && !lang::is_knob(cell)) facts_.push_back({&cell, ways[c], only_classifies(tree, cell.value)});
    }
  }

  /// The least of a topology's looks by what is fixed, and with it all that is useful under the names that give it.
  [[nodiscard]] std::pair<std::vector<std::uint8_t>, std::vector<std::vector<bool>>> least(
      const spec::NativeFacts& f) const {
    std::pair<std::vector<std::uint8_t>, std::vector<std::vector<bool>>> out;
    for (const Renaming& r : renamings(f)) {
      Look look = look_of(f, r);
      if (!out.second.empty() && look.fixed > out.first) continue;
      if (out.second.empty() || look.fixed < out.first) {
        out.first = std::move(look.fixed);
        out.second.clear();
      }
      out.second.push_back(std::move(look.useful));
    }
    return out;
  }

 private:
  void note(const SortInfo* s) {
    if (s->kind == lang::SortKind::entity && std::ranges::find(sorts_, s) == sorts_.end()) sorts_.push_back(s);
  }
  [[nodiscard]] bool indexes_facts(const SortInfo* sort) const {
    return std::ranges::any_of(
        facts_, [&](const Fact& fact) { return std::ranges::find(fact.cell->index, sort) != fact.cell->index.end(); });
  }

  /// New names for the elements that facts are about. Those that change what an element is need not be tried.
  [[nodiscard]] std::vector<Renaming> renamings(const spec::NativeFacts& f) const {
    std::vector<Renaming> out{Renaming::identity()};
    for (const SortInfo* s : sorts_) {
      if (!indexes_facts(s)) continue;
      std::vector<Renaming> more;
      for (const auto& row : permutations(lang::size_of(f, s))) {
        if (!keeps_natures(f, s, row)) continue;
        for (Renaming r : out) {
          r.to[static_cast<std::size_t>(s->index)] = row;
          more.push_back(r);
        }
      }
      out = std::move(more);
    }
    return out;
  }

  /// Does the renaming keep what is said of this sort alone, other than by truth values?
  [[nodiscard]] bool keeps_natures(const spec::NativeFacts& f, const SortInfo* sort,
                                   const std::array<std::uint8_t, max_elements>& row) const {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&f);
    for (const Fact& fact : facts_) {
      const lang::CellInfo& cell = *fact.cell;
      if (cell.value->kind == lang::SortKind::boolean) continue;
      if (cell.index.empty() && cell.value == sort && row[bytes[cell.offset]] != bytes[cell.offset]) return false;
      if (cell.index.size() != 1 || cell.index[0] != sort || cell.value->kind != lang::SortKind::enumeration) continue;
      for (std::uint8_t x = 1; x <= lang::size_of(f, sort); ++x)
        if (bytes[lang::place(cell, std::span(&x, 1))] != bytes[lang::place(cell, std::span(&row[x], 1))]) return false;
    }
    return true;
  }

  [[nodiscard]] Look look_of(const spec::NativeFacts& f, const Renaming& names) const {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&f);
    Look out;
    for (const SortInfo* s : sorts_) out.fixed.push_back(static_cast<std::uint8_t>(lang::size_of(f, s)));
    FirstUse first;
    const Renaming old = names.inverse();
    for (const Fact& fact : facts_) {
      const lang::CellInfo& cell = *fact.cell;
      lang::each_index(f, cell, [&](std::span<const std::uint8_t> index) {
        std::array<std::uint8_t, 4> there{};
        for (std::size_t k = 0; k < index.size(); ++k) there[k] = old(cell.index[k], index[k]);
        const std::uint8_t v = bytes[lang::place(cell, std::span(there).first(index.size()))];
        if (cell.value->kind == lang::SortKind::boolean && fact.ways != both_ways)
          out.useful.push_back((v != 0) == (fact.ways == when_true));
        else out.fixed.push_back(fact.classifies ? first(cell.value, v) : names(cell.value, v));
      });
    }
    return out;
  }

  std::vector<Fact> facts_;
  std::vector<const SortInfo*> sorts_;  ///< of cells that can help
};

}  // namespace

std::vector<spec::NativeFacts> strongest(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies,
                                         const std::vector<Ways>& ways) {
  struct Kept {
    std::size_t topology;
    std::vector<bool> useful;
  };
  const Comparison comparison(tree, ways);
  std::map<std::vector<std::uint8_t>, std::vector<Kept>> alike;
  for (std::size_t i = 0; i < topologies.size(); ++i) {
    const auto [fixed, useful] = comparison.least(topologies[i]);
    std::vector<Kept>& kept = alike[fixed];
    // The names that leave alone what is fixed form a group, so one way of naming the stronger one is enough.
    const auto weaker = [&](const Kept& k) {
      return std::ranges::any_of(useful, [&](const auto& u) { return within(u, k.useful); });
    };
    if (std::ranges::any_of(kept, weaker)) continue;
    std::erase_if(kept, [&](const Kept& k) {
      return std::ranges::any_of(useful, [&](const auto& u) { return within(k.useful, u); });
    });
    kept.push_back({i, useful.front()});
  }
  std::vector<std::size_t> numbers;
  for (const auto& [fixed, kept] : alike)
    for (const Kept& k : kept) numbers.push_back(k.topology);
  std::ranges::sort(numbers);
  std::vector<spec::NativeFacts> out;
  for (const std::size_t i : numbers) out.push_back(topologies[i]);
  return out;
}

}  // namespace pasid::explore
