// The state of the core model. Everything starts absent.
#pragma once

#include "spec/facts.hpp"

namespace pasid::spec {

template <class A>
struct State {
  Cell<A, "live", bool(Mm)> live;
  Cell<A, "mm_pasid", Pasid(Mm)> mm_pasid;
  Cell<A, "task_mm", Mm(Task)> task_mm;  ///< none: no such task
  Cell<A, "msr", Pasid(Task)> msr;       ///< IA32_PASID; none: not valid
  Cell<A, "bound", bool(Dev, Mm)> bound;
  Cell<A, "entry", Mm(Dev, Pasid)> entry;           ///< the device's PASID table
  Cell<A, "kernel_entry", bool(Dev)> kernel_entry;  ///< the table has the kernel under the kernel's number
  Cell<A, "kernel_held", bool(Dev)> kernel_held;    ///< the driver holds the kernel's number
  Cell<A, "strayed", bool()> strayed;               ///< a descriptor has reached an address space not its submitter's

  auto cells() { return std::tie(live, mm_pasid, task_mm, msr, bound, entry, kernel_entry, kernel_held, strayed); }
};

}  // namespace pasid::spec
