// A fact is fixed before the first step: assigning to it would set a temporary.
#include "tests/e2e/traps/trap.hpp"

template <class A>
void text(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  (void)r, (void)f, (void)s, (void)n, (void)d, (void)p, (void)a;
#ifdef CLEAN
  AWAIT(f.space_of(d) == f.kernel_space(d), "trap");
#else
  f.space_of(d) = f.kernel_space(d);  // mistake
#endif
}
READ_BOTH_WAYS(text)
