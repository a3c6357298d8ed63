// Page requests: a device stops at a page that is not there and asks the kernel for it.
#pragma once

#include "spec/effects.hpp"

namespace pasid::spec::faults {

/// Work in flight meets a page that is not there; the request is queued under the work's PASID. The IOMMU takes
/// requests for entries it finds present only.
template <class A>
void raise(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Desc> x, Val<A, Dev> d,
           Val<A, Pasid> p, Val<A, As> owner) {
  r.cites("PCI Express PRI; VT-d specification 7.4 (page requests); iommu_report_device_fault(); Linux 7.3");
  GIVEN(in_flight<A>(f, s, x, d, p) && s.desc_for(x) == owner, "raise.in-flight");
  GIVEN(exists<As>(f, [&](auto a) { return resolves_to<A>(f, s, d, p, a) && f.kind(a) == Kind::mm; }),
        "raise.of-a-process");
  AWAIT(!s.request(d, p, owner), "raise.once");
  n.request(d, p, owner) = true;
}

/// The request leaves the queue and is resolved in the address space that `looked_up` tells: the right one, another
/// one, or none (nothing there, or the mm has no users any more), where the device gets the answer "invalid".
template <class A, class LookedUp>
void resolve_in(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p,
                Val<A, As> owner, LookedUp looked_up) {
  const auto astray = exists<As>(f, [&](auto a) { return looked_up(a) && mm_live<A>(s, a) && !(a == owner); });
  GIVEN(s.request(d, p, owner), "resolve.queued");
  n.request(d, p, owner) = false;
  when(r, astray, [&] { n.strayed(owner) = true; });
}

/// Whoever has the number, on whatever device.
template <class A>
void resolve_6_1(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p,
                 Val<A, As> owner) {
  r.cites("iopf_handle_single(), iommu_sva_find(); drivers/iommu/io-pgfault.c; Linux 6.1");
  const auto space = f.space_of(d);
  resolve_in<A>(r, f, s, n, d, p, owner, [&](auto a) { return s.owner(space, p) == a && f.kind(a) == Kind::mm; });
}

/// What is attached to the device's group under the number.
template <class A>
void resolve(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p,
             Val<A, As> owner) {
  r.cites(
      "find_fault_handler(), iommu_attach_handle_get(), iommu_sva_handle_mm(); drivers/iommu/io-pgfault.c; Linux 7.3");
  const auto g = f.group_of(d);
  resolve_in<A>(r, f, s, n, d, p, owner, [&](auto a) { return s.slot(g, p) == a && visible<A>(f, s, g, p); });
}

}  // namespace pasid::spec::faults
