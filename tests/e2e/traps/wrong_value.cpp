// A value of another sort written to a cell: a PASID into a cell of address spaces.
#include "tests/e2e/traps/trap.hpp"

template <class A>
void text(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  (void)r, (void)f, (void)s, (void)n, (void)d, (void)p, (void)a;
#ifdef CLEAN
  n.entry(d, p) = a;
#else
  n.entry(d, p) = p;  // mistake
#endif
}
READ_BOTH_WAYS(text)
