// Kernel DMA under a PASID: a driver gives a kernel domain a PASID on its device, and takes it back.
#pragma once

#include <cerrno>

#include "spec/effects.hpp"

namespace pasid::spec::kernel_dma {

/// The driver gets a number for a kernel domain on its device.
template <class A>
void alloc(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, As> domain,
           Val<A, Pasid> p) {
  r.cites("idxd_enable_system_pasid(), iommu_alloc_global_pasid() (f5ccf55e1028); drivers/dma/idxd/init.c; Linux 7.3");
  const auto space = f.kernel_space(d);
  const auto allowed = [&](auto q) { return f.kernel_set(d, q) && f.fits(d, q) && s.owner(space, q) == none; };
  AWAIT(is_kernel<A>(f, domain) && s.kernel_pasid(d, domain) == none, "kernel_alloc.none-held");
  REQUIRE(exists<Pasid>(f, allowed), ENOSPC, "kernel_alloc.pasid-free");
  CHOOSE(p, Pick::lowest_free, "kernel_alloc.pick-pasid", allowed);
  n.owner(space, p) = domain;
  n.kernel_pasid(d, domain) = p;
}

/// The domain is attached under the number held for it.
template <class A>
void attach(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, As> domain,
            Val<A, Memory> memory) {
  r.cites("iommu_attach_device_pasid(); drivers/iommu/iommu.c; Linux 7.3");
  const auto p = s.kernel_pasid(d, domain);
  AWAIT(!(p == none) && !(s.slot(d, p) == domain), "kernel_attach.pasid-held");
  REQUIRE(f.fits(d, p), EINVAL, "kernel_attach.pasid-fits-device");
  REQUIRE(f.occupancy_check() == Switch::off || s.slot(d, p) == none, EBUSY, "kernel_attach.slot-free");
  REQUIRE(memory == Memory::available, ENOMEM, "kernel_attach.memory-for-slot");
  n.slot(d, p) = domain;
  n.entry(d, p) = domain;
}

/// The domain is detached: entry cleared, caches flushed, slot given up. The driver has quiesced its queues first.
template <class A>
void detach(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, As> domain) {
  r.cites("idxd_disable_system_pasid(), iommu_detach_device_pasid(); Linux 7.3");
  const auto p = s.kernel_pasid(d, domain);
  AWAIT(!(p == none) && s.slot(d, p) == domain, "kernel_detach.attached");
  AWAIT(!exists<Desc>(f, [&](auto x) { return in_flight<A>(s, x, d, p) && s.desc_from(x) == domain; }),
        "kernel_detach.work-finished");
  n.slot(d, p) = none;
  n.entry(d, p) = none;
  effect::flush_iotlb<A>(r, f, n, d, p, domain);
}

/// The driver gives the number back after detaching.
template <class A>
void free(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, As> domain) {
  r.cites("idxd_disable_system_pasid(), iommu_free_global_pasid(); Linux 7.3");
  const auto p = s.kernel_pasid(d, domain);
  AWAIT(!(p == none) && !(s.slot(d, p) == domain), "kernel_free.detached");
  n.owner(f.kernel_space(d), p) = none;
  n.kernel_pasid(d, domain) = none;
}

}  // namespace pasid::spec::kernel_dma
