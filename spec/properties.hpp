// Properties of states: what the rules are checked for, in any state that they lead to.
#pragma once

#include "spec/designs.hpp"
#include "spec/state.hpp"

namespace pasid::spec::property {

/// Two live bonds of one mm carry one PASID, on any devices.
template <class A>
Val<A, bool> one_pasid_per_mm(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    return forall<Bond>(f, [&](auto c) {
      return implies(bond_there<A>(s, b) && s.bond_mm(b) == s.bond_mm(c), s.bond_pasid(b) == s.bond_pasid(c));
    });
  });
}

/// The value the mm's threads hold, or would be given by the fault handler, names that mm on the device of its bond b.
template <class A>
Val<A, bool> msr_names_the_mm(const Facts<A>& f, const State<A>& s, Val<A, Bond> b) {
  const auto m = s.bond_mm(b);
  const auto g = bond_group<A>(f, s, b);
  const auto held = forall<Task>(
      f, [&](auto t) { return implies(s.task_mm(t) == m && !(s.msr(t) == none), s.slot(g, s.msr(t)) == m); });
  const auto would_be_given = forall<Space>(
      f, [&](auto space) { return implies(!(s.pasid_of(space, m) == none), s.slot(g, s.pasid_of(space, m)) == m); });
  return held && implies(f.msr_fill() == MsrFill::mm_value, would_be_given);
}

/// On its device the PASID of bond b is no other mm's bond's, and nothing else is attached under it.
template <class A>
Val<A, bool> names_one_address_space(const Facts<A>& f, const State<A>& s, Val<A, Bond> b) {
  const auto g = bond_group<A>(f, s, b);
  const auto p = s.bond_pasid(b);
  const auto among_bonds = forall<Bond>(f, [&](auto c) {
    return implies(s.bond_at(c) != Step::opening && bond_group<A>(f, s, c) == g && s.bond_pasid(c) == p,
                   s.bond_mm(c) == s.bond_mm(b));
  });
  return among_bonds && (s.slot(g, p) == none || s.slot(g, p) == s.bond_mm(b));
}

/// On a shared queue's device no PASID names two address spaces; where the MSR is the source, its value names the
/// submitter on every shared queue it has a portal to.
template <class A>
Val<A, bool> shared_queue_unique(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    const auto d = bond_dev<A>(f, s, b);
    const auto beside_shared_queue = exists<Wq>(f, [&](auto w) { return f.shared(w) && f.wq_dev(w) == d; });
    const auto can_enqcmd = s.portal(b, s.bond_mm(b)) && s.bond_at(b) == Step::live && f.shared(s.bond_wq(b));
    const auto open = bond_there<A>(s, b) && s.bond_at(b) != Step::opening;
    return implies(open && beside_shared_queue, names_one_address_space<A>(f, s, b)) &&
           implies(msr_source<A>(f) && can_enqcmd, msr_names_the_mm<A>(f, s, b));
  });
}

/// No PASID of a live user bond on d is attached to a kernel domain on e, where e is d or shares its unit and tag.
template <class A>
Val<A, bool> kernel_user_disjoint(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    const auto m = s.bond_mm(b);
    const auto d = bond_dev<A>(f, s, b);
    const auto p = s.bond_pasid(b);
    const auto nowhere = forall<Dev>(f, [&](auto e) {
      return forall<As>(f, [&](auto k) {
        const auto confusable = d == e || share_cached<A>(f, d, m, e, k);
        return implies(is_kernel<A>(f, k) && confusable, !(s.slot(f.group_of(e), p) == k) && !(s.entry(e, p) == k));
      });
    });
    return implies(!(m == none) && s.bond_at(b) != Step::opening, nowhere);
  });
}

/// No number that a driver holds for the kernel could be an mm's, and no mm's number could be the kernel's: the pools
/// themselves do not meet, whoever has what at the moment.
template <class A>
Val<A, bool> kernel_user_namespace_disjoint(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto a) {
      const auto users_own = forall<Space>(f, [&](auto space) { return !f.kernel_set(d, s.pasid_of(space, a)); });
      return implies(!(s.kernel_pasid(d, a) == none), !f.user_range(s.kernel_pasid(d, a))) &&
             implies(f.kind(a) == Kind::mm, users_own);
    });
  });
}

