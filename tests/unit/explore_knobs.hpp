// Designs and scopes for the tests of the search: knobs by hand, as a design file would give them.
#pragma once

#include <initializer_list>

#include "proofs/model.hpp"
#include "spec/model.hpp"
#include "src/explore/scope.hpp"

namespace pasid::explore::testing {

/// The order of a bond's teardown: `live` and then what is listed.
inline void teardown(spec::NativeFacts& f, std::initializer_list<spec::Step> steps) {
  using spec::Step;
  for (int at = 1; at <= lang::capacity_of<Step>; ++at)
    for (int x = 1; x <= lang::capacity_of<Step>; ++x) f.done(static_cast<Step>(at), static_cast<Step>(x)) = false;
  for (int at = 1; at <= lang::capacity_of<Step>; ++at) f.next(static_cast<Step>(at)) = lang::none;
  Step last = Step::live;
  for (const Step s : steps) {
    f.next(last) = s;
    last = s;
    for (const Step x : steps) {
      f.done(s, x) = true;
      if (x == s) break;
    }
  }
}

/// One PASID for an mm on all devices, kernel PASIDs from the same pool: Linux 7.3 on VT-d, in short.
inline spec::NativeFacts global_design() {
  using namespace spec;  // NOLINT(google-build-using-namespace): the vocabulary of designs
  NativeFacts f;
  f.user_scope() = UserScope::global;
  f.kernel_scheme() = KernelScheme::shared_pool;
  f.sets_disjoint() = Switch::on;
  f.pasid_source() = PasidSource::msr;
  f.msr_fill() = MsrFill::mm_value;
  f.cache_tag() = CacheTag::vtd;
  f.free_point() = FreePoint::mm_drop;
  f.occupancy_check() = Switch::on;
  f.fork_copies_pasid() = Switch::off;
  f.fork_copies_msr() = Switch::off;
  teardown(f, {Step::stop, Step::drain, Step::clear, Step::flush_iotlb, Step::release});
  return f;
}

/// The same without the invalidation of cached translations when a bond is taken down.
inline spec::NativeFacts unflushed_design() {
  using spec::Step;
  spec::NativeFacts f = global_design();
  teardown(f, {Step::stop, Step::drain, Step::clear, Step::release});
  return f;
}

/// A PASID for each (mm, device), carried in the descriptor.
inline spec::NativeFacts per_device_design() {
  spec::NativeFacts f = global_design();
  f.user_scope() = spec::UserScope::per_device;
  f.pasid_source() = spec::PasidSource::descriptor;
  return f;
}

/// Two mms and one kernel DMA domain, three threads, two devices with two queues, three PASIDs, wide devices.
inline Scope default_scope() {
  const lang::Tree& tree = proofs::model();
  Scope scope;
  scope.set(tree, "As", 3);
  scope.set(tree, "Task", 3);
  scope.set(tree, "Dev", 2);
  scope.set(tree, "Unit", 2);
  scope.set(tree, "Space", 4);
  scope.set(tree, "Wq", 2);
  scope.set(tree, "Pasid", 3);
  scope.set(tree, "Bond", 3);
  scope.set(tree, "Desc", 2);
  scope.pin("kind", {1, 1, 2});
  scope.pin("fits", {1});
  return scope;
}

/// Small enough to try every renaming of every state: one queue each of two devices.
inline Scope small_scope() {
  const lang::Tree& tree = proofs::model();
  Scope scope = default_scope();
  scope.set(tree, "Task", 2);
  scope.set(tree, "Bond", 2);
  scope.set(tree, "Pasid", 2);
  scope.set(tree, "Desc", 1);
  scope.pin("wq_dev", {1, 2});
  scope.pin("shared", {1});
  scope.pin("user_range", {1});
  return scope;
}

}  // namespace pasid::explore::testing
