// What an engine keeps, and how a call runs: under one lock, then the commands it has for the hardware are handed over
// with the lock given up. Each group of calls has a file of its own, which works on this.
#pragma once

#include <condition_variable>
#include <list>
#include <new>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include <pasid/engine.hpp>

#include "src/engine/operation.hpp"
#include "src/engine/slot_map.hpp"
#include "src/engine/table.hpp"

namespace pasid::engine::detail {

struct AddressSpaceRecord {
  Kind kind{};
  std::uint64_t first_stage_root = 0;
  std::uint64_t second_stage_root = 0;
  Translation translation = Translation::first_stage;
  std::uint16_t domain_id = default_domain_id;
  // An mm:
  Step at = Step::live;
  bool lam = false;
  std::optional<Pasid> pasid;  ///< mm->iommu_mm->pasid
  std::uint32_t threads = 0;   ///< mm_users
  std::uint32_t bonds = 0;     ///< with `references`, mm_count
  std::uint32_t references = 0;
  std::uint32_t opening = 0;  ///< bonds among them whose call is being undone
  Spare release;              ///< for its end
  // A domain:
  std::uint32_t attached = 0;  ///< to so many (group, number)
  std::uint32_t held = 0;      ///< under a number by so many drivers
  // Either:
  std::uint32_t work = 0;  ///< submitted from it, unfinished
};

struct ThreadRecord {
  std::uint32_t mm = nothing;
  std::optional<Pasid> msr;
  bool activated = false;
};

struct BondRecord {
  std::uint32_t mm = nothing;
  std::uint32_t queue = 0;
  Pasid pasid = 0;
  Step at = Step::live;
  bool portal = false;
  Spare close;
};

struct WorkRecord {
  std::uint32_t queue = 0;
  std::uint32_t device = 0;
  Pasid pasid = 0;
  std::uint32_t from = nothing;
  std::uint32_t owner = nothing;  ///< whose number it carries
};

/// group->pasid_array[p].
struct SlotRecord {
  std::uint32_t attached = nothing;
  bool published = false;
  std::uint32_t bonds = 0;  ///< SVA: users of the shared handle
  Spare change;             ///< for its detaching or replacing
};

struct GroupRecord {
  std::uint32_t unit = 0;
  std::vector<std::uint32_t> devices;
  std::unordered_map<Pasid, SlotRecord> slots;
  Ticket lock = 0;                            ///< group->mutex, over an operation; 0: free
  std::unique_ptr<Allocator> kernel_numbers;  ///< a space of its own; none with shared_pool
};

struct PageRequest {
  Pasid pasid = 0;
  std::uint32_t owner = nothing;
};

struct DeviceRecord {
  std::uint32_t unit = 0;
  std::uint32_t group = 0;
  std::uint32_t max_pasids = 0;
  bool ats = false;
  bool privileged = false;
  bool resetting = false;
  std::unique_ptr<PasidTable> table;
  std::vector<std::pair<std::uint32_t, Pasid>> kernel_pasids;  ///< (domain, number)
  std::vector<PageRequest> requests;                           ///< oldest first

  /// A reset has its entries blocked (pci_ats_supported()).
  [[nodiscard]] bool blocked() const noexcept { return ats && resetting; }
};

struct QueueRecord {
  std::uint32_t device = 0;
  bool shared = false;
  bool kernel = false;
  std::uint32_t size = 0;
  bool disabled = false;
  std::uint32_t clients = 0;  ///< wq->client_count: files, as far as it knows of them
  std::uint32_t work = 0;
  std::optional<Pasid> pasid;  ///< a dedicated one's own (WQCFG)
};

/// A thread inside an engine's call: it hands over the commands that came up in it, those of nested calls too, so that
/// a chain of commands that complete at once does not nest deeper and deeper.
struct Passage {
  Core* core;
  Passage* outer;
};

class Core : public std::enable_shared_from_this<Core> {
 public:
  Core(const Config& config, std::shared_ptr<Host> host);

  // ---- Calls

