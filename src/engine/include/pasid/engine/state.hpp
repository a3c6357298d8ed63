/// What can be seen of the engine. Part of <pasid/engine.hpp>.
#pragma once

#include <cstdint>
#include <optional>

#include <pasid/engine/allocator.hpp>
#include <pasid/engine/name.hpp>
#include <pasid/engine/table.hpp>

namespace pasid::engine {

enum class Kind : std::uint8_t {
  mm = 1,        ///< a process's
  kernel_dma,    ///< the kernel's DMA API domain
  pass_through,  ///< the identity mapping
  user_managed,  ///< a page table that user space (a guest) owns
};

/// Where a bond or an mm has got to: the last step it has had.
enum class Step : std::uint8_t {
  opening = 1,        ///< bond: its call failed and is being undone
  live,               ///< in use
  stop,               ///< bond: no portal is mapped any more; mm: no thread is left
  drain,              ///< the device has finished what was submitted
  clear,              ///< the table entry is not present
  flush_pasid_cache,  ///< cached table entries are invalidated
  flush_iotlb,        ///< cached translations are
  flush_dev_tlb,      ///< and the device's
  drain_faults,       ///< page requests have been answered
  release,            ///< mm: the address space is gone, references on the mm are left
};

struct DomainConfig {
  Kind kind = Kind::kernel_dma;                        ///< any but mm
  Translation translation = Translation::first_stage;  ///< of pass_through ignored
  std::uint64_t first_stage_root = 0;                  ///< 4 KiB aligned, below 2^52
  std::uint64_t second_stage_root = 0;
};

struct BondInfo {
  AddressSpace mm;
  Queue queue{};
  Device device{};
  Pasid pasid = 0;
  Step at = Step::live;
  bool portal = false;  ///< the mm has it mapped
};

struct MmInfo {
  Step at = Step::live;
  bool lam = false;
  std::optional<Pasid> pasid;
  std::uint32_t threads = 0;
  std::uint32_t bonds = 0;
};

struct ThreadInfo {
  AddressSpace mm;
  std::optional<Pasid> msr;  ///< IA32_PASID; none: valid bit clear
  bool activated = false;    ///< task_struct.pasid_activated
};

/// What software has attached to a group under a number (group->pasid_array).
struct Slot {
  AddressSpace attached;
  bool published = false;  ///< else it is being attached or taken away
};

struct WorkInfo {
  Device device{};
  Queue queue{};
  Pasid pasid = 0;    ///< rid_pasid: it carries none
  AddressSpace from;  ///< who submitted it
};

}  // namespace pasid::engine
