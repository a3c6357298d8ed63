// The new state is written, never read: its value is not there yet.
#include "tests/e2e/traps/trap.hpp"

template <class A>
void text(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  (void)r, (void)f, (void)s, (void)n, (void)d, (void)p, (void)a;
#ifdef CLEAN
  n.entry(d, s.kernel_pasid(d, a)) = a;
#else
  n.entry(d, n.kernel_pasid(d, a)) = a;  // mistake
#endif
}
READ_BOTH_WAYS(text)
