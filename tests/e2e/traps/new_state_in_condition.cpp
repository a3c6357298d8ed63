// The new state in a condition.
#include "tests/e2e/traps/trap.hpp"

template <class A>
void text(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  (void)r, (void)f, (void)s, (void)n, (void)d, (void)p, (void)a;
#ifdef CLEAN
  AWAIT(s.entry(d, p) == a, "trap");
#else
  AWAIT(n.entry(d, p) == a, "trap");  // mistake
#endif
}
READ_BOTH_WAYS(text)
