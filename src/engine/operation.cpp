// How operations go on, step by step. The order of the steps is that of intel_pasid_tear_down_entry(),
// idxd_file_dev_release() and exit_mmap() (Linux 7.3).
#include "src/engine/operation.hpp"

#include <algorithm>

#include "src/engine/core.hpp"

namespace pasid::engine::detail {
namespace {

bool has(Job job, Step step) {
  switch (step) {
    case Step::stop:
    case Step::drain: return job == Job::unbind;
    case Step::drain_faults: return job != Job::mm_release;
    default: return true;
  }
}

Step after(Job job, Step step) {
  do step = static_cast<Step>(static_cast<int>(step) + 1);
  while (!has(job, step));
  return step;
}

CommandKind command_of(Step step) {
  switch (step) {
    case Step::drain: return CommandKind::drain_work;
    case Step::flush_pasid_cache: return CommandKind::flush_pasid_cache;
    case Step::flush_iotlb: return CommandKind::flush_iotlb;
    case Step::flush_dev_tlb: return CommandKind::flush_dev_tlb;
    default: return CommandKind::drain_page_requests;
  }
}

bool of_a_unit(CommandKind kind) { return kind == CommandKind::flush_pasid_cache || kind == CommandKind::flush_iotlb; }

/// Calls visit(device) for every device of a target.
template <class Visit>
void each_device(const Core& core, const Target& target, Visit visit) {
  if (target.device != nothing) return visit(target.device);
  for (const std::uint32_t d : core.groups[target.group].devices) visit(d);
}

/// idxd_wq_disable_pasid() does not look whose number a dedicated queue has; a shared one has none.
void bond_has_had(Step step, BondRecord& b, QueueRecord& q) {
  b.at = step;
  if (step == Step::drain) q.pasid.reset();
}

/// idxd_wq_put() does not look whether this client was counted.
void put_client(QueueRecord& q) {
  if (q.clients > 0) --q.clients;
}

}  // namespace

Ticket Core::start(Spare& spare, Job job) noexcept {
  Operation& op = spare.front();
  op.ticket = ++last_ticket_;
  op.job = job;
  operations_.splice(operations_.end(), spare);
  return op.ticket;
}

Target Core::target(std::uint32_t group, Pasid p, std::uint32_t a) const noexcept {
  const AddressSpaceRecord& space = spaces[a];
  const bool by_domain = space.translation == Translation::second_stage || space.translation == Translation::nested;
  return {group, nothing, p, space.domain_id, by_domain};
}

Ticket Core::start_change(std::uint32_t group, Pasid p, Change change) noexcept {
  SlotRecord& s = *slot(group, p);
  Operation& op = s.change.front();
  op.subject = change.device;
  op.group = group;
  op.pasid = p;
  op.next = change.next;
  op.targets.push_back(target(group, p, s.attached));
  s.published = false;
  if (change.next != nothing) {
    --spaces[s.attached].attached;
    ++spaces[change.next].attached;
    s.attached = change.next;
  }
  return groups[group].lock = start(s.change, change.job);
}

Ticket Core::end_mm(std::uint32_t mm) noexcept {
  AddressSpaceRecord& m = spaces[mm];
  m.at = Step::stop;
  Operation& op = m.release.front();
  op.subject = mm;
  op.at = Step::drain;
  if (m.pasid)
    for (std::uint32_t g = 0; g < groups.size(); ++g)
      if (const SlotRecord* s = slot(g, *m.pasid); s != nullptr && s->attached == mm)
        op.targets.push_back(target(g, *m.pasid, mm));
  return start(m.release, Job::mm_release);
}

void Core::run_operations(Passage* passage) noexcept {
  for (bool progress = true; progress;) {
    progress = false;
    for (auto op = operations_.begin(); op != operations_.end();) {
      while (op->at != Step::release && advance(*op)) progress = true;
      if (!op->unsent.empty() && op->passage == nullptr) op->passage = passage;
      const auto here = op++;
      if (here->at != Step::release) continue;
      Spare over;
      over.splice(over.end(), operations_, here);
      conclude(over.front());
      if (over.front().job == Job::replace) {
        over.front().at = Step::live;
        over.front().targets.clear();
        over.front().cleared.clear();
        slot(over.front().group, over.front().pasid)->change = std::move(over);
      }
    }
  }
}

/// One step begins or ends. False where it is not its turn.
bool Core::advance(Operation& op) noexcept {
  if (op.under_way) {
    if (!ended(op)) return false;
    end(op);
    return true;
  }
  const Step next = after(op.job, op.at);
  if (!begin(op, next)) return false;
  op.under_way = next;
  return true;
}

bool Core::last_user(const Operation& op) noexcept {
  return op.job != Job::unbind || slot(op.group, op.pasid)->bonds == 1;
}

bool Core::begin(Operation& op, Step step) noexcept {
  switch (step) {
    case Step::stop: return !bonds[op.subject].portal;
    case Step::drain: {
      // idxd_file_dev_release(): idxd_device_drain_pasid(), or idxd_wq_disable_pasid() for a dedicated queue.
      const std::uint32_t queue = bonds[op.subject].queue;
      const bool shared = queues[queue].shared;
      command(op, shared ? CommandKind::drain_work : CommandKind::drain_queue, op.targets.front(),
              queues[queue].device);
      if (!shared) op.unsent.back().queue = Queue{queue};
      return true;
    }
    case Step::clear:
      if (op.job == Job::unbind) {
        if (sva_lock != 0 || groups[op.group].lock != 0) return false;
        sva_lock = groups[op.group].lock = op.ticket;
      }
      if (last_user(op)) clear_entries(op);
      return true;
    case Step::release: return true;
    default:
      if (last_user(op)) command_all(op, step);
      return true;
  }
}

bool Core::ended(const Operation& op) noexcept {
  if (!op.unsent.empty() || !op.outstanding.empty()) return false;
  if (op.job != Job::unbind) return true;
  if (op.under_way == Step::drain) return !undrained(bonds[op.subject]);
  if (op.under_way == Step::drain_faults && last_user(op)) return !page_request_queued(groups[op.group], op.pasid);
  return true;
}

void Core::end(Operation& op) noexcept {
  op.at = *op.under_way;
  op.under_way.reset();
  if (op.at == Step::flush_dev_tlb && last_user(op)) zero_entries(op);
  if (op.job == Job::unbind) bond_has_had(op.at, bonds[op.subject], queues[bonds[op.subject].queue]);
  if (op.job == Job::mm_release) spaces[op.subject].at = op.at;
}

void Core::command(Operation& op, CommandKind kind, const Target& target, std::uint32_t device) noexcept {
  op.unsent.push_back({kind, Unit{devices[device].unit}, Device{device}, target.pasid, target.domain_id,
                       kind == CommandKind::flush_iotlb && target.whole_domain, Queue{}});
}

/// One command a unit, or one a device where the device caches or asks for something.
void Core::command_all(Operation& op, Step step) noexcept {
  const CommandKind kind = command_of(step);
  for (const Target& target : op.targets) {
    if (of_a_unit(kind)) {
      command(op, kind, target, target.device != nothing ? target.device : groups[target.group].devices.front());
      continue;
    }
    each_device(*this, target, [&](std::uint32_t d) {
      if (devices[d].ats) command(op, kind, target, d);
    });
  }
  std::reverse(op.unsent.begin(), op.unsent.end());
}

void Core::clear_entries(Operation& op) noexcept {
  for (const Target& target : op.targets)
    each_device(*this, target, [&](std::uint32_t d) {
      if (devices[d].table->meaning(target.pasid) == nothing) return;
      devices[d].table->clear_present(target.pasid);
      if (op.job == Job::replace) op.cleared.push_back(d);
    });
}

/// What has been set up again meanwhile (a reset ends while an mm does) stays. After an mm's end the device's requests
/// fail without a fault being reported for each, until the bond goes; where that has gone ahead, the entry is all zeros
/// and stays so, for nobody would clear it again.
void Core::zero_entries(const Operation& op) noexcept {
  for (const Target& target : op.targets) {
    const SlotRecord* const s = slot(target.group, target.pasid);
    const bool disable_faults = op.job == Job::mm_release && s != nullptr && s->attached == op.subject;
    each_device(*this, target, [&](std::uint32_t d) {
      PasidTable& table = *devices[d].table;
      if (table.meaning(target.pasid) == nothing && table.read(target.pasid) != EntryBits{})
        table.zero(target.pasid, disable_faults);
    });
  }
}

void Core::conclude(Operation& op) noexcept {
  if (op.group != nothing) groups[op.group].lock = 0;
  switch (op.job) {
    case Job::undo_bind:
    case Job::unbind:
      sva_lock = 0;
      if (last_user(op)) erase_slot(op.group, op.pasid);
      else --slot(op.group, op.pasid)->bonds;
      if (op.job == Job::undo_bind) --spaces[bonds[op.subject].mm].opening;
      else put_client(queues[bonds[op.subject].queue]);
      erase_bond(op.subject);
      break;
    case Job::mm_release:
      bonds.each([&](std::uint32_t, BondRecord& b) {
        if (b.mm == op.subject) b.portal = false;
      });
      drop_unreferenced(op.subject);
      break;
    case Job::detach_kernel:
      free_kernel_number(op.subject, slot(op.group, op.pasid)->attached);
      erase_slot(op.group, op.pasid);
      break;
    case Job::detach: erase_slot(op.group, op.pasid); break;
    case Job::replace:
      for (const std::uint32_t d : op.cleared) set_entry(devices[d], op.pasid, op.next);
      slot(op.group, op.pasid)->published = true;
      break;
    case Job::reset: break;
  }
}

}  // namespace pasid::engine::detail
