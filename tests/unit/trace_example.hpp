// A small world and traces in it, made by firing the native rules, for the tests of the renderings.
#pragma once

#include <initializer_list>
#include <string>

#include <doctest/doctest.h>

#include "spec/lang/tree.hpp"
#include "src/trace/trace.hpp"
#include "tests/support/designs.hpp"

namespace pasid::trace::example {

inline const lang::Tree& tree() {
  static const lang::Tree built = [] {
    lang::Tree t;
    spec::build(t);
    return t;
  }();
  return built;
}

template <class S>
constexpr lang::Id<S> id(int v) {
  return lang::Id<S>{static_cast<std::uint8_t>(v)};
}

/// Two devices behind two IOMMUs, each in a group of its own, a shared queue each; PASIDs of users are per device, a
/// kernel domain's come from the users' pool; two threads, two mms A and B, a kernel domain K1, three files, three
/// PASIDs and a fourth for the RID. Nothing but translations is cached, and only by the IOMMU.
inline spec::NativeFacts facts() {
  using namespace spec;  // NOLINT(google-build-using-namespace)
  NativeFacts f = test::linux_7_3();
  f.count[Desc::index] = 1;
  f.count[Bond::index] = 3;
  f.count[Task::index] = 2;
  f.count[Wq::index] = 2;
  f.count[Dev::index] = 2;
  f.count[Group::index] = 2;
  f.count[Unit::index] = 2;
  f.count[Space::index] = 2;
  f.count[As::index] = 3;
  f.count[Pasid::index] = 4;

  f.user_scope() = UserScope::per_device;
  f.pasid_source() = PasidSource::descriptor;
  f.entry_cache() = Switch::off;
  f.dev_tlb() = Switch::off;
  f.page_requests() = Switch::off;
  using At = spec::Step;
  test::set_teardown(f, {At::stop, At::drain, At::clear, At::flush_iotlb, At::release});

  f.kind(id<As>(1)) = Kind::mm;
  f.kind(id<As>(2)) = Kind::mm;
  f.kind(id<As>(3)) = Kind::kernel_dma;
  f.rid_pasid() = id<Pasid>(4);
  for (int d = 1; d <= 2; ++d) {
    f.group_of(id<Dev>(d)) = id<Group>(d);
    f.unit_of(id<Dev>(d)) = id<Unit>(d);
    f.capable(id<Dev>(d)) = true;
    f.ats(id<Dev>(d)) = true;
    f.privileged(id<Dev>(d)) = true;
    f.svm(id<Unit>(d)) = true;
    f.wq_dev(id<Wq>(d)) = id<Dev>(d);
    f.shared(id<Wq>(d)) = true;
    f.space_of(id<Dev>(d)) = id<Space>(d);
    f.kernel_space(id<Dev>(d)) = id<Space>(d);
  }
  for (int p = 1; p <= 3; ++p) {
    f.user_range(id<Pasid>(p)) = true;
    for (int d = 1; d <= 2; ++d) {
      f.kernel_set(id<Dev>(d), id<Pasid>(p)) = true;
      f.fits(id<Dev>(d), id<Pasid>(p)) = true;
    }
  }
  for (const auto& axiom : spec::native_axioms()) REQUIRE_MESSAGE(axiom.holds(f), axiom.name);
  return f;
}

inline Trace start(std::string property, std::string grain) {
  Trace t;
  t.design = "per-device-user-pasids";
  t.property = std::move(property);
  t.grain = std::move(grain);
  t.facts = facts();
  return t;
}

struct Fire {
  std::string_view rule;
  std::initializer_list<int> args;
};

/// Appends a step whose sections are fired natively, and must all fire.
inline void step(Trace& t, std::string label, std::initializer_list<Fire> sections) {
  spec::NativeState s = t.last();
  Step out{std::move(label), {}, s, {}};
  for (const Fire& fire : sections) {
    Firing firing{tree().rule_named(fire.rule), {}};
    REQUIRE_MESSAGE(firing.rule >= 0, fire.rule);
    const auto& rule = spec::native_rules()[static_cast<std::size_t>(firing.rule)];
    REQUIRE_MESSAGE(fire.args.size() == rule.params.size(), fire.rule);
    std::size_t k = 0;
    for (const int a : fire.args) firing.args.at(k++) = static_cast<std::uint8_t>(a);
    const lang::Outcome outcome = rule.apply(t.facts, s, out.after, firing.args.data(), false);
    REQUIRE_MESSAGE(outcome.kind == lang::Outcome::Kind::done,
                    fire.rule << ": " << (outcome.label == nullptr ? "" : outcome.label));
    s = out.after;
    out.firings.push_back(firing);
  }
  t.steps.push_back(std::move(out));
}

/// A whole bind call: thread and its mm, a queue (of the device with its number, alone in the group with that number),
/// PASID and file.
inline void bind(Trace& t, int thread, int wq, int pasid, int file) {
  constexpr auto memory = static_cast<int>(spec::Memory::enough);
  const int dev = wq;
  const int group = wq;
  step(t, "bind",
       {{"bind.pasid", {thread, wq, file, pasid, memory}},
        {"bind.reserve", {file, memory, group}},
        {"attach.program", {dev, pasid, memory, group}},
        {"bind.publish", {file}}});
}

/// One mm, bound on both devices, gets two PASIDs.
inline Trace two_pasids() {
  Trace t = start("OnePasidPerMm", "call");
  step(t, "process.create", {{"process.create", {1, 1}}});
  bind(t, 1, 1, 1, 1);
  bind(t, 1, 2, 2, 2);
  return t;
}

/// The same after another mm's bind was taken back, with the IOMMU's cache filled in between.
inline Trace with_unbind() {
  Trace t = start("OnePasidPerMm", "call");
  step(t, "process.create", {{"process.create", {2, 2}}});
  bind(t, 2, 2, 3, 3);
  step(t, "iommu.walk", {{"iommu.walk", {2, 3, 2}}});
  step(t, "unbind",
       {{"unbind.stop", {3}},
        {"unbind.drain", {3}},
        {"unbind.clear", {3}},
        {"unbind.flush_iotlb", {3}},
        {"unbind.release", {3}}});
  step(t, "process.create", {{"process.create", {1, 1}}});
  bind(t, 1, 1, 1, 1);
  bind(t, 1, 2, 2, 2);
  return t;
}

}  // namespace pasid::trace::example
