#include "src/explore/topology.hpp"

#include <algorithm>
#include <stdexcept>

#include "spec/lang/memory.hpp"
#include "spec/lang/rewrite.hpp"
#include "src/explore/fact_slots.hpp"
#include "src/explore/ternary.hpp"

namespace pasid::explore {
namespace {

using lang::NodeId;
using lang::SortInfo;
using lang::SortKind;

/// A quantifier-free part of an axiom, with what its variables stand for.
struct Instance {
  NodeId body;
  std::vector<std::pair<std::int32_t, std::uint8_t>> bound;
};

/// What the facts look like after renaming the index sorts: slot i then holds `names` of what slot source[i] held.
struct View {
  std::vector<std::size_t> source;
  Renaming names;
};

/// Backtracking over the slots for one choice of sizes. Keeps exactly the assignments that are least among all their
/// renamings: a prefix that some renaming makes smaller is abandoned.
class Enumeration {
 public:
  Enumeration(lang::Tree& folded, const std::vector<NodeId>& axioms, const spec::NativeFacts& sized, const Scope& scope)
      : tree_(folded), scope_(scope), facts_(sized), ternary_(folded, facts_, &facts_),
        slots_(fact_slots(folded, sized, scope)), about_(folded.cells.size()) {
    for (const FactSlot& s : slots_) byte(s) = unknown;
    list_views();
    Instance none{};
    for (const NodeId a : axioms) ground(a, none);
  }

  std::vector<spec::NativeFacts> run() {
    if (contradictory_) return {};
    visit(0, FirstUse{});
    return std::move(found_);
  }

 private:
  std::uint8_t& byte(const FactSlot& s) { return reinterpret_cast<std::uint8_t*>(&facts_)[s.offset]; }

  /// The permutations of the sorts that index facts, of those that leave the pinned facts as they are.
  void list_views() {
    std::vector<const SortInfo*> sorts;
    for (const FactSlot& s : slots_)
      for (const SortInfo* i : tree_.cells[s.cell].index)
        if (i->kind == SortKind::entity && std::ranges::find(sorts, i) == sorts.end()) sorts.push_back(i);
    std::vector<Renaming> all{Renaming::identity()};
    for (const SortInfo* s : sorts) {
      std::vector<Renaming> more;
      for (const auto& row : permutations(lang::size_of(facts_, s))) {
        if (!keeps_own_pins(s, row)) continue;
        for (const Renaming& r : all) {
          more.push_back(r);
          more.back().to[static_cast<std::size_t>(s->index)] = row;
        }
      }
      all = std::move(more);
    }
    for (const Renaming& r : all) {
      View v{std::vector<std::size_t>(slots_.size()), r};
      for (std::size_t i = 0; i < slots_.size(); ++i) {
        std::array<std::uint8_t, 4> there{};
        const auto& index = tree_.cells[slots_[i].cell].index;
        for (std::size_t k = 0; k < index.size(); ++k) there[k] = r(index[k], slots_[i].index[k]);
        const auto at = std::ranges::find_if(
            slots_, [&](const FactSlot& s) { return s.cell == slots_[i].cell && s.index == there; });
        v.source[static_cast<std::size_t>(at - slots_.begin())] = i;
      }
      if (keeps_pins(v)) views_.push_back(std::move(v));
    }
  }

  /// Do new names for one sort keep what is pinned of that sort alone?
  [[nodiscard]] bool keeps_own_pins(const SortInfo* sort, const std::array<std::uint8_t, max_elements>& row) const {
    Renaming names = Renaming::identity();
    names.to[static_cast<std::size_t>(sort->index)] = row;
    const auto other = [&](const SortInfo* s) { return s->kind == SortKind::entity && s != sort; };
    return std::ranges::all_of(slots_, [&](const FactSlot& s) {
      const auto& index = tree_.cells[s.cell].index;
      if (!s.pinned || other(s.value) || std::ranges::any_of(index, other)) return true;
      std::array<std::uint8_t, 4> there{};
      for (std::size_t k = 0; k < index.size(); ++k) there[k] = names(index[k], s.index[k]);
      const auto at =
          std::ranges::find_if(slots_, [&](const FactSlot& t) { return t.cell == s.cell && t.index == there; });
      return at->lowest == names(s.value, s.lowest);
    });
  }

  [[nodiscard]] bool keeps_pins(const View& v) const {
    FirstUse first;
    for (std::size_t i = 0; i < slots_.size() && slots_[i].pinned; ++i) {
      const FactSlot& s = slots_[v.source[i]];
      const std::uint8_t x = s.classifies ? first(s.value, s.lowest) : v.names(s.value, s.lowest);
      if (x != slots_[i].lowest) return false;
    }
    return true;
  }

  /// Splits an axiom into its instances and files each under the facts it reads.
  void ground(NodeId id, Instance& so_far) {
    const lang::Node& n = tree_[id];
    if (n.op == lang::Op::and_) {
      for (const NodeId a : n.args) ground(a, so_far);
    } else if (n.op == lang::Op::forall) {
      for (int i = 1; i <= lang::size_of(facts_, tree_[n.args[0]].sort); ++i) {
        so_far.bound.emplace_back(n.ref, static_cast<std::uint8_t>(i));
        ground(n.args[1], so_far);
        so_far.bound.pop_back();
      }
    } else {
      Instance here{id, so_far.bound};
      const std::uint8_t v = holds(here);
      if (v == 1) return;
      if (v == 0) contradictory_ = true;
      lang::walk(tree_, id, [&](NodeId x) {
        if (tree_[x].op != lang::Op::read) return;
        auto& list = about_[static_cast<std::size_t>(tree_[x].ref)];
        if (list.empty() || list.back() != instances_.size()) list.push_back(instances_.size());
      });
      instances_.push_back(std::move(here));
    }
  }

