// Axioms: what each knob value means for the rigid symbols.
#pragma once

#include "spec/facts.hpp"

namespace pasid::spec::axiom {

template <class A>
Val<A, bool> users_share_a_space(const Facts<A>& f) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Dev>(f, [&](auto e) {
      const auto together = f.space_of(d) == f.space_of(e);
      return implies(f.user_scope() == UserScope::global, together) &&
             implies(f.user_scope() == UserScope::per_unit, iff(together, f.unit_of(d) == f.unit_of(e))) &&
             implies(f.user_scope() == UserScope::per_device, implies(together, d == e));
    });
  });
}

/// A shared pool is the users' own number space; any other kernel scheme counts for itself, for each device.
template <class A>
Val<A, bool> kernel_number_space(const Facts<A>& f) {
  return forall<Dev>(f, [&](auto d) {
    const auto by_itself = forall<Dev>(f, [&](auto e) {
      return !(f.kernel_space(d) == f.space_of(e)) && implies(f.kernel_space(d) == f.kernel_space(e), d == e);
    });
    return implies(f.kernel_scheme() == KernelScheme::shared_pool, f.kernel_space(d) == f.space_of(d)) &&
           implies(f.kernel_scheme() != KernelScheme::shared_pool, by_itself);
  });
}

/// none: no value; reserved: at most one, the same on every device; one_set: the same set on every device;
/// shared_pool: the users' range.
template <class A>
Val<A, bool> kernel_values(const Facts<A>& f) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      const auto in_set = f.kernel_set(d, p);
      const auto on_every_device = forall<Dev>(f, [&](auto e) { return iff(in_set, f.kernel_set(e, p)); });
      const auto only_one = forall<Pasid>(f, [&](auto q) { return implies(in_set && f.kernel_set(d, q), p == q); });
      return implies(f.kernel_scheme() == KernelScheme::none, !in_set) &&
             implies(f.kernel_scheme() == KernelScheme::shared_pool, iff(in_set, f.user_range(p))) &&
             implies(f.kernel_scheme() == KernelScheme::one_set, on_every_device) &&
             implies(f.kernel_scheme() == KernelScheme::reserved, on_every_device && only_one);
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

template <class A>
Val<A, bool> one_identity_mapping(const Facts<A>& f) {
  return forall<As>(f, [&](auto a) {
    return forall<As>(
        f, [&](auto b) { return implies(f.kind(a) == Kind::pass_through && f.kind(b) == Kind::pass_through, a == b); });
  });
}

}  // namespace pasid::spec::axiom
