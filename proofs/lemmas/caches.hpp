// Lemmas: what caches name is attached.
#pragma once

#include "proofs/lemmas/vocabulary.hpp"

namespace pasid::proofs::lemma {

template <class A>
Val<A, bool> cached_entry_has_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) { return implies(s.pasid_cache(d, p, a), s.slot(f.group_of(d), p) == a); });
    });
  });
}

template <class A>
Val<A, bool> iotlb_has_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) { return implies(s.iotlb(d, p, a), s.slot(f.group_of(d), p) == a); });
    });
  });
}

template <class A>
Val<A, bool> atc_has_slot(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) { return implies(s.atc(d, p, a), s.slot(f.group_of(d), p) == a); });
    });
  });
}

}  // namespace pasid::proofs::lemma
