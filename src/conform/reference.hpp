// The library in src/engine as a backend, in this process.
#pragma once

#include <functional>
#include <memory>

#include <pasid/engine.hpp>

#include "src/conform/backend.hpp"

namespace pasid::conform {

/// The host of an engine that runs out of memory and refuses work as the current call of this thread says.
class ObedientHost : public engine::Host {
 public:
  /// Holds for the calls that this thread makes until the next one.
  static void obey(spec::Memory memory, spec::Queue queue) noexcept;
  bool may_allocate(engine::Allocation) noexcept override;
  bool accepts(engine::Queue) noexcept override;
};

/// Several threads may be inside apply() at once, if no two name the same thing that a call makes or ends.
class ReferenceBackend : public Backend {
 public:
  /// `catalogue` must outlive it. `host` stands for the hardware; null: one that is always ready.
  explicit ReferenceBackend(const Catalogue& catalogue, std::shared_ptr<engine::Host> host = nullptr);
  ~ReferenceBackend() override;

  [[nodiscard]] const Capabilities& capabilities() const override { return capabilities_; }
  Ready reset(const World& world) override;
  void apply(std::span<const Call> calls, std::span<Answer> answers) override;
  std::optional<View> observe() override;

  /// The engine behind it, after a reset.
  [[nodiscard]] engine::Engine& engine() { return *engine_; }

  /// A present table entry as the hardware takes it.
  struct Walked {
    std::uint16_t domain_id = 0;  ///< with the number, the tag of what caches keep
    bool by_domain = false;       ///< translations are kept by the domain id alone: the second stage knows no number
    std::uint8_t leads_to = 0;    ///< whose page tables these are, as a model value; foreign: nobody's of the world
  };
  /// What the unit of a device finds that walks its directory and table for a request; none where no entry is present.
  /// Nobody may be inside apply(), but for the host's execute().
  [[nodiscard]] std::optional<Walked> walk(engine::Device device, engine::Pasid pasid) const;

  /// Arguments of a call in the order in which this backend's table names its parameters.
  using Picked = std::array<std::uint8_t, 5>;

 private:
  friend struct ReferenceCalls;
  struct Operation {
    void (*run)(ReferenceBackend&, const Picked&, Answer&) = nullptr;
    std::array<int, 5> from{};  ///< by argument: the call's parameter; -1: there is none
    int memory = -1;
    int queue = -1;
  };
  /// Where the page tables of an address space would be; and what an entry that leads there must say.
  [[nodiscard]] static std::uint64_t root(std::uint8_t as) { return std::uint64_t{as} * engine::page_size; }
  [[nodiscard]] engine::DomainConfig domain(std::uint8_t as) const;
  /// An entry that is not present has more in it than a bit for faults.
  [[nodiscard]] bool left_over(engine::Device device, engine::Pasid pasid) const;
  [[nodiscard]] bool leads_to(const engine::Entry& entry, std::uint8_t as) const;
  /// The value that names this address space; 0: it names nothing; foreign: something the world has not.
  [[nodiscard]] std::uint8_t named(engine::AddressSpace a) const;
  [[nodiscard]] std::uint8_t named(engine::Pasid p) const;

  const Catalogue& catalogue_;
  std::shared_ptr<engine::Host> host_;
  Capabilities capabilities_;
  std::vector<Operation> operations_;  ///< by call
  const World* world_ = nullptr;
  std::unique_ptr<engine::Engine> engine_;
  // By model value.
  std::array<engine::Thread, spec::Task::capacity + 1> threads_{};
  std::array<engine::AddressSpace, spec::As::capacity + 1> spaces_{};
  std::array<engine::Bond, spec::Bond::capacity + 1> bonds_{};
  std::array<engine::Work, spec::Desc::capacity + 1> works_{};
};

}  // namespace pasid::conform
