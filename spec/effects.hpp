// Effects: the state changes that several rules share, each written once.
#pragma once

#include "spec/lang/guards.hpp"
#include "spec/state.hpp"

namespace pasid::spec::effect {

/// A thread is gone, and its register state with it.
template <class A>
void end_thread(State<A>& n, Val<A, Task> t) {
  n.task_mm(t) = none;
  n.msr(t) = none;
  n.activated(t) = false;
}

/// mm_pasid_drop(): the numbers an mm owns return to their allocators.
template <class A>
void free_user_pasids(Rule<A>& r, const State<A>& s, State<A>& n, Val<A, As> m) {
  each<Space>(r, [&](auto space) {
    const auto p = s.pasid_of(space, m);
    n.owner(space, p) = none;
    n.pasid_of(space, m) = none;
  });
}

/// Work x on d under p, from the address space `from`.
template <class A>
void submit(State<A>& n, Val<A, Desc> x, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> from) {
  n.desc_dev(x) = d;
  n.desc_pasid(x) = p;
  n.desc_from(x) = from;
}

/// PASID-selective IOTLB invalidation on the unit of d: every translation of p with the tag of (d, a).
template <class A>
void flush_iotlb(Rule<A>& r, const Facts<A>& f, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  each<Dev>(r, [&](auto e) {
    each<As>(r, [&](auto b) { when(r, share_cached<A>(f, d, a, e, b), [&] { n.iotlb(e, p, b) = false; }); });
  });
}

}  // namespace pasid::spec::effect
