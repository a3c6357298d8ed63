// What is checked of the core model's states.
#pragma once

#include <array>

#include "spec/rules.hpp"

namespace pasid::spec::property {

template <class A>
Val<A, bool> unique(const Facts<A>& f, const State<A>& s) {
  return forall<Mm>(f, [&](auto m) {
    return forall<Mm>(
        f, [&](auto o) { return implies(!(s.mm_pasid(m) == none) && s.mm_pasid(m) == s.mm_pasid(o), m == o); });
  });
}

template <class A>
Val<A, bool> table(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      const auto m = s.entry(d, p);
      return implies(!(m == none), s.mm_pasid(m) == p && s.bound(d, m));
    });
  });
}

template <class A>
Val<A, bool> msr(const Facts<A>& f, const State<A>& s) {
  return forall<Task>(f, [&](auto t) { return implies(!(s.msr(t) == none), s.mm_pasid(s.task_mm(t)) == s.msr(t)); });
}

template <class A>
Val<A, bool> kernel(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) { return iff(s.kernel_entry(d), s.kernel_held(d)); });
}

template <class A>
Val<A, bool> isolation(const Facts<A>&, const State<A>& s) {
  return !s.strayed();
}

}  // namespace pasid::spec::property

namespace pasid::spec {

template <class A>
inline constexpr std::array<AxiomEntry<A>, 0> axioms{};

template <class A>
inline constexpr std::array properties{
    PropertyEntry<A>{"Unique", "no two processes have one number", property::unique<A>, always<A>},
    PropertyEntry<A>{"Table", "an entry is of a process that is bound there and has that number", property::table<A>,
                     always<A>},
    PropertyEntry<A>{"Msr", "a valid register is the number of the task's process", property::msr<A>, always<A>},
    PropertyEntry<A>{"Kernel", "the kernel is in a device's table where the driver holds its number",
                     property::kernel<A>, always<A>},
    PropertyEntry<A>{"Isolation", "no descriptor has reached another address space", property::isolation<A>, always<A>},
};

}  // namespace pasid::spec