/// What is attached for the kernel under a PASID is the domain of the device's own requests.
template <class A>
Val<A, bool> kernel_pasid_follows_rid(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto k) {
        return implies(s.entry(d, p) == k && is_kernel<A>(f, k) && !blocked<A>(f, s, d),
                       s.entry(d, f.rid_pasid()) == k);
      });
    });
  });
}

/// What a device's requests without a PASID reach, by its table or by what is cached, is the domain that its group has:
/// nothing is left of the one before. Whoever the device is handed to could reach that otherwise.
template <class A>
Val<A, bool> rid_means_its_domain(const Facts<A>& f, const State<A>& s) {
  const auto rid = f.rid_pasid();
  return forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto a) {
      return implies(s.entry(d, rid) == a || s.pasid_cache(d, rid, a) || s.iotlb(d, rid, a) || s.atc(d, rid, a),
                     s.slot(f.group_of(d), rid) == a);
    });
  });
}

/// A driver on the group of d holds a number for kernel domain k.
template <class A>
Val<A, bool> group_holds(const Facts<A>& f, const State<A>& s, Val<A, Dev> d, Val<A, As> k) {
  return exists<Dev>(f, [&](auto e) { return f.group_of(e) == f.group_of(d) && !(s.kernel_pasid(e, k) == none); });
}

/// The kernel could attach something more under a PASID on d.
template <class A>
Val<A, bool> kernel_value_free(const Facts<A>& f, const State<A>& s, Val<A, Dev> d) {
  return exists<Pasid>(f, [&](auto p) {
    return f.kernel_set(d, p) && f.fits(d, p) && s.owner(f.kernel_space(d), p) == none &&
           s.slot(f.group_of(d), p) == none;
  });
}

/// With supervisor SVA all devices share init_mm's one number: if it has one, d needs room for that.
template <class A>
Val<A, bool> supervisor_value_fits(const Facts<A>& f, const State<A>& s, Val<A, Dev> d) {
  return forall<As>(f, [&](auto k) {
    const auto p = s.pasid_of(f.kernel_space(d), k);
    const auto numbered = f.kind(k) == Kind::init_mm && !(p == none);
    return implies(numbered, f.fits(d, p)) &&
           implies(f.kind(k) == Kind::init_mm && p == none, kernel_value_free<A>(f, s, d));
  });
}

/// A PASID-capable device without a kernel domain still has a kernel value free for it, however many users are bound.
template <class A>
Val<A, bool> kernel_request_served(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    const auto has_one = exists<As>(f, [&](auto k) { return group_holds<A>(f, s, d, k); });
    const auto served = implies(has_supervisor<A>(f), supervisor_value_fits<A>(f, s, d)) &&
                        implies(!has_supervisor<A>(f), kernel_value_free<A>(f, s, d));
    return implies(f.capable(d) && !has_one, served);
  });
}

/// A PASID-capable device with exactly one kernel domain has a kernel value free for another.
template <class A>
Val<A, bool> second_kernel_domain(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<As>(f, [&](auto k) {
      const auto another = exists<Dev>(f, [&](auto e) {
        return f.group_of(e) == f.group_of(d) &&
               exists<As>(f, [&](auto l) { return !(s.kernel_pasid(e, l) == none) && !(e == d && l == k); });
      });
      return implies(f.capable(d) && !(s.kernel_pasid(d, k) == none) && !another, kernel_value_free<A>(f, s, d));
    });
  });
}

/// No cached translation leads to a page that has been freed.
template <class A>
Val<A, bool> page_table_change_reaches_caches(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) { return !s.iotlb_dangling(d, p, a) && !s.atc_dangling(d, p, a); });
    });
  });
}

/// Completed work touched only the submitter's address space, and its page requests were resolved nowhere else.
template <class A>
Val<A, bool> dma_isolation(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(
             f, [&](auto x) { return implies(!(s.desc_touched(x) == none), s.desc_touched(x) == s.desc_from(x)); }) &&
         forall<As>(f, [&](auto a) { return !s.strayed(a); });
}

