// Lemmas: which PASIDs drivers hold for the kernel.
#pragma once

#include "proofs/lemmas/vocabulary.hpp"

namespace pasid::proofs::lemma {

template <class A>
Val<A, bool> kernel_pasid_is_owned(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto k) {
      const auto p = s.kernel_pasid(d, k);
      return implies(!(p == none), is_kernel<A>(f, k) && f.capable(d) && s.owner(f.kernel_space(d), p) == k);
    });
  });
}

template <class A>
Val<A, bool> kernel_pasid_in_set(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto k) {
      const auto p = s.kernel_pasid(d, k);
      return implies(!(p == none), f.kernel_set(d, p) && f.fits(d, p));
    });
  });
}

/// Two drivers never hold one number of one space, supervisor SVA apart.
template <class A>
Val<A, bool> kernel_pasid_unique(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Dev>(f, [&](auto e) {
      return forall<As>(f, [&](auto k) {
        return implies(f.kernel_space(d) == f.kernel_space(e) && !(s.kernel_pasid(d, k) == none) &&
                           f.kind(k) != Kind::init_mm && s.kernel_pasid(d, k) == s.kernel_pasid(e, k),
                       d == e);
      });
    });
  });
}

/// What the kernel owns is held by a driver of the number space.
template <class A>
Val<A, bool> kernels_number_is_held(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto k) {
        return implies(!has_supervisor<A>(f) && s.owner(f.kernel_space(d), p) == k && is_kernel<A>(f, k),
                       exists<Dev>(f, [&](auto e) {
                         return f.kernel_space(e) == f.kernel_space(d) && s.kernel_pasid(e, k) == p;
                       }));
      });
    });
  });
}

/// In a space that only the kernel allocates from, what is owned is owned by the kernel, and no mm has a number.
template <class A>
Val<A, bool> kernels_space_is_the_kernels(const Facts<A>& f, const State<A>& s) {
  const auto its_own = f.kernel_scheme() == KernelScheme::reserved || f.kernel_scheme() == KernelScheme::one_set ||
                       f.kernel_scheme() == KernelScheme::per_device_sets;
  return forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto a) {
      return implies(its_own, s.pasid_of(f.kernel_space(d), a) == none) && forall<Pasid>(f, [&](auto p) {
               return implies(its_own && s.owner(f.kernel_space(d), p) == a, is_kernel<A>(f, a));
             });
    });
  });
}

/// With a number for each bond, the mm itself has none.
template <class A>
Val<A, bool> numbers_are_the_bonds(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<As>(f, [&](auto m) {
      return implies(f.user_scope() == UserScope::per_bond && f.kind(m) == Kind::mm, s.pasid_of(space, m) == none);
    });
  });
}

/// With a number for each bond, what an mm owns is a bond's of it.
template <class A>
Val<A, bool> owned_number_is_a_bonds(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto m) {
        return implies(f.user_scope() == UserScope::per_bond && s.owner(space, p) == m && f.kind(m) == Kind::mm,
                       exists<Bond>(f, [&](auto b) {
                         return s.bond_mm(b) == m && s.bond_pasid(b) == p && f.space_of(bond_dev<A>(f, s, b)) == space;
                       }));
      });
    });
  });
}

/// Before 6.2 a supervisor bind's device is alone in its group too.
template <class A>
Val<A, bool> early_supervisor_is_alone_in_group(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Dev>(f, [&](auto e) {
      return forall<As>(f, [&](auto k) {
        return implies(has_supervisor<A>(f) && !(s.kernel_pasid(d, k) == none) && f.group_of(e) == f.group_of(d),
                       e == d);
      });
    });
  });
}

/// Drivers hold numbers for init_mm or for DMA domains, or none at all.
template <class A>
Val<A, bool> kernel_pasid_is_of_the_scheme(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto k) {
      return implies(!(s.kernel_pasid(d, k) == none),
                     has_kernel_pasids<A>(f) && iff(f.kind(k) == Kind::init_mm, has_supervisor<A>(f)));
    });
  });
}

template <class A>
Val<A, bool> counted_supervisor_number_is_held(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<As>(f, [&](auto k) {
      return implies(counts_binds<A>(f) && f.kind(k) == Kind::init_mm && !(s.pasid_of(space, k) == none),
                     exists<Dev>(f, [&](auto d) { return !(s.kernel_pasid(d, k) == none); }));
    });
  });
}

template <class A>
Val<A, bool> supervisor_holds_its_number(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto k) {
      return implies(f.kind(k) == Kind::init_mm && !(s.kernel_pasid(d, k) == none),
                     s.pasid_of(f.kernel_space(d), k) == s.kernel_pasid(d, k));
    });
  });
}

}  // namespace pasid::proofs::lemma
