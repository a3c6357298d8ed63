// Work queues: the portal page through which a process submits, and what an administrator does to a queue.
#pragma once

#include <cerrno>

#include "spec/effects.hpp"

namespace pasid::spec::workqueue {

/// The call on the file of b is for t's process: the one that opened it or, where nobody looks, whoever has the file (a
/// forked child, or a process that it was sent to).
template <class A>
Val<A, bool> may_use(const Facts<A>& f, const State<A>& s, Val<A, Task> t, Val<A, Bond> b) {
  return f.portal_check() == Switch::off || s.task_mm(t) == s.bond_mm(b);
}

/// mmap of the portal: the mapping is not copied by fork.
template <class A>
void map_portal(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Bond> b) {
  r.cites("idxd_cdev_mmap() (8dfa57aabff6), VM_DONTCOPY; drivers/dma/idxd/cdev.c; Linux 7.3");
  const auto m = s.task_mm(t);
  GIVEN(!(m == none) && s.bond_at(b) == Step::live && !s.portal(b, m), "mmap.file-open");
  REQUIRE(may_use<A>(f, s, t, b), EPERM, "mmap.own-mm");
  n.portal(b, m) = true;
}

/// The mapping goes away; with it one reference on the file.
template <class A>
void unmap_portal(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Bond> b) {
  r.cites("remove_vma(): the mapping's reference on the file; Linux 7.3");
  const auto m = s.task_mm(t);
  GIVEN(!(m == none) && s.portal(b, m), "munmap.mapped");
  n.portal(b, m) = false;
}

/// The device of queue w has what idxd asked for before it let user space have PASIDs there (IOMMU_DEV_FEAT_SVA).
template <class A>
Val<A, bool> has_sva_feature(const Facts<A>& f, Val<A, Wq> w) {
  const auto d = f.wq_dev(w);  // drivers/dma/idxd/init.c; Linux 6.12: idxd_probe(), intel_iommu_enable_sva()
  return f.capable(d) && f.ats(d) && f.svm(f.unit_of(d));
}

/// The driver has user space's PASIDs on for the device of w; the last does so without a look at it.
template <class A>
Val<A, bool> user_pasids_on(const Facts<A>& f, Val<A, Wq> w) {
  return f.queue_without_sva() == QueueWithoutSva::enabled || has_sva_feature<A>(f, w);
}

/// The queue takes no more work; what it has is finished first. Files that are open on it stay open, and so do their
/// portals, but the queue may not know them any more.
template <class A>
void disable(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Wq> w) {
  r.cites("idxd_drv_disable_wq(), idxd_wq_drain(), idxd_wq_disable_cleanup(); drivers/dma/idxd/device.c; Linux 7.3");
  GIVEN(!s.disabled(w), "disable.enabled");
  AWAIT(!exists<Bond>(f, [&](auto b) { return s.bond_wq(b) == w && s.bond_at(b) == Step::opening; }),
        "disable.queue-lock");
  AWAIT(!exists<Desc>(f, [&](auto x) { return s.desc_wq(x) == w && s.desc_touched(x) == none; }),
        "disable.work-finished");
  n.disabled(w) = true;
  when(r, forgets_clients<A>(f) && !f.shared(w), [&] {
    n.wq_pasid(w) = none;
    each<Bond>(r, [&](auto b) { when(r, s.bond_wq(b) == w, [&] { n.forgotten(b) = true; }); });
  });
}

/// A shared queue needs ENQCMD and a PASID of its kind of user; one for user space needs SVA, as far as anybody looks;
/// a dedicated one of the kernel that is to carry a PASID needs the device's privileged mode.
template <class A>
void enable(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Wq> w) {
  r.cites(
      "idxd_drv_enable_wq(), idxd_user_drv_probe() (0ec8ce073944), idxd_dmaengine_drv_probe(); drivers/dma/idxd; Linux 7.3");
  const auto d = f.wq_dev(w);
  const auto has_kernel_pasid = exists<As>(f, [&](auto k) { return !(s.kernel_pasid(d, k) == none); });
  REQUIRE(s.disabled(w), EBUSY, "enable.disabled");
  REQUIRE(f.kernel_queue(w) || f.queue_without_sva() != QueueWithoutSva::refused || has_sva_feature<A>(f, w),
          EOPNOTSUPP, "enable.user-queue-has-sva");
  const auto has_pasid = (f.kernel_queue(w) && has_kernel_pasid) || (!f.kernel_queue(w) && user_pasids_on<A>(f, w));
  REQUIRE(!f.shared(w) || (f.enqcmd() == Switch::on && has_pasid), ENXIO, "enable.shared-queue-has-enqcmd");
  REQUIRE(!f.kernel_queue(w) || f.shared(w) || !has_kernel_pasid || f.privileged(d), ENXIO,
          "enable.kernel-queue-privileged");
  n.disabled(w) = false;
}

}  // namespace pasid::spec::workqueue
