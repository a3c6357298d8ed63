// Designs by hand, for tests of the parts below the reading of design files.
#pragma once

#include <string>
#include <vector>

#include "spec/lang/memory.hpp"
#include "spec/model.hpp"
#include "tests/support/worlds.hpp"

namespace pasid::test {

/// The knobs of spec/designs/linux-7.3.toml.
inline NativeFacts linux_7_3() {
  using namespace spec;  // NOLINT(google-build-using-namespace): the vocabulary of the rules
  NativeFacts f;
  f.series() = Series::linux_7_3;
  f.user_scope() = UserScope::global;
  f.kernel_scheme() = KernelScheme::shared_pool;
  f.sets_disjoint() = Switch::on;
  f.free_point() = FreePoint::mm_drop;
  f.put_per_unbind() = Switch::on;
  f.occupancy_check() = Switch::on;
  f.width_check() = Switch::on;
  f.reuse_check() = ReuseCheck::inclusive;
  f.fork_copies_pasid() = Switch::off;
  f.rid_change() = RidChange::refused;
  f.enqcmd() = Switch::on;
  f.pasid_source() = PasidSource::msr;
  f.msr_fill() = MsrFill::mm_value;
  f.fork_copies_msr() = Switch::off;
  f.exec_keeps_activated() = Switch::on;
  f.queue_without_sva() = QueueWithoutSva::enabled;
  f.queue_disable() = QueueDisable::forgets;
  f.portal_check() = Switch::on;
  f.cache_tag() = CacheTag::vtd;
  f.entry_cache() = Switch::on;
  f.dev_tlb() = Switch::on;
  f.page_requests() = Switch::on;
  f.mm_release() = MmRelease::clear;
  f.page_changes() = PageChanges::user_and_kernel;
  f.visible_from() = VisibleFrom::publication;
  f.teardown_in_place() = Switch::off;
  f.replace_in_place() = Switch::off;
  f.sva() = Switch::on;
  f.alloc_call() = Switch::off;
  f.user_chosen() = Switch::on;
  f.device_reset() = DeviceReset::restores;
  set_teardown(f, {Step::stop, Step::drain, Step::clear, Step::flush_pasid_cache, Step::flush_iotlb,
                   Step::flush_dev_tlb, Step::drain_faults, Step::release});
  set_exit(f, {Step::clear, Step::flush_pasid_cache, Step::flush_iotlb, Step::flush_dev_tlb, Step::release});
  return f;
}

/// Those of spec/designs/thread-baseline.toml: nothing but translations is cached, and only by the IOMMU; no page
/// requests, no resets, no numbers of user space's choice; nobody disables a queue under an open file.
inline NativeFacts linux_7_3_in_short() {
  NativeFacts f = linux_7_3();
  f.entry_cache() = spec::Switch::off;
  f.dev_tlb() = spec::Switch::off;
  f.page_requests() = spec::Switch::off;
  f.user_chosen() = spec::Switch::off;
  f.device_reset() = spec::DeviceReset::unknown;
  f.queue_disable() = spec::QueueDisable::keeps;
  return f;
}

/// Knobs of the tree that these facts leave open (a knob added to the model belongs into the designs above).
inline std::vector<std::string> open_knobs(const lang::Tree& tree, const NativeFacts& f) {
  std::vector<std::string> out;
  for (const auto& cell : tree.cells)
    if (lang::is_knob(cell) && cell.index.empty() && reinterpret_cast<const std::uint8_t*>(&f)[cell.offset] == 0)
      out.emplace_back(cell.name);
  return out;
}

}  // namespace pasid::test
