// Processes and threads: what happens to an mm, its PASID and the MSR.
#pragma once

#include <cerrno>

#include "spec/effects.hpp"

namespace pasid::spec::process {

/// A new program with a new address space (fork and exec of an unrelated process, seen from here).
template <class A>
void create(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, As> m) {
  r.cites("kernel_clone(), begin_new_exec(); kernel/fork.c, fs/exec.c; Linux 7.3");
  CHOOSE(t, Pick::any, "create.new-thread", [&](auto x) { return s.task_mm(x) == none; });
  CHOOSE(m, Pick::any, "create.new-mm", [&](auto x) { return f.kind(x) == Kind::mm && s.mm_at(x) == none; });
  n.mm_at(m) = Step::live;
  n.task_mm(t) = m;
}

/// A child with a copy of the address space. mm_init() clears the PASID that dup_mm() copied; fpu_clone() clears the
/// MSR and dup_task_struct() the activated flag. Portals are not copied (VM_DONTCOPY); the child's copy of the file may
/// outlive its parent, which is why nothing ties a bond's end to its opener.
template <class A>
void fork(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> parent, Val<A, Task> child,
          Val<A, As> m) {
  r.cites("dup_mm(), mm_init() (82e69a121be4), fpu_clone() (dc7507ddce59), dup_task_struct(); Linux 7.3");
  GIVEN(!(s.task_mm(parent) == none), "fork.parent-runs");
  CHOOSE(child, Pick::any, "fork.new-thread", [&](auto x) { return s.task_mm(x) == none; });
  CHOOSE(m, Pick::any, "fork.new-mm", [&](auto x) { return f.kind(x) == Kind::mm && s.mm_at(x) == none; });
  const auto parent_mm = s.task_mm(parent);
  each<Space>(r, [&](auto space) {
    when(r, f.fork_copies_pasid() == Switch::on, [&] { n.pasid_of(space, m) = s.pasid_of(space, parent_mm); });
  });
  n.mm_at(m) = Step::live;
  n.lam(m) = s.lam(parent_mm);
  n.task_mm(child) = m;
  n.msr(child) = ite(f.fork_copies_msr() == Switch::on, s.msr(parent), none);
}

/// A thread in the same address space, or a process that shares it (CLONE_VM without CLONE_THREAD, as vfork() makes).
/// Its register state is a copy as in fork. The two differ in exec: that of a thread ends its siblings first
/// (de_thread()), that of a process leaves the others where they are.
template <class A>
void clone(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> parent, Val<A, Task> child) {
  r.cites("copy_mm() with CLONE_VM, fpu_clone(), dup_task_struct(); Linux 7.3");
  GIVEN(!(s.task_mm(parent) == none), "clone.parent-runs");
  CHOOSE(child, Pick::any, "clone.new-thread", [&](auto x) { return s.task_mm(x) == none; });
  n.task_mm(child) = s.task_mm(parent);
  n.msr(child) = ite(f.fork_copies_msr() == Switch::on, s.msr(parent), none);
}

/// No other thread runs in m than t.
template <class A>
Val<A, bool> last_thread(const Facts<A>& f, const State<A>& s, Val<A, Task> t, Val<A, As> m) {
  return !exists<Task>(f, [&](auto u) { return !(u == t) && s.task_mm(u) == m; });
}

/// A thread of m is inside a bind call: it neither ends nor executes another program before the call returns.
template <class A>
Val<A, bool> call_under_way(const Facts<A>& f, const State<A>& s, Val<A, As> m) {
  return exists<Bond>(f, [&](auto b) { return s.bond_mm(b) == m && s.bond_at(b) == Step::opening; });
}

/// A new address space for a running thread. The old one ends if nobody else runs in it, and keeps its PASID as long as
/// a file holds it. The register state is reset, so the MSR is invalid; pasid_activated stays as it was.
template <class A>
void exec(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, As> old, Val<A, As> m) {
  r.cites("begin_new_exec(), exec_mmap(), flush_thread(); fs/exec.c, arch/x86/kernel/process.c; Linux 7.3");
  GIVEN(!(old == none) && s.task_mm(t) == old, "exec.runs");
  AWAIT(!(last_thread<A>(f, s, t, old) && call_under_way<A>(f, s, old)), "exec.no-call-under-way");
  CHOOSE(m, Pick::any, "exec.new-mm", [&](auto x) { return f.kind(x) == Kind::mm && s.mm_at(x) == none; });
  const auto old_ends = last_thread<A>(f, s, t, old);
  each<As>(r, [&](auto x) {
    when(r, x == m, [&] { n.mm_at(x) = Step::live; });
    when(r, !(x == m) && x == old && old_ends, [&] { n.mm_at(x) = Step::stop; });
  });
  n.task_mm(t) = m;
  n.msr(t) = none;
  when(r, f.exec_keeps_activated() == Switch::off, [&] { n.activated(t) = false; });
}

/// A thread ends while others still run in its address space.
template <class A>
void thread_exit(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t) {
  r.cites("exit_mm(); kernel/exit.c; Linux 7.3");
  GIVEN(!(s.task_mm(t) == none), "thread_exit.runs");
  GIVEN(!last_thread<A>(f, s, t, s.task_mm(t)), "thread_exit.not-last");
  effect::end_thread<A>(n, t);
}

/// The last thread ends, and exit_mmap() begins. Files close later (exit_files() comes after exit_mm()).
template <class A>
void last_exit(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, As> m) {
  r.cites("exit_mm(), __mmput(), exit_mmap(); Linux 7.3");
  GIVEN(!(m == none) && s.task_mm(t) == m, "last_exit.runs");
  GIVEN(last_thread<A>(f, s, t, m), "last_exit.last");
  AWAIT(!call_under_way<A>(f, s, m), "last_exit.no-call-under-way");
  effect::end_thread<A>(n, t);
  n.mm_at(m) = Step::stop;
}

// mm release, one rule a step: the notifiers that exit_mmap() calls first turn translation off on every device of the
// mm. They cannot wait for page requests there. Software still knows where the mm is attached.

/// The table entries are made not present, or walks through them are turned off (SMMUv3: the entry stays valid, so that
/// no fault is reported for every request).
template <class A>
void exit_clear(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, As> m) {
  r.cites("intel_mm_release(), intel_pasid_tear_down_entry(); sva_mn_release(); arm_smmu_mm_release(); Linux 7.3");
  AWAIT(f.exit_next(s.mm_at(m)) == Step::clear, "exit_clear.turn");
  n.mm_at(m) = Step::clear;
  each<Dev>(r, [&](auto d) {
    each<Pasid>(r, [&](auto p) {
      when(r, f.mm_release() != MmRelease::keep && s.entry(d, p) == m, [&] { n.entry(d, p) = none; });
    });
  });
}

/// m is attached under p on the group of d.
template <class A>
auto attached_to(const Facts<A>& f, const State<A>& s, Val<A, As> m, Val<A, Pasid> p) {
  return [&f, &s, m, p](auto d) { return s.slot(f.group_of(d), p) == m; };
}

template <class A>
void exit_flush_pasid_cache(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, As> m) {
  r.cites("intel_pasid_tear_down_entry(): PASID-cache invalidation; Linux 7.3");
  AWAIT(f.exit_next(s.mm_at(m)) == Step::flush_pasid_cache, "exit_flush_pasid_cache.turn");
  n.mm_at(m) = Step::flush_pasid_cache;
  each<Pasid>(r, [&](auto p) { effect::flush_pasid_cache<A>(r, f, n, p, m, attached_to<A>(f, s, m, p)); });
}

template <class A>
void exit_flush_iotlb(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, As> m) {
  r.cites("intel_pasid_tear_down_entry(): IOTLB invalidation by domain id and PASID; Linux 7.3");
  AWAIT(f.exit_next(s.mm_at(m)) == Step::flush_iotlb, "exit_flush_iotlb.turn");
  n.mm_at(m) = Step::flush_iotlb;
  each<Pasid>(r, [&](auto p) { effect::flush_iotlb<A>(r, f, n, p, m, attached_to<A>(f, s, m, p)); });
}

template <class A>
void exit_flush_dev_tlb(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, As> m) {
  r.cites("intel_pasid_tear_down_entry(): Device-TLB invalidation; Linux 7.3");
  AWAIT(f.exit_next(s.mm_at(m)) == Step::flush_dev_tlb, "exit_flush_dev_tlb.turn");
  n.mm_at(m) = Step::flush_dev_tlb;
  each<Pasid>(r, [&](auto p) { effect::flush_dev_tlb<A>(r, n, p, attached_to<A>(f, s, m, p)); });
}

/// The rest of exit_mmap(): the portals are unmapped with every other mapping, and the pages are freed. No notifier is
/// left that would tell the IOMMU: a translation that is still cached dangles.
template <class A>
void exit_release(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, As> m) {
  r.cites("exit_mmap(): unmap_vmas(), remove_vma(); __mmput(); Linux 7.3");
  AWAIT(f.exit_next(s.mm_at(m)) == Step::release, "exit_release.turn");
  n.mm_at(m) = Step::release;
  each<Bond>(r, [&](auto b) { n.portal(b, m) = false; });
  each<Dev>(r, [&](auto d) {
    each<Pasid>(r, [&](auto p) {
      when(r, s.iotlb(d, p, m), [&] { n.iotlb_dangling(d, p, m) = true; });
      when(r, s.atc(d, p, m), [&] { n.atc_dangling(d, p, m) = true; });
    });
  });
  when(r, f.free_point() == FreePoint::mm_put, [&] { effect::free_user_pasids<A>(r, s, n, m); });
}

/// The last reference on the mm struct goes: __mmdrop(). Never forced: a lazy-TLB borrower may keep it for long.
template <class A>
void drop(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, As> m) {
  r.cites("__mmdrop(), mm_pasid_drop() (2667ed10d9f0); Linux 7.3");
  AWAIT(s.mm_at(m) == Step::release, "drop.dead");
  AWAIT(!exists<Bond>(f, [&](auto b) { return s.bond_mm(b) == m; }), "drop.no-bond-holds-it");
  n.mm_at(m) = Step::dropped;
  when(r, f.free_point() == FreePoint::mm_drop, [&] { effect::free_user_pasids<A>(r, s, n, m); });
}

/// The memory of the mm struct is used again: here, once nothing names the old mm any more. That loses nothing, for a
/// state in which something does may be met with another mm in its place.
template <class A>
void recycle(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, As> m) {
  r.cites("free_mm(), allocate_mm(): mm_cachep hands the same memory out again; kernel/fork.c; Linux 7.3");
  AWAIT(s.mm_at(m) == Step::dropped, "recycle.dropped");
  AWAIT(!exists<Space>(f,
                       [&](auto space) {
                         return !(s.pasid_of(space, m) == none) ||
                                exists<Pasid>(f, [&](auto p) { return s.owner(space, p) == m; });
                       }),
        "recycle.owns-no-pasid");
  AWAIT(!exists<Pasid>(f,
                       [&](auto p) {
                         return exists<Group>(f, [&](auto g) { return s.slot(g, p) == m; }) ||
                                exists<Dev>(f, [&](auto d) {
                                  return s.entry(d, p) == m || s.pasid_cache(d, p, m) || s.iotlb(d, p, m) ||
                                         s.atc(d, p, m) || s.request(d, p, m);
                                });
                       }),
        "recycle.not-in-a-table");
  AWAIT(!exists<Desc>(f, [&](auto x) { return s.desc_from(x) == m || s.desc_for(x) == m || s.desc_touched(x) == m; }),
        "recycle.no-work");
  AWAIT(!exists<Bond>(f, [&](auto b) { return s.pasid_ref(b) == m; }), "recycle.no-reference");
  AWAIT(!s.strayed(m), "recycle.no-stray-request");
  n.mm_at(m) = none;
  n.lam(m) = false;
}

/// Tagged user pointers for an mm (linear address masking): not once it has a PASID, for a device does not mask.
template <class A>
void enable_lam(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t) {
  r.cites("prctl_enable_tagged_addr() (23e5d9ec2bab); arch/x86/kernel/process_64.c; Linux 7.3");
  const auto m = s.task_mm(t);
  GIVEN(!(m == none) && !s.lam(m), "lam.off");
  REQUIRE(!exists<Space>(f, [&](auto space) { return !(s.pasid_of(space, m) == none); }), EINVAL, "lam.no-pasid");
  n.lam(m) = true;
}

}  // namespace pasid::spec::process
