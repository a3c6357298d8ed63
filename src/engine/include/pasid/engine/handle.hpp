/// Handles that give up what they hold. Part of <pasid/engine.hpp>.
#pragma once

#include <memory>
#include <utility>

#include <pasid/engine/allocator.hpp>
#include <pasid/engine/answer.hpp>
#include <pasid/engine/name.hpp>

namespace pasid::engine {

namespace detail {
class Core;
}

/// A bond, closed by its destructor. It may outlive the engine. Moved-from or closed, it answers bad_handle.
class Bond {
 public:
  Bond() = default;
  Bond(Bond&& other) noexcept : core_(std::move(other.core_)), id_(std::exchange(other.id_, {})) {}
  Bond& operator=(Bond other) noexcept {
    std::swap(core_, other.core_);
    std::swap(id_, other.id_);
    return *this;
  }
  /// As release() of the file: the teardown starts as soon as no portal is mapped and the work has finished, and goes
  /// on as the hardware completes. Never waits.
  ~Bond();

  [[nodiscard]] BondId id() const noexcept { return id_; }
  /// 0 where the bond is gone.
  [[nodiscard]] Pasid pasid() const noexcept;
  /// Tears the bond down now: would_block, and the bond as it was, where a portal is mapped, work under its number is
  /// in flight on its device (of a dedicated queue: any work on that queue), a page request of its last user is
  /// unanswered, or a lock it needs is held. Once the work is over, a dedicated queue has no number any more, whoever
  /// opened it last; at the end it counts a client less, whether or not it still counted this one
  /// (idxd_file_dev_release(); Linux 7.3). It never counts less than none; Linux does, and lets in one more for each.
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
  MmReference(MmReference&& other) noexcept : core_(std::move(other.core_)), mm_(std::exchange(other.mm_, {})) {}
  MmReference& operator=(MmReference other) noexcept {
    std::swap(core_, other.core_);
    std::swap(mm_, other.mm_);
    return *this;
  }
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

}  // namespace pasid::engine
