// An enumerator of another enumeration.
#include "tests/e2e/traps/trap.hpp"

template <class A>
void text(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  (void)r, (void)f, (void)s, (void)n, (void)d, (void)p, (void)a;
#ifdef CLEAN
  AWAIT(f.kind(a) == Kind::mm, "trap");
#else
  AWAIT(f.kind(a) == Step::live, "trap");  // mistake
#endif
}
READ_BOTH_WAYS(text)
