// Axioms: what each knob value means for the rigid symbols, and what is true of any topology.
#pragma once

#include "spec/designs.hpp"

namespace pasid::spec::axiom {

/// Devices that are attached together share an IOMMU.
template <class A>
Val<A, bool> groups_have_one_iommu(const Facts<A>& f) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Dev>(f,
                       [&](auto e) { return implies(f.group_of(d) == f.group_of(e), f.unit_of(d) == f.unit_of(e)); });
  });
}

/// Numbers below a device's max_pasids; one without PASIDs has none, and none of them is the RID's table index.
template <class A>
Val<A, bool> width(const Facts<A>& f) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) { return implies(f.fits(d, p), f.capable(d) && !(p == f.rid_pasid())); });
  });
}

/// The highest number of a device is told where a design asks for it. Numbers are ordered: a device that takes
/// another's highest takes all of the other's, and of two that take each other's highest it is the same.
template <class A>
Val<A, bool> highest(const Facts<A>& f) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      const auto as_wide = forall<Dev>(f, [&](auto e) {
        return forall<Pasid>(f, [&](auto q) {
          return implies(f.fits(e, p) && f.fits(d, q), f.fits(e, q) && implies(f.highest(e, q), p == q));
        });
      });
      return implies(f.highest(d, p), f.reuse_check() == ReuseCheck::exclusive && f.fits(d, p) && as_wide);
    });
  });
}

/// No allocator hands out the RID's table index (IOMMU_NO_PASID, VT-d's PASID_RID2PASID).
template <class A>
Val<A, bool> rid_pasid_is_reserved(const Facts<A>& f) {
  return !f.user_range(f.rid_pasid()) && forall<Dev>(f, [&](auto d) { return !f.kernel_set(d, f.rid_pasid()); });
}

template <class A>
Val<A, bool> users_share_a_space(const Facts<A>& f) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Dev>(f, [&](auto e) {
      const auto together = f.space_of(d) == f.space_of(e);
      return implies(one_users_space<A>(f), together) &&
             implies(f.user_scope() == UserScope::per_unit, iff(together, f.unit_of(d) == f.unit_of(e))) &&
             implies(f.user_scope() == UserScope::per_device, iff(together, f.group_of(d) == f.group_of(e)));
    });
  });
}

/// The kernel takes numbers from the users' own allocator.
template <class A>
Val<A, bool> from_users_pool(const Facts<A>& f) {
  return f.kernel_scheme() == KernelScheme::shared_pool || f.kernel_scheme() == KernelScheme::init_mm;
}

/// A shared pool is the users' own number space; any other kernel scheme counts for itself, for each group.
template <class A>
Val<A, bool> kernel_number_space(const Facts<A>& f) {
  return forall<Dev>(f, [&](auto d) {
    const auto by_itself = forall<Dev>(f, [&](auto e) {
      return !(f.kernel_space(d) == f.space_of(e)) &&
             iff(f.kernel_space(d) == f.kernel_space(e), f.group_of(d) == f.group_of(e));
    });
    return implies(from_users_pool<A>(f), f.kernel_space(d) == f.space_of(d)) &&
           implies(!from_users_pool<A>(f), by_itself);
  });
}

/// none: no value; reserved: at most one, the same on every device; one_set: the same set on every device;
/// shared_pool, init_mm: the users' range.
template <class A>
Val<A, bool> kernel_values(const Facts<A>& f) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      const auto in_set = f.kernel_set(d, p);
      const auto on_every_device = forall<Dev>(f, [&](auto e) { return iff(in_set, f.kernel_set(e, p)); });
      const auto only_one = forall<Pasid>(f, [&](auto q) { return implies(in_set && f.kernel_set(d, q), p == q); });
      return implies(f.kernel_scheme() == KernelScheme::none, !in_set) &&
             implies(from_users_pool<A>(f), iff(in_set, f.user_range(p))) &&
             implies(f.kernel_scheme() == KernelScheme::one_set, on_every_device) &&
             implies(f.kernel_scheme() == KernelScheme::reserved, on_every_device && only_one);
    });
  });
}

/// A set that the kernel has for itself serves every device with PASIDs: one value where one is reserved, else two, so
/// that "a second kernel domain" is a question about the scheme and not about the size of a set.
template <class A>
Val<A, bool> kernel_values_serve_devices(const Facts<A>& f) {
  return forall<Dev>(f, [&](auto d) {
    const auto usable = [&](auto p) { return f.kernel_set(d, p) && f.fits(d, p); };
    const auto one = exists<Pasid>(f, usable);
    const auto two = exists<Pasid>(
        f, [&](auto p) { return usable(p) && exists<Pasid>(f, [&](auto q) { return !(p == q) && usable(q); }); });
    const auto sets = f.kernel_scheme() == KernelScheme::one_set || f.kernel_scheme() == KernelScheme::per_device_sets;
    return implies(f.capable(d) && f.kernel_scheme() == KernelScheme::reserved, one) &&
           implies(f.capable(d) && sets, two);
  });
}

template <class A>
Val<A, bool> kernel_values_outside_user_range(const Facts<A>& f) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return implies(f.sets_disjoint() == Switch::on && !from_users_pool<A>(f),
                     !(f.kernel_set(d, p) && f.user_range(p)));
    });
  });
}

/// Of init_mm and of the identity mapping there is one.
template <class A>
Val<A, bool> one_of_a_kind(const Facts<A>& f) {
  return forall<As>(f, [&](auto a) {
    return forall<As>(f, [&](auto b) {
      const auto one = f.kind(a) == Kind::pass_through || f.kind(a) == Kind::init_mm;
      return implies(one && f.kind(a) == f.kind(b), a == b);
    });
  });
}

}  // namespace pasid::spec::axiom
