// The IOMMU and the device: walks, cached translations, completion.
#pragma once

#include <cerrno>

#include "spec/effects.hpp"

namespace pasid::spec::iommu {

/// The IOMMU walks a present entry and caches the result: at any time, for a request or ahead of one.
template <class A>
void walk(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  r.cites("VT-d specification 6.2 (caching), scalable-mode first-stage translation");
  AWAIT(!(s.entry(d, p) == none) && s.entry(d, p) == a, "walk.entry-present");
  AWAIT(!s.iotlb(d, p, a), "walk.not-cached");
  n.iotlb(d, p, a) = true;
}

/// Work completes through the table.
template <class A>
void complete_by_walk(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Desc> x) {
  r.cites("VT-d specification 3.6 (first-stage translation of requests with PASID)");
  const auto reached = s.entry(s.desc_dev(x), s.desc_pasid(x));
  AWAIT(!(s.desc_dev(x) == none) && s.desc_touched(x) == none, "complete.in-flight");
  AWAIT(!(reached == none), "complete.entry-present");
  n.desc_touched(x) = reached;
}

/// Work completes through a cached translation: one that this device's walk filled, or one of another device behind the
/// same unit whose tag is that of the address space this request resolves to.
template <class A>
void complete_by_cache(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Desc> x, Val<A, Dev> d,
                       Val<A, Pasid> p, Val<A, Dev> e, Val<A, As> b) {
  r.cites("VT-d specification 6.2.3, 6.5.2 (IOTLB tagged by domain id and PASID, without source id)");
  const auto resolves_to = s.entry(d, p);
  AWAIT(in_flight<A>(s, x, d, p), "complete_cached.in-flight");
  AWAIT(s.iotlb(e, p, b), "complete_cached.cached");
  AWAIT(e == d || (!(resolves_to == none) && share_cached<A>(f, d, resolves_to, e, b)), "complete_cached.hit");
  n.desc_touched(x) = b;
}

/// Work whose PASID has no translation ends with an error and touches nothing.
template <class A>
void abort(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Desc> x) {
  r.cites("VT-d specification 7.1 (non-recoverable faults)");
  AWAIT(!(s.desc_dev(x) == none) && s.desc_touched(x) == none, "abort.in-flight");
  AWAIT(s.entry(s.desc_dev(x), s.desc_pasid(x)) == none, "abort.no-entry");
  n.desc_dev(x) = none;
  n.desc_pasid(x) = none;
  n.desc_from(x) = none;
}

/// A completion record has been read; the descriptor's place is free.
template <class A>
void reap(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Desc> x) {
  r.cites("DSA specification, completion records: the submitter reads the record and may submit again");
  AWAIT(!(s.desc_touched(x) == none), "reap.completed");
  n.desc_dev(x) = none;
  n.desc_pasid(x) = none;
  n.desc_from(x) = none;
  n.desc_touched(x) = none;
}

}  // namespace pasid::spec::iommu
