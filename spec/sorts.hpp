// The sorts of the model. Their order matters to the solver alone: see Entity.
#pragma once

#include "spec/lang/sort.hpp"

namespace pasid::spec {

using lang::Cell;
using lang::Domain;
using lang::Entity;
using lang::iff;
using lang::implies;
using lang::none;
using lang::Pick;
using lang::PropertyKind;
using lang::Rule;
using lang::Val;

/// Submitted work that has not been reaped: a descriptor in a queue.
struct Desc : Entity<0, "Desc", "work", 3> {};
/// One successful bind call: an open file of a work queue, with its device and PASID.
struct Bond : Entity<1, "Bond", "file", 3> {};
struct Task : Entity<2, "Task", "T", 4> {};
/// A work queue of an accelerator.
struct Wq : Entity<3, "Wq", "wq", 3> {};
/// A device that issues requests under its own requester id (RID).
struct Dev : Entity<4, "Dev", "dev", 3> {};
/// Devices the IOMMU cannot tell apart or keep apart: they are attached together.
struct Group : Entity<5, "Group", "group", 3> {};
/// One IOMMU, with its translation caches.
struct Unit : Entity<6, "Unit", "iommu", 3> {};
/// A PASID number space: within one, an allocator hands out a number once.
struct Space : Entity<7, "Space", "space", 6> {};
/// An address space of any kind.
struct As : Entity<8, "As", "as", 6> {};
/// A PASID as an atom; numbers are given to atoms where an implementation is driven.
struct Pasid : Entity<9, "Pasid", "p", 5> {};

inline constexpr int entity_sorts = 10;

enum class Kind : std::uint8_t {
  mm = 1,        ///< a process's address space
  init_mm,       ///< the kernel's own page tables, bound as if they were a process's (supervisor SVA): one
  kernel_dma,    ///< the kernel's DMA API domain of a device
  pass_through,  ///< the identity mapping (iommu=pt): one, whatever device it is attached to
  user_managed,  ///< a page table that user space owns through iommufd or VFIO
};

/// Where a bond, or the end of an address space, has got to: the last step it has had. A design orders the steps
/// between live and the end, or leaves some out.
enum class Step : std::uint8_t {
  opening = 1,        ///< bond: the bind call has not come back yet
  live,               ///< in use
  stop,               ///< bond: no portal is mapped any more, nothing new is submitted; mm: no thread is left
  drain,              ///< the device has finished what was submitted under the PASID
  clear,              ///< the PASID table entry is not present (or walks through it are off)
  flush_pasid_cache,  ///< cached table entries are invalidated
  flush_iotlb,        ///< cached translations are invalidated
  flush_dev_tlb,      ///< translations cached by the device are invalidated
  drain_faults,       ///< the page requests that were queued have been answered
  release,            ///< bond: slot, bond and reference on the mm are given up; mm: the address space is gone
  dropped,            ///< mm: the last reference on the mm struct is gone
};

/// Where memory runs out inside a call: the environment's choice.
enum class Memory : std::uint8_t {
  enough = 1,
  none_for_mm_data,      ///< what the mm keeps of its PASID
  none_for_handle,       ///< the bond, its domain and its handle
  none_for_slot,         ///< the entry of the group's PASID array
  none_for_table,        ///< the PASID table of the first device
  none_for_later_table,  ///< the PASID table of a further device of the group
};

/// Whether a queue takes a piece of work at this moment: the environment's choice.
enum class Queue : std::uint8_t { accepts = 1, refuses };

// Knobs: the values a design chooses.

/// Whose rules a bind follows, guard by guard.
enum class Series : std::uint8_t {
  linux_5_16 = 1,  ///< 5.11 to 5.17: VT-d's own bind, a reference on the PASID for each bind
  linux_6_1,       ///< 5.18 to 6.1: the same with the PASID owned by the mm
  linux_6_6,       ///< 6.2 to 6.7: SVA domains attached through the core, a handle for each call
  linux_6_12,      ///< 6.8 to 6.14: one handle for each group and mm
  linux_7_3,       ///< 6.15 on: replace, reset, PASIDs chosen by user space
};
enum class UserScope : std::uint8_t {
  global = 1,         ///< one PASID number space for the users of all devices
  per_unit,           ///< one for each IOMMU
  per_device,         ///< one for each device
  per_shared_device,  ///< one number for an mm, which mms that share no device may have too
  per_bond,           ///< one number space, but each bind call gets a number of its own
};
enum class KernelScheme : std::uint8_t {
  none = 1,         ///< no PASID for kernel DMA
  reserved,         ///< one value, the same on every device
  one_set,          ///< a set of values, the same for every device
  per_device_sets,  ///< a set for each device; sets of two devices may overlap
  shared_pool,      ///< from the users' own allocator, a number for each device
  init_mm,          ///< supervisor SVA: init_mm is bound, with one number from the users' allocator on all devices
};
enum class PasidSource : std::uint8_t {
  msr = 1,     ///< ENQCMD takes it from IA32_PASID, one value a thread
  descriptor,  ///< no ENQCMD: the kernel puts the file's PASID into each descriptor (write(), ENQCMDS)
};
enum class MsrFill : std::uint8_t {
  mm_value = 1,     ///< the #GP handler writes the mm's PASID
  any_bond,         ///< the #GP handler writes the PASID of some bond of the mm
  faulting_device,  ///< the #GP handler writes the PASID of the device addressed (which no CPU reports)
  broadcast,  ///< no #GP handler: a bind sends the PASID to the CPUs that run the mm, and whichever thread is there by
              ///< then gets it
};
enum class CacheTag : std::uint8_t {
  vtd = 1,  ///< domain id: one for all SVA mms and pass-through, one for each other domain
  amd,      ///< domain id: one for each device
  smmu,     ///< ASID: one for each address space
  unit,     ///< none: behind one IOMMU, a PASID alone tells translations apart
};
enum class FreePoint : std::uint8_t {
  mm_drop = 1,  ///< the last reference on the mm struct (__mmdrop)
  mm_put,       ///< the last user of the address space (__mmput)
  last_unbind,  ///< the last bond's reference on the PASID
};
enum class MmRelease : std::uint8_t {
  clear = 1,         ///< the table entry is made not present; unbind finds it so (VT-d)
  clear_and_unlink,  ///< and the attachment is forgotten: unbind has nothing left to do (AMD)
  keep,              ///< the entry stays, walks through it are off (SMMUv3)
};
enum class RidChange : std::uint8_t {
  refused = 1,  ///< -EBUSY while a PASID is attached
  leaves,       ///< the kernel's PASIDs keep the old domain, until a driver replaces it
};
enum class PageChanges : std::uint8_t {
  unheard = 1,      ///< the IOMMU is not told
  user,             ///< of changes of a process's own pages (mmu notifier)
  user_and_kernel,  ///< and of the kernel's page-table pages, which every x86 process shares
};
enum class QueueDisable : std::uint8_t {
  forgets = 1,  ///< its PASID and its clients, whose portals stay mapped
  keeps,        ///< nothing: what was open works again when the queue is enabled
};
enum class QueueWithoutSva : std::uint8_t {
  refused = 1,  ///< a user queue is not enabled on a device that has not what SVA needs
  opened,       ///< it is, and opening it gives no PASID
  enabled,      ///< it is, and opening it fails where a PASID cannot be attached
};
enum class ReuseCheck : std::uint8_t {
  inclusive = 1,  ///< any that the device takes
  exclusive,      ///< not its highest, which the allocator gives away like any other
};
enum class VisibleFrom : std::uint8_t {
  publication = 1,  ///< once it is in the table of every device of the group
  reservation,      ///< from the start: while devices are programmed, and until a failure takes it back
};
enum class DeviceReset : std::uint8_t {
  unknown = 1,    ///< the IOMMU code does not know of resets
  restores,       ///< what was attached is put back, whatever it is (VT-d)
  restores_live,  ///< but not a process that has ended (SMMUv3: mmget_not_zero())
  forgets_sva,    ///< no process's at all: the driver refuses an attach in place of the blocked domain (AMD)
};
enum class Switch : std::uint8_t { off = 1, on };

}  // namespace pasid::spec
