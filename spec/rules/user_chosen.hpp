// PASIDs that user space chooses: iommufd and VFIO attach page tables of their own under any free index of the table,
// without asking the allocator (8a9e1e773f60, ad744ed5dd8b; 6.15).
#pragma once

#include <cerrno>

#include "spec/effects.hpp"

namespace pasid::spec::user_chosen {

template <class A>
void reserve(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p,
             Val<A, As> table, Val<A, Memory> memory, Val<A, Group> g) {
  r.cites("iommu_attach_device_pasid() for iommufd and VFIO; drivers/iommu/iommu.c; Linux 7.3");
  GIVEN(g == f.group_of(d) && f.kind(table) == Kind::user_managed, "user_attach.turn");
  AWAIT(!group_lock_held<A>(f, s, g), "user_attach.group-lock");
  REQUIRE(!(p == f.rid_pasid()), EINVAL, "user_attach.not-the-rid");
  REQUIRE(!in_recovery<A>(f, s, g), EBUSY, "user_attach.no-reset");
  REQUIRE(f.width_check() == Switch::off || fits_group<A>(f, g, p), EINVAL, "user_attach.pasid-fits-group");
  REQUIRE(f.occupancy_check() == Switch::off || s.slot(g, p) == none, EBUSY, "user_attach.slot-free");
  REQUIRE(memory != Memory::none_for_slot, ENOMEM, "user_attach.memory-for-slot");
  effect::reserve<A>(n, g, p, table);
}

template <class A>
void publish(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p,
             Val<A, As> table) {
  r.cites("iommu_attach_device_pasid() publishing in group->pasid_array (5e9f822c9c68); Linux 7.3");
  const auto g = f.group_of(d);
  AWAIT(f.kind(table) == Kind::user_managed && s.slot(g, p) == table && !s.published(g, p), "user_publish.reserved");
  AWAIT(programmed<A>(f, s, g, p, table), "user_publish.devices-programmed");
  n.published(g, p) = true;
}

/// The error path of an attach: the devices already programmed go back to nothing.
template <class A>
void undo(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p,
          Val<A, As> table) {
  r.cites("iommu_attach_device_pasid(), __iommu_set_group_pasid(): error paths; Linux 7.3");
  const auto g = f.group_of(d);
  AWAIT(f.kind(table) == Kind::user_managed && s.slot(g, p) == table && !s.published(g, p), "user_undo.reserved");
  effect::tear_down<A>(r, f, n, g, p, table);
}

/// What was submitted for the table under p has come to an end.
template <class A>
Val<A, bool> quiesced(const Facts<A>& f, const State<A>& s, Val<A, Group> g, Val<A, Pasid> p) {
  return !exists<Desc>(f, [&](auto x) {
    return f.group_of(desc_dev<A>(f, s, x)) == g && s.desc_pasid(x) == p && s.desc_touched(x) == none &&
           f.kind(s.desc_from(x)) == Kind::user_managed;
  });
}

template <class A>
void detach(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p,
            Val<A, As> table) {
  r.cites("iommufd_device_detach(), iommu_detach_device_pasid(); Linux 7.3");
  const auto g = f.group_of(d);
  GIVEN(f.kind(table) == Kind::user_managed && s.slot(g, p) == table && s.published(g, p), "user_detach.attached");
  AWAIT(!group_lock_held<A>(f, s, g) && quiesced<A>(f, s, g, p), "user_detach.work-finished");
  effect::tear_down<A>(r, f, n, g, p, table);
}

/// Another table in the place of the one that is attached. iommufd looks first, in its own book: of what others have
/// attached there it knows nothing.
template <class A>
void replace(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p,
             Val<A, As> table) {
  r.cites("iommufd_device_do_replace(), then iommu_replace_device_pasid(); Linux 7.3");
  const auto g = f.group_of(d);
  const auto old = s.slot(g, p);
  GIVEN(f.kind(table) == Kind::user_managed && !(old == table), "user_replace.other-table");
  REQUIRE(f.kind(old) == Kind::user_managed, EINVAL, "user_replace.attached");
  AWAIT(!group_lock_held<A>(f, s, g) && quiesced<A>(f, s, g, p), "user_replace.work-finished");
  REQUIRE(!in_recovery<A>(f, s, g), EBUSY, "user_replace.no-reset");
  effect::exchange<A>(r, f, s, n, g, p, table);
  effect::flush_all<A>(r, f, n, g, p, old);
}

/// Work of whoever owns the table (a guest): it can be tagged only with numbers attached for it, by its own device's
/// queue or by a virtual one that the VMM translates.
template <class A>
void work(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Wq> w, Val<A, Pasid> p,
          Val<A, As> table, Val<A, Desc> x) {
  r.cites("VFIO_DEVICE_FEATURE, iommufd: a device handed to user space issues requests under its PASIDs; Linux 7.3");
  const auto g = f.group_of(f.wq_dev(w));
  GIVEN(f.kind(table) == Kind::user_managed && s.slot(g, p) == table && s.published(g, p), "user_work.attached");
  GIVEN(!s.disabled(w), "user_work.queue-enabled");
  CHOOSE(x, Pick::any, "user_work.room-in-queue", [&](auto y) { return s.desc_wq(y) == none; });
  effect::submit<A>(n, x, w, p, table, table);
}

}  // namespace pasid::spec::user_chosen
