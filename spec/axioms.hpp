// Axioms: what each knob value means for the rigid symbols.
#pragma once

#include "spec/facts.hpp"

namespace pasid::spec::axiom {

template <class A>
Val<A, bool> users_share_a_space(const Facts<A>& f) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Dev>(f, [&](auto e) {
      return implies(f.user_scope() == UserScope::global, f.space_of(d) == f.space_of(e)) &&
             implies(f.user_scope() == UserScope::per_unit,
                     iff(f.space_of(d) == f.space_of(e), f.unit_of(d) == f.unit_of(e))) &&
             implies(f.user_scope() == UserScope::per_device, implies(f.space_of(d) == f.space_of(e), d == e));
    });
  });
}

/// A shared pool is the users' own number space; any other kernel scheme counts for itself, for each device.
template <class A>
Val<A, bool> kernel_number_space(const Facts<A>& f) {
  return forall<Dev>(f, [&](auto d) {
    return implies(f.kernel_scheme() == KernelScheme::shared_pool, f.kernel_space(d) == f.space_of(d)) &&
           implies(f.kernel_scheme() != KernelScheme::shared_pool, forall<Dev>(f, [&](auto e) {
                     return !(f.kernel_space(d) == f.space_of(e)) &&
                            implies(f.kernel_space(d) == f.kernel_space(e), d == e);
                   }));
  });
}

template <class A>
Val<A, bool> kernel_values(const Facts<A>& f) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return implies(f.kernel_scheme() == KernelScheme::none, !f.kernel_set(d, p)) &&
             implies(f.kernel_scheme() == KernelScheme::shared_pool, iff(f.kernel_set(d, p), f.user_range(p))) &&
             forall<Dev>(f, [&](auto e) {
               return implies(f.kernel_scheme() == KernelScheme::one_set || f.kernel_scheme() == KernelScheme::reserved,
                              iff(f.kernel_set(d, p), f.kernel_set(e, p)));
             }) &&
             forall<Pasid>(f, [&](auto q) {
               return implies(f.kernel_scheme() == KernelScheme::reserved && f.kernel_set(d, p) && f.kernel_set(d, q),
                              p == q);
             });
    });
  });
}

template <class A>
Val<A, bool> kernel_values_outside_user_range(const Facts<A>& f) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return implies(f.sets_disjoint() == Switch::on && f.kernel_scheme() != KernelScheme::shared_pool,
                     !(f.kernel_set(d, p) && f.user_range(p)));
    });
  });
}

}  // namespace pasid::spec::axiom
