// Designs and scopes for the tests of the search: knobs by hand, as a design file would give them.
#pragma once

#include <initializer_list>

#include "proofs/model.hpp"
#include "spec/model.hpp"
#include "src/check/scopes.hpp"
#include "src/explore/scope.hpp"
#include "tests/support/designs.hpp"

namespace pasid::explore::testing {

/// One mm beside the address spaces that the design attaches, one of everything else, and the RID's index.
inline check::Sizes one_of_everything(const spec::NativeFacts& knobs) {
  check::Sizes sizes = check::default_sizes(knobs);
  for (auto& [sort, size] : sizes)
    size = sort == "As" ? size - 1 : sort == "Pasid" ? size - 1 : sort == "Space" ? 2 : 1;
  return sizes;
}

/// One PASID for an mm on all devices, kernel PASIDs from the same pool; orders without the steps that nothing needs.
inline spec::NativeFacts global_design() {
  using spec::Step;
  spec::NativeFacts f = test::linux_7_3_in_short();
  test::set_teardown(f, {Step::stop, Step::drain, Step::clear, Step::flush_iotlb, Step::release});
  test::set_exit(f, {Step::clear, Step::flush_iotlb, Step::release});
  return f;
}

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

/// Two mms and one kernel DMA domain, two threads, two devices with two queues, two PASIDs and the RID's index, wide
/// devices that can do what SVA asks for.
inline Scope default_scope() {
  const lang::Tree& tree = proofs::model();
  Scope scope;
  scope.set(tree, "As", 3);
  scope.set(tree, "Task", 2);
  scope.set(tree, "Dev", 2);
  scope.set(tree, "Group", 2);
  scope.set(tree, "Unit", 2);
  scope.set(tree, "Space", 4);
  scope.set(tree, "Wq", 2);
  scope.set(tree, "Pasid", 3);
  scope.set(tree, "Bond", 2);
  scope.set(tree, "Desc", 1);
  scope.pin("kind", {1, 1, static_cast<std::uint8_t>(spec::Kind::kernel_dma)});
  scope.pin("rid_pasid", {1});
  scope.pin("capable", {1});
  scope.pin("ats", {1});
  scope.pin("privileged", {1});
  scope.pin("svm", {1});
  scope.pin("fits", {0, 1, 1, 0, 1, 1});
  return scope;
}

/// Small enough to try every renaming of every state: one shared queue each of two devices, for users.
inline Scope small_scope() {
  Scope scope = default_scope();
  scope.set(proofs::model(), "Task", 1);
  scope.pin("group_of", {1, 2});
  scope.pin("wq_dev", {1, 2});
  scope.pin("shared", {1});
  scope.pin("kernel_queue", {0});
  scope.pin("user_range", {0, 1, 1});
  return scope;
}

/// Small enough to go through: one device with its shared queue, one PASID and the RID's index.
inline Scope one_device_scope() {
  const lang::Tree& tree = proofs::model();
  Scope scope = default_scope();
  for (const char* sort : {"Dev", "Group", "Unit", "Wq"}) scope.set(tree, sort, 1);
  scope.set(tree, "Space", 2);
  scope.set(tree, "Pasid", 2);
  scope.pin("fits", {0, 1});
  scope.pin("user_range", {0, 1});
  scope.pin("shared", {1});
  scope.pin("kernel_queue", {0});
  return scope;
}

}  // namespace pasid::explore::testing
