// Calls: sequences of rules that an implementation runs to completion for one request. A call's errno is that of its
// first failing REQUIRE. What earlier sections did is undone, last first, by what stands after their '/', as in the
// implementation's error path; what has no undo stays: a bind that fails after the mm got its PASID leaves it there, as
// iommu_sva_bind_device() does from 5.18 on.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pasid::spec {

/// `sections` are rules, by label, each with a mark: `rule` must fire, `rule?` is left out where its turn does not
/// come, `rule*` fires for every element that only repeated sections name; and `rule/undo`, the way back. They fire in
/// any order that their AWAITs allow, and sections that the design has not are left out, so that variants of several
/// series may stand in one call. A call with sections that refuse lists its sections in the order in which they fire:
/// its proof follows the list. lang::parse_call() has the fine print.
struct Call {
  std::string_view label;
  std::string_view sections;
};

// clang-format off
inline constexpr std::array calls{
    Call{"exit", "process.last_exit exit.clear exit.flush_pasid_cache exit.flush_iotlb exit.flush_dev_tlb exit.release"},
    Call{"exec", "process.exec exit.clear? exit.flush_pasid_cache? exit.flush_iotlb? exit.flush_dev_tlb? exit.release?"},
    Call{"bind", "bind.pasid_5_16/bind.undo bind.pasid_6_6/bind.undo bind.pasid/bind.undo "
                 "bind.reserve_5_16? bind.reserve_6_6? bind.reserve_6_12? bind.reserve? bind.reserve_amd? bind.reserve_smmu? attach.program* bind.publish"},
    Call{"unbind", "unbind.stop unbind.drain unbind.clear unbind.flush_pasid_cache unbind.flush_iotlb "
                   "unbind.flush_dev_tlb unbind.drain_faults unbind.release"},
    Call{"kernel.enable", "kernel.alloc_pasid/kernel.free_pasid supervisor.alloc_pasid/supervisor.free_pasid "
                          "kernel.reserve attach.program* kernel.publish"},
    Call{"kernel.disable", "kernel.detach kernel.free_pasid supervisor.free_pasid"},
    Call{"user.attach", "user.reserve/user.undo attach.program* user.publish"},
};
// clang-format on

/// Who brings about what nobody outside asks for.
enum class By : std::uint8_t {
  kernel = 1,  ///< inside the call named, before its first section, wherever it can; none named: at any time
  hardware,    ///< at any time. A tester who plays the hardware: inside the call named, likewise; none named: never
  /// At any time. A tester who plays the hardware asks for it.
  hardware_or_tester,
};

struct Unasked {
  std::string_view rule;
  By by;
  std::string_view inside = {};
};

/// The rules that happen by themselves. Every call, and every other rule that belongs to no call, is asked for by
/// somebody outside: a process, an administrator, a driver.
inline constexpr std::array unasked{
    Unasked{"process.drop", By::kernel},
    Unasked{"process.recycle", By::kernel},
    Unasked{"enqcmd.fill_msr", By::kernel, "enqcmd.submit"},
    Unasked{"enqcmd.fill_msr_of_any_bond", By::kernel, "enqcmd.submit"},
    Unasked{"enqcmd.fill_msr_of_device", By::kernel, "enqcmd.submit"},
    Unasked{"enqcmd.broadcast", By::kernel},
    Unasked{"iommu.cache_entry", By::hardware},
    Unasked{"iommu.walk", By::hardware},
    Unasked{"ats.translate", By::hardware},
    Unasked{"ats.translate_cached", By::hardware},
    Unasked{"work.complete", By::hardware, "work.reap"},
    Unasked{"work.complete_cached", By::hardware},
    Unasked{"work.complete_atc", By::hardware},
    Unasked{"work.abort", By::hardware, "work.reap"},
    Unasked{"request.raise", By::hardware_or_tester},
    Unasked{"request.resolve_6_1", By::hardware_or_tester},
    Unasked{"request.resolve", By::hardware_or_tester},
    // These are stores of a call that is about to come, seen by nobody but the hardware.
    Unasked{"entry.zero_in_place", By::hardware},
    Unasked{"entry.replace_in_place", By::hardware},
    // What these tell the hardware is about translations that it keeps.
    Unasked{"pages.notify", By::hardware},
    Unasked{"pages.free", By::hardware},
    Unasked{"pages.notify_kernel", By::hardware},
    Unasked{"pages.free_kernel", By::hardware},
};

/// The AWAIT whose failure is no waiting but a fault of the CPU, #GP.
inline constexpr std::string_view general_protection = "enqcmd.msr-valid";

}  // namespace pasid::spec
