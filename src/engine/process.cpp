// Processes and threads: what happens to an mm, its number and the MSR.
#include "src/engine/core.hpp"

namespace pasid::engine {

namespace detail {

bool Core::root_is_valid(std::uint64_t root) noexcept { return root % page_size == 0 && root < std::uint64_t{1} << 52; }

std::uint32_t Core::new_mm(std::uint64_t root) {
  AddressSpaceRecord m;
  m.kind = Kind::mm;
  m.first_stage_root = root;
  m.threads = 1;
  m.release = make_spare(groups.size(), devices.size() + groups.size());
  return spaces.insert(std::move(m));
}

void Core::drop_unreferenced(std::uint32_t mm) noexcept {
  const AddressSpaceRecord& m = spaces[mm];
  if (m.at != Step::release || m.bonds > 0 || m.references > 0) return;
  if (m.pasid) {
    owner.erase(*m.pasid);
    users->free(*m.pasid);
  }
  spaces.erase(mm);
}

namespace {

/// The thread's mm loses its last thread with it, and cannot: a failed open() is still being undone.
bool must_wait(const AddressSpaceRecord& m) { return m.threads == 1 && m.opening > 0; }

Result<Thread> add_thread(Core& c, std::uint32_t mm) {
  ThreadRecord t;
  t.mm = mm;
  return {{}, c.id<ThreadTag>(c.threads, c.threads.insert(t))};
}

}  // namespace
}  // namespace detail

using namespace detail;

Result<Thread> Engine::create_process(std::uint64_t page_table_root) noexcept {
  return core_->call([&]() -> Result<Thread> {
    if (!Core::root_is_valid(page_table_root)) return {{Error::einval}};
    core_->threads.reserve_one();
    return add_thread(*core_, core_->new_mm(page_table_root));
  });
}

Result<Thread> Engine::fork(Thread parent, std::uint64_t page_table_root) noexcept {
  return core_->call([&]() -> Result<Thread> {
    const ThreadRecord* const t = core_->find(parent);
    if (t == nullptr) return {{Error::bad_handle}};
    if (!Core::root_is_valid(page_table_root)) return {{Error::einval}};
    core_->threads.reserve_one();
    const std::uint32_t mm = core_->new_mm(page_table_root);
    core_->spaces[mm].lam = core_->spaces[t->mm].lam;
    return add_thread(*core_, mm);
  });
}

Result<Thread> Engine::clone(Thread parent) noexcept {
  return core_->call([&]() -> Result<Thread> {
    const ThreadRecord* const t = core_->find(parent);
    if (t == nullptr) return {{Error::bad_handle}};
    const std::uint32_t mm = t->mm;
    const auto added = add_thread(*core_, mm);
    ++core_->spaces[mm].threads;
    return added;
  });
}

Result<AddressSpace> Engine::exec(Thread thread, std::uint64_t page_table_root) noexcept {
  return core_->call([&]() -> Result<AddressSpace> {
    ThreadRecord* const t = core_->find(thread);
    if (t == nullptr) return {{Error::bad_handle}};
    if (!Core::root_is_valid(page_table_root)) return {{Error::einval}};
    const std::uint32_t old = t->mm;
    if (must_wait(core_->spaces[old])) return {{Error::would_block}};
    const std::uint32_t mm = core_->new_mm(page_table_root);
    t->mm = mm;
    t->msr.reset();
    const Ticket ticket = --core_->spaces[old].threads == 0 ? core_->end_mm(old) : 0;
    return {{Error::ok, ticket}, core_->space_id(mm)};
  });
}

Status Engine::exit(Thread thread) noexcept {
  return core_->call([&]() -> Status {
    const ThreadRecord* const t = core_->find(thread);
    if (t == nullptr) return {Error::bad_handle};
    const std::uint32_t mm = t->mm;
    if (must_wait(core_->spaces[mm])) return {Error::would_block};
    core_->threads.erase(thread.index);
    return {Error::ok, --core_->spaces[mm].threads == 0 ? core_->end_mm(mm) : 0};
  });
}

Status Engine::enable_lam(Thread thread) noexcept {
  return core_->call([&]() -> Status {
    const ThreadRecord* const t = core_->find(thread);
    if (t == nullptr) return {Error::bad_handle};
    AddressSpaceRecord& m = core_->spaces[t->mm];
    if (m.pasid) return {Error::einval};
    if (m.lam) return {Error::ebusy};
    m.lam = true;
    return {};
  });
}

Status Engine::fixup_gp(Thread thread) noexcept {
  return core_->call([&]() -> Status {
    ThreadRecord* const t = core_->find(thread);
    if (t == nullptr) return {Error::bad_handle};
    const std::optional<Pasid> p = core_->spaces[t->mm].pasid;
    if (t->msr || !p || t->activated) return {Error::gp_fault};
    t->msr = p;
    t->activated = true;
    return {};
  });
}

Result<MmReference> Engine::reference(AddressSpace mm) noexcept {
  const Status taken = core_->call([&]() -> Status {
    AddressSpaceRecord* const m = core_->find(mm);
    if (m == nullptr) return {Error::bad_handle};
    if (m->kind != Kind::mm) return {Error::misuse};
    ++m->references;
    return {};
  });
  return {taken, taken ? MmReference(core_, mm) : MmReference()};
}

}  // namespace pasid::engine