  std::uint8_t holds(const Instance& i) {
    for (const auto& [variable, value] : i.bound) ternary_.bind(variable, value);
    return ternary_.value(i.body);
  }

  /// Does some renaming of the first `known` facts come before them?
  bool has_smaller_view(std::size_t known) {
    return std::ranges::any_of(views_, [&](const View& v) {
      FirstUse first;
      for (std::size_t i = 0; i < known; ++i) {
        if (v.source[i] >= known) return false;
        const FactSlot& s = slots_[v.source[i]];
        const std::uint8_t x = s.classifies ? first(s.value, byte(s)) : v.names(s.value, byte(s));
        if (x != byte(slots_[i])) return x < byte(slots_[i]);
      }
      return false;
    });
  }

  void visit(std::size_t k, const FirstUse& used) {
    if (k == slots_.size()) {
      finish(used);
      return;
    }
    const FactSlot& s = slots_[k];
    for (int v = s.lowest; v <= s.highest; ++v) {
      if (s.classifies && v > used.count(s.value) + 1) break;
      byte(s) = static_cast<std::uint8_t>(v);
      FirstUse next = used;
      if (s.classifies) next(s.value, byte(s));
      const auto& instances = about_[s.cell];
      if (std::ranges::any_of(instances, [&](std::size_t i) { return holds(instances_[i]) == 0; })) continue;
      if (!has_smaller_view(k + 1)) visit(k + 1, next);
    }
    byte(s) = unknown;
  }

  void finish(const FirstUse& used) {
    for (const SortInfo* s : entity_sorts(tree_))
      if (only_classifies(tree_, s) && used.count(s) != lang::size_of(facts_, s)) return;
    for (const std::string& name : scope_.mentioned)
      if (!all_mentioned(entity_sort(tree_, name))) return;
    if (const auto* a = spec::broken_axiom(facts_))
      throw std::logic_error("axiom '" + std::string(a->name) + "': the tree says it holds, the native reading not");
    found_.push_back(facts_);
  }

  bool all_mentioned(const SortInfo* sort) {
    std::uint32_t missing = ((1U << lang::size_of(facts_, sort)) - 1) << 1;
    for (const FactSlot& s : slots_) {
      if (s.value == sort) missing &= ~(1U << byte(s));
      if (s.pinned || s.value->kind != SortKind::boolean || byte(s) == 0) continue;
      const auto& index = tree_.cells[s.cell].index;
      for (std::size_t k = 0; k < index.size(); ++k)
        if (index[k] == sort) missing &= ~(1U << s.index[k]);
    }
    return missing == 0;
  }

  lang::Tree& tree_;
  const Scope& scope_;
  spec::NativeFacts facts_;
  Ternary ternary_;
  bool contradictory_ = false;
  std::vector<FactSlot> slots_;  ///< pinned ones first
  std::vector<View> views_;
  std::vector<Instance> instances_;
  std::vector<std::vector<std::size_t>> about_;  ///< by cell: the instances that read it
  std::vector<spec::NativeFacts> found_;
};

/// Every choice of sizes for the classifying sorts, fewer elements first.
std::vector<spec::NativeFacts> sizes(const lang::Tree& tree, const spec::NativeFacts& knobs, const Scope& scope) {
  std::vector<spec::NativeFacts> out{knobs};
  out.front().count = scope.size;
  for (const SortInfo* s : entity_sorts(tree)) {
    if (!only_classifies(tree, s)) continue;
    std::vector<spec::NativeFacts> more;
    for (const spec::NativeFacts& f : out)
      for (std::uint8_t n = 0; n <= scope.size[static_cast<std::size_t>(s->index)]; ++n) {
        more.push_back(f);
        more.back().count[static_cast<std::size_t>(s->index)] = n;
      }
    out = std::move(more);
  }
  const auto total = [](const spec::NativeFacts& f) {
    int sum = 0;
    for (const std::uint8_t n : f.count) sum += n;
    return sum;
  };
  std::ranges::stable_sort(out, {}, total);
  return out;
}

}  // namespace

std::vector<spec::NativeFacts> topologies(const lang::Tree& tree, const spec::NativeFacts& knobs, const Scope& scope) {
  for (const Pin& p : scope.pins) {
    const int c = tree.cell_named(p.cell);
    if (c < 0 || !tree.cells[static_cast<std::size_t>(c)].rigid ||
        lang::is_knob(tree.cells[static_cast<std::size_t>(c)]))
      throw std::invalid_argument("'" + p.cell + "' is not a fact of the topology");
    if (p.values.empty()) throw std::invalid_argument("fact '" + p.cell + "' is pinned to no value");
  }
  lang::Tree folded = tree;
  std::vector<NodeId> axioms;
  for (const lang::Formula& f : tree.formulas)
    if (f.kind == lang::FormulaKind::axiom) axioms.push_back(lang::fold(folded, f.body, &knobs));
  std::vector<spec::NativeFacts> out;
  for (const spec::NativeFacts& sized : sizes(tree, knobs, scope))
    for (const spec::NativeFacts& f : Enumeration(folded, axioms, sized, scope).run()) out.push_back(f);
  return out;
}

}  // namespace pasid::explore
