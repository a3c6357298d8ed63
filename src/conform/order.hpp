// In which order an implementation takes PASIDs down, where it shows that.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "src/conform/world.hpp"

namespace pasid::conform {

/// One thing that came to a device or to an allocator of numbers.
struct Came {
  enum class Step : std::uint8_t {
    set = 1,       ///< an entry of a device's PASID table, to an address space
    clear,         ///< the entry
    flush,         ///< all that is cached of it: PASID-cache, IOTLB, Device-TLB
    drain_faults,  ///< page requests are waited for from here on
    answered,      ///< a page request
    closed,        ///< the file of a queue, by whoever had it last
    free,          ///< the number, which is of no one device
  };
  Step step = Step::set;
  std::uint8_t dev = 0;      ///< from 1; 0: free
  std::uint32_t number = 0;  ///< the PASID
  std::uint8_t as = 0;       ///< set: the address space
};

/// "set", "drain_faults"; those that a design's `teardown` has are called as there.
std::string_view name_of(Came::Step step);
/// All of them.
std::vector<std::string_view> step_names();

/// Holds what came to the order of the design's `teardown` list: no step before those that the list has before it, and
/// no entry is set again, and no number free, before what was begun is done. A process's entry is taken down in all the
/// steps of the list, any other in those that clear and flush; the list of `exit` is a part of it, and the rest comes
/// with the unbind. Page tables of user space are under numbers of its choice, which the allocator may give and take
/// back meanwhile.
class Order {
 public:
  explicit Order(const World& world);

  /// Empty, or what is wrong with this coming now. After that nothing can be said of what follows.
  std::string take(const Came& came);

 private:
  struct Entry {
    bool there = false;
    spec::Kind kind{};             ///< of the address space
    std::vector<Came::Step> done;  ///< since it was set
  };
  /// Of the entry's steps, those that are not done and come before `step` in the list; with free or set, all.
  [[nodiscard]] const Came::Step* missing(const Entry& entry, Came::Step step) const;

  const World& world_;
  std::vector<Came::Step> list_;
  std::map<std::pair<std::uint32_t, std::uint8_t>, Entry> entries_;  ///< by number and device
};

}  // namespace pasid::conform