  /// Runs a call and hands its commands over. An allocation that fails makes it answer ENOMEM.
  template <class Call>
  auto call(Call text) noexcept {
    std::invoke_result_t<Call> answer{};
    Passage here{this, nullptr};
    Passage* const passage = enter(here);
    std::unique_lock lock(lock_);
    try {
      answer = text();
    } catch (const std::bad_alloc&) {
      answer = {};
      answer.error = Error::enomem;
    }
    run_operations(passage);
    if (passage == &here) hand_over(lock, here);
    if (!active(answer.ticket)) answer.ticket = 0;
    changed();
    if (passage == &here) leave(here);
    return answer;
  }

  /// Looks at something.
  template <class Look>
  auto read(Look look) const noexcept {
    const std::scoped_lock lock(lock_);
    return look();
  }

  /// The same for what may throw.
  template <class Look>
  void look(Look text) const {
    const std::scoped_lock lock(lock_);
    text();
  }

  bool complete(Ticket ticket, std::uint64_t command) noexcept;
  [[nodiscard]] bool finished(Ticket ticket) const noexcept;
  void wait(Ticket ticket) const noexcept;
  void wait_until_quiet() const noexcept;
  [[nodiscard]] std::uint64_t changes() const noexcept;
  void wait_for_change(std::uint64_t seen) const noexcept;

  // ---- Handles

  template <class T, class Tag>
  T* find(SlotMap<T>& in, Id<Tag> id) noexcept {
    return id.engine == number ? in.find(id.index, id.generation) : nullptr;
  }
  AddressSpaceRecord* find(AddressSpace id) noexcept { return find(spaces, id); }
  ThreadRecord* find(Thread id) noexcept { return find(threads, id); }
  BondRecord* find(BondId id) noexcept { return find(bonds, id); }
  WorkRecord* find(Work id) noexcept { return find(works, id); }
  DeviceRecord* find(Device d) noexcept { return at(devices, static_cast<std::uint32_t>(d)); }
  QueueRecord* find(Queue q) noexcept { return at(queues, static_cast<std::uint32_t>(q)); }
  GroupRecord* find(Group g) noexcept { return at(groups, static_cast<std::uint32_t>(g)); }

  template <class Tag, class T>
  [[nodiscard]] Id<Tag> id(const SlotMap<T>& in, std::uint32_t index) const noexcept {
    return {number, index, in.generation(index)};
  }
  [[nodiscard]] AddressSpace space_id(std::uint32_t a) const noexcept {
    return a == nothing ? AddressSpace{} : id<AddressSpaceTag>(spaces, a);
  }

  // ---- Operations (operation.cpp)

  /// Starts an operation that was made ready in `spare`.
  Ticket start(Spare& spare, Job job) noexcept;
  /// What becomes of an attachment.
  struct Change {
    Job job{};
    std::uint32_t device = nothing;  ///< detach_kernel: whose driver holds the number
    std::uint32_t next = nothing;    ///< replace: what comes in place
  };
  /// Takes the group's lock and what is attached under p out of its devices' tables.
  Ticket start_change(std::uint32_t group, Pasid p, Change change) noexcept;
  /// What the invalidations of p, which leads to a, must name.
  [[nodiscard]] Target target(std::uint32_t group, Pasid p, std::uint32_t a) const noexcept;
  [[nodiscard]] bool active(Ticket ticket) const noexcept;
  void run_operations(Passage* passage) noexcept;

  // ---- What several calls need

  [[nodiscard]] static bool root_is_valid(std::uint64_t root) noexcept;
  std::uint32_t new_mm(std::uint64_t root);
  /// The mm goes once nothing is left that refers to it: __mmdrop().
  void drop_unreferenced(std::uint32_t mm) noexcept;
  Ticket end_mm(std::uint32_t mm) noexcept;

  [[nodiscard]] SlotRecord* slot(std::uint32_t group, Pasid p) noexcept;
  [[nodiscard]] bool in_recovery(const GroupRecord& group) const noexcept;
  [[nodiscard]] bool fits(const GroupRecord& group, Pasid p) const noexcept;
  /// A slot of the group for `a`. Throws bad_alloc having changed nothing.
  SlotRecord& reserve_slot(std::uint32_t group, Pasid p, std::uint32_t a);
  void erase_slot(std::uint32_t group, Pasid p) noexcept;
  /// Writes the entries of the group's devices, one after another: ENOMEM where memory runs out, with those before it
  /// written.
  Error program(std::uint32_t group, Pasid p, std::uint32_t a) noexcept;
  void set_entry(DeviceRecord& device, Pasid p, std::uint32_t a) noexcept;
  [[nodiscard]] bool any_entry(const GroupRecord& group, Pasid p) const noexcept;

