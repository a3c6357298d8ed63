// Stores into a table entry that hardware may read meanwhile. An entry is wider than what is written, or read, at once:
// VT-d's has 64 bytes. Where its other fields change only while it is not present there is nothing to see of that, and
// the rules that set, take down and replace an entry do it as a whole. Where they do not, these come before them.
#pragma once

#include "spec/rules/kernel_dma.hpp"
#include "spec/rules/unbind.hpp"
#include "spec/rules/user_chosen.hpp"

namespace pasid::spec::entries {

/// The entry is present, for a, and nobody writes it.
template <class A>
Val<A, bool> at_rest(const Facts<A>& f, const State<A>& s, Val<A, Dev> d, Val<A, Pasid> p, Val<A, As> a) {
  const auto g = f.group_of(d);
  return s.slot(g, p) == a && s.published(g, p) && s.entry(d, p) == a && !s.torn(d, p) && !(p == f.rid_pasid());
}

/// The process of a has ended: its entries are the next to be taken down, wherever it is attached.
template <class A>
Val<A, bool> ended(const Facts<A>& f, const State<A>& s, Val<A, As> a) {
  return f.kind(a) == Kind::mm && f.exit_next(s.mm_at(a)) == Step::clear;
}

/// What is attached for a under p is the next to be taken down: by the last unbind, or by its driver or user, who have
/// finished their work.
template <class A>
Val<A, bool> about_to_go(const Facts<A>& f, const State<A>& s, Val<A, Group> g, Val<A, Pasid> p, Val<A, As> a) {
  const auto unbound = exists<Bond>(f, [&](auto b) {
    return s.bond_mm(b) == a && s.bond_pasid(b) == p && bond_group<A>(f, s, b) == g &&
           f.next(s.bond_at(b)) == Step::clear && unbind::last_user<A>(f, s, b);
  });
  const auto detached =
      f.kind(a) != Kind::mm && kernel_dma::quiesced<A>(f, s, g, p) && user_chosen::quiesced<A>(f, s, g, p);
  return unbound || detached;
}

/// The entry is zeroed, field by field, and Present with the others: in between it is present, and of nobody.
template <class A>
void zero_in_place(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p,
                   Val<A, As> a) {
  r.cites(
      "intel_pasid_tear_down_entry(), intel_pasid_clear_entry() (until 75ed00055c05); drivers/iommu/intel/pasid.c; Linux 6.1, 6.12");
  const auto g = f.group_of(d);
  AWAIT(at_rest<A>(f, s, d, p, a), "zero.present");
  // intel_mm_release() is a notifier, which takes no group's mutex.
  AWAIT(ended<A>(f, s, a) || !group_lock_held<A>(f, s, g), "zero.group-lock");
  AWAIT(ended<A>(f, s, a) || about_to_go<A>(f, s, g, p, a), "zero.about-to-go");
  n.torn(d, p) = true;
}

/// The entry of another domain (which, does not matter) is copied over the one that is there, Present all the while: in
/// between some fields are of the one and some of the other.
template <class A>
void replace_in_place(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Dev> d, Val<A, Pasid> p,
                      Val<A, As> a) {
  r.cites(
      "intel_pasid_replace_first_level(), intel_pasid_replace_second_level() (until c3b1edea3791); drivers/iommu/intel/pasid.c; Linux 6.13 to 6.19");
  const auto g = f.group_of(d);
  AWAIT(at_rest<A>(f, s, d, p, a), "replace.present");
  AWAIT(f.kind(a) == Kind::user_managed || (has_replace<A>(f) && dma_domain<A>(f, a)), "replace.replaceable");
  AWAIT(!group_lock_held<A>(f, s, g) && !in_recovery<A>(f, s, g), "replace.group-lock");
  AWAIT(about_to_go<A>(f, s, g, p, a), "replace.about-to-go");
  n.torn(d, p) = true;
}

}  // namespace pasid::spec::entries
