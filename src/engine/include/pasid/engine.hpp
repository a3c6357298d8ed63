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
/// - Error holds errnos as the kernel gives them, in the order in which it checks, and five answers the kernel has no
///   errno for. A handle that is stale, of another engine or made up is answered bad_handle, never undefined.
/// - Hardware is the Host's business: the engine hands it invalidations and drains, and goes on as they complete.
///   A call whose outcome is known while they are outstanding returns it with a ticket to wait for.
///
/// Sources: "Linux 7.3" with a function is where a rule is read from; "VT-d" is Intel's Virtualization Technology for
/// Directed I/O specification.
#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace pasid::engine {

// ---- Numbers --------------------------------------------------------------------------------------------------------

/// A process address space id: at most 20 bits (PCI Express: PASID TLP prefix).
using Pasid = std::uint32_t;
inline constexpr unsigned max_width = 20;  ///< in bits
/// The table index of requests without PASID, the requester's own (IOMMU_NO_PASID). No allocator hands it out.
inline constexpr Pasid rid_pasid = 0;

/// first to last, both included.
struct Range {
  Pasid first = 0;
  Pasid last = 0;
};

/// Which of the free numbers is handed out next.
enum class Pick : std::uint8_t {
  lowest_free = 1,     ///< as Linux does (ida_alloc_range()): a freed number comes back at once
  oldest_freed_first,  ///< the one that has been free for longest; those never used come first, the lowest first
};

/// A number space: 0 to 2^width - 1, each free, taken or reserved. It allocates memory in its constructor only: one bit
/// a number and with lowest_free 1/63 of that again (130 KiB for 2^20), with oldest_freed_first four bytes a number
/// (4.13 MiB).
class Allocator {
 public:
  /// `width`: 1 to 20 bits, else std::invalid_argument; so is a reserved range whose last lies before its first. What
  /// lies beyond the width is ignored.
  explicit Allocator(unsigned width, Pick pick = Pick::lowest_free,
                     const std::vector<Range>& reserved = {{rid_pasid, rid_pasid}});

  /// Takes a free number of the range; none where there is none. Time: constant, except oldest_freed_first in a part of
  /// what can be handed out, which passes over what has been free for longer and lies outside the part.
  std::optional<Pasid> allocate(Range within) noexcept;
  /// The same from the whole space, in constant time.
  std::optional<Pasid> allocate() noexcept { return allocate({0, static_cast<Pasid>(size_ - 1)}); }

  /// Takes this number. False where it is taken, reserved or outside the space. With oldest_freed_first in time linear
  /// in what is free.
  bool take(Pasid p) noexcept;

  /// Gives a number back. False where there is nothing to give back: it is free, reserved or outside the space.
  bool free(Pasid p) noexcept;

  /// Is it handed out? Reserved numbers are not.
  [[nodiscard]] bool taken(Pasid p) const noexcept;
  /// How many could be handed out.
  [[nodiscard]] std::size_t available() const noexcept;
  /// How many numbers there are, reserved ones included.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// What is kept of the numbers, in bytes.
  [[nodiscard]] std::size_t bytes() const noexcept;

 private:
  [[nodiscard]] bool is_free(Pasid p) const noexcept;
  [[nodiscard]] bool reserved(Pasid p) const noexcept;
  // lowest_free:
  void insert(Pasid p) noexcept;
  void erase(Pasid p) noexcept;
  [[nodiscard]] Pasid lowest() const noexcept;
  [[nodiscard]] Pasid lowest_from(Pasid first) const noexcept;
  [[nodiscard]] Pasid pick_lowest(Range within) noexcept;
  void put_back(Pasid p) noexcept;
  // oldest_freed_first:
  [[nodiscard]] bool any_free(Range within) const noexcept;
  [[nodiscard]] Pasid pick_oldest(Range within) noexcept;
  void append(Pasid p) noexcept;
  void close_gaps() noexcept;