/// a has the number p on the group of d: from the allocator, or because its bond carries it.
template <class A>
Val<A, bool> owns(const Facts<A>& f, const State<A>& s, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  return s.owner(f.space_of(d), p) == a || s.owner(f.kernel_space(d), p) == a || s.pasid_of(f.space_of(d), a) == p;
}

/// Something on d, or a register, still takes p to mean a.
template <class A>
Val<A, bool> still_means(const Facts<A>& f, const State<A>& s, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  const auto queued = exists<Desc>(f, [&](auto x) { return in_flight<A>(f, s, x, d, p) && s.desc_for(x) == a; });
  const auto has_p = exists<Space>(f, [&](auto space) { return s.pasid_of(space, a) == p || s.owner(space, p) == a; });
  const auto in_msr = exists<Task>(f, [&](auto t) { return s.task_mm(t) == a && s.msr(t) == p && !has_p; });
  return s.entry(d, p) == a || s.pasid_cache(d, p, a) || s.iotlb(d, p, a) || s.atc(d, p, a) || s.request(d, p, a) ||
         queued || in_msr;
}

/// A PASID is not given to anyone (by the allocator or by attaching) while an entry, a cached translation, queued work,
/// a page request or a valid MSR still means somebody who does not own it any more. An mm owns what the allocator says;
/// another address space also keeps the number under which it is attached, which its user chose.
template <class A>
Val<A, bool> no_stale_reuse(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) {
        return forall<As>(f, [&](auto old) {
          const auto has = owns<A>(f, s, d, p, a) || s.slot(f.group_of(d), p) == a;
          const auto kept = !(f.kind(old) == Kind::mm) && s.slot(f.group_of(d), p) == old;
          const auto lost = !owns<A>(f, s, d, p, old) && !kept;
          const auto reassigned = !(a == old) && !(p == f.rid_pasid()) && has && lost;
          return implies(reassigned, !still_means<A>(f, s, d, p, old));
        });
      });
    });
  });
}

/// A valid MSR of a live thread is a PASID of its mm.
template <class A>
Val<A, bool> msr_coherent(const Facts<A>& f, const State<A>& s) {
  return forall<Task>(f, [&](auto t) {
    const auto m = s.task_mm(t);
    const auto p = s.msr(t);
    return implies(!(m == none) && !(p == none),
                   exists<Space>(f, [&](auto space) { return s.pasid_of(space, m) == p || s.owner(space, p) == m; }));
  });
}

/// The RID's table index is nobody's PASID, and what is reserved for the kernel is no user's.
template <class A>
Val<A, bool> reserved_never_allocated(const Facts<A>& f, const State<A>& s) {
  const auto rid = f.rid_pasid();
  const auto allocated = exists<Space>(f, [&](auto space) { return !(s.owner(space, rid) == none); });
  const auto attached = exists<Group>(
      f, [&](auto g) { return exists<As>(f, [&](auto a) { return s.slot(g, rid) == a && !dma_domain<A>(f, a); }); });
  const auto users = forall<Pasid>(f, [&](auto p) {
    const auto reserved =
        f.kernel_scheme() == KernelScheme::reserved && exists<Dev>(f, [&](auto d) { return f.kernel_set(d, p); });
    const auto given = exists<Space>(f, [&](auto space) {
      return exists<As>(f, [&](auto a) { return s.owner(space, p) == a && f.kind(a) == Kind::mm; });
    });
    return implies(reserved, !given);
  });
  return !allocated && !attached && users;
}

/// What is in a device's table lies within what the device has room for.
template <class A>
Val<A, bool> within_device_width(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) {
    return forall<Pasid>(f,
                         [&](auto p) { return implies(!(s.entry(d, p) == none), f.fits(d, p) || p == f.rid_pasid()); });
  });
}

