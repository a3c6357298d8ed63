// Submission: which PASID goes onto a piece of work.
#pragma once

#include <cerrno>

#include "spec/rules/workqueue.hpp"

namespace pasid::spec::submission {

/// Thread t can store to the portal of b.
template <class A>
Val<A, bool> reaches_queue(const State<A>& s, Val<A, Task> t, Val<A, Bond> b) {
  return !(s.task_mm(t) == none) && s.portal(b, s.task_mm(t));
}

template <class A>
Val<A, bool> no_work(const State<A>& s, Val<A, Desc> x) {
  return s.desc_wq(x) == none;
}

/// ENQCMD with an invalid MSR faults, to whatever address, and the handler writes the PASID of the thread's mm. It does
/// not look whether the mm is bound to any device.
template <class A>
void fill_mm_value(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Space> space) {
  r.cites("try_fixup_enqcmd_gp() (fa6af69f38d3); arch/x86/kernel/traps.c; Linux 7.3");
  const auto p = s.pasid_of(space, s.task_mm(t));
  AWAIT(!(s.task_mm(t) == none) && s.msr(t) == none, "fill.enqcmd-faults");
  AWAIT(!(p == none), "fill.mm-has-pasid");
  AWAIT(!s.activated(t), "fill.first-time");
  n.msr(t) = p;
  n.activated(t) = true;
}

/// The same with the PASID of one of the mm's bonds, whichever the handler finds.
template <class A>
void fill_any_bond(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Bond> b) {
  r.cites("hypothetical: a handler for an mm with several PASIDs; Gunthorpe, 11 Dec 2021");
  AWAIT(!(s.task_mm(t) == none) && s.msr(t) == none, "fill_of_bond.enqcmd-faults");
  AWAIT(s.bond_mm(b) == s.task_mm(t) && s.bond_at(b) == Step::live, "fill_of_bond.bound");
  AWAIT(!s.activated(t), "fill_of_bond.first-time");
  n.msr(t) = s.bond_pasid(b);
  n.activated(t) = true;
}

/// The same with the PASID of the device addressed: what a handler that knew the device could do.
template <class A>
void fill_faulting_device(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t,
                          Val<A, Bond> b) {
  r.cites("hypothetical: no CPU reports the device; Tian, 11 Dec 2021");
  AWAIT(reaches_queue<A>(s, t, b) && f.shared(s.bond_wq(b)) && s.msr(t) == none, "fill_of_device.enqcmd-faults");
  AWAIT(!s.activated(t), "fill_of_device.first-time");
  n.msr(t) = s.bond_pasid(b);
  n.activated(t) = true;
}

/// Before 5.13 a bind sent the PASID to the CPUs that ran threads of the mm. The function it called there worked on
/// whatever thread's registers were loaded by then, so any thread may get it.
template <class A>
void broadcast(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Bond> b) {
  r.cites("load_pasid(), update_pasid() (removed by 9bfecd058339); drivers/iommu/intel/svm.c; Linux 5.12");
  AWAIT(!(s.task_mm(t) == none), "broadcast.thread-runs");
  AWAIT(s.bond_at(b) == Step::live, "broadcast.bound");
  n.msr(t) = s.bond_pasid(b);
}

/// ENQCMD to a shared queue: the PASID is the thread's MSR, whatever device the portal belongs to. A queue that is full
/// or disabled answers that it did not take the work.
template <class A>
void enqcmd(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Bond> b,
            Val<A, Desc> x, Val<A, Queue> queue) {
  r.cites("ENQCMD, Intel SDM volume 2; IA32_PASID 0xd93");
  GIVEN(reaches_queue<A>(s, t, b) && f.shared(s.bond_wq(b)), "enqcmd.portal");
  AWAIT(!(s.msr(t) == none), "enqcmd.msr-valid");
  REQUIRE(queue == Queue::accepts && !s.disabled(s.bond_wq(b)), EAGAIN, "enqcmd.accepted");
  CHOOSE(x, Pick::any, "enqcmd.room-in-queue", [&](auto y) { return no_work<A>(s, y); });
  effect::submit<A>(n, x, s.bond_wq(b), s.msr(t), s.task_mm(t), s.task_mm(t));
}

/// What a posted store to a dedicated queue carries: the queue's own PASID, set while somebody has it open. A queue
/// that has none (it was disabled under those who have it open) lets work go without.
template <class A>
Val<A, Pasid> number_of(const Facts<A>& f, const State<A>& s, Val<A, Wq> w) {
  return ite(forgets_clients<A>(f) && s.wq_pasid(w) == none, f.rid_pasid(), s.wq_pasid(w));
}

/// Whose number that is, for a submitter who has b open: b's opener's, whom the queue is for. Where queues forget, it
/// is whoever's is attached under it; and the submitter's own work where it carries none.
template <class A>
Val<A, As> owner_of_number(const Facts<A>& f, const State<A>& s, Val<A, Bond> b, Val<A, As> submitter) {
  const auto p = s.wq_pasid(s.bond_wq(b));
  const auto attached = s.slot(bond_group<A>(f, s, b), p);
  return ite(forgets_clients<A>(f), ite(p == none, submitter, attached), s.bond_mm(b));
}

template <class A>
Val<A, bool> takes_stores(const Facts<A>& f, const State<A>& s, Val<A, Wq> w) {
  return !f.shared(w) && !s.disabled(w) && (forgets_clients<A>(f) || !(s.wq_pasid(w) == none));
}

/// A posted store to the portal of a dedicated queue.
template <class A>
void movdir64b(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Bond> b,
               Val<A, Desc> x) {
  r.cites("MOVDIR64B; WQCFG.pasid set by idxd_wq_set_pasid(); drivers/dma/idxd/cdev.c; Linux 7.3");
  const auto w = s.bond_wq(b);
  const auto m = s.task_mm(t);
  GIVEN(reaches_queue<A>(s, t, b) && !f.shared(w), "movdir64b.portal");
  GIVEN(takes_stores<A>(f, s, w), "movdir64b.queue-set-up");
  CHOOSE(x, Pick::any, "movdir64b.room-in-queue", [&](auto y) { return no_work<A>(s, y); });
  effect::submit<A>(n, x, w, number_of<A>(f, s, w), m, owner_of_number<A>(f, s, b, m));
}

/// The same on a device without PASIDs for user space, whose queue was opened all the same: the work carries none, and
/// goes where the device's own requests go.
template <class A>
void movdir64b_without_pasid(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t,
                             Val<A, Wq> w, Val<A, Desc> x) {
  r.cites("idxd_cdev_open() without SVA (refused since 0ec8ce073944, 6.1); drivers/dma/idxd/cdev.c; Linux 5.15");
  GIVEN(!(s.task_mm(t) == none) && !f.shared(w) && !f.kernel_queue(w) && !s.disabled(w), "untranslated.portal");
  GIVEN(!workqueue::has_sva_feature<A>(f, w), "untranslated.device-has-no-pasids");
  CHOOSE(x, Pick::any, "untranslated.room-in-queue", [&](auto y) { return no_work<A>(s, y); });
  effect::submit<A>(n, x, w, f.rid_pasid(), s.task_mm(t), s.task_mm(t));
}

/// write() on the file: the kernel submits for the process. To a shared queue with the PASID of the open file, not of a
/// register; to a dedicated one by a posted store, with the queue's own. A disabled queue has no portal of the
/// kernel's: idxd_submit_user_descriptor() stores to address 0 then, which nobody should ask of a kernel.
template <class A>
void cdev_write(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Bond> b,
                Val<A, Desc> x, Val<A, Queue> queue) {
  r.cites("idxd_cdev_write(), ENQCMDS with the context's PASID and privilege 0; drivers/dma/idxd/cdev.c; Linux 7.3");
  const auto w = s.bond_wq(b);
  const auto m = s.task_mm(t);
  GIVEN(!(m == none) && s.bond_at(b) == Step::live, "write.file-open");
  GIVEN((f.shared(w) && !s.disabled(w)) || takes_stores<A>(f, s, w), "write.queue-set-up");
  REQUIRE(workqueue::may_use<A>(f, s, t, b), EPERM, "write.own-mm");
  REQUIRE(!f.shared(w) || queue == Queue::accepts, EAGAIN, "write.accepted");
  CHOOSE(x, Pick::any, "write.room-in-queue", [&](auto y) { return no_work<A>(s, y); });
  effect::submit<A>(n, x, w, ite(f.shared(w), s.bond_pasid(b), number_of<A>(f, s, w)), m,
                    ite(f.shared(w), s.bond_mm(b), owner_of_number<A>(f, s, b, m)));
}

/// The kernel's own work: ENQCMDS to a shared queue, a posted store to a dedicated one, with the PASID the driver holds
/// for the domain.
template <class A>
void kernel_work(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Wq> w, Val<A, As> domain,
                 Val<A, Desc> x, Val<A, Queue> queue) {
  r.cites("idxd_submit_desc(), idxd_enqcmds() with idxd->pasid; drivers/dma/idxd/submit.c; Linux 7.3");
  const auto d = f.wq_dev(w);
  const auto p = s.kernel_pasid(d, domain);
  const auto attached = s.slot(f.group_of(d), p) == domain && s.published(f.group_of(d), p);
  GIVEN(f.kernel_queue(w) && !(p == none) && attached, "kernel_work.attached");
  GIVEN(!s.disabled(w) && (!f.shared(w) || f.enqcmd() == Switch::on), "kernel_work.queue-enabled");
  REQUIRE(!f.shared(w) || queue == Queue::accepts, EAGAIN, "kernel_work.accepted");
  CHOOSE(x, Pick::any, "kernel_work.room-in-queue", [&](auto y) { return no_work<A>(s, y); });
  effect::submit<A>(n, x, w, p, domain, domain);
}

}  // namespace pasid::spec::submission
