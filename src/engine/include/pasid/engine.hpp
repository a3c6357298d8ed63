/// PASID allocation and binding as a library: the rules of Linux 7.3 on VT-d, for a VMM, a virtual IOMMU or a driver in
/// user space. It needs the standard library only.
///
///     using namespace pasid::engine;
///     Config config;
///     config.devices = {{.max_pasids = 1u << 16}};
///     config.queues = {{.device = Device{0}}};
///     Engine engine(config);
///     const auto process = engine.create_process();
///     auto bond = engine.open(process.value, Queue{0});  // the process's mm is bound to the device
///     bond.value.pasid();                                // and this is its number
///
/// Conventions
/// - Any thread may call any function. Calls are atomic: there is an order in which each happened at one instant.
/// - A call that fails has changed nothing, unless its text says otherwise.
/// - Error holds errnos as the kernel gives them, in the order in which it checks, and four answers the kernel has no
///   errno for. A handle that is stale, of another engine or made up is answered bad_handle, never undefined.
/// - Hardware is the Host's business: the engine hands it invalidations and drains, and goes on as they complete.
///   A call whose outcome is known while they are outstanding returns it with a ticket to wait for.
///
/// Sources: "Linux 7.3" with a function is where a rule is read from; "VT-d" is Intel's Virtualization Technology for
/// Directed I/O specification.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <pasid/engine/allocator.hpp>
#include <pasid/engine/answer.hpp>
#include <pasid/engine/config.hpp>
#include <pasid/engine/handle.hpp>
#include <pasid/engine/host.hpp>
#include <pasid/engine/name.hpp>
#include <pasid/engine/state.hpp>
#include <pasid/engine/table.hpp>

namespace pasid::engine {

/// Every function that takes a handle may answer bad_handle besides what it lists; every one that has the Host do
/// something may return a ticket. Errors are listed in the order in which they are checked.
class Engine {
 public:
  /// std::invalid_argument for a bad configuration. Without a host, the hardware is taken to be always ready.
  explicit Engine(const Config& config, std::shared_ptr<Host> host = nullptr);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Processes and threads.

  /// A process with an mm of its own and one thread. `page_table_root`: physical, 4 KiB aligned, below 2^52, else
  /// EINVAL.
  Result<Thread> create_process(std::uint64_t page_table_root = 0) noexcept;
  /// A child with a copy of the mm: no PASID, MSR invalid, not activated, no portal (mm_init(), fpu_clone(),
  /// dup_task_struct(), VM_DONTCOPY; Linux 7.3).
  Result<Thread> fork(Thread parent, std::uint64_t page_table_root = 0) noexcept;
  /// Another thread in the same mm: MSR invalid, not activated.
  Result<Thread> clone(Thread parent) noexcept;
  /// A new mm for the thread; the old one ends if this was its last thread, and lives on in its bonds. The MSR is
  /// invalid again, "activated" stays (begin_new_exec(), flush_thread(); Linux 7.3). Returns the new mm.
  /// would_block: a failed open() of the last thread is still being undone.
  Result<AddressSpace> exec(Thread thread, std::uint64_t page_table_root = 0) noexcept;
  /// The thread ends. With the last one of an mm, its entries are cleared and flushed on every device, then its portals
  /// unmapped (exit_mmap(), intel_mm_release(); Linux 7.3); its bonds stay until they are closed. would_block as
  /// exec().
  Status exit(Thread thread) noexcept;
  /// Tagged user pointers. EINVAL: the mm has a PASID; EBUSY: they are on (prctl_enable_tagged_addr(); Linux 7.3).
  Status enable_lam(Thread thread) noexcept;
  /// Another reference on an mm that is not gone.
  Result<MmReference> reference(AddressSpace mm) noexcept;
  /// The #GP handler: writes the mm's number into the MSR, once for each thread. gp_fault: the fault is genuine, for
  /// the MSR is valid, the mm has no number, or this was done before (try_fixup_enqcmd_gp(); Linux 7.3).
  Status fixup_gp(Thread thread) noexcept;

  // Work queues.

