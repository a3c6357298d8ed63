#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <stdexcept>

#include <doctest/doctest.h>

#include "spec/lang/memory.hpp"
#include "src/explore/renaming.hpp"
#include "src/explore/topology.hpp"
#include "tests/unit/explore_knobs.hpp"

namespace pasid::explore {
namespace {

using testing::default_scope;

/// Two devices with a users' queue, a PASID and the RID's index: few enough facts to try every assignment.
Scope tiny_scope() {
  Scope scope = default_scope();
  scope.set(proofs::model(), "As", 2);
  scope.set(proofs::model(), "Space", 3);
  scope.set(proofs::model(), "Pasid", 2);
  scope.set(proofs::model(), "Wq", 1);
  scope.pin("kind", {1, static_cast<std::uint8_t>(spec::Kind::kernel_dma)});
  scope.pin("fits", {0, 1, 0, 1});
  scope.pin("kernel_queue", {0});
  return scope;
}

std::string bytes_of(const spec::NativeFacts& f) { return {reinterpret_cast<const char*>(f.count.data()), sizeof f}; }

/// The least of all renamings of all sorts: two facts are isomorphic exactly if these are equal.
std::string class_of(const spec::NativeFacts& f) {
  std::vector<Renaming> all{Renaming::identity()};
  for (const lang::SortInfo* s : entity_sorts(proofs::model())) {
    if (s->name == "Task" || s->name == "Bond" || s->name == "Desc") continue;
    std::vector<Renaming> more;
    for (const Renaming& r : all)
      for (const auto& row : permutations(lang::size_of(f, s))) {
        more.push_back(r);
        more.back().to[static_cast<std::size_t>(s->index)] = row;
      }
    all = std::move(more);
  }
  std::string least;
  for (const Renaming& r : all) {
    const std::string image = bytes_of(renamed(proofs::model(), f, r));
    if (least.empty() || image < least) least = image;
  }
  return least;
}

/// Every class in a scope, by trying every assignment of the facts that are not pinned, for every size of the
/// classifying sorts, and asking the compiled axioms.
std::set<std::string> classes_by_trying_all(const spec::NativeFacts& knobs, const Scope& scope) {
  const lang::Tree& tree = proofs::model();
  std::set<std::string> out;
  struct Choice {
    std::size_t offset;
    int lowest;
    int highest;
    const lang::SortInfo* value;
  };
  const auto of_sizes = [&](std::uint8_t groups, std::uint8_t spaces) {
    spec::NativeFacts f = knobs;
    f.count = scope.size;
    f.count[spec::Group::index] = groups;
    f.count[spec::Space::index] = spaces;
    auto* const bytes = reinterpret_cast<std::uint8_t*>(&f);
    std::vector<Choice> choices;
    for (const lang::CellInfo& cell : tree.cells) {
      if (!cell.rigid || lang::is_knob(cell)) continue;
      const auto pin = std::ranges::find(scope.pins, cell.name, &Pin::cell);
      std::size_t nth = 0;
      lang::each_index(f, cell, [&](std::span<const std::uint8_t> index) {
        Choice c{lang::place(cell, index), cell.value->kind == lang::SortKind::boolean ? 0 : 1,
                 lang::size_of(f, cell.value), cell.value};
        if (pin != scope.pins.end())
          c.lowest = c.highest = pin->values.size() == 1 ? pin->values[0] : pin->values[nth++];
        bytes[c.offset] = static_cast<std::uint8_t>(c.lowest);
        choices.push_back(c);
      });
    }
    for (bool more = true; more;) {
      const auto all_used = [&](const lang::SortInfo* s, std::size_t n) {
        std::set<std::uint8_t> used;
        for (const Choice& c : choices)
          if (c.value == s) used.insert(bytes[c.offset]);
        return used.size() == n;
      };
      if (std::ranges::all_of(spec::native_axioms(), [&](const spec::NativeAxiom& a) { return a.holds(f); }) &&
          all_used(&lang::sort_info<spec::Group>, groups) && all_used(&lang::sort_info<spec::Space>, spaces))
        out.insert(class_of(f));
      more = false;
      for (const Choice& c : choices) {
        if (bytes[c.offset] < c.highest) {
          ++bytes[c.offset];
          more = true;
          break;
        }
        bytes[c.offset] = static_cast<std::uint8_t>(c.lowest);
      }
    }
  };
  for (std::uint8_t groups = 1; groups <= scope.size[spec::Group::index]; ++groups)
    for (std::uint8_t spaces = 1; spaces <= scope.size[spec::Space::index]; ++spaces) of_sizes(groups, spaces);
  return out;
}

/// Does the list hold each class exactly once?
bool one_of_each(const std::vector<spec::NativeFacts>& list, const std::set<std::string>& classes) {
  std::set<std::string> listed;
  for (const spec::NativeFacts& f : list)
    if (!listed.insert(class_of(f)).second) return false;
  return listed == classes;
}

TEST_CASE("topologies: one of each isomorphism class, as trying every assignment finds them") {
  std::vector<spec::NativeFacts> designs{testing::global_design()};
  designs.push_back(testing::global_design());
  designs.back().user_scope() = spec::UserScope::per_unit;
  designs.push_back(testing::per_device_design());
  designs.push_back(testing::global_design());
  designs.back().kernel_scheme() = spec::KernelScheme::none;
  for (const spec::NativeFacts& knobs : designs) {
    auto list = topologies(proofs::model(), knobs, tiny_scope());
    const auto classes = classes_by_trying_all(knobs, tiny_scope());
    INFO(classes.size(), " classes, ", list.size(), " listed");
    REQUIRE_FALSE(classes.empty());
    REQUIRE(one_of_each(list, classes));

    // Tampered twins: one left out; one told twice with other names.
    const spec::NativeFacts first = list.front();
    list.erase(list.begin());
    CHECK_FALSE(one_of_each(list, classes));
    list.push_back(first);
    CHECK(one_of_each(list, classes));
    Renaming swap = Renaming::identity();
    std::swap(swap.to[spec::As::index][1], swap.to[spec::As::index][2]);
    list.push_back(renamed(proofs::model(), first, swap));
    CHECK_FALSE(one_of_each(list, classes));
  }
}

TEST_CASE("topologies: the default scope under each kernel scheme") {
  spec::NativeFacts f = testing::global_design();
  const auto count = [&](bool mentioned) {
    Scope scope = default_scope();
    if (mentioned) scope.mentioned = {"Pasid"};
    return topologies(proofs::model(), f, scope).size();
  };
  // None, one or both of two PASIDs are the users'. Two devices are in one group, or in two behind one unit or two. A
  // queue is on either device, shared or not, the kernel's or not: of 8 * 9 / 2 pairs, 4 look the same from both
  // devices.
  CHECK(count(false) == 3 * 3 * (36 + 4) / 2);
  CHECK(count(true) == 3 * (36 + 4) / 2);
  f.kernel_scheme() = spec::KernelScheme::reserved;
  CHECK(count(true) < count(false));
}

TEST_CASE("topologies: fewer elements first, and the same list every time") {
  const auto list = topologies(proofs::model(), testing::global_design(), default_scope());
  const auto elements = [](const spec::NativeFacts& f) {
    int sum = 0;
    for (const std::uint8_t n : f.count) sum += n;
    return sum;
  };
  CHECK(std::ranges::is_sorted(list, {}, elements));
  const auto again = topologies(proofs::model(), testing::global_design(), default_scope());
  REQUIRE(list.size() == again.size());
  for (std::size_t i = 0; i < list.size(); ++i) CHECK(bytes_of(list[i]) == bytes_of(again[i]));
}

TEST_CASE("topologies: pinned facts are as pinned") {
  Scope scope = default_scope();
  scope.pin("wq_dev", {1, 2});
  scope.pin("user_range", {0, 1, 1});
  const auto list = topologies(proofs::model(), testing::global_design(), scope);
  REQUIRE_FALSE(list.empty());
  for (const spec::NativeFacts& f : list) {
    CHECK(f.wq_dev(lang::Id<spec::Wq>(2)).v == 2);
    CHECK(f.user_range(lang::Id<spec::Pasid>(3)));
    CHECK(f.kind(lang::Id<spec::As>(3)) == spec::Kind::kernel_dma);
  }
}

TEST_CASE("topologies: no topology where the axioms cannot be met") {
  // Two groups with a number space each, for users and for kernels, do not fit into three.
  spec::NativeFacts f = testing::per_device_design();
  f.kernel_scheme() = spec::KernelScheme::per_device_sets;
  Scope scope = default_scope();
  scope.pin("group_of", {1, 2});
  scope.set(proofs::model(), "Space", 3);
  CHECK(topologies(proofs::model(), f, scope).empty());
  scope.set(proofs::model(), "Space", 4);
  CHECK_FALSE(topologies(proofs::model(), f, scope).empty());
}

TEST_CASE("topologies: a scope or a pin that makes no sense is refused by name") {
  const auto refused = [](auto change) {
    Scope scope = default_scope();
    change(scope);
    return topologies(proofs::model(), testing::global_design(), scope);
  };
  CHECK_THROWS_AS(refused([](Scope& s) { s.pin("no_such", {1}); }), std::invalid_argument);
  CHECK_THROWS_AS(refused([](Scope& s) { s.pin("user_scope", {1}); }), std::invalid_argument);
  CHECK_THROWS_AS(refused([](Scope& s) { s.pin("owner", {1}); }), std::invalid_argument);
  CHECK_THROWS_AS(refused([](Scope& s) { s.pin("kind", {1, 1}); }), std::invalid_argument);
  CHECK_THROWS_AS(refused([](Scope& s) { s.pin("kind", {1, 1, 2, 2}); }), std::invalid_argument);
  CHECK_THROWS_AS(refused([](Scope& s) { s.pin("kind", {99}); }), std::invalid_argument);
  CHECK_THROWS_AS(refused([](Scope& s) { s.pin("wq_dev", {0}); }), std::invalid_argument);
  CHECK_THROWS_AS(refused([](Scope& s) { s.pin("space_of", {2, 1}); }), std::invalid_argument);
  CHECK_THROWS_AS(refused([](Scope& s) { s.pin("unit_of", {200}); }), std::invalid_argument);
  CHECK_THROWS_AS(refused([](Scope& s) { s.mentioned = {"Nothing"}; }), std::invalid_argument);
  CHECK_THROWS_AS(refused([](Scope& s) { s.set(proofs::model(), "Pasid", 100); }), std::invalid_argument);
  CHECK_THROWS_AS(refused([](Scope& s) { s.set(proofs::model(), "Nothing", 1); }), std::invalid_argument);
}

}  // namespace
}  // namespace pasid::explore
