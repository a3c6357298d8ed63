// Law: whatever the configuration, each device hands out the numbers that it allows, each once, and no other.
#include <algorithm>
#include <map>
#include <rapidcheck.h>
#include <set>

#include <doctest/doctest.h>
#include <pasid/engine.hpp>

using namespace pasid::engine;

namespace {

Config any_config() {
  const auto below = [](unsigned n) { return *rc::gen::inRange(0U, n); };
  Config c;
  c.units.clear();
  for (unsigned u = 0; u < 2; ++u) c.units.push_back({.pasid_bits = 2 + below(5)});
  for (std::uint32_t d = 0; d < 3; ++d)
    c.devices.push_back({.unit = Unit{d == 2 ? 1U : 0U},
                         .group = Group{d},
                         .max_pasids = below(4) == 0 ? std::uint32_t{1} << below(8) : 4 + below(60)});
  for (std::uint32_t d = 0; d < 3; ++d) c.queues.push_back({.device = Device{d}});
  for (unsigned n = below(3); n > 0; --n) {
    const Pasid first = below(40);
    c.reserved.push_back({first, first + below(12)});
  }
  c.pick = below(2) == 0 ? Pick::lowest_free : Pick::oldest_freed_first;
  return c;
}

bool in(const std::vector<Range>& ranges, Pasid p) {
  return std::ranges::any_of(ranges, [p](Range r) { return r.first <= p && p <= r.last; });
}

/// As many numbers as a device has room for, and its unit can tell apart.
std::uint32_t room(const Config& c, std::size_t d) {
  const DeviceConfig& device = c.devices[d];
  return std::min(device.max_pasids, 1U << c.units[static_cast<std::size_t>(device.unit)].pasid_bits);
}

std::set<Pasid> users(const Config& c, std::size_t d) {
  std::set<Pasid> out;
  for (Pasid p = 1; p < room(c, d); ++p)
    if (!in(c.reserved, p) && (c.kernel_numbers == KernelNumbers::shared_pool || !in({c.kernel_range}, p)))
      out.insert(p);
  return out;
}

/// Processes open a device's queue until it refuses.
std::set<Pasid> handed_out(Engine& e, std::uint32_t d, std::vector<Bond>& bonds) {
  std::set<Pasid> out;
  for (;;) {
    auto b = e.open(e.create_process().value, Queue{d});
    if (!b) {
      RC_ASSERT(b.error == Error::enospc);
      return out;
    }
    RC_ASSERT(out.insert(b.value.pasid()).second);
    RC_ASSERT(e.entry(Device{d}, b.value.pasid()).has_value());
    bonds.push_back(std::move(b.value));
  }
}

}  // namespace

TEST_CASE("law: a device is handed the numbers that it and its unit have room for, less what is reserved") {
  CHECK(rc::check([] {
    const Config c = any_config();
    const auto d = *rc::gen::inRange<std::uint32_t>(0, 3);
    RC_PRE(room(c, d) > 1);
    Engine e(c);
    std::size_t most = 0;
    for (std::size_t each = 0; each < 3; ++each) most = std::max(most, users(c, each).size());
    RC_ASSERT(e.available() >= most);
    std::vector<Bond> bonds;
    const auto numbers = handed_out(e, d, bonds);
    RC_ASSERT(numbers == users(c, d));
    const AddressSpace table = e.create_domain({.kind = Kind::user_managed}).value;
    RC_ASSERT(e.attach_user(Device{d}, room(c, d), table).error == Error::einval);
    if (const Pasid last = room(c, d) - 1; !numbers.contains(last)) RC_ASSERT(e.attach_user(Device{d}, last, table));
  }));
}

TEST_CASE("law: with sets of the kernel's own, drivers are handed those and users none of them") {
  CHECK(rc::check([] {
    Config c = any_config();
    c.reserved.clear();
    c.kernel_numbers = KernelNumbers::own_sets;
    std::uint32_t narrowest = 64;
    for (std::size_t d = 0; d < 3; ++d) narrowest = std::min(narrowest, room(c, d));
    RC_PRE(narrowest > 1);
    c.kernel_range.first = *rc::gen::inRange<Pasid>(1, narrowest);
    c.kernel_range.last = c.kernel_range.first + *rc::gen::inRange<Pasid>(0, 20);
    Engine e(c);
    const auto d = *rc::gen::inRange<std::uint32_t>(0, 3);
    std::vector<Bond> bonds;
    RC_ASSERT(handed_out(e, d, bonds) == users(c, d));
    std::set<Pasid> kernels;
    for (Pasid p = c.kernel_range.first; p <= c.kernel_range.last && p < room(c, d); ++p) kernels.insert(p);
    std::map<Pasid, AddressSpace> numbers;
    // Each number holds the domain that the RID had when it was attached.
    Config other = c;
    other.rid_change = RidChange::leaves;
    Engine drivers(other);
    for (;;) {
      const AddressSpace domain = drivers.create_domain({}).value;
      RC_ASSERT(drivers.attach_rid(Group{d}, domain));
      const auto p = drivers.attach_kernel_dma(Device{d}, domain);
      if (!p) {
        RC_ASSERT(p.error == Error::enospc);
        break;
      }
      RC_ASSERT(numbers.emplace(p.value, domain).second);
      RC_ASSERT(!drivers.owner(p.value).has_value());  // no user's
    }
    RC_ASSERT(std::ranges::equal(numbers, kernels, {}, [](const auto& n) { return n.first; }));
    const std::size_t left = drivers.available();
    for (const auto& [p, domain] : numbers) RC_ASSERT(drivers.detach_kernel_dma(Device{d}, domain));
    RC_ASSERT(drivers.available() == left);
    const AddressSpace domain = drivers.create_domain({}).value;
    RC_ASSERT(drivers.attach_rid(Group{d}, domain));
    RC_ASSERT(drivers.attach_kernel_dma(Device{d}, domain).value == c.kernel_range.first);
  }));
}
