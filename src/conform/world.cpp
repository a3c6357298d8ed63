#include "src/conform/world.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "src/explore/renaming.hpp"

namespace pasid::conform {
namespace {

using lang::Id;
using spec::NativeFacts;

int count(const NativeFacts& f, int sort) { return f.count[static_cast<std::size_t>(sort)]; }

std::uint8_t byte(int x) { return static_cast<std::uint8_t>(x); }

/// How many devices reach a number.
int reach(const NativeFacts& f, std::uint8_t p) {
  int n = 0;
  for (int d = 1; d <= count(f, spec::Dev::index); ++d) n += f.fits(Id<spec::Dev>{byte(d)}, Id<spec::Pasid>{p}) ? 1 : 0;
  return n;
}

/// Atom `order[i]` becomes atom i + 1.
NativeFacts reordered(const NativeFacts& f, const std::vector<std::uint8_t>& order) {
  NativeFacts out = f;
  const auto rid = std::ranges::find(order, f.rid_pasid().v) - order.begin();
  out.rid_pasid() = Id<spec::Pasid>{byte(static_cast<int>(rid) + 1)};
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Id<spec::Pasid> from{order[i]};
    const Id<spec::Pasid> to{byte(static_cast<int>(i) + 1)};
    out.user_range(to) = f.user_range(from);
    for (int d = 1; d <= count(f, spec::Dev::index); ++d) {
      const Id<spec::Dev> dev{byte(d)};
      out.kernel_set(dev, to) = f.kernel_set(dev, from);
      out.fits(dev, to) = f.fits(dev, from);
    }
  }
  return out;
}

/// How many atoms from the second on the device reaches; -1: not a beginning.
int reached(const NativeFacts& f, int d) {
  int n = 0;
  bool ended = false;
  for (int p = 2; p <= count(f, spec::Pasid::index); ++p) {
    const bool fits = f.fits(Id<spec::Dev>{byte(d)}, Id<spec::Pasid>{byte(p)});
    if (fits && ended) return -1;
    ended = ended || !fits;
    n += fits ? 1 : 0;
  }
  return n;
}

/// No device with PASIDs has more atoms than it reaches at atom p: p starts what a narrower device does not reach.
bool starts_wider(const NativeFacts& f, std::uint8_t p) {
  for (int d = 1; d <= count(f, spec::Dev::index); ++d)
    if (f.capable(Id<spec::Dev>{byte(d)}) && reached(f, d) == p - 2) return true;
  return false;
}

}  // namespace

std::uint8_t World::atom(std::uint32_t number) const {
  for (std::uint8_t p = 1; p <= count(facts, spec::Pasid::index); ++p)
    if (numbers[p] == number) return p;
  return 0;
}

std::optional<World> world_of(const NativeFacts& facts, Numbering numbering) {
  const int atoms = count(facts, spec::Pasid::index);
  if (atoms == 0 || facts.rid_pasid().v == 0) return std::nullopt;
  std::vector<std::uint8_t> order(static_cast<std::size_t>(atoms));
  std::iota(order.begin(), order.end(), std::uint8_t{1});
  std::ranges::stable_sort(order, [&](std::uint8_t a, std::uint8_t b) {
    const bool a_rid = a == facts.rid_pasid().v;
    const bool b_rid = b == facts.rid_pasid().v;
    if (a_rid != b_rid) return a_rid;
    return reach(facts, a) > reach(facts, b);
  });
  World out{reordered(facts, order), {}};
  for (int d = 1; d <= count(facts, spec::Dev::index); ++d)
    if (reached(out.facts, d) < 0) return std::nullopt;
  for (std::uint8_t p = 2; p <= atoms; ++p) {
    const std::uint32_t next = out.numbers[p - 1U] + 1;
    out.numbers[p] = starts_wider(out.facts, p) ? std::bit_ceil(next) : next;
  }
  if (numbering == Numbering::high) {
    // Those that the widest devices alone reach end where PASIDs do; a number that no device reaches has no such place.
    std::uint8_t last = 1;
    for (int d = 1; d <= count(facts, spec::Dev::index); ++d) last = std::max(last, byte(reached(out.facts, d) + 1));
    std::uint8_t first = last;
    while (first > 2 && !starts_wider(out.facts, first)) --first;
    if (last < atoms || last < 2) return std::nullopt;
    for (std::uint8_t p = first; p <= last; ++p) out.numbers[p] = pasid_numbers - 1 - (last - p);
  }
  tell_highest(out);
  return out;
}

std::vector<World> worlds(const lang::Tree& tree, const NativeFacts& knobs, const explore::Scope& scope,
                          Numbering numbering) {
  std::vector<World> out;
  for (const NativeFacts& f : explore::topologies(tree, knobs, scope))
    if (auto world = world_of(f, numbering)) out.push_back(*world);
  return out;
}

void tell_highest(World& world) {
  const NativeFacts& is = world.facts;
  const Id<spec::ReuseCheck> check = is.reuse_check();
  for (std::uint8_t d = 1; d <= count(is, spec::Dev::index); ++d)
    for (std::uint8_t p = 1; p <= count(is, spec::Pasid::index); ++p) {
      const bool last = is.fits(Id<spec::Dev>{d}, Id<spec::Pasid>{p}) && world.numbers[p] + 1 == max_pasids(world, d);
      world.facts.highest(Id<spec::Dev>{d}, Id<spec::Pasid>{p}) = check == spec::ReuseCheck::exclusive && last;
    }
}

std::uint32_t max_pasids(const World& world, std::uint8_t dev) {
  if (!world.facts.capable(Id<spec::Dev>{dev})) return 0;
  const int last = reached(world.facts, dev) + 1;
  if (last < count(world.facts, spec::Pasid::index)) return world.numbers[static_cast<std::size_t>(last) + 1];
  return std::bit_ceil(world.numbers[static_cast<std::size_t>(last)] + 1);
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> reserved(const World& world) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> out;
  std::uint32_t next = 1;
  for (std::uint8_t p = 1; p <= count(world.facts, spec::Pasid::index); ++p) {
    if (!world.facts.user_range(Id<spec::Pasid>{p})) continue;
    if (next < world.numbers[p]) out.emplace_back(next, world.numbers[p] - 1);
    next = world.numbers[p] + 1;
  }
  if (next < pasid_numbers) out.emplace_back(next, pasid_numbers - 1);
  return out;
}

}  // namespace pasid::conform
