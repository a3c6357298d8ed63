// Values of two sorts compared.
#include "tests/e2e/traps/trap.hpp"

template <class A>
void text(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  (void)r, (void)f, (void)s, (void)n, (void)d, (void)p, (void)a;
#ifdef CLEAN
  AWAIT(s.owner(f.space_of(d), p) == a, "trap");
#else
  AWAIT(s.owner(f.space_of(d), p) == p, "trap");  // mistake
#endif
}
READ_BOTH_WAYS(text)
