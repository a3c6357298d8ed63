// C++ control flow on a value of the state.
#include "tests/e2e/traps/trap.hpp"

template <class A>
void text(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  (void)r, (void)f, (void)s, (void)n, (void)d, (void)p, (void)a;
#ifdef CLEAN
  when(r, s.entry(d, p) == a, [&] { n.entry(d, p) = a; });
#else
  if (s.entry(d, p) == a) n.entry(d, p) = a;  // mistake
#endif
}
READ_BOTH_WAYS(text)
