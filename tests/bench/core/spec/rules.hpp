// The rules of the core model. Each binds, unbinds or ends something in one step, as no kernel does.
#pragma once

#include <tuple>

#include "spec/entry.hpp"
#include "spec/lang/guards.hpp"

namespace pasid::spec::core {

template <class A>
void create(Rule<A>& r, const Facts<A>&, const State<A>& s, State<A>& n, Val<A, Mm> m) {
  GIVEN(!s.live(m), "create.absent");
  n.live(m) = true;
}

template <class A>
void spawn(Rule<A>& r, const Facts<A>&, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Mm> m) {
  GIVEN(s.task_mm(t) == none, "spawn.absent");
  GIVEN(s.live(m), "spawn.mm-lives");
  n.task_mm(t) = m;
  n.msr(t) = none;
}

template <class A>
void task_exit(Rule<A>& r, const Facts<A>&, const State<A>& s, State<A>& n, Val<A, Task> t) {
  GIVEN(!(s.task_mm(t) == none), "task_exit.runs");
  n.task_mm(t) = none;
  n.msr(t) = none;
}

/// The address space ends once no task runs in it, and with it whatever it is bound to.
template <class A>
void mm_exit(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Mm> m) {
  GIVEN(s.live(m), "mm_exit.lives");
  AWAIT(!exists<Task>(f, [&](auto t) { return s.task_mm(t) == m; }), "mm_exit.no-task");
  each<Dev>(r, [&](auto d) {
    when(r, s.bound(d, m), [&] {
      n.bound(d, m) = false;
      n.entry(d, s.mm_pasid(m)) = none;
    });
  });
  n.mm_pasid(m) = none;
  n.live(m) = false;
}

/// The first bind gives the process a number.
template <class A>
void bind_first(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Mm> m, Val<A, Dev> d,
                Val<A, Pasid> p) {
  GIVEN(s.live(m), "bind_first.mm-lives");
  GIVEN(s.mm_pasid(m) == none, "bind_first.no-pasid");
  GIVEN(!s.bound(d, m), "bind_first.not-bound");
  CHOOSE(p, Pick::any, "bind_first.free",
         [&](auto x) { return !exists<Mm>(f, [&](auto other) { return s.mm_pasid(other) == x; }); });
  n.mm_pasid(m) = p;
  n.entry(d, p) = m;
  n.bound(d, m) = true;
}

template <class A>
void bind_again(Rule<A>& r, const Facts<A>&, const State<A>& s, State<A>& n, Val<A, Mm> m, Val<A, Dev> d) {
  GIVEN(s.live(m), "bind_again.mm-lives");
  GIVEN(!(s.mm_pasid(m) == none), "bind_again.has-pasid");
  GIVEN(!s.bound(d, m), "bind_again.not-bound");
  n.entry(d, s.mm_pasid(m)) = m;
  n.bound(d, m) = true;
}

/// The last unbind takes the number from the process and from the registers of its tasks.
template <class A>
void unbind(Rule<A>& r, const Facts<A>& f, const State<A>& s, State<A>& n, Val<A, Mm> m, Val<A, Dev> d) {
  GIVEN(s.bound(d, m), "unbind.bound");
  const auto last = !exists<Dev>(f, [&](auto e) { return !(e == d) && s.bound(e, m); });
  const auto p = s.mm_pasid(m);
  n.bound(d, m) = false;
  n.entry(d, p) = none;
  when(r, last, [&] { n.mm_pasid(m) = none; });
  each<Task>(r, [&](auto t) { when(r, last && s.task_mm(t) == m, [&] { n.msr(t) = none; }); });
}

template <class A>
void kernel_attach(Rule<A>& r, const Facts<A>&, const State<A>& s, State<A>& n, Val<A, Dev> d) {
  GIVEN(!s.kernel_held(d), "kernel_attach.not-held");
  n.kernel_held(d) = true;
  n.kernel_entry(d) = true;
}

template <class A>
void kernel_detach(Rule<A>& r, const Facts<A>&, const State<A>& s, State<A>& n, Val<A, Dev> d) {
  GIVEN(s.kernel_held(d), "kernel_detach.held");
  n.kernel_held(d) = false;
  n.kernel_entry(d) = false;
}

/// ENQCMD: the register is filled where it is not valid, and the device looks its number up.
template <class A>
void enqcmd(Rule<A>& r, const Facts<A>&, const State<A>& s, State<A>& n, Val<A, Task> t, Val<A, Dev> d) {
  const auto m = s.task_mm(t);
  GIVEN(!(m == none) && !(s.mm_pasid(m) == none), "enqcmd.has-pasid");
  const auto p = ite(s.msr(t) == none, s.mm_pasid(m), s.msr(t));
  n.msr(t) = p;
  when(r, !(s.entry(d, p) == none) && !(s.entry(d, p) == m), [&] { n.strayed() = true; });
}

}  // namespace pasid::spec::core

namespace pasid::spec {

template <class A>
inline constexpr auto rules = std::tuple{
    rule<A>("create", "mm", core::create<A>),
    rule<A>("spawn", "task mm", core::spawn<A>),
    rule<A>("task_exit", "task", core::task_exit<A>),
    rule<A>("mm_exit", "mm", core::mm_exit<A>),
    rule<A>("bind_first", "mm dev pasid", core::bind_first<A>),
    rule<A>("bind_again", "mm dev", core::bind_again<A>),
    rule<A>("unbind", "mm dev", core::unbind<A>),
    rule<A>("kernel_attach", "dev", core::kernel_attach<A>),
    rule<A>("kernel_detach", "dev", core::kernel_detach<A>),
    rule<A>("enqcmd", "task dev", core::enqcmd<A>),
};

}  // namespace pasid::spec