  std::size_t size_;
  Range usable_{1, 0};           ///< from the lowest number that is not reserved to the highest; {1, 0}: none
  std::vector<Range> reserved_;  ///< those between, ascending, none touches another
  mutable std::mutex lock_;
  std::size_t available_ = 0;
  std::vector<std::uint64_t> bits_;
  /// A bit a number, set where it is free. With lowest_free, then a bit a word of those, set where the word has any;
  /// and so on. The last level is one word.
  std::array<std::uint64_t*, 4> level_{};
  std::size_t levels_ = 0;
  /// lowest_free: the lowest free number, while the levels above the first need not know of it: most numbers that are
  /// given back are asked for again at once. UINT32_MAX: the levels know all.
  Pasid lowest_ = UINT32_MAX;
  /// oldest_freed_first: a ring of the free numbers in the order in which they became free, with gaps where one was
  /// taken from the middle.
  std::vector<Pasid> ring_;
  std::size_t head_ = 0;
  std::size_t length_ = 0;  ///< gaps included
};

// ---- Answers --------------------------------------------------------------------------------------------------------

/// What a call came to.
enum class Error : std::int16_t {
  ok = 0,
  eperm = EPERM,
  enxio = ENXIO,
  eagain = EAGAIN,
  enomem = ENOMEM,
  ebusy = EBUSY,
  enodev = ENODEV,
  einval = EINVAL,
  enospc = ENOSPC,
  eoverflow = EOVERFLOW,
  eopnotsupp = EOPNOTSUPP,
  would_block = -1,  ///< not now: something must end first, which will; nothing was done (Engine::blocking() waits)
  gp_fault = -2,     ///< ENQCMD with an invalid IA32_PASID: #GP
  misuse = -3,       ///< the call has no meaning for these arguments or in this state; nothing was done
  bad_handle = -4,   ///< stale, of another engine, or not in the configuration; nothing was done
};

/// "EBUSY", "would block", …
[[nodiscard]] std::string_view name(Error e) noexcept;

/// An operation whose invalidations are outstanding; 0: none.
using Ticket = std::uint64_t;

struct [[nodiscard]] Status {
  Error error = Error::ok;
  Ticket ticket = 0;  ///< not 0: `error` is final, but the caches still have something of what the call took away
  [[nodiscard]] explicit operator bool() const noexcept { return error == Error::ok; }
};

template <class T>
struct [[nodiscard]] Result : Status {
  T value{};
};

// ---- Names ----------------------------------------------------------------------------------------------------------

// The configuration's, by position.
enum class Unit : std::uint32_t {};    ///< an IOMMU
enum class Group : std::uint32_t {};   ///< devices that are attached together
enum class Device : std::uint32_t {};  ///< what issues requests under a requester id of its own
enum class Queue : std::uint32_t {};   ///< a work queue of a device

/// A handle. It stays comparable for ever and is refused once what it named is gone.
template <class Tag>
struct Id {
  std::uint32_t engine = 0;  ///< 0: names nothing
  std::uint32_t index = 0;
  std::uint32_t generation = 0;
  [[nodiscard]] explicit operator bool() const noexcept { return engine != 0; }
  friend bool operator==(const Id&, const Id&) = default;
};
using Thread = Id<struct ThreadTag>;
using AddressSpace = Id<struct AddressSpaceTag>;  ///< an mm or a domain
using BondId = Id<struct BondTag>;
using Work = Id<struct WorkTag>;  ///< what was submitted and has not finished

// ---- Configuration --------------------------------------------------------------------------------------------------

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
  refused = 1,  ///< EBUSY (Linux: __iommu_take_dma_ownership())
  leaves,       ///< the kernel's PASIDs keep the old domain until replace_kernel_dma()
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
};

// ---- Host -----------------------------------------------------------------------------------------------------------

