#include <algorithm>

#include "spec/lang/memory.hpp"
#include "src/trace/explain.hpp"
#include "tests/unit/trace_example.hpp"

namespace {

using namespace pasid;
namespace example = trace::example;
using example::id;
using spec::As;
using spec::Bond;
using spec::Desc;
using spec::Dev;
using spec::NativeFacts;
using spec::NativeState;
using spec::Pasid;
using spec::Space;
using spec::Task;
using spec::Wq;

/// In one string, which a failing check can show.
std::string one(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& w : words) out.append(out.empty() ? "" : ", ").append(w);
  return out;
}

const spec::NativeProperty& native(std::string_view property) {
  for (const auto& p : spec::native_properties())
    if (p.name == property) return p;
  FAIL("no property " << property);
  return spec::native_properties()[0];
}

/// The explanation; checks that the native reading agrees that there is something to explain.
trace::Explanation explained(std::string_view property, const NativeFacts& f, const NativeState& s) {
  CHECK_FALSE(native(property).holds(f, s, s));
  const auto out = trace::explain(example::tree(), f, s, example::tree().formula_named(property)->body);
  REQUIRE(out.has_value());
  return *out;
}

void bond(NativeState& s, int file, int mm, int wq, int pasid) {
  s.bond_mm(id<Bond>(file)) = id<As>(mm);
  s.bond_wq(id<Bond>(file)) = id<Wq>(wq);
  s.bond_pasid(id<Bond>(file)) = id<Pasid>(pasid);
  s.bond_at(id<Bond>(file)) = spec::Step::live;
}

TEST_CASE("explain: nothing where the formula holds") {
  const trace::Trace t = example::two_pasids();
  const auto* const formula = example::tree().formula_named("OnePasidPerMm");
  CHECK_FALSE(trace::explain(example::tree(), t.facts, t.steps[1].after, formula->body).has_value());
  CHECK(trace::explain(example::tree(), t.facts, t.last(), formula->body).has_value());
}

TEST_CASE("explain: the claim's cells are found, the premise's are why, indices are resolved") {
  NativeState s{};
  bond(s, 1, 1, 1, 1);
  bond(s, 3, 2, 1, 1);
  const auto why = explained("SharedQueueUnique", example::facts(), s);
  CHECK(one(why.instance) == one({"file1", "file3"}));
  CHECK(one(why.expected) == one({"bond_mm(file3) == bond_mm(file1)"}));
  CHECK(one(why.found) == one({"bond_mm(file3) = B", "bond_mm(file1) = A"}));
  CHECK(std::ranges::find(why.since, "bond_wq(file3) = wq1") != why.since.end());
}

TEST_CASE("explain: a kernel domain under a user's PASID") {
  NativeState s{};
  bond(s, 2, 1, 1, 2);
  s.entry(id<Dev>(1), id<Pasid>(2)) = id<As>(3);
  const auto why = explained("KernelUserDisjoint", example::facts(), s);
  CHECK(one(why.instance) == one({"file2", "dev1", "K1"}));
  CHECK(one(why.expected) == one({"entry(dev1, p2) != K1"}));
  CHECK(one(why.found) == one({"entry(dev1, p2) = K1"}));
}

TEST_CASE("explain: work that touched another's memory") {
  NativeState s{};
  s.desc_wq(id<Desc>(1)) = id<Wq>(2);
  s.desc_from(id<Desc>(1)) = id<As>(1);
  s.desc_touched(id<Desc>(1)) = id<As>(2);
  const auto why = explained("DmaIsolation", example::facts(), s);
  CHECK(one(why.instance) == one({"work1"}));
  CHECK(why.since.empty());  // what is found is not said twice
  CHECK(one(why.found) == one({"desc_touched(work1) = B", "desc_from(work1) = A"}));
}

TEST_CASE("explain: where any of several would do, all are expected") {
  NativeState s{};
  s.owner(id<Space>(1), id<Pasid>(1)) = id<As>(2);
  s.task_mm(id<Task>(1)) = id<As>(1);
  s.msr(id<Task>(1)) = id<Pasid>(1);
  const auto why = explained("NoStaleReuse", example::facts(), s);
  CHECK(one(why.expected) ==
        one({"task_mm(T1) != A", "msr(T1) != p1", "exists space s: pasid_of(s, A) == p1 || owner(s, p1) == A"}));
  CHECK(one(why.found) == one({"task_mm(T1) = A", "msr(T1) = p1", "pasid_of(space1, A) = -", "owner(space1, p1) = B",
                               "pasid_of(space2, A) = -", "owner(space2, p1) = -"}));
  CHECK(one(why.since) == one({"rid_pasid = p4", "slot(group1, p1) = -"}));
}

TEST_CASE("explain: where no element will do, every element is shown") {
  NativeState s{};
  s.task_mm(id<Task>(2)) = id<As>(1);
  s.msr(id<Task>(2)) = id<Pasid>(1);
  s.pasid_of(id<Space>(1), id<As>(1)) = id<Pasid>(2);
  const auto why = explained("MsrCoherent", example::facts(), s);
  CHECK(one(why.instance) == one({"T2"}));
  CHECK(one(why.expected) == one({"exists space s: pasid_of(s, A) == msr(T2) || owner(s, p1) == task_mm(T2)"}));
  CHECK(one(why.found) == one({"pasid_of(space1, A) = p2", "msr(T2) = p1", "owner(space1, p1) = -", "task_mm(T2) = A",
                               "pasid_of(space2, A) = -", "owner(space2, p1) = -"}));
}

TEST_CASE("explain: agrees with the native reading on every property and many states") {
  // Bytes of a fixed pseudo-random sequence within each cell's range; a third of them none.
  std::uint32_t seed = 12345;
  const auto draw = [&](std::uint32_t below) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 16) % below;
  };
  const NativeFacts f = example::facts();
  int violated = 0;
  int held = 0;
  NativeState before{};
  for (int round = 0; round < 400; ++round) {
    NativeState s{};
    auto* const bytes = reinterpret_cast<std::uint8_t*>(&s);
    for (const lang::CellInfo& cell : example::tree().cells) {
      if (cell.rigid) continue;
      lang::each_index(f, cell, [&](std::span<const std::uint8_t> index) {
        const auto size = cell.value->kind == lang::SortKind::boolean ? 1 : lang::size_of(f, cell.value);
        if (draw(20) < 1 + static_cast<std::uint32_t>(round) / 40)
          bytes[lang::place(cell, index)] = static_cast<std::uint8_t>(1 + draw(static_cast<std::uint32_t>(size)));
      });
    }
    for (const auto& p : spec::native_properties()) {
      const bool holds = p.holds(f, before, s);
      (holds ? held : violated) += 1;
      const auto why = trace::explain(example::tree(), f, before, s, example::tree().formula_named(p.name)->body);
      REQUIRE_MESSAGE(why.has_value() == !holds, p.name);
      if (!why) continue;
      CHECK_FALSE(why->instance.empty());
      CHECK_FALSE(why->expected.empty());
      CHECK_FALSE(why->found.empty());
    }
    before = s;
  }
  CHECK(violated > 100);
  CHECK(held > 100);
}

}  // namespace
