// Shared virtual addressing: a process opens a queue and its address space is bound to the device.
#pragma once

#include <cerrno>

#include "spec/rules/workqueue.hpp"

namespace pasid::spec::sva {

// First section of a bind: the mm gets its PASID if it has none for this device. One rule a series: they differ in
// their guards.

/// The number the mm has already; with per_bond every bind gets another.
template <class A>
Val<A, Pasid> held(const Facts<A>& f, const State<A>& s, Val<A, Space> space, Val<A, As> m) {
  return ite(f.user_scope() != UserScope::per_bond, s.pasid_of(space, m), none);
}

/// The allocator may hand out q for a bind on d.
template <class A>
Val<A, bool> allowed(const Facts<A>& f, const State<A>& s, Val<A, Dev> d, Val<A, Pasid> q) {
  const auto free =
      ite(f.user_scope() == UserScope::per_shared_device, s.slot(f.group_of(d), q), s.owner(f.space_of(d), q)) == none;
  return f.user_range(q) && f.fits(d, q) && free;
}

/// Nobody has dedicated queue w open; a shared one takes any number of clients.
template <class A>
Val<A, bool> takes_client(const Facts<A>& f, const State<A>& s, Val<A, Wq> w) {
  return f.shared(w) || !exists<Bond>(f, [&](auto c) { return s.bond_wq(c) == w && counted<A>(f, s, c); });
}

/// User space may open queue w and is bound then: it is enabled, which a shared one never is without ENQCMD.
template <class A>
Val<A, bool> open_to_users(const Facts<A>& f, const State<A>& s, Val<A, Wq> w) {
  return !f.kernel_queue(w) && !s.disabled(w) && (!f.shared(w) || f.enqcmd() == Switch::on) &&
         workqueue::user_pasids_on<A>(f, w);
}

/// The mm has the number p for d now.
template <class A>
void give(Rule<A>& r, const Facts<A>& f, State<A>& n, Val<A, Dev> d, Val<A, As> m, Val<A, Pasid> p) {
  const auto space = f.space_of(d);
  when(r, f.user_scope() != UserScope::per_shared_device, [&] { n.owner(space, p) = m; });
  when(r, f.user_scope() != UserScope::per_bond, [&] { n.pasid_of(space, m) = p; });
}

/// A new file, which the call still works on; its mm has the number p now.
template <class A>
void open(Rule<A>& r, const Facts<A>& f, State<A>& n, Val<A, Bond> b, Val<A, Wq> w, Val<A, As> m, Val<A, Pasid> p) {
  give<A>(r, f, n, f.wq_dev(w), m, p);
  n.bond_mm(b) = m;
  n.bond_wq(b) = w;
  n.bond_pasid(b) = p;
  n.bond_at(b) = Step::opening;
  when(r, counts_binds<A>(f), [&] { n.pasid_ref(b) = m; });
}

/// iommu_sva_alloc_pasid(): the number that the mm has, if that may be used again, or one up to the highest that the
/// device takes; then `got`.
template <class A, class Got>
void alloc_5_16(Rule<A>& r, const Facts<A>& f, const State<A>& s, Val<A, Dev> d, Val<A, As> m, Val<A, Pasid> p,
                Val<A, Memory> memory, Got got) {
  const auto old = held<A>(f, s, f.space_of(d), m);
  const auto free = [&](auto q) { return allowed<A>(f, s, d, q); };
  REQUIRE(old == none || f.fits(d, old), EOVERFLOW, "bind.pasid-fits-device");
  REQUIRE(old == none || below_maximum<A>(f, d, old), EOVERFLOW, "bind.pasid-below-maximum");
  REQUIRE(!(old == none) || (memory != Memory::none_for_mm_data && exists<Pasid>(f, free)), ENOMEM, "bind.pasid-free");
  CHOOSE(p, Pick::lowest_free, "bind.pick-pasid", [&](auto q) { return q == old || (old == none && free(q)); });
  got();
}

/// The same by itself, which drivers can have where it is exported; with the range that VT-d's caller gives. It takes
/// iommu_sva_lock alone, so it may come in the middle of somebody's bind.
template <class A>
void alloc_call(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Dev> d,
                Val<A, Pasid> p, Val<A, Memory> memory) {
  r.cites("iommu_sva_alloc_pasid(), with the range of intel_svm_alloc_pasid(); drivers/iommu; Linux 6.1");
  const auto m = s.task_mm(t);
  GIVEN(!(m == none), "alloc_call.caller-runs");
  GIVEN(exists<Pasid>(f, [&](auto q) { return f.fits(d, q); }), "alloc_call.range-makes-sense");
  alloc_5_16<A>(r, f, s, d, m, p, memory, [&] { give<A>(r, f, n, d, m, p); });
}

template <class A>
void pasid_5_16(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Wq> w,
                Val<A, Bond> b, Val<A, Pasid> p, Val<A, Memory> memory) {
  r.cites("idxd_cdev_open(), iommu_sva_bind_device(), intel_svm_bind(), iommu_sva_alloc_pasid(); Linux 5.15, 6.1");
  const auto m = s.task_mm(t);
  const auto d = f.wq_dev(w);
  GIVEN(!(m == none) && open_to_users<A>(f, s, w), "bind.caller-runs");
  AWAIT(!sva_lock_held<A>(f, s), "bind.sva-lock");
  CHOOSE(b, Pick::any, "bind.new-file", [&](auto x) { return s.bond_mm(x) == none && s.pasid_ref(x) == none; });
  REQUIRE(takes_client<A>(f, s, w), EBUSY, "bind.queue-takes-client");
  REQUIRE(f.sva() == Switch::on, EOPNOTSUPP, "bind.sva-supported");
  REQUIRE(!exists<Dev>(f, [&](auto e) { return !(e == d) && f.group_of(e) == f.group_of(d); }), EINVAL,
          "bind.alone-in-group");
  alloc_5_16<A>(r, f, s, d, m, p, memory, [&] { open<A>(r, f, n, b, w, m, p); });
}

template <class A>
void pasid_6_6(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Wq> w,
               Val<A, Bond> b, Val<A, Pasid> p) {
  r.cites("idxd_cdev_open(), iommu_sva_bind_device(), iommu_sva_alloc_pasid(); Linux 6.6");
  const auto m = s.task_mm(t);
  const auto d = f.wq_dev(w);
  const auto old = held<A>(f, s, f.space_of(d), m);
  const auto free = [&](auto q) { return allowed<A>(f, s, d, q); };
  GIVEN(!(m == none) && open_to_users<A>(f, s, w), "bind.caller-runs");
  AWAIT(!sva_lock_held<A>(f, s), "bind.sva-lock");
  CHOOSE(b, Pick::any, "bind.new-file", [&](auto x) { return s.bond_mm(x) == none && s.pasid_ref(x) == none; });
  REQUIRE(takes_client<A>(f, s, w), EBUSY, "bind.queue-takes-client");
  REQUIRE(!s.lam(m), EBUSY, "bind.no-lam");
  REQUIRE(old == none || f.fits(d, old), EOVERFLOW, "bind.pasid-fits-device");
  REQUIRE(old == none || below_maximum<A>(f, d, old), EOVERFLOW, "bind.pasid-below-maximum");
  REQUIRE(!(old == none) || exists<Pasid>(f, free), ENOSPC, "bind.pasid-free");
  CHOOSE(p, Pick::lowest_free, "bind.pick-pasid", [&](auto q) { return q == old || (old == none && free(q)); });
  open<A>(r, f, n, b, w, m, p);
}

template <class A>
void pasid_6_12(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Wq> w,
                Val<A, Bond> b, Val<A, Pasid> p, Val<A, Memory> memory) {
  r.cites("idxd_cdev_open(), iommu_sva_bind_device(), iommu_alloc_mm_data(), iommu_alloc_global_pasid(); Linux 7.3");
  const auto m = s.task_mm(t);
  const auto d = f.wq_dev(w);
  const auto old = held<A>(f, s, f.space_of(d), m);
  const auto free = [&](auto q) { return allowed<A>(f, s, d, q); };
  GIVEN(!(m == none) && open_to_users<A>(f, s, w), "bind.caller-runs");
  AWAIT(!sva_lock_held<A>(f, s), "bind.sva-lock");
  CHOOSE(b, Pick::any, "bind.new-file", [&](auto x) { return s.bond_mm(x) == none && s.pasid_ref(x) == none; });
  REQUIRE(takes_client<A>(f, s, w), EBUSY, "bind.queue-takes-client");
  REQUIRE(f.sva() == Switch::on, EOPNOTSUPP, "bind.sva-supported");
  REQUIRE(!s.lam(m), EBUSY, "bind.no-lam");
  REQUIRE(old == none || f.fits(d, old), EOVERFLOW, "bind.pasid-fits-device");
  REQUIRE(old == none || below_maximum<A>(f, d, old), EOVERFLOW, "bind.pasid-below-maximum");
  REQUIRE(!(old == none) || memory != Memory::none_for_mm_data, ENOMEM, "bind.memory-for-mm-data");
  REQUIRE(!(old == none) || exists<Pasid>(f, free), ENOSPC, "bind.pasid-free");
  CHOOSE(p, Pick::lowest_free, "bind.pick-pasid", [&](auto q) { return q == old || (old == none && free(q)); });
  open<A>(r, f, n, b, w, m, p);
}

// Second section: the first bond of a (group, mm) reserves the slot. Where one is there already, its attachment is
// shared and this section has no turn.

/// b's call is on its way and its mm is not attached to the group yet.
template <class A>
Val<A, bool> wants_slot(const Facts<A>& f, const State<A>& s, Val<A, Bond> b) {
  return s.bond_at(b) == Step::opening && !(s.slot(bond_group<A>(f, s, b), s.bond_pasid(b)) == s.bond_mm(b));
}

template <class A>
void reserve_5_16(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b, Val<A, Memory> memory,
                  Val<A, Group> g) {
  r.cites("intel_svm_bind_mm(), intel_pasid_setup_first_level(); drivers/iommu/intel/svm.c; Linux 5.15, 6.1");
  const auto p = s.bond_pasid(b);
  AWAIT(wants_slot<A>(f, s, b) && g == bond_group<A>(f, s, b), "attach.turn");
  AWAIT(!group_lock_held<A>(f, s, g), "attach.group-lock");
  REQUIRE(memory != Memory::none_for_handle, ENOMEM, "bind.memory-for-handle");
  REQUIRE(f.occupancy_check() == Switch::off || s.slot(g, p) == none, EBUSY, "bind.slot-free");
  effect::reserve<A>(n, g, p, s.bond_mm(b));
}

template <class A>
void reserve_6_6(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b, Val<A, Memory> memory,
                 Val<A, Group> g) {
  r.cites("iommu_sva_bind_device(), iommu_attach_device_pasid(); Linux 6.6");
  const auto p = s.bond_pasid(b);
  AWAIT(wants_slot<A>(f, s, b) && g == bond_group<A>(f, s, b), "attach.turn");
  AWAIT(!group_lock_held<A>(f, s, g), "attach.group-lock");
  REQUIRE(memory != Memory::none_for_handle, ENOMEM, "bind.memory-for-handle");
  REQUIRE(f.sva() == Switch::on, EOPNOTSUPP, "bind.sva-supported");
  REQUIRE(f.width_check() == Switch::off || fits_group<A>(f, g, p), EINVAL, "attach.pasid-fits-group");
  REQUIRE(f.occupancy_check() == Switch::off || s.slot(g, p) == none, EBUSY, "bind.slot-free");
  REQUIRE(memory != Memory::none_for_slot, ENOMEM, "attach.memory-for-slot");
  effect::reserve<A>(n, g, p, s.bond_mm(b));
}

template <class A>
void reserve_6_12(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b, Val<A, Memory> memory,
                  Val<A, Group> g) {
  r.cites("iommu_sva_bind_device(), iommu_attach_device_pasid(); Linux 6.12");
  const auto p = s.bond_pasid(b);
  AWAIT(wants_slot<A>(f, s, b) && g == bond_group<A>(f, s, b), "attach.turn");
  AWAIT(!group_lock_held<A>(f, s, g), "attach.group-lock");
  REQUIRE(f.occupancy_check() == Switch::off || s.slot(g, p) == none, EBUSY, "bind.slot-free");
  REQUIRE(memory != Memory::none_for_handle, ENOMEM, "bind.memory-for-handle");
  REQUIRE(f.width_check() == Switch::off || fits_group<A>(f, g, p), EINVAL, "attach.pasid-fits-group");
  REQUIRE(memory != Memory::none_for_slot, ENOMEM, "attach.memory-for-slot");
  effect::reserve<A>(n, g, p, s.bond_mm(b));
}

template <class A>
void reserve_7_3(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b, Val<A, Memory> memory,
                 Val<A, Group> g) {
  r.cites("iommu_sva_bind_device(), intel_iommu_sva_supported(), iommu_attach_device_pasid(); Linux 7.3");
  const auto d = bond_dev<A>(f, s, b);
  const auto p = s.bond_pasid(b);
  AWAIT(wants_slot<A>(f, s, b) && g == bond_group<A>(f, s, b), "attach.turn");
  AWAIT(!group_lock_held<A>(f, s, g), "attach.group-lock");
  REQUIRE(f.occupancy_check() == Switch::off || s.slot(g, p) == none, EBUSY, "bind.slot-free");
  REQUIRE(memory != Memory::none_for_handle, ENOMEM, "bind.memory-for-handle");
  REQUIRE(f.svm(f.unit_of(d)), ENODEV, "attach.iommu-walks-process-tables");
  REQUIRE(f.ats(d), EINVAL, "attach.ats-enabled");
  REQUIRE(!in_recovery<A>(f, s, g), EBUSY, "attach.no-reset");
  REQUIRE(f.width_check() == Switch::off || fits_group<A>(f, g, p), EINVAL, "attach.pasid-fits-group");
  REQUIRE(memory != Memory::none_for_slot, ENOMEM, "attach.memory-for-slot");
  effect::reserve<A>(n, g, p, s.bond_mm(b));
}

/// AMD: there is nothing to ask of the device before the core has reserved the slot; its own table comes with the RID's
/// domain, and without one the driver takes no PASID.
template <class A>
void reserve_7_3_amd(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b,
                     Val<A, Memory> memory, Val<A, Group> g) {
  r.cites("iommu_sva_bind_device(), iommu_attach_device_pasid(), iommu_sva_set_dev_pasid(); Linux 7.3");
  const auto d = bond_dev<A>(f, s, b);
  const auto p = s.bond_pasid(b);
  AWAIT(wants_slot<A>(f, s, b) && g == bond_group<A>(f, s, b), "attach.turn");
  AWAIT(!group_lock_held<A>(f, s, g), "attach.group-lock");
  REQUIRE(f.occupancy_check() == Switch::off || s.slot(g, p) == none, EBUSY, "bind.slot-free");
  REQUIRE(memory != Memory::none_for_handle, ENOMEM, "bind.memory-for-handle");
  REQUIRE(!in_recovery<A>(f, s, g), EBUSY, "attach.no-reset");
  REQUIRE(f.width_check() == Switch::off || fits_group<A>(f, g, p), EINVAL, "attach.pasid-fits-group");
  REQUIRE(memory != Memory::none_for_slot, ENOMEM, "attach.memory-for-slot");
  REQUIRE(f.svm(f.unit_of(d)), EINVAL, "attach.gcr3-set-up");
  effect::reserve<A>(n, g, p, s.bond_mm(b));
}

/// SMMUv3: a device without the feature gets no SVA domain.
template <class A>
void reserve_7_3_smmu(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b,
                      Val<A, Memory> memory, Val<A, Group> g) {
  r.cites("iommu_sva_bind_device(), arm_smmu_sva_domain_alloc(), iommu_attach_device_pasid(); Linux 7.3");
  const auto d = bond_dev<A>(f, s, b);
  const auto p = s.bond_pasid(b);
  AWAIT(wants_slot<A>(f, s, b) && g == bond_group<A>(f, s, b), "attach.turn");
  AWAIT(!group_lock_held<A>(f, s, g), "attach.group-lock");
  REQUIRE(f.occupancy_check() == Switch::off || s.slot(g, p) == none, EBUSY, "bind.slot-free");
  REQUIRE(memory != Memory::none_for_handle, ENOMEM, "bind.memory-for-handle");
  REQUIRE(f.svm(f.unit_of(d)), EOPNOTSUPP, "attach.smmu-has-sva");
  REQUIRE(!in_recovery<A>(f, s, g), EBUSY, "attach.no-reset");
  REQUIRE(f.width_check() == Switch::off || fits_group<A>(f, g, p), EINVAL, "attach.pasid-fits-group");
  REQUIRE(memory != Memory::none_for_slot, ENOMEM, "attach.memory-for-slot");
  effect::reserve<A>(n, g, p, s.bond_mm(b));
}

/// Last section: the attachment is published (if this call made it) and the call returns the file.
template <class A>
void publish(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b) {
  r.cites("iommu_attach_device_pasid() publishing in group->pasid_array (5e9f822c9c68), idxd_cdev_open(); Linux 7.3");
  const auto g = bond_group<A>(f, s, b);
  const auto p = s.bond_pasid(b);
  const auto m = s.bond_mm(b);
  AWAIT(s.bond_at(b) == Step::opening && s.slot(g, p) == m, "publish.reserved");
  AWAIT(s.published(g, p) || programmed<A>(f, s, g, p, m), "publish.devices-programmed");
  n.published(g, p) = true;
  n.bond_at(b) = Step::live;
  when(r, !f.shared(s.bond_wq(b)), [&] { n.wq_pasid(s.bond_wq(b)) = p; });
}

/// The error path of a bind: what was attached is detached, the file goes. From 5.18 on the mm keeps its PASID; before,
/// the reference just taken is put, and with it the number if it was the only one.
template <class A>
void undo(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Bond> b) {
  r.cites("iommu_sva_bind_device(), intel_svm_bind() (until 6.1): error paths; Linux 5.15, 6.1, 7.3");
  const auto g = bond_group<A>(f, s, b);
  const auto p = s.bond_pasid(b);
  const auto m = s.bond_mm(b);
  const auto only_reference = !exists<Bond>(f, [&](auto c) { return !(c == b) && s.pasid_ref(c) == m; });
  AWAIT(s.bond_at(b) == Step::opening, "undo.opening");
  when(r, s.slot(g, p) == m && !s.published(g, p), [&] { effect::tear_down<A>(r, f, n, g, p, m); });
  when(r, f.user_scope() != UserScope::per_bond && counts_binds<A>(f) && only_reference,
       [&] { effect::free_user_pasids<A>(r, s, n, m); });
  when(r, f.user_scope() == UserScope::per_bond, [&] { n.owner(f.space_of(bond_dev<A>(f, s, b)), p) = none; });
  n.pasid_ref(b) = none;
  n.bond_mm(b) = none;
  n.bond_wq(b) = none;
  n.bond_pasid(b) = none;
  n.bond_at(b) = none;
}

}  // namespace pasid::spec::sva
