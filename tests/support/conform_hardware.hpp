// Hardware that caches whatever it can: it walks every table before every command and between calls, and forgets only
// what the commands name. Whatever flush is missing, too early or aimed elsewhere leaves something behind.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <set>
#include <tuple>

#include "src/conform/reference.hpp"

namespace pasid::test {

/// What a cache holds: filled by a walk for a device, with a number, into an address space (model values).
using Cached = std::tuple<std::uint8_t, std::uint8_t, std::uint8_t>;

class CachingHost : public conform::ObedientHost {
 public:
  /// It is the hardware of this backend from now on, with nothing cached. Call it after each reset.
  void serve(const conform::ReferenceBackend& backend, const conform::World& world) {
    backend_ = &backend;
    world_ = &world;
    entries_.clear();
    iotlb_.clear();
    atc_.clear();
  }

  /// Every device asks for every number, of itself and of what it has cached.
  void fill() {
    each_number([this](std::uint8_t d, std::uint8_t p) {
      if (const auto walked = backend_->walk(engine::Device{d - 1U}, world_->number(p)))
        entries_.insert({{d, p, walked->leads_to}, {walked->domain_id, walked->by_domain}});
    });
    // With an entry at hand nobody reads the table: page tables are walked for what it says.
    iotlb_.insert(entries_.begin(), entries_.end());
    const spec::NativeFacts& f = world_->facts;
    for (const auto& [what, tag] : entries_) {
      const auto [d, p, a] = what;
      if (!f.ats(lang::Id<spec::Dev>{d})) continue;
      for (const auto& [cached, its] : iotlb_)
        if (std::get<1>(cached) == p && its == tag && unit(std::get<0>(cached)) == unit(d))
          atc_.insert({d, p, std::get<2>(cached)});
    }
  }

  void execute(const engine::Command& command, const engine::Completion& completion) noexcept override {
    fill();
    const std::uint8_t p = world_->atom(command.pasid);
    const auto named = [&](const Tagged& t) {
      return unit(std::get<0>(t.first)) == static_cast<unsigned>(command.unit) &&
             t.second.domain_id == command.domain_id;
    };
    using enum engine::CommandKind;
    if (command.kind == flush_pasid_cache)
      std::erase_if(entries_, [&](const Tagged& t) { return named(t) && std::get<1>(t.first) == p; });
    // A flush that names a number passes over what is kept without one.
    if (command.kind == flush_iotlb)
      std::erase_if(iotlb_, [&](const Tagged& t) {
        return named(t) && (command.whole_domain || (std::get<1>(t.first) == p && !t.second.by_domain));
      });
    if (command.kind == flush_dev_tlb)
      std::erase_if(atc_, [&](const Cached& c) {
        return std::get<0>(c) == static_cast<unsigned>(command.device) + 1 && std::get<1>(c) == p;
      });
    completion.done();
  }

  /// Cached table entries, translations that units have, and those that devices have.
  [[nodiscard]] std::array<std::set<Cached>, 3> held() const {
    std::array<std::set<Cached>, 3> out{{{}, {}, atc_}};
    for (const Tagged& t : entries_) out[0].insert(t.first);
    for (const Tagged& t : iotlb_) out[1].insert(t.first);
    return out;
  }

 private:
  /// What a unit finds it by, besides the number.
  struct Tag {
    std::uint16_t domain_id = 0;
    bool by_domain = false;  ///< and without the number
    auto operator<=>(const Tag&) const = default;
  };
  using Tagged = std::pair<Cached, Tag>;

  template <class Visit>
  void each_number(Visit visit) const {
    for (std::uint8_t d = 1; d <= world_->facts.count[spec::Dev::index]; ++d)
      for (std::uint8_t p = 1; p <= world_->facts.count[spec::Pasid::index]; ++p) visit(d, p);
  }
  [[nodiscard]] unsigned unit(std::uint8_t d) const { return world_->facts.unit_of(lang::Id<spec::Dev>{d}).v - 1U; }

  const conform::ReferenceBackend* backend_ = nullptr;
  const conform::World* world_ = nullptr;
  std::set<Tagged> entries_;
  std::set<Tagged> iotlb_;
  std::set<Cached> atc_;
};

}  // namespace pasid::test
