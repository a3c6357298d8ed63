// What is visible of an engine.
#include <algorithm>

#include "src/engine/core.hpp"

namespace pasid::engine {

using namespace detail;

std::optional<Kind> Engine::kind(AddressSpace space) const noexcept {
  return core_->read([&]() -> std::optional<Kind> {
    const AddressSpaceRecord* const a = core_->find(space);
    if (a == nullptr) return std::nullopt;
    return a->kind;
  });
}

std::optional<MmInfo> Engine::mm(AddressSpace mm) const noexcept {
  return core_->read([&]() -> std::optional<MmInfo> {
    const AddressSpaceRecord* const m = core_->find(mm);
    if (m == nullptr || m->kind != Kind::mm) return std::nullopt;
    return MmInfo{m->at, m->lam, m->pasid, m->threads, m->bonds};
  });
}

std::optional<ThreadInfo> Engine::thread(Thread thread) const noexcept {
  return core_->read([&]() -> std::optional<ThreadInfo> {
    const ThreadRecord* const t = core_->find(thread);
    if (t == nullptr) return std::nullopt;
    return ThreadInfo{core_->space_id(t->mm), t->msr, t->activated};
  });
}

std::optional<BondInfo> Engine::bond(BondId bond) const noexcept {
  return core_->read([&]() -> std::optional<BondInfo> {
    const BondRecord* const b = core_->find(bond);
    if (b == nullptr) return std::nullopt;
    const Device device{core_->queues[b->queue].device};
    return BondInfo{core_->space_id(b->mm), Queue{b->queue}, device, b->pasid, b->at, b->portal};
  });
}

std::optional<WorkInfo> Engine::work(Work work) const noexcept {
  return core_->read([&]() -> std::optional<WorkInfo> {
    const WorkRecord* const w = core_->find(work);
    if (w == nullptr) return std::nullopt;
    return WorkInfo{Device{w->device}, Queue{w->queue}, w->pasid, core_->space_id(w->from)};
  });
}

std::optional<AddressSpace> Engine::owner(Pasid pasid) const noexcept {
  return core_->read([&]() -> std::optional<AddressSpace> {
    const auto found = core_->owner.find(pasid);
    if (found == core_->owner.end()) return std::nullopt;
    return core_->space_id(found->second);
  });
}

std::optional<Pasid> Engine::kernel_pasid(Device device, AddressSpace domain) const noexcept {
  return core_->read([&]() -> std::optional<Pasid> {
    if (core_->find(device) == nullptr || core_->find(domain) == nullptr) return std::nullopt;
    return core_->kernel_pasid(static_cast<std::uint32_t>(device), domain.index);
  });
}

std::optional<Slot> Engine::slot(Group group, Pasid pasid) const noexcept {
  return core_->read([&]() -> std::optional<Slot> {
    if (core_->find(group) == nullptr) return std::nullopt;
    const SlotRecord* const s = core_->slot(static_cast<std::uint32_t>(group), pasid);
    if (s == nullptr) return std::nullopt;
    return Slot{core_->space_id(s->attached), s->published};
  });
}

std::optional<AddressSpace> Engine::entry(Device device, Pasid pasid) const noexcept {
  return core_->read([&]() -> std::optional<AddressSpace> {
    const DeviceRecord* const d = core_->find(device);
    const std::uint32_t a = d == nullptr ? nothing : d->table->meaning(pasid);
    if (a == nothing) return std::nullopt;
    return core_->space_id(a);
  });
}

EntryBits Engine::entry_bits(Device device, Pasid pasid) const noexcept {
  const DeviceRecord* const d = core_->find(device);  // devices never change
  return d == nullptr ? EntryBits{} : d->table->read(pasid);
}

std::optional<Directory> Engine::directory(Device device) const noexcept {
  const DeviceRecord* const d = core_->find(device);
  if (d == nullptr) return std::nullopt;
  return d->table->directory();
}

bool Engine::disabled(Queue queue) const noexcept {
  return core_->read([&] {
    const QueueRecord* const q = core_->find(queue);
    return q == nullptr || q->disabled;
  });
}

std::optional<Pasid> Engine::queue_pasid(Queue queue) const noexcept {
  return core_->read([&]() -> std::optional<Pasid> {
    const QueueRecord* const q = core_->find(queue);
    if (q == nullptr) return std::nullopt;
    return q->pasid;
  });
}

bool Engine::resetting(Device device) const noexcept {
  return core_->read([&] {
    const DeviceRecord* const d = core_->find(device);
    return d != nullptr && d->resetting;
  });
}

std::size_t Engine::page_requests(Device device, Pasid pasid) const noexcept {
  return core_->read([&]() -> std::size_t {
    const DeviceRecord* const d = core_->find(device);
    if (d == nullptr) return 0;
    const auto of_pasid = [pasid](const PageRequest& r) { return r.pasid == pasid; };
    return static_cast<std::size_t>(std::count_if(d->requests.begin(), d->requests.end(), of_pasid));
  });
}

std::vector<Pasid> Engine::attached(Group group) const {
  std::vector<Pasid> out;
  core_->look([&] {
    const GroupRecord* const g = core_->find(group);
    if (g == nullptr) return;
    for (const auto& [p, s] : g->slots) out.push_back(p);
  });
  std::sort(out.begin(), out.end());
  return out;
}

std::size_t Engine::available() const noexcept { return core_->users->available(); }

}  // namespace pasid::engine