  /// Opens a queue: the thread's mm is bound to its device, under the number the mm has or the next free one that the
  /// device reaches (idxd_cdev_open(), iommu_sva_bind_device(); Linux 7.3).
  /// misuse: a kernel queue, or disabled · would_block: another bond is being torn down · EBUSY: a dedicated queue
  /// counts a client · EBUSY: tagged pointers are on · EOVERFLOW: the mm's number is too wide for the device · ENOMEM
  /// (mm_data) · ENOSPC: no number is free. Where the mm is not attached to the group yet: would_block: the group is
  /// being changed; from here on the mm keeps its number, whatever follows · EBUSY: the number is attached for another
  /// · ENOMEM (handle) · ENODEV: the unit walks no process tables · EINVAL: no ATS · EBUSY: a device of the group is
  /// being reset · EINVAL: too wide for a device of the group · ENOMEM (slot) · ENODEV: no table entry (table,
  /// later_table). A dedicated queue has that number from then on, whoever else has it open.
  Result<Bond> open(Thread thread, Queue queue) noexcept;
  /// Maps the portal. misuse: not live, or mapped · EPERM: not the mm that opened (idxd_cdev_mmap(); Linux 7.3).
  Status map_portal(Thread thread, BondId bond) noexcept;
  Status unmap_portal(Thread thread, BondId bond) noexcept;  ///< misuse: not mapped
  /// misuse: it is disabled · would_block: work is in flight, or a failed open() is still being undone. Files stay open
  /// and portals mapped; a dedicated queue loses its number and its clients (QueueDisable, idxd_drv_disable_wq(); Linux
  /// 7.3).
  Status disable(Queue queue) noexcept;
  /// EBUSY: it is enabled · ENXIO: a shared one of the kernel on a device on which it has no number · ENXIO: a
  /// dedicated one of the kernel, which has a number there, on a device without privileged mode
  /// (idxd_dmaengine_drv_probe(); Linux 7.3). A user queue is enabled on any device (idxd_user_drv_probe() looks at a
  /// module parameter).
  Status enable(Queue queue) noexcept;

  // Submission. The work carries the number that the hardware would put onto it (WorkInfo).

  /// misuse: no portal, or not a shared queue · gp_fault: see fixup_gp() · EAGAIN: full, refused, or disabled.
  Result<Work> enqcmd(Thread thread, BondId bond) noexcept;
  /// A posted store: the number is the queue's, whoever opened it last; where it has none, the work carries none and
  /// goes where the device's own requests go. misuse: no portal, a shared queue, or disabled.
  Result<Work> movdir64b(Thread thread, BondId bond) noexcept;
  /// write() on the file: to a shared queue under the file's number, to a dedicated one by a posted store. misuse: not
  /// live, or disabled · EPERM: not the mm that opened · EAGAIN: a shared one is full, or refuses (idxd_cdev_write()).
  Result<Work> write(Thread thread, BondId bond) noexcept;
  /// The kernel's own. misuse: not a kernel queue, disabled, or the domain has no number attached on its device ·
  /// EAGAIN: a shared one is full, or refuses.
  Result<Work> submit_kernel(Queue queue, AddressSpace domain) noexcept;
  /// Of the owner of a user-managed table. misuse: not attached under this number, or the queue is disabled.
  Result<Work> submit_user(Queue queue, Pasid pasid, AddressSpace table) noexcept;
  /// The work has completed, or ended with an error. would_block: its page request is unanswered; a device gives up
  /// without the answer once its table has no entry for the number any more.
  Status finish(Work work) noexcept;

  // Page requests.

  /// The work stops at a page that is not there. misuse: its number leads to no process · would_block: one is queued.
  Status raise_page_request(Work work) noexcept;
  /// Takes the oldest request of a device under a number from the queue; the value is the mm in which it is resolved,
  /// or names nothing where the device is told "invalid". misuse: none is queued (iommu_sva_handle_mm(); Linux 7.3).
  Result<AddressSpace> resolve_page_request(Device device, Pasid pasid) noexcept;

  // Domains.

  /// EINVAL: kind mm, or a bad root · ENOSPC: no domain id is free (2^16 - 2 at most).
  Result<AddressSpace> create_domain(const DomainConfig& config) noexcept;
  /// misuse: an mm · EBUSY: attached, held by a driver, or named by work.
  Status destroy_domain(AddressSpace domain) noexcept;
  /// The group's RID gets its domain: the first (iommu_setup_default_domain()), or another in its place
  /// (iommu_group_claim_dma_owner()). misuse: not a kernel DMA or pass-through domain, or the same · would_block: the
  /// group is being changed, or has work without PASID · EPERM: a PASID is attached or held (RidChange::refused) ·
  /// EBUSY: a device is being reset.
  Status attach_rid(Group group, AddressSpace domain) noexcept;

  // Kernel DMA under a PASID.

  /// A driver gets a number for the RID's domain and attaches it (idxd_enable_system_pasid(); Linux 7.3).
  /// misuse: the wrong kind of domain, or held already · EPERM: not the RID's domain · ENOSPC, also where the device
  /// has no PASIDs · would_block · EBUSY: reset · EINVAL: too wide for the group · EBUSY: attached for another · ENOMEM
  /// (slot) · ENODEV (table, later_table).
  Result<Pasid> attach_kernel_dma(Device device, AddressSpace domain) noexcept;
  /// Detaches it and frees the number. misuse: none is attached · would_block: kernel work is in flight.
  Status detach_kernel_dma(Device device, AddressSpace domain) noexcept;
  /// The number goes over to the domain that the RID has by now (iommu_replace_device_pasid()). misuse: `old` is not
  /// attached, or `domain` not the RID's or held · would_block · EBUSY: reset.
  Status replace_kernel_dma(Device device, AddressSpace old, AddressSpace domain) noexcept;

