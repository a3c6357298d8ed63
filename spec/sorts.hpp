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
/// One IOMMU, with its translation caches.
struct Unit : Entity<5, "Unit", "iommu", 3> {};
/// A PASID number space: within one, an allocator hands out a number once.
struct Space : Entity<6, "Space", "space", 6> {};
/// An address space of any kind.
struct As : Entity<7, "As", "as", 4> {};
/// A PASID as an atom; numbers are given to atoms where an implementation is driven.
struct Pasid : Entity<8, "Pasid", "p", 4> {};

inline constexpr int entity_sorts = 9;

enum class Kind : std::uint8_t {
  mm = 1,        ///< a process's address space
  kernel_dma,    ///< the kernel's DMA API domain of a device
  pass_through,  ///< the identity mapping (iommu=pt): one, whatever device it is attached to
};

/// Steps of taking a bond down; a design orders them (or leaves some out).
enum class Step : std::uint8_t {
  live = 1,     ///< in use
  stop,         ///< no portal is mapped any more: nothing new is submitted
  drain,        ///< the device has finished what was submitted under the PASID
  clear,        ///< the PASID table entry is not present
  flush_iotlb,  ///< cached translations are invalidated
  release,      ///< the software slot, the bond and its reference on the mm are given up
};

/// Whether an allocation inside a call finds memory: the environment's choice.
enum class Memory : std::uint8_t { available = 1, exhausted };

// Knobs: the values a design chooses.

enum class UserScope : std::uint8_t {
  global = 1,  ///< one PASID number space for the users of all devices
  per_unit,    ///< one for each IOMMU
  per_device,  ///< one for each device
};
enum class KernelScheme : std::uint8_t {
  none = 1,         ///< no PASID for kernel DMA
  reserved,         ///< one value, the same on every device
  one_set,          ///< a set of values, the same for every device
  per_device_sets,  ///< a set for each device; sets of two devices may overlap
  shared_pool,      ///< from the users' own allocator
};
enum class PasidSource : std::uint8_t {
  msr = 1,     ///< ENQCMD takes it from IA32_PASID, one value a thread
  descriptor,  ///< no ENQCMD: the kernel puts the file's PASID into each descriptor (write(), ENQCMDS)
};
enum class MsrFill : std::uint8_t {
  mm_value = 1,     ///< the #GP handler writes the mm's PASID
  faulting_device,  ///< the #GP handler writes the PASID of the device addressed (which no CPU reports)
};
enum class CacheTag : std::uint8_t {
  vtd = 1,  ///< domain id: one for all SVA mms, one for each other domain
  amd,      ///< domain id: one for each device
  smmu,     ///< ASID: one for each address space
};
enum class FreePoint : std::uint8_t {
  mm_drop = 1,  ///< the last reference on the mm struct (__mmdrop)
  mm_put,       ///< the last user of the address space (__mmput)
};
enum class Switch : std::uint8_t { off = 1, on };

}  // namespace pasid::spec
