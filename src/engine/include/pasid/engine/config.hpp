/// The hardware, and the choices a design leaves open. Part of <pasid/engine.hpp>.
#pragma once

#include <cstdint>
#include <vector>

#include <pasid/engine/allocator.hpp>
#include <pasid/engine/name.hpp>

namespace pasid::engine {

struct UnitConfig {
  bool svm = true;                  ///< it can walk a process's page table
  unsigned pasid_bits = max_width;  ///< ECAP.PSS + 1: 1 to 20
  unsigned levels = 4;              ///< of page tables: 4 or 5
  bool snoops_page_tables = false;  ///< ECAP.SMPWC: walks snoop the caches (PWSNP in each entry)
};

struct DeviceConfig {
  Unit unit{};
  Group group{};
  std::uint32_t max_pasids = std::uint32_t{1} << max_width;  ///< numbers below it are usable; 0: it has no PASIDs
  bool ats = true;                                           ///< address translation services are enabled
  bool privileged = true;                                    ///< its PASID capability has privileged mode
};

/// It starts enabled.
struct QueueConfig {
  Device device{};
  bool shared = true;      ///< submitted to by ENQCMD from any number of processes; else by posted stores from one
  bool kernel = false;     ///< the kernel's own; else user space opens it
  std::uint32_t size = 0;  ///< a shared one refuses (EAGAIN) what exceeds it; 0: no limit but the Host's
};

/// Where a driver's number for kernel DMA comes from.
enum class KernelNumbers : std::uint8_t {
  shared_pool = 1,  ///< the users' own space (Linux 6.6 on: iommu_alloc_global_pasid())
  own_sets,         ///< Config::kernel_range, which users do not get; each group counts for itself
};

/// The RID gets another domain while the group has PASIDs attached.
enum class RidChange : std::uint8_t {
  refused = 1,  ///< EPERM (Linux: iommu_group_claim_dma_owner())
  leaves,       ///< the kernel's PASIDs keep the old domain until replace_kernel_dma()
};

/// What disabling a dedicated queue does to the files that are open on it.
enum class QueueDisable : std::uint8_t {
  forgets = 1,  ///< it loses its number and counts them no more (Linux 5.13 to 7.3: idxd_wq_disable_cleanup())
  keeps,        ///< nothing: they work again when it is enabled
};

/// At least one unit and one device. Groups are 0 to the highest number used, each with a device; a group's devices
/// share a unit. Anything else is std::invalid_argument when an engine is made.
struct Config {
  std::vector<UnitConfig> units{UnitConfig{}};
  std::vector<DeviceConfig> devices;
  std::vector<QueueConfig> queues;
  Pick pick = Pick::lowest_free;
  std::vector<Range> reserved;  ///< numbers that nobody is handed, besides rid_pasid
  KernelNumbers kernel_numbers = KernelNumbers::shared_pool;
  /// own_sets: the kernel's numbers, on each group as far as its devices reach; all must reach the first.
  Range kernel_range{1, 15};
  RidChange rid_change = RidChange::refused;
  QueueDisable queue_disable = QueueDisable::forgets;
};

}  // namespace pasid::engine