  // PASIDs that user space chooses (iommufd, VFIO).

  /// misuse: not a user-managed domain · would_block · EINVAL: the RID's number · EBUSY: reset · EINVAL: too wide for
  /// the group · EBUSY: taken · ENOMEM (slot) · ENODEV (table, later_table). On a group without PASIDs it succeeds and
  /// does nothing (iommu_attach_device_pasid(); Linux 7.3).
  Status attach_user(Device device, Pasid pasid, AddressSpace table) noexcept;
  /// misuse: not attached · would_block: its work is in flight.
  Status detach_user(Device device, Pasid pasid, AddressSpace table) noexcept;
  /// Replaces what attach_user() has attached (iommufd_device_do_replace(), iommu_replace_device_pasid()). misuse: not
  /// a user-managed domain, or attached there already · EINVAL: nothing is, or somebody else's · would_block · EBUSY:
  /// reset.
  Status replace_user(Device device, Pasid pasid, AddressSpace table) noexcept;

  // Reset of a device (Linux 7.x).

  /// Its entries are blocked, its work is gone; what is attached stays so in software. misuse: it is being reset.
  /// would_block: the group is being changed, or page requests of what is attached are not answered. Of a device
  /// without ATS only the work is gone (pci_dev_reset_iommu_prepare(), intel_iommu_drain_pasid_prq()).
  Status begin_reset(Device device) noexcept;
  /// The entries that were blocked come back, those of ended processes too (pci_dev_reset_iommu_done(),
  /// intel_svm_set_dev_pasid()). misuse: it is not being reset · would_block: the group is being changed.
  Status end_reset(Device device) noexcept;

  // Waiting.

  /// Are the invalidations of a ticket done? Of 0 and of one never given they are.
  [[nodiscard]] bool finished(Ticket ticket) const noexcept;
  /// Waits until they are. Not for use inside Host::execute().
  void wait(Ticket ticket) const noexcept;
  /// Waits until no bond is being torn down and nothing is outstanding.
  void wait_until_quiet() const noexcept;
  /// Repeats a call until it answers something else than would_block, and waits for its invalidations:
  ///     engine.blocking([&] { return engine.open(thread, queue); });
  template <class Call>
  auto blocking(Call call) {
    for (;;) {
      const std::uint64_t seen = changes();
      auto answer = call();
      if (answer.error != Error::would_block) {
        wait(answer.ticket);
        answer.ticket = 0;
        return answer;
      }
      wait_for_change(seen);
    }
  }
  /// How often anything has changed.
  [[nodiscard]] std::uint64_t changes() const noexcept;
  void wait_for_change(std::uint64_t seen) const noexcept;

  // What is visible. An empty answer: the handle names nothing that is there.

  [[nodiscard]] std::optional<Kind> kind(AddressSpace space) const noexcept;
  [[nodiscard]] std::optional<MmInfo> mm(AddressSpace mm) const noexcept;
  [[nodiscard]] std::optional<ThreadInfo> thread(Thread thread) const noexcept;
  [[nodiscard]] std::optional<BondInfo> bond(BondId bond) const noexcept;
  [[nodiscard]] std::optional<WorkInfo> work(Work work) const noexcept;
  /// Whom the users' allocator (and with shared_pool the drivers') gave the number to.
  [[nodiscard]] std::optional<AddressSpace> owner(Pasid pasid) const noexcept;
  [[nodiscard]] std::optional<Pasid> kernel_pasid(Device device, AddressSpace domain) const noexcept;
  [[nodiscard]] std::optional<Slot> slot(Group group, Pasid pasid) const noexcept;
  /// The address space in the device's table; none where the entry is not present.
  [[nodiscard]] std::optional<AddressSpace> entry(Device device, Pasid pasid) const noexcept;
  /// The entry as the hardware reads it: without a lock, at any time. Of a number without a place in the table, zeros.
  [[nodiscard]] EntryBits entry_bits(Device device, Pasid pasid) const noexcept;
  [[nodiscard]] std::optional<Directory> directory(Device device) const noexcept;
  [[nodiscard]] bool disabled(Queue queue) const noexcept;
  /// A dedicated queue's own number (WQCFG): of the last open(), until the queue is disabled or a file on it is
  /// drained.
  [[nodiscard]] std::optional<Pasid> queue_pasid(Queue queue) const noexcept;
  [[nodiscard]] bool resetting(Device device) const noexcept;
  [[nodiscard]] std::size_t page_requests(Device device, Pasid pasid) const noexcept;
  /// Numbers under which something is attached to the group, rid_pasid included, ascending.
  [[nodiscard]] std::vector<Pasid> attached(Group group) const;
  /// How many numbers the users' allocator still has.
  [[nodiscard]] std::size_t available() const noexcept;

 private:
  std::shared_ptr<detail::Core> core_;
};

}  // namespace pasid::engine
