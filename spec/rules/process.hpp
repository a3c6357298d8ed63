// Processes and threads: what happens to an mm, its PASID and the MSR.
#pragma once

#include <cerrno>

#include "spec/effects.hpp"

namespace pasid::spec::process {

/// A new program with a new address space (exec of an unrelated process, seen from here).
template <class A>
void create(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, As> m) {
  r.cites("kernel_clone(), begin_new_exec(); kernel/fork.c, fs/exec.c; Linux 7.3");
  CHOOSE(t, Pick::any, "create.new-thread", [&](auto x) { return s.task_mm(x) == none; });
  CHOOSE(m, Pick::any, "create.new-mm", [&](auto x) { return f.kind(x) == Kind::mm && !s.mm_there(x); });
  n.mm_live(m) = true;
  n.mm_there(m) = true;
  n.task_mm(t) = m;
}

/// A child with a copy of the address space. mm_init() clears the PASID that dup_mm() copied; fpu_clone() clears the
/// MSR and dup_task_struct() the activated flag.
template <class A>
void fork(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> parent, Val<A, Task> child,
          Val<A, As> m) {
  r.cites("dup_mm(), mm_init() (82e69a121be4), fpu_clone() (dc7507ddce59), dup_task_struct(); Linux 7.3");
  AWAIT(!(s.task_mm(parent) == none), "fork.parent-runs");
  CHOOSE(child, Pick::any, "fork.new-thread", [&](auto x) { return s.task_mm(x) == none; });
  CHOOSE(m, Pick::any, "fork.new-mm", [&](auto x) { return f.kind(x) == Kind::mm && !s.mm_there(x); });
  const auto parent_mm = s.task_mm(parent);
  each<Space>(r, [&](auto space) {
    when(r, f.fork_copies_pasid() == Switch::on, [&] { n.pasid_of(space, m) = s.pasid_of(space, parent_mm); });
  });
  n.mm_live(m) = true;
  n.mm_there(m) = true;
  n.task_mm(child) = m;
  n.msr(child) = ite(f.fork_copies_msr() == Switch::on, s.msr(parent), none);
}

/// A thread in the same address space: clone(CLONE_VM | CLONE_THREAD). Its register state is a copy as in fork.
template <class A>
void clone(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> parent, Val<A, Task> child) {
  r.cites("copy_mm() with CLONE_VM, fpu_clone(), dup_task_struct(); Linux 7.3");
  AWAIT(!(s.task_mm(parent) == none), "clone.parent-runs");
  CHOOSE(child, Pick::any, "clone.new-thread", [&](auto x) { return s.task_mm(x) == none; });
  n.task_mm(child) = s.task_mm(parent);
  n.msr(child) = ite(f.fork_copies_msr() == Switch::on, s.msr(parent), none);
}

/// A thread ends while others still run in its address space.
template <class A>
void thread_exit(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t) {
  r.cites("exit_mm(); kernel/exit.c; Linux 7.3");
  AWAIT(!(s.task_mm(t) == none), "thread_exit.runs");
  AWAIT(exists<Task>(f, [&](auto u) { return !(u == t) && s.task_mm(u) == s.task_mm(t); }), "thread_exit.not-last");
  effect::end_thread<A>(n, t);
}

/// The last thread ends: exit_mmap() unmaps the portals and calls the notifiers' release, where the driver turns
/// translation off (VT-d clears the entries and flushes; it cannot wait for page requests there). Files close later.
template <class A>
void last_exit(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, As> m) {
  r.cites("exit_mmap(), intel_mm_release(), intel_pasid_tear_down_entry(); Linux 7.3");
  AWAIT(!(s.task_mm(t) == none) && s.task_mm(t) == m, "last_exit.runs");
  AWAIT(!exists<Task>(f, [&](auto u) { return !(u == t) && s.task_mm(u) == m; }), "last_exit.last");
  effect::end_thread<A>(n, t);
  n.mm_live(m) = false;
  each<Bond>(r, [&](auto b) { when(r, s.bond_mm(b) == m, [&] { n.portal(b) = false; }); });
  // On every device of the mm, what is cleared below is flushed.
  each<Dev>(r, [&](auto e) {
    each<Pasid>(r, [&](auto p) {
      each<As>(r, [&](auto b) {
        when(r, exists<Dev>(f, [&](auto d) { return s.entry(d, p) == m && share_cached<A>(f, d, m, e, b); }),
             [&] { n.iotlb(e, p, b) = false; });
      });
    });
  });
  each<Dev>(
      r, [&](auto d) { each<Pasid>(r, [&](auto p) { when(r, s.entry(d, p) == m, [&] { n.entry(d, p) = none; }); }); });
  when(r, f.free_point() == FreePoint::mm_put, [&] { effect::free_user_pasids<A>(r, s, n, m); });
}

/// The last reference on the mm struct goes: __mmdrop(). Never forced: a lazy-TLB borrower may keep it for long.
template <class A>
void drop(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, As> m) {
  r.cites("__mmdrop(), mm_pasid_drop() (2667ed10d9f0); Linux 7.3");
  AWAIT(s.mm_there(m) && !s.mm_live(m), "drop.dead");
  AWAIT(!exists<Bond>(f, [&](auto b) { return s.bond_mm(b) == m; }), "drop.no-bond-holds-it");
  n.mm_there(m) = false;
  when(r, f.free_point() == FreePoint::mm_drop, [&] { effect::free_user_pasids<A>(r, s, n, m); });
}

}  // namespace pasid::spec::process
