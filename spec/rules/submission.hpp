// Submission: which PASID goes onto a piece of work.
#pragma once

#include <cerrno>

#include "spec/effects.hpp"

namespace pasid::spec::submission {

/// Thread t can store to the portal of b, on a shared queue.
template <class A>
Val<A, bool> reaches_shared_queue(const Facts<A>& f, const State<A>& s, Val<A, Task> t, Val<A, Bond> b) {
  return !(s.task_mm(t) == none) && s.task_mm(t) == s.bond_mm(b) && s.portal(b) && f.shared(s.bond_wq(b));
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

/// The same with the PASID of the device addressed: what a handler that knew the device could do.
template <class A>
void fill_faulting_device(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t,
                          Val<A, Bond> b) {
  r.cites("hypothetical: no CPU reports the device; Tian, 11 Dec 2021");
  AWAIT(reaches_shared_queue<A>(f, s, t, b) && s.msr(t) == none, "fill_of_device.enqcmd-faults");
  AWAIT(!s.activated(t), "fill_of_device.first-time");
  n.msr(t) = s.bond_pasid(b);
  n.activated(t) = true;
}

/// ENQCMD accepted by a shared queue: the PASID is the thread's MSR, whatever device the portal belongs to.
template <class A>
void enqcmd(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Bond> b,
            Val<A, Desc> x) {
  r.cites("ENQCMD, Intel SDM volume 2; IA32_PASID 0xd93");
  AWAIT(reaches_shared_queue<A>(f, s, t, b) && !(s.msr(t) == none), "enqcmd.msr-valid");
  CHOOSE(x, Pick::any, "enqcmd.room-in-queue", [&](auto y) { return s.desc_dev(y) == none; });
  effect::submit<A>(n, x, bond_dev<A>(f, s, b), s.msr(t), s.task_mm(t));
}

/// write() on the file: the kernel submits for the process, with the PASID of the open file and not of a register.
template <class A>
void cdev_write(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Bond> b,
                Val<A, Desc> x) {
  r.cites("idxd_cdev_write(), ENQCMDS with the context's PASID and privilege 0; drivers/dma/idxd/cdev.c; Linux 7.3");
  AWAIT(!(s.task_mm(t) == none) && s.bond_at(b) == Step::live, "write.file-open");
  AWAIT(f.shared(s.bond_wq(b)), "write.shared-queue");
  REQUIRE(s.task_mm(t) == s.bond_mm(b), EPERM, "write.own-mm");
  CHOOSE(x, Pick::any, "write.room-in-queue", [&](auto y) { return s.desc_dev(y) == none; });
  effect::submit<A>(n, x, bond_dev<A>(f, s, b), s.bond_pasid(b), s.task_mm(t));
}

/// ENQCMDS by the kernel: the PASID the driver holds for the domain.
template <class A>
void enqcmds(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, As> domain,
             Val<A, Desc> x) {
  r.cites("ENQCMDS, Intel SDM volume 2; idxd_enqcmds(); Linux 7.3");
  const auto p = s.kernel_pasid(d, domain);
  AWAIT(!(p == none) && s.slot(d, p) == domain, "enqcmds.attached");
  CHOOSE(x, Pick::any, "enqcmds.room-in-queue", [&](auto y) { return s.desc_dev(y) == none; });
  effect::submit<A>(n, x, d, p, domain);
}

}  // namespace pasid::spec::submission
