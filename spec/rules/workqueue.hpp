// Work queues: the portal page through which a process submits.
#pragma once

#include <cerrno>

#include "spec/effects.hpp"

namespace pasid::spec::workqueue {

/// mmap of the portal: only by the process that opened the file, and the mapping is not copied by fork.
template <class A>
void map_portal(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Bond> b) {
  r.cites("idxd_cdev_mmap() (8dfa57aabff6), VM_DONTCOPY; drivers/dma/idxd/cdev.c; Linux 7.3");
  AWAIT(!(s.task_mm(t) == none) && !(s.bond_mm(b) == none), "mmap.caller-holds-file");
  AWAIT(s.bond_at(b) == Step::live && !s.portal(b), "mmap.file-open");
  REQUIRE(s.task_mm(t) == s.bond_mm(b), EPERM, "mmap.own-mm");
  n.portal(b) = true;
}

/// The mapping goes away; with it one reference on the file.
template <class A>
void unmap_portal(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Bond> b) {
  r.cites("remove_vma(): the mapping's reference on the file; Linux 7.3");
  AWAIT(!(s.task_mm(t) == none) && s.task_mm(t) == s.bond_mm(b) && s.portal(b), "munmap.mapped");
  n.portal(b) = false;
}

}  // namespace pasid::spec::workqueue