/// Work in flight that was not the kernel's is under a PASID that, on its device, means its submitter or nobody.
template <class A>
Val<A, bool> submitter_authorised(const Facts<A>& f, const State<A>& s) {
  return forall<Desc>(f, [&](auto x) {
    const auto from = s.desc_from(x);
    const auto g = f.group_of(desc_dev<A>(f, s, x));
    const auto means_another = exists<As>(f, [&](auto a) { return !(a == from) && s.slot(g, s.desc_pasid(x)) == a; });
    return implies(!(s.desc_wq(x) == none) && s.desc_touched(x) == none && !is_kernel<A>(f, from), !means_another);
  });
}

/// A number that an allocator has given away has an owner that exists, and (where binds are counted) a bond with a
/// reference on it; one that a driver took for the kernel is held by a driver.
template <class A>
Val<A, bool> no_leak(const Facts<A>& f, const State<A>& s) {
  return forall<Space>(f, [&](auto space) {
    return forall<Pasid>(f, [&](auto p) {
      return forall<As>(f, [&](auto a) {
        const auto counted = exists<Bond>(f, [&](auto b) { return s.bond_mm(b) == a && s.pasid_ref(b) == a; });
        const auto held =
            exists<Dev>(f, [&](auto d) { return f.kernel_space(d) == space && s.kernel_pasid(d, a) == p; });
        return implies(s.owner(space, p) == a && f.kind(a) == Kind::mm,
                       mm_there<A>(s, a) && implies(counts_binds<A>(f), counted)) &&
               implies(has_dma_pasids<A>(f) && s.owner(space, p) == a && dma_domain<A>(f, a), held);
      });
    });
  });
}

/// A live thread with a bond and a portal on a shared queue can, while that is enabled, have its ENQCMD accepted: its
/// MSR is right, or the fault handler would make it so.
template <class A>
Val<A, bool> bound_thread_can_submit(const Facts<A>& f, const State<A>& s) {
  return forall<Task>(f, [&](auto t) {
    return forall<Bond>(f, [&](auto b) {
      const auto bound = !(s.task_mm(t) == none) && s.task_mm(t) == s.bond_mm(b) && s.portal(b, s.task_mm(t)) &&
                         s.bond_at(b) == Step::live && f.shared(s.bond_wq(b));
      const auto mm_value = f.msr_fill() == MsrFill::mm_value && exists<Space>(f, [&](auto space) {
                              return s.pasid_of(space, s.task_mm(t)) == s.bond_pasid(b);
                            });
      const auto would_be_filled =
          s.msr(t) == none && !s.activated(t) &&
          (mm_value || f.msr_fill() == MsrFill::any_bond || f.msr_fill() == MsrFill::faulting_device);
      return implies(bound, s.msr(t) == s.bond_pasid(b) || would_be_filled);
    });
  });
}

/// An mm with tagged user pointers has no PASID, of its own or of a bond: no device would mask the tags.
template <class A>
Val<A, bool> lam_excludes_pasid(const Facts<A>& f, const State<A>& s) {
  return forall<As>(f, [&](auto m) {
    const auto no_number = forall<Space>(f, [&](auto space) { return s.pasid_of(space, m) == none; });
    const auto no_bond = !exists<Bond>(f, [&](auto b) { return s.bond_mm(b) == m; });
    return implies(s.lam(m), no_number && no_bond);
  });
}

/// The number that a process is bound to a device with is one that another bind of it takes there.
template <class A>
Val<A, bool> bound_mm_can_bind_again(const Facts<A>& f, const State<A>& s) {
  return forall<Bond>(f, [&](auto b) {
    const auto d = bond_dev<A>(f, s, b);
    const auto p = s.bond_pasid(b);
    return implies(s.bond_at(b) == Step::live, f.fits(d, p) && below_maximum<A>(f, d, p));
  });
}

/// No table entry is written while it is present, but for Present itself: hardware, which reads it in several parts,
/// would see some of the old and some of the new.
template <class A>
Val<A, bool> no_torn_entry(const Facts<A>& f, const State<A>& s) {
  return forall<Dev>(f, [&](auto d) { return forall<Pasid>(f, [&](auto p) { return !s.torn(d, p); }); });
}

}  // namespace pasid::spec::property
