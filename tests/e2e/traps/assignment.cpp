// A name given another value under a condition: the tree has no such thing.
#include "tests/e2e/traps/trap.hpp"

template <class A>
void text(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  (void)r, (void)f, (void)s, (void)n, (void)d, (void)p, (void)a;
#ifdef CLEAN
  when(r, s.entry(d, p) == a, [&] { n.entry(d, p) = a; });
#else
  auto b = s.entry(d, p);
  when(r, s.entry(d, p) == a, [&] { b = a; });  // mistake
#endif
}
READ_BOTH_WAYS(text)
