#include <cstring>
#include <rapidcheck.h>

#include <doctest/doctest.h>

#include "src/explore/pack.hpp"
#include "src/explore/topology.hpp"
#include "tests/unit/explore_knobs.hpp"

namespace pasid::explore {
namespace {

/// A scope of any sizes, without looking at axioms.
lang::Domain<lang::Native> any_domain() {
  lang::Domain<lang::Native> domain;
  for (const lang::SortInfo* s : entity_sorts(proofs::model()))
    domain.count[static_cast<std::size_t>(s->index)] =
        *rc::gen::inRange<std::uint8_t>(0, static_cast<std::uint8_t>(s->capacity + 1));
  return domain;
}

std::vector<std::uint8_t> any_slots(const Layout& layout, const lang::Domain<lang::Native>& domain) {
  std::vector<std::uint8_t> slots;
  for (const StateSlot& s : layout.slots())
    slots.push_back(*rc::gen::inRange<std::uint8_t>(0, static_cast<std::uint8_t>(lang::size_of(domain, s.value) + 1)));
  return slots;
}

/// Packs what has no bytes after it.
void pack(const Layout& layout, std::vector<std::uint8_t> slots, std::uint8_t* packed) {
  slots.resize(slots.size() + slot_padding, 0xee);
  layout.pack(slots.data(), packed);
}

TEST_CASE("layout: packing and unpacking lose nothing, whatever the sizes and values") {
  CHECK(rc::check([] {
    const auto domain = any_domain();
    const Layout layout(proofs::model(), domain);
    const auto slots = any_slots(layout, domain);
    std::vector<std::uint8_t> packed(layout.packed_bytes() + 1, 0xee);
    pack(layout, slots, packed.data());
    RC_ASSERT(packed.back() == 0xee);
    packed.resize(layout.packed_bytes() + packed_padding, 0xee);
    spec::NativeState state;
    layout.unpack(packed.data(), state);
    std::vector<std::uint8_t> again(slots.size());
    layout.spread(state, again.data());
    RC_ASSERT(again == slots);
  }));
}

TEST_CASE("layout: two states pack alike only if they are alike") {
  CHECK(rc::check([] {
    const auto domain = any_domain();
    const Layout layout(proofs::model(), domain);
    RC_PRE(!layout.slots().empty());
    auto slots = any_slots(layout, domain);
    const auto at = *rc::gen::inRange<std::size_t>(0, slots.size());
    const int size = lang::size_of(domain, layout.slots()[at].value);
    RC_PRE(size > 0);
    std::vector<std::uint8_t> a(layout.packed_bytes());
    std::vector<std::uint8_t> b(layout.packed_bytes());
    pack(layout, slots, a.data());
    slots[at] = static_cast<std::uint8_t>(slots[at] == 0 ? 1 : slots[at] - 1);
    pack(layout, slots, b.data());
    RC_ASSERT(a != b);
  }));
}

TEST_CASE("layout: every byte within the scope has one slot, rows of record-like sorts last") {
  const auto facts = topologies(proofs::model(), testing::global_design(), testing::default_scope()).front();
  const Layout layout(proofs::model(), facts);
  std::vector<int> slots_of(sizeof(spec::NativeState));
  for (const StateSlot& s : layout.slots()) ++slots_of[s.offset];
  std::size_t within = 0;
  for (const lang::CellInfo& cell : proofs::model().cells)
    if (!cell.rigid)
      lang::each_index(facts, cell, [&](std::span<const std::uint8_t> index) {
        CHECK(slots_of[lang::place(cell, index)] == 1);
        ++within;
      });
  CHECK(within == layout.slots().size());
  REQUIRE(layout.records().size() == 3);  // work, files, threads
  std::size_t at = layout.fixed();
  for (const Records& r : layout.records()) {
    CHECK(r.first == at);
    at += r.rows * r.width;
  }
  CHECK(at == layout.slots().size());
}

}  // namespace
}  // namespace pasid::explore
