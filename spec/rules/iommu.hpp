// The IOMMU and the device: walks, three caches, completion.
#pragma once

#include <cerrno>

#include "spec/effects.hpp"

namespace pasid::spec::iommu {

/// The IOMMU remembers a present table entry.
template <class A>
void cache_entry(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p,
                 Val<A, As> a) {
  r.cites("VT-d specification 6.2.2 (PASID-cache); SMMUv3: cached context descriptors");
  AWAIT(walks_to<A>(f, s, d, p, a), "cache_entry.present");
  AWAIT(!s.pasid_cache(d, p, a), "cache_entry.not-cached");
  n.pasid_cache(d, p, a) = true;
}

/// The IOMMU walks the page table of a request's address space and caches the translation: at any time, for a request
/// or ahead of one.
template <class A>
void walk(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  r.cites("VT-d specification 6.2.3 (IOTLB), 3.6 (first-stage translation)");
  AWAIT(resolves_to<A>(f, s, d, p, a), "walk.resolves");
  AWAIT(!s.iotlb(d, p, a), "walk.not-cached");
  n.iotlb(d, p, a) = true;
}

/// The device asks for a translation and keeps it; the IOMMU walks for it.
template <class A>
void translate(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p,
               Val<A, As> a) {
  r.cites("PCI Express ATS; VT-d specification 4 (Device-TLBs)");
  AWAIT(f.ats(d) && resolves_to<A>(f, s, d, p, a), "translate.resolves");
  AWAIT(!s.atc(d, p, a), "translate.not-cached");
  n.atc(d, p, a) = true;
}

/// The same, answered from the IOTLB with what e's walk left there, however old.
template <class A>
void translate_cached(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p,
                      Val<A, Dev> e, Val<A, As> b) {
  r.cites("PCI Express ATS; VT-d specification 6.2.3, 6.5.2 (IOTLB tagged by domain id and PASID, without source id)");
  AWAIT(f.ats(d) && iotlb_hit<A>(f, s, d, p, e, b), "translate_cached.hit");
  AWAIT(!s.atc(d, p, b), "translate_cached.not-cached");
  n.atc(d, p, b) = true;
  n.atc_outdated(d, p, b) = s.iotlb_outdated(e, p, b);
  n.atc_kernel_outdated(d, p, b) = s.iotlb_kernel_outdated(e, p, b);
  n.atc_dangling(d, p, b) = s.iotlb_dangling(e, p, b);
}

/// Work x is in flight on d under p, and not stopped at a page fault.
template <class A>
Val<A, bool> can_proceed(const Facts<A>& f, const State<A>& s, Val<A, Desc> x, Val<A, Dev> d, Val<A, Pasid> p) {
  return in_flight<A>(f, s, x, d, p) && !s.request(d, p, s.desc_for(x));
}

/// A request with user privilege reaches no supervisor page.
template <class A>
Val<A, bool> privileged(const Facts<A>& f, const State<A>& s, Val<A, Desc> x, Val<A, As> a) {
  return f.kind(a) != Kind::init_mm || is_kernel<A>(f, s.desc_from(x));
}

/// Work completes through the table.
template <class A>
void complete_by_walk(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Desc> x, Val<A, As> a) {
  r.cites("VT-d specification 3.6 (first-stage translation of requests with PASID)");
  const auto d = desc_dev<A>(f, s, x);
  const auto p = s.desc_pasid(x);
  AWAIT(can_proceed<A>(f, s, x, d, p) && !(p == none), "complete.in-flight");
  AWAIT(resolves_to<A>(f, s, d, p, a), "complete.resolves");
  AWAIT(privileged<A>(f, s, x, a), "complete.privilege");
  n.desc_touched(x) = a;
}

/// Work completes through a translation in the IOTLB.
template <class A>
void complete_by_iotlb(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Desc> x, Val<A, Dev> d,
                       Val<A, Pasid> p, Val<A, Dev> e, Val<A, As> b) {
  r.cites("VT-d specification 6.2.3, 6.5.2 (IOTLB tagged by domain id and PASID, without source id)");
  AWAIT(can_proceed<A>(f, s, x, d, p), "complete_cached.in-flight");
  AWAIT(iotlb_hit<A>(f, s, d, p, e, b), "complete_cached.hit");
  AWAIT(privileged<A>(f, s, x, b), "complete_cached.privilege");
  n.desc_touched(x) = b;
}

/// Work completes through a translation that the device kept: the IOMMU lets translated requests pass.
template <class A>
void complete_by_atc(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Desc> x, Val<A, Dev> d,
                     Val<A, Pasid> p, Val<A, As> a) {
  r.cites("PCI Express ATS: translated requests; VT-d specification 4.2");
  AWAIT(can_proceed<A>(f, s, x, d, p), "complete_atc.in-flight");
  AWAIT(s.atc(d, p, a), "complete_atc.cached");
  n.desc_touched(x) = a;
}

/// Work whose PASID has no translation ends with an error and touches nothing. A device need not wait for the answer to
/// its page request for that.
template <class A>
void abort(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Desc> x) {
  r.cites("VT-d specification 7.1 (non-recoverable faults)");
  const auto d = desc_dev<A>(f, s, x);
  AWAIT(!(s.desc_wq(x) == none) && s.desc_touched(x) == none, "abort.in-flight");
  AWAIT(!exists<As>(f, [&](auto a) { return walks_to<A>(f, s, d, s.desc_pasid(x), a); }), "abort.no-entry");
  effect::forget_work<A>(n, x);
}

/// A completion record has been read; the descriptor's place is free.
template <class A>
void reap(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Desc> x) {
  r.cites("DSA specification, completion records: the submitter reads the record and may submit again");
  GIVEN(!(s.desc_wq(x) == none), "reap.submitted");
  AWAIT(!(s.desc_touched(x) == none), "reap.completed");
  effect::forget_work<A>(n, x);
}

}  // namespace pasid::spec::iommu