enum class CommandKind : std::uint8_t {
  drain_work = 1,       ///< the device finishes what was submitted under the PASID (DSA: DRAIN_PASID)
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

// ---- Tables ---------------------------------------------------------------------------------------------------------

/// PGTT of a PASID table entry (VT-d 9.6).
enum class Translation : std::uint8_t { first_stage = 1, second_stage = 2, nested = 3, pass_through = 4 };

/// A scalable-mode PASID table entry, decoded (VT-d 9.6). All other fields are 0.
struct Entry {
  bool present = false;                    ///< P, bit 0
  bool fault_processing_disabled = false;  ///< FPD, bit 1
  std::uint8_t address_width = 0;          ///< AW, bits 4:2: 2 for 4 levels, 3 for 5
  Translation translation{};               ///< PGTT, bits 8:6
  std::uint64_t second_stage_root = 0;     ///< bits 63:12
  std::uint16_t domain_id = 0;             ///< DID, bits 79:64
  bool page_walk_snoop = false;            ///< PWSNP, bit 87
  bool page_snoop = false;                 ///< PGSNP, bit 88
  bool supervisor_requests = false;        ///< SRE, bit 128
  std::uint8_t first_stage_levels = 4;     ///< FSPM, bits 131:130: 0 for 4 levels, 1 for 5
  bool write_protect = false;              ///< WPE, bit 132
  bool no_execute = false;                 ///< NXE, bit 133
  std::uint64_t first_stage_root = 0;      ///< bits 191:140
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// The 64 bytes of an entry, low word first.
using EntryBits = std::array<std::uint64_t, 8>;
[[nodiscard]] EntryBits encode(const Entry& entry) noexcept;
[[nodiscard]] Entry decode(const EntryBits& bits) noexcept;

/// The domain id of SVA and pass-through entries (FLPT_DEFAULT_DID); other domains get 2 to 65535.
inline constexpr std::uint16_t default_domain_id = 1;
inline constexpr std::size_t page_size = 4096;

/// A device's PASID directory: 8-byte entries, bit 0 present, bits 63:12 the table of 64 entries; index PASID >> 6.
struct Directory {
  const std::uint64_t* entries = nullptr;  ///< for dumps by the thread that changes nothing meanwhile
  std::size_t size = 0;                    ///< 512 << order: numbers below size * 64 have a place in it
  std::uint64_t address = 0;               ///< physical, for the scalable-mode context entry
};

// ---- Engine ---------------------------------------------------------------------------------------------------------

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
  Pasid pasid = 0;
  AddressSpace from;  ///< who submitted it
};

/// A bond, closed by its destructor. It may outlive the engine. Moved-from or closed, it answers bad_handle.
class Bond {
 public:
  Bond() = default;
  Bond(Bond&& other) noexcept;
  Bond& operator=(Bond&& other) noexcept;
  /// As release() of the file: the teardown starts as soon as no portal is mapped and the work has finished, and goes
  /// on as the hardware completes. Never waits.
  ~Bond();

  [[nodiscard]] BondId id() const noexcept { return id_; }
  /// 0 where the bond is gone.
  [[nodiscard]] Pasid pasid() const noexcept;
  /// Tears the bond down now: would_block, and the bond as it was, where a portal is mapped, work under its number is
  /// in flight on its device, a page request of its last user is unanswered, or a lock it needs is held.
  Status close() noexcept;

 private:
  friend class Engine;
  Bond(std::shared_ptr<detail::Core> core, BondId id) noexcept : core_(std::move(core)), id_(id) {}
  std::shared_ptr<detail::Core> core_;
  BondId id_;
};

/// A reference on an mm (mm_count, as a lazy-TLB borrower has it): while there is one, the mm's number stays its own.
class MmReference {
 public:
  MmReference() = default;
  MmReference(MmReference&& other) noexcept;
  MmReference& operator=(MmReference&& other) noexcept;
  ~MmReference();

  [[nodiscard]] AddressSpace mm() const noexcept { return mm_; }
  /// mmdrop(). A second time: bad_handle.
  Status drop() noexcept;