  /// What the release of b waits for: work under its number on its device or, of a dedicated queue, all on that queue.
  [[nodiscard]] bool undrained(const BondRecord& b) noexcept;
  /// Work under p on a group, of address spaces of these kinds.
  [[nodiscard]] bool work_in_flight(const GroupRecord& group, Pasid p, bool (*of)(Kind)) noexcept;
  [[nodiscard]] bool page_request_queued(const GroupRecord& group, Pasid p) const noexcept;
  Result<Work> submit(std::uint32_t queue, Pasid p, std::uint32_t from, std::uint32_t owner);
  void forget_work(std::uint32_t work) noexcept;
  void erase_bond(std::uint32_t bond) noexcept;

  [[nodiscard]] Allocator& kernel_numbers(const GroupRecord& group) noexcept {
    return group.kernel_numbers ? *group.kernel_numbers : *users;
  }
  void hold_kernel_number(std::uint32_t device, std::uint32_t domain, Pasid p);
  void hand_kernel_number(std::uint32_t device, std::uint32_t old, std::uint32_t domain) noexcept;
  void free_kernel_number(std::uint32_t device, std::uint32_t domain) noexcept;
  [[nodiscard]] std::optional<Pasid> kernel_pasid(std::uint32_t device, std::uint32_t domain) const noexcept;

  // ---- State

  const std::uint32_t number;  ///< of this engine, in its handles
  const std::shared_ptr<Host> host;
  const RidChange rid_change;
  const QueueDisable queue_disable;
  const Range user_range;  ///< what users (and with shared_pool drivers) are given
  const Range kernel_range;
  std::vector<UnitConfig> units;
  std::vector<GroupRecord> groups;
  std::vector<DeviceRecord> devices;
  std::vector<QueueRecord> queues;
  SlotMap<AddressSpaceRecord> spaces;
  SlotMap<ThreadRecord> threads;
  SlotMap<BondRecord> bonds;
  SlotMap<WorkRecord> works;
  std::unique_ptr<Allocator> users;
  std::unordered_map<Pasid, std::uint32_t> owner;  ///< of the users' numbers
  Allocator domain_ids;
  Ticket sva_lock = 0;  ///< iommu_sva_lock, over an operation; 0: free

 private:
  template <class T>
  static T* at(std::vector<T>& in, std::uint32_t i) noexcept {
    return i < in.size() ? &in[i] : nullptr;
  }

  Passage* enter(Passage& here) noexcept;
  static void leave(Passage& here) noexcept;
  void hand_over(std::unique_lock<std::mutex>& lock, Passage& here) noexcept;
  void changed() noexcept;

  // operation.cpp
  bool advance(Operation& op) noexcept;
  bool begin(Operation& op, Step step) noexcept;
  [[nodiscard]] bool ended(const Operation& op) noexcept;
  void end(Operation& op) noexcept;
  bool last_user(const Operation& op) noexcept;
  void command(Operation& op, CommandKind kind, const Target& target, std::uint32_t device) noexcept;
  void command_all(Operation& op, Step step) noexcept;
  void clear_entries(Operation& op) noexcept;
  void zero_entries(const Operation& op) noexcept;
  /// What an operation leaves behind, and its locks.
  void conclude(Operation& op) noexcept;

  mutable std::mutex lock_;
  mutable std::condition_variable change_;
  mutable std::uint32_t waiting_ = 0;
  std::uint64_t changes_ = 0;
  std::list<Operation> operations_;  ///< under way, oldest first
  Ticket last_ticket_ = 0;
};

inline bool is_kernel(Kind k) { return k == Kind::kernel_dma || k == Kind::pass_through; }
inline bool is_user_managed(Kind k) { return k == Kind::user_managed; }
inline bool any_kind(Kind) { return true; }

}  // namespace pasid::engine::detail
