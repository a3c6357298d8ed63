// Lemmas: threads and the address spaces they run in.
#pragma once

#include "proofs/lemmas/vocabulary.hpp"

namespace pasid::proofs::lemma {

template <class A>
Val<A, bool> thread_has_live_mm(const Facts<A>& f, const State<A>& s) {
  return forall<Task>(f, [&](auto t) { return implies(!(s.task_mm(t) == none), mm_live<A>(s, s.task_mm(t))); });
}

template <class A>
Val<A, bool> thread_state_needs_thread(const Facts<A>& f, const State<A>& s) {
  return forall<Task>(f, [&](auto t) { return implies(s.task_mm(t) == none, s.msr(t) == none && !s.activated(t)); });
}

template <class A>
Val<A, bool> msr_needs_enqcmd(const Facts<A>& f, const State<A>& s) {
  return forall<Task>(f, [&](auto t) { return implies(!has_msr<A>(f), s.msr(t) == none); });
}

template <class A>
Val<A, bool> filled_thread_has_msr(const Facts<A>& f, const State<A>& s) {
  return forall<Task>(f, [&](auto t) { return implies(s.activated(t), !(s.msr(t) == none)); });
}

template <class A>
Val<A, bool> only_mms_live(const Facts<A>& f, const State<A>& s) {
  return forall<As>(f, [&](auto m) { return implies(!(s.mm_at(m) == none), f.kind(m) == Kind::mm); });
}

}  // namespace pasid::proofs::lemma
