// Designs and scopes for the tests of the search: knobs by hand, as a design file would give them.
#pragma once

#include <initializer_list>

#include "proofs/model.hpp"
#include "spec/model.hpp"
#include "src/explore/scope.hpp"
#include "tests/support/designs.hpp"

namespace pasid::explore::testing {

/// One PASID for an mm on all devices, kernel PASIDs from the same pool: Linux 7.3 on VT-d, in short.
inline spec::NativeFacts global_design() { return test::linux_7_3(); }

/// The same without the invalidation of cached translations when a bond is taken down.
inline spec::NativeFacts unflushed_design() {
  using spec::Step;
  spec::NativeFacts f = global_design();
  test::set_teardown(f, {Step::stop, Step::drain, Step::clear, Step::release});
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
