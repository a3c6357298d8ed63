// Page tables: what they map changes, the IOMMU hears of it (or not), and the old page is used for something else.
#pragma once

#include "spec/effects.hpp"

namespace pasid::spec::pages {

/// Which pages: a process's own, or the page-table pages of the kernel's half, which every x86 process's table shares.
enum class Pages : std::uint8_t { own = 1, kernel };

/// What the IOMMU and the devices have from before a change of such pages.
template <Pages of, class S>
auto& iotlb_outdated(S& s) {
  if constexpr (of == Pages::own) return s.iotlb_outdated;
  else return s.iotlb_kernel_outdated;
}
template <Pages of, class S>
auto& atc_outdated(S& s) {
  if constexpr (of == Pages::own) return s.atc_outdated;
  else return s.atc_kernel_outdated;
}

/// What is cached of the address spaces for which `whose` holds was made before the change.
template <class A, Pages of, class Whose>
void outdate(Rule<A>& r, const State<A>& s, State<A>& n, Whose whose) {
  each<Dev>(r, [&](auto d) {
    each<Pasid>(r, [&](auto p) {
      each<As>(r, [&](auto a) {
        when(r, whose(a) && s.iotlb(d, p, a), [&] { iotlb_outdated<of>(n)(d, p, a) = true; });
        when(r, whose(a) && s.atc(d, p, a), [&] { atc_outdated<of>(n)(d, p, a) = true; });
      });
    });
  });
}

/// What is outdated is invalidated; what is outdated for pages of the other kind too stays for their flush.
template <class A, Pages of, class Whose>
void flush_outdated(Rule<A>& r, const State<A>& s, State<A>& n, Whose whose) {
  constexpr auto other = of == Pages::own ? Pages::kernel : Pages::own;
  each<Dev>(r, [&](auto d) {
    each<Pasid>(r, [&](auto p) {
      each<As>(r, [&](auto a) {
        const auto iotlb = whose(a) && iotlb_outdated<of>(s)(d, p, a);
        const auto iotlb_other = iotlb_outdated<other>(s)(d, p, a);
        when(r, iotlb && !iotlb_other, [&] { effect::forget_iotlb<A>(n, d, p, a); });
        when(r, iotlb && iotlb_other, [&] { iotlb_outdated<of>(n)(d, p, a) = false; });
        const auto atc = whose(a) && atc_outdated<of>(s)(d, p, a);
        const auto atc_other = atc_outdated<other>(s)(d, p, a);
        when(r, atc && !atc_other, [&] { effect::forget_atc<A>(n, d, p, a); });
        when(r, atc && atc_other, [&] { atc_outdated<of>(n)(d, p, a) = false; });
      });
    });
  });
}

template <class A, Pages of, class Whose>
Val<A, bool> any_outdated(const Facts<A>& f, const State<A>& s, Whose whose) {
  return exists<Dev>(f, [&](auto d) {
    return exists<Pasid>(f, [&](auto p) {
      return exists<As>(
          f, [&](auto a) { return whose(a) && (iotlb_outdated<of>(s)(d, p, a) || atc_outdated<of>(s)(d, p, a)); });
    });
  });
}

/// The page is used for something else: a translation that still leads to it dangles.
template <class A, Pages of, class Whose>
void dangle(Rule<A>& r, const State<A>& s, State<A>& n, Whose whose) {
  each<Dev>(r, [&](auto d) {
    each<Pasid>(r, [&](auto p) {
      each<As>(r, [&](auto a) {
        when(r, whose(a) && iotlb_outdated<of>(s)(d, p, a), [&] { n.iotlb_dangling(d, p, a) = true; });
        when(r, whose(a) && atc_outdated<of>(s)(d, p, a), [&] { n.atc_dangling(d, p, a) = true; });
      });
    });
  });
}

/// munmap(), migration, copy on write: a page of the process is unmapped.
template <class A>
void change(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, As> m) {
  r.cites("unmap_vmas(), migrate_pages(): mm/memory.c, mm/migrate.c; Linux 7.3");
  GIVEN(mm_live<A>(s, m), "change.live");
  outdate<A, Pages::own>(r, s, n, [&](auto a) { return a == m; });
}

/// The mmu notifier invalidates what the IOMMU and the devices cached of the process.
template <class A>
void notify(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, As> m) {
  r.cites(
      "mmu_notifier_arch_invalidate_secondary_tlbs(), intel_arch_invalidate_secondary_tlbs() (e7ad6c2a4b1a); Linux 7.3");
  GIVEN(mm_live<A>(s, m), "notify.live");
  flush_outdated<A, Pages::own>(r, s, n, [&](auto a) { return a == m; });
}

/// The page that was unmapped is freed: after the notifier where there is one.
template <class A>
void free(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, As> m) {
  r.cites("tlb_finish_mmu(): pages are freed after the flush; mm/mmu_gather.c; Linux 7.3");
  const auto its_own = [&](auto a) { return a == m; };
  GIVEN(mm_live<A>(s, m), "free.live");
  const auto pending = any_outdated<A, Pages::own>(f, s, its_own);
  AWAIT(f.page_changes() == PageChanges::unheard || !pending, "free.iommu-has-heard");
  dangle<A, Pages::own>(r, s, n, its_own);
}

/// The kernel's half of the address space: on x86 every process's page table shares it with init_mm.
template <class A>
auto kernel_half(const Facts<A>& f) {
  return [&f](auto a) { return f.kind(a) == Kind::mm || f.kind(a) == Kind::init_mm; };
}

/// A page-table page of the kernel's half is taken out (vunmap(), memory hot-unplug).
template <class A>
void change_kernel(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n) {
  r.cites("pud_free_pmd_page(), free_pagetable(); arch/x86/mm; Linux 7.3 (72f98ef9a4be)");
  outdate<A, Pages::kernel>(r, s, n, kernel_half<A>(f));
}

/// Every SVA mm's caches are flushed of the kernel's half.
template <class A>
void notify_kernel(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n) {
  r.cites("iommu_sva_invalidate_kva_range() (e37d5a2d60a3); drivers/iommu/iommu-sva.c; Linux 7.3");
  flush_outdated<A, Pages::kernel>(r, s, n, kernel_half<A>(f));
}

/// The page-table page is freed: from 6.19 on after the flush.
template <class A>
void free_kernel(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n) {
  r.cites("pagetable_free_kernel(), kernel_pgtable_work_func() (e37d5a2d60a3); mm/pgtable-generic.c; Linux 7.3");
  const auto half = kernel_half<A>(f);
  const auto pending = any_outdated<A, Pages::kernel>(f, s, half);
  AWAIT(f.page_changes() != PageChanges::user_and_kernel || !pending, "free_kernel.iommu-has-heard");
  dangle<A, Pages::kernel>(r, s, n, half);
}

}  // namespace pasid::spec::pages