 private:
  friend class Engine;
  MmReference(std::shared_ptr<detail::Core> core, AddressSpace mm) noexcept : core_(std::move(core)), mm_(mm) {}
  std::shared_ptr<detail::Core> core_;
  AddressSpace mm_;
};

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
  /// misuse: a kernel queue, or disabled · would_block: another bond is being torn down · EBUSY: a dedicated queue is
  /// open · EBUSY: tagged pointers are on · EOVERFLOW: the mm's number is too wide for the device · ENOMEM (mm_data) ·
  /// ENOSPC: no number is free. From here on the mm keeps its number, whatever follows. Where the mm is not attached to
  /// the group yet: would_block: the group is being changed · EBUSY: the number is attached for another · ENOMEM
  /// (handle) · ENODEV: the unit walks no process tables · EINVAL: no ATS · EBUSY: a device of the group is being reset
  /// · EINVAL: too wide for a device of the group · ENOMEM (slot) · ENODEV: no table entry (table, later_table).
  Result<Bond> open(Thread thread, Queue queue) noexcept;
  /// Maps the portal. misuse: not live, or mapped · EPERM: not the mm that opened (idxd_cdev_mmap(); Linux 7.3).
  Status map_portal(Thread thread, BondId bond) noexcept;
  Status unmap_portal(Thread thread, BondId bond) noexcept;  ///< misuse: not mapped
  /// misuse: it is disabled · would_block: work is in flight. Open files stay open (idxd_drv_disable_wq()).
  Status disable(Queue queue) noexcept;
  /// EBUSY: it is enabled · EOPNOTSUPP: a user queue on a device without PASIDs · ENXIO: a shared one of the kernel on
  /// a device on which it has no number · EOPNOTSUPP: a dedicated one of the kernel, which has a number there, on a
  /// device without privileged mode (idxd_drv_enable_wq(), idxd_user_drv_probe(); Linux 7.3).
  Status enable(Queue queue) noexcept;

  // Submission. The work carries the number that the hardware would put onto it (WorkInfo).

  /// misuse: no portal, or not a shared queue · gp_fault: see fixup_gp() · EAGAIN: full, refused, or disabled.
  Result<Work> enqcmd(Thread thread, BondId bond) noexcept;
  /// A posted store: the number is the queue's. misuse: no portal, a shared queue, or not set up.
  Result<Work> movdir64b(Thread thread, BondId bond) noexcept;
  /// write() on the file: to a shared queue under the file's number, to a dedicated one by a posted store. misuse: not
  /// live, or a dedicated queue not set up · EPERM: not the mm that opened · EAGAIN: shared queues (idxd_cdev_write()).
  Result<Work> write(Thread thread, BondId bond) noexcept;
  /// The kernel's own. misuse: not a kernel queue, disabled, or the domain has no number attached on its device ·
  /// EAGAIN: a shared one is full, or refuses.
  Result<Work> submit_kernel(Queue queue, AddressSpace domain) noexcept;
  /// Of the owner of a user-managed table. misuse: not attached under this number, or the queue is disabled.
  Result<Work> submit_user(Queue queue, Pasid pasid, AddressSpace table) noexcept;
  /// The work has completed, or ended with an error. would_block: its page request is unanswered.
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
  /// (__iommu_take_dma_ownership()). misuse: not a kernel DMA or pass-through domain, or the same · would_block: the
  /// group is being changed, or has work without PASID · EBUSY: a device is being reset · EBUSY: a PASID is attached or
  /// held (RidChange::refused).
  Status attach_rid(Group group, AddressSpace domain) noexcept;

  // Kernel DMA under a PASID.

  /// A driver gets a number for the RID's domain and attaches it (idxd_enable_system_pasid(); Linux 7.3).
  /// misuse: the wrong kind of domain, or held already · would_block · EPERM: not the RID's domain · ENOSPC, also where
  /// the device has no PASIDs · EBUSY: reset · EINVAL: too wide for the group · EBUSY: attached for another · ENOMEM
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
  /// misuse: not two different user-managed domains · would_block · EINVAL: `old` is not attached · EBUSY: reset.
  Status replace_user(Device device, Pasid pasid, AddressSpace old, AddressSpace table) noexcept;

  // Reset of a device (Linux 7.x).

  /// Its entries are blocked, its work is gone; what is attached stays so in software. misuse: it is being reset.
  /// would_block: the group is being changed (pci_dev_reset_iommu_prepare()).
  Status begin_reset(Device device) noexcept;
  /// The entries come back, those of ended processes too (pci_dev_reset_iommu_done(), intel_svm_set_dev_pasid()).
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
  /// A dedicated queue's own number (WQCFG), while it is open.
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
