// What every attachment under a PASID has in common: between the reservation of a slot and its publication, the devices
// of the group are programmed one after another, under group->mutex.
#pragma once

#include <cerrno>

#include "spec/effects.hpp"

namespace pasid::spec::attachment {

/// One device of the group gets its table entry. Devices without PASIDs are passed over (b3f6fcd8404f, 6.15). For a
/// process VT-d asks each of the others what it asked of the device that is bound. Its table that cannot grow has no
/// entry to give (-ENODEV); elsewhere the caller hears of the memory.
template <class A>
void program(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p,
             Val<A, Memory> memory, Val<A, Group> g) {
  r.cites(
      "__iommu_set_group_pasid() (since 6.2), intel_svm_set_dev_pasid(), intel_pasid_setup_first_level(); Linux 6.1, 6.6, 7.3");
  const auto first = !exists<Dev>(f, [&](auto e) { return f.group_of(e) == g && !(s.entry(e, p) == none); });
  AWAIT(!(s.slot(g, p) == none) && !s.published(g, p), "program.reserved");
  AWAIT(f.group_of(d) == g && f.capable(d) && s.entry(d, p) == none, "program.turn");
  REQUIRE(!reserves_as_7_3<A>(f) || f.kind(s.slot(g, p)) != Kind::mm || f.ats(d), EINVAL, "program.ats-enabled");
  REQUIRE(!on_vtd<A>(f) || !first || memory != Memory::none_for_table, ENODEV, "program.table-entry");
  REQUIRE(!on_vtd<A>(f) || first || memory != Memory::none_for_later_table, ENODEV, "program.later-table-entry");
  REQUIRE(!first || memory != Memory::none_for_table, ENOMEM, "program.memory-for-table");
  REQUIRE(first || memory != Memory::none_for_later_table, ENOMEM, "program.memory-for-later-table");
  n.entry(d, p) = s.slot(g, p);
}

}  // namespace pasid::spec::attachment
