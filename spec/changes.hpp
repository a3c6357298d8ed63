// Properties of changes. A step property reads the states before and after a step; a call property the states before
// and after a call that returned an error.
#pragma once

#include "spec/state.hpp"

namespace pasid::spec::property {

/// What lookups find from this step on has its entry in the table of every device of the group: no attach that they saw
/// the beginning of can still fail.
template <class A>
Val<A, bool> visible_once_programmed(const Facts<A>& f, const State<A>& before, const State<A>& after) {
  return forall<Group>(f, [&](auto g) {
    return forall<Pasid>(f, [&](auto p) {
      const auto appears = !visible<A>(f, before, g, p) && visible<A>(f, after, g, p);
      return implies(appears, programmed<A>(f, after, g, p, after.slot(g, p)));
    });
  });
}

/// A new mm, and a new thread's MSR, start with none.
template <class A>
Val<A, bool> new_mm_has_no_pasid(const Facts<A>& f, const State<A>& before, const State<A>& after) {
  const auto new_mm = forall<As>(f, [&](auto m) {
    return implies(before.mm_at(m) == none && after.mm_at(m) == Step::live,
                   forall<Space>(f, [&](auto space) { return after.pasid_of(space, m) == none; }));
  });
  const auto new_thread = forall<Task>(f, [&](auto t) {
    return implies(before.task_mm(t) == none && !(after.task_mm(t) == none), after.msr(t) == none);
  });
  return new_mm && new_thread;
}

/// A call that returns an error leaves as it was what others can see: numbers, slots, table entries, bonds and MSRs.
template <class A>
Val<A, bool> failed_call_changes_nothing(const Facts<A>& f, const State<A>& before, const State<A>& after) {
  const auto numbers = forall<Space>(f, [&](auto space) {
    return forall<Pasid>(f, [&](auto p) { return after.owner(space, p) == before.owner(space, p); }) &&
           forall<As>(f, [&](auto m) { return after.pasid_of(space, m) == before.pasid_of(space, m); });
  });
  const auto devices = forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto a) { return after.kernel_pasid(d, a) == before.kernel_pasid(d, a); }) &&
           forall<Pasid>(f, [&](auto p) { return after.entry(d, p) == before.entry(d, p); });
  });
  const auto slots = forall<Group>(f, [&](auto g) {
    return forall<Pasid>(f, [&](auto p) {
      return after.slot(g, p) == before.slot(g, p) && iff(after.published(g, p), before.published(g, p));
    });
  });
  const auto bonds = forall<Bond>(f, [&](auto b) {
    return after.bond_mm(b) == before.bond_mm(b) && after.bond_wq(b) == before.bond_wq(b) &&
           after.bond_pasid(b) == before.bond_pasid(b) && after.bond_at(b) == before.bond_at(b) &&
           forall<As>(f, [&](auto m) { return iff(after.portal(b, m), before.portal(b, m)); });
  });
  const auto registers = forall<Task>(f, [&](auto t) { return after.msr(t) == before.msr(t); });
  return numbers && devices && slots && bonds && registers;
}

}  // namespace pasid::spec::property
