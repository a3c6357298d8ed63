// Handles that give up what they hold.
#include "src/engine/sva.hpp"

namespace pasid::engine {

using namespace detail;

bool Completion::done() const noexcept {
  const std::shared_ptr<Core> core = core_.lock();
  return core && core->complete(ticket_, command_);
}

Bond::~Bond() {
  if (core_) (void)core_->call([&] { return release_bond(*core_, id_); });
}

Pasid Bond::pasid() const noexcept {
  if (!core_) return 0;
  return core_->read([&] {
    const BondRecord* const b = core_->find(id_);
    return b == nullptr ? 0 : b->pasid;
  });
}

Status Bond::close() noexcept {
  if (!core_) return {Error::bad_handle};
  return core_->call([&] { return close_bond(*core_, id_); });
}

MmReference::~MmReference() { (void)drop(); }

Status MmReference::drop() noexcept {
  const std::shared_ptr<Core> core = std::move(core_);
  if (!core) return {Error::bad_handle};
  return core->call([&]() -> Status {
    --core->find(mm_)->references;
    core->drop_unreferenced(mm_.index);
    return {};
  });
}

}  // namespace pasid::engine
