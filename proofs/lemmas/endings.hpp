// Lemmas: what each step of a bond's teardown, and of an address space's end, has emptied stays empty.
#pragma once

#include "proofs/lemmas/vocabulary.hpp"
#include "spec/rules/unbind.hpp"

namespace pasid::proofs::lemma {

/// Of the last bond's devices, once it has had step x, `empty(d, p, a)` holds.
template <class A, class Empty>
Val<A, bool> emptied(const Facts<A>& f, const State<A>& s, Val<A, Step> x, Empty empty) {
  return forall<Bond>(f, [&](auto b) {
    return forall<Dev>(f, [&](auto d) {
      return forall<As>(f, [&](auto a) {
        return implies(
            bond_had<A>(f, s, b, x) && unbind::last_user<A>(f, s, b) && f.group_of(d) == bond_group<A>(f, s, b),
            empty(d, s.bond_pasid(b), a));
      });
    });
  });
}

template <class A>
Val<A, bool> cleared_bond_has_no_entry(const Facts<A>& f, const State<A>& s) {
  return emptied<A>(f, s, Step::clear, [&](auto d, auto p, auto a) { return !(s.entry(d, p) == a); });
}
template <class A>
Val<A, bool> flushed_bond_has_no_cached_entry(const Facts<A>& f, const State<A>& s) {
  return emptied<A>(f, s, Step::flush_pasid_cache, [&](auto d, auto p, auto a) { return !s.pasid_cache(d, p, a); });
}
template <class A>
Val<A, bool> flushed_bond_has_no_translation(const Facts<A>& f, const State<A>& s) {
  return emptied<A>(f, s, Step::flush_iotlb, [&](auto d, auto p, auto a) { return !s.iotlb(d, p, a); });
}
template <class A>
Val<A, bool> flushed_bond_has_no_device_translation(const Facts<A>& f, const State<A>& s) {
  return emptied<A>(f, s, Step::flush_dev_tlb, [&](auto d, auto p, auto a) { return !s.atc(d, p, a); });
}
template <class A>
Val<A, bool> drained_bond_has_no_request(const Facts<A>& f, const State<A>& s) {
  return emptied<A>(f, s, Step::drain_faults, [&](auto d, auto p, auto a) { return !s.request(d, p, a); });
}

template <class A, class Empty>
Val<A, bool> ended(const Facts<A>& f, const State<A>& s, Val<A, Step> x, Empty empty) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto m) { return implies(mm_had<A>(f, s, m, x), empty(d, p, m)); });
    });
  });
}

template <class A>
Val<A, bool> ended_mm_is_not_walked(const Facts<A>& f, const State<A>& s) {
  return ended<A>(f, s, Step::clear, [&](auto d, auto p, auto m) { return !walks_to<A>(f, s, d, p, m); });
}
template <class A>
Val<A, bool> ended_mm_has_no_cached_entry(const Facts<A>& f, const State<A>& s) {
  return ended<A>(f, s, Step::flush_pasid_cache, [&](auto d, auto p, auto m) { return !s.pasid_cache(d, p, m); });
}
template <class A>
Val<A, bool> ended_mm_has_no_translation(const Facts<A>& f, const State<A>& s) {
  return ended<A>(f, s, Step::flush_iotlb, [&](auto d, auto p, auto m) { return !s.iotlb(d, p, m); });
}
template <class A>
Val<A, bool> ended_mm_has_no_device_translation(const Facts<A>& f, const State<A>& s) {
  return ended<A>(f, s, Step::flush_dev_tlb, [&](auto d, auto p, auto m) { return !s.atc(d, p, m); });
}

}  // namespace pasid::proofs::lemma
