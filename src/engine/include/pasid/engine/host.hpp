/// What the engine asks of whoever embeds it. Part of <pasid/engine.hpp>.
#pragma once

#include <cstdint>
#include <memory>

#include <pasid/engine/allocator.hpp>
#include <pasid/engine/name.hpp>

namespace pasid::engine {

enum class CommandKind : std::uint8_t {
  drain_work = 1,       ///< the device finishes what was submitted under the PASID (DSA: DRAIN_PASID)
  drain_queue,          ///< a dedicated queue finishes what it has, and is reset (DSA: DISABLE_WQ, which drains)
  flush_pasid_cache,    ///< the unit forgets table entries of (domain id, PASID) (VT-d 6.5.2.2)
  flush_iotlb,          ///< and translations (VT-d 6.5.2.4)
  flush_dev_tlb,        ///< the device forgets translations of the PASID (VT-d 6.5.2.6)
  drain_page_requests,  ///< what the device asked for under the PASID is answered (VT-d 7.10)
};

/// Something for the hardware to do.
struct Command {
  CommandKind kind{};
  Unit unit{};
  Device device{};  ///< of drains and flush_dev_tlb; of the others, a device whose entry was cleared
  Pasid pasid = 0;
  std::uint16_t domain_id = 0;
  bool whole_domain = false;  ///< flush_iotlb: by domain id alone, for second-stage and nested translation
  Queue queue{};              ///< of drain_queue
};

namespace detail {
class Core;
struct Passage;
}  // namespace detail

/// Tells the engine that a command is done. Copies are the same token. It may outlive the engine.
class Completion {
 public:
  Completion() = default;
  /// False where there is nothing to complete: it was done before, or the engine is gone.
  bool done() const noexcept;

 private:
  friend class detail::Core;
  friend struct detail::Passage;
  std::weak_ptr<detail::Core> core_;
  std::uint64_t ticket_ = 0;
  std::uint64_t command_ = 0;
};

/// Where memory is asked for inside a call.
enum class Allocation : std::uint8_t {
  mm_data = 1,  ///< what an mm keeps of its PASID (iommu_alloc_mm_data())
  handle,       ///< a bond's domain and handle (iommu_sva_bind_device())
  slot,         ///< the entry of the group's array (iommu_attach_device_pasid())
  table,        ///< the PASID table of the first device (intel_pasid_get_entry())
  later_table,  ///< of a further device of the group
};

/// What the engine asks of whoever embeds it. Functions are called without a lock of the engine's held unless they say
/// so, from the thread whose call needs them; several threads may be inside at once. None may throw.
class Host {
 public:
  virtual ~Host() = default;

  /// A command to carry out; `completion.done()` may be called here or from any thread later. A table's Present bit is
  /// clear by then, and what the command is about stays as it is until it is done. This implementation does nothing,
  /// at once.
  virtual void execute(const Command& command, const Completion& completion) noexcept {
    (void)command;
    completion.done();
  }

  // The next three are asked under the engine's lock and must not call the engine.

  /// May memory be used for this? False makes the call answer ENOMEM; ENODEV where it is for a table.
  virtual bool may_allocate(Allocation) noexcept { return true; }
  /// Does a queue take another piece of work? False makes ENQCMD answer EAGAIN.
  virtual bool accepts(Queue) noexcept { return true; }
  /// The address under which the hardware finds a page of a table; 4 KiB aligned, below 2^52. This implementation
  /// returns the page's own.
  virtual std::uint64_t physical_address(const void* page) noexcept { return reinterpret_cast<std::uintptr_t>(page); }
};

}  // namespace pasid::engine
