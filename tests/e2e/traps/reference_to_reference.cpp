// A reference to the new state assigned to another: C++ would pick a copy and the update would be lost.
#include "tests/e2e/traps/trap.hpp"

template <class A>
void text(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  (void)r, (void)f, (void)s, (void)n, (void)d, (void)p, (void)a;
#ifdef CLEAN
  n.entry(d, p) = s.entry(d, p);
#else
  n.entry(d, p) = n.entry(d, p);  // mistake
#endif
}
READ_BOTH_WAYS(text)
