// Calls: sequences of rules that an implementation runs to completion for one request. A call's errno is that of its
// first failing guard. What earlier sections did stays: a bind that fails after the mm got its PASID leaves it there,
// as iommu_sva_bind_device() does from 5.18 on, and no other call here can fail after its first section.
#pragma once

#include <array>
#include <string_view>

namespace pasid::spec {

/// `sections` are rules, by label: each runs when its turn comes, at most once; the call is complete with the last.
struct Call {
  std::string_view label;
  std::string_view sections;
};

inline constexpr std::array calls{
    Call{"unbind", "unbind.stop unbind.drain unbind.clear unbind.flush_pasid_cache unbind.flush_iotlb unbind.flush_dev_tlb unbind.drain_faults unbind.release"},
};

}  // namespace pasid::spec
