// The tables, bit for bit: what is expected is written out here from the VT-d specification, chapter 9.
#include <atomic>
#include <thread>

#include <doctest/doctest.h>

#include "src/engine/table.hpp"
#include "tests/support/engine_host.hpp"

using namespace pasid::engine;

namespace {

struct Bits {
  Entry entry;
  EntryBits bits;
};

Entry with(void (*set)(Entry&)) {
  Entry e;
  set(e);
  return e;
}

/// Every field at its place: bit n of the entry is bit n % 64 of word n / 64.
const Bits fields[] = {
    {with([](Entry& e) { e.present = true; }), {std::uint64_t{1} << 0}},
    {with([](Entry& e) { e.fault_processing_disabled = true; }), {std::uint64_t{1} << 1}},
    {with([](Entry& e) { e.address_width = 7; }), {std::uint64_t{7} << 2}},
    {with([](Entry& e) { e.translation = Translation::first_stage; }), {std::uint64_t{1} << 6}},
    {with([](Entry& e) { e.translation = Translation::second_stage; }), {std::uint64_t{2} << 6}},
    {with([](Entry& e) { e.translation = Translation::nested; }), {std::uint64_t{3} << 6}},
    {with([](Entry& e) { e.translation = Translation::pass_through; }), {std::uint64_t{4} << 6}},
    {with([](Entry& e) { e.second_stage_root = 0xfffffffffffff000; }), {0xfffffffffffff000}},
    {with([](Entry& e) { e.domain_id = 0xffff; }), {0, 0xffff}},
    {with([](Entry& e) { e.page_walk_snoop = true; }), {0, std::uint64_t{1} << (87 - 64)}},
    {with([](Entry& e) { e.page_snoop = true; }), {0, std::uint64_t{1} << (88 - 64)}},
    {with([](Entry& e) { e.supervisor_requests = true; }), {0, 0, std::uint64_t{1} << (128 - 128)}},
    {with([](Entry& e) { e.first_stage_levels = 5; }), {0, 0, std::uint64_t{1} << (130 - 128)}},
    {with([](Entry& e) { e.write_protect = true; }), {0, 0, std::uint64_t{1} << (132 - 128)}},
    {with([](Entry& e) { e.no_execute = true; }), {0, 0, std::uint64_t{1} << (133 - 128)}},
    {with([](Entry& e) { e.first_stage_root = 0xfffffffffffff000; }), {0, 0, 0xfffffffffffff000}},
};

/// As the hardware does it, from the directory's address.
EntryBits walk(const Directory& directory, Pasid p) {
  const auto* const entries = reinterpret_cast<const std::uint64_t*>(directory.address);
  if (p >> 6 >= directory.size || (entries[p >> 6] & 1) == 0) return {};
  const auto* const words = reinterpret_cast<const std::uint64_t*>(entries[p >> 6] & ~std::uint64_t{0xfff});
  EntryBits bits{};
  for (std::size_t i = 0; i < 8; ++i) bits[i] = words[(p & 0x3f) * 8 + i];
  return bits;
}

Config one_device(std::uint32_t max_pasids) {
  Config c;
  c.devices = {{.max_pasids = max_pasids}};
  c.queues = {{}};
  return c;
}

}  // namespace

TEST_CASE("an entry's fields stand where the specification says, and nothing else is set") {
  for (const Bits& f : fields) {
    CHECK(encode(f.entry) == f.bits);
    CHECK(decode(f.bits) == f.entry);
  }
  // What does not belong into a field does not spill over into its neighbours.
  CHECK(encode(with([](Entry& e) { e.address_width = 0xff; })) == EntryBits{std::uint64_t{7} << 2});
  CHECK(encode(with([](Entry& e) { e.first_stage_root = 0xfff; })) == EntryBits{});
}

TEST_CASE("the entries of all kinds of address spaces are those that Linux writes") {
  Config c = one_device(1u << 16);
  for (const unsigned levels : {4u, 5u}) {
    c.units = {{.levels = levels, .snoops_page_tables = levels == 5}};
    Engine e(c);
    const std::uint64_t aw = std::uint64_t{levels - 2} << 2;
    const std::uint64_t snoop = levels == 5 ? std::uint64_t{1} << 23 : 0;
    const std::uint64_t fspm = levels == 5 ? 1 << 2 : 0;
    const auto thread = e.create_process(0xabcde000).value;
    const auto bond = e.open(thread, Queue{0});
    CHECK(e.entry_bits(Device{0}, 1) == EntryBits{1 | aw | 1 << 6, 1 | snoop, 0xabcde000 | fspm});

    const auto at = [&](Pasid p, DomainConfig d) {
      const auto domain = e.create_domain(d);
      CHECK(domain);
      CHECK(e.attach_user(Device{0}, p, domain.value));
      return e.entry_bits(Device{0}, p);
    };
    using enum Translation;
    CHECK(at(2, {Kind::user_managed, first_stage, 0x1000, 0}) == EntryBits{1 | aw | 1 << 6, 2 | snoop, 0x1000 | fspm});
    CHECK(at(3, {Kind::user_managed, second_stage, 0, 0x2000}) == EntryBits{1 | aw | 2 << 6 | 0x2000, 3 | snoop, 0});
    CHECK(at(65535, {Kind::user_managed, nested, 0x1000, 0x2000}) ==
          EntryBits{1 | aw | 3 << 6 | 0x2000, 4 | snoop, 0x1000});
    const auto identity = e.create_domain({.kind = Kind::pass_through});
    CHECK(e.attach_rid(Group{0}, identity.value));
    CHECK(e.entry_bits(Device{0}, 0) == EntryBits{1 | aw | 4 << 6, 1 | snoop, 0});
    for (const Pasid p : {0u, 1u, 2u, 3u, 65535u})
      CHECK(walk(*e.directory(Device{0}), p) == e.entry_bits(Device{0}, p));
    CHECK(walk(*e.directory(Device{0}), 4) == EntryBits{});
    CHECK(walk(*e.directory(Device{0}), 4096) == EntryBits{});
  }
}

TEST_CASE("a directory has room for 32768 numbers at least, and for what the device reaches") {
  for (const auto& [max, size] :
       {std::pair{0u, 512u}, {2u, 512u}, {1u << 15, 512u}, {(1u << 15) + 1, 1024u}, {1u << 20, 16384u}}) {
    Engine e(one_device(max));
    const Directory d = *e.directory(Device{0});
    CHECK(d.size == size);
    CHECK(d.address % page_size == 0);
    CHECK(d.address == reinterpret_cast<std::uintptr_t>(d.entries));
    CHECK((d.entries[0] & 0xfff) == 1);
    CHECK(d.entries[1] == 0);
    CHECK(e.entry_bits(Device{0}, UINT32_MAX) == EntryBits{});
  }
}

TEST_CASE("pages stand in directories under the address that the host gives them") {
  struct Shifted : Host {
    std::uint64_t physical_address(const void* page) noexcept override {
      return (reinterpret_cast<std::uintptr_t>(page) & 0xffffffff) | std::uint64_t{1} << 50;
    }
  };
  Engine e(one_device(1u << 16), std::make_shared<Shifted>());
  const Directory d = *e.directory(Device{0});
  CHECK((d.address >> 50) == 1);
  CHECK((d.entries[0] >> 50) == 1);
  CHECK((d.entries[0] & 0xfff) == 1);
}

TEST_CASE("present goes first, the entry stays until the caches have forgotten it, then it is zeroed") {
  const auto host = std::make_shared<TestHost>();
  Engine e(one_device(1u << 16), host);
  const auto thread = e.create_process(0x5000).value;
  auto bond = e.open(thread, Queue{0}).value;
  const EntryBits whole = e.entry_bits(Device{0}, 1);
  host->hold_all();
  CHECK(bond.close());
  EntryBits cleared = whole;
  cleared[0] &= ~std::uint64_t{1};
  for (const CommandKind kind : {CommandKind::drain_work, CommandKind::flush_pasid_cache, CommandKind::flush_iotlb,
                                 CommandKind::flush_dev_tlb, CommandKind::drain_page_requests}) {
    const auto held = host->take();
    REQUIRE(held.size() == 1);
    CHECK(held[0].first.kind == kind);
    const EntryBits expected = kind == CommandKind::drain_work            ? whole
                               : kind == CommandKind::drain_page_requests ? EntryBits{}
                                                                          : cleared;
    CHECK(e.entry_bits(Device{0}, 1) == expected);
    CHECK(held[0].second.done());
  }
  CHECK(host->take().empty());
}

TEST_CASE("after an mm's end its entries report no faults, until the bond goes") {
  Engine e(one_device(1u << 16));
  const auto thread = e.create_process(0x5000).value;
  auto bond = e.open(thread, Queue{0}).value;
  CHECK(e.exit(thread));
  CHECK(e.entry_bits(Device{0}, 1) == EntryBits{2});  // FPD alone
  CHECK(bond.close());
  CHECK(e.entry_bits(Device{0}, 1) == EntryBits{});
}

TEST_CASE("an entry is never read half written") {
  Engine e(one_device(1u << 16));
  DomainConfig config{Kind::user_managed, Translation::nested, 0x1000, 0x1000};
  const auto a = e.create_domain(config).value;
  config.first_stage_root = config.second_stage_root = 0x2000;
  const auto b = e.create_domain(config).value;
  REQUIRE(e.attach_user(Device{0}, 7, a));
  std::atomic<bool> stop{false};
  std::atomic<std::size_t> read{0};
  std::size_t torn = 0;
  std::thread hardware([&] {
    while (!stop) {
      const Entry x = decode(e.entry_bits(Device{0}, 7));
      ++read;
      if (x.present && (x.first_stage_root != x.second_stage_root || x.domain_id != x.first_stage_root / 0x1000 + 1))
        ++torn;
    }
  });
  for (int i = 0; i < 2000; ++i) {
    REQUIRE(e.replace_user(Device{0}, 7, b));
    REQUIRE(e.replace_user(Device{0}, 7, a));
  }
  stop = true;
  hardware.join();
  CHECK(torn == 0);
  MESSAGE(read.load() << " reads");
}

TEST_CASE("an entry that is written over is read as one or the other, whole") {
  Host host;
  detail::PasidTable table(64, host);
  REQUIRE(table.reserve(7, host));
  std::array<EntryBits, 2> either;
  either[0].fill(0x1111);
  either[1].fill(0x2223);
  table.set(7, either[0], 0);
  std::atomic<std::size_t> read{0};
  std::atomic<bool> stop{false};
  std::size_t torn = 0;
  std::thread hardware([&] {
    while (!stop) {
      const EntryBits bits = table.read(7);
      torn += bits == either[0] || bits == either[1] ? 0U : 1U;
      ++read;
    }
  });
  for (std::size_t i = 0; i < 2000000 || read < 2000000; ++i) table.set(7, either[i % 2], 0);
  stop = true;
  hardware.join();
  CHECK(torn == 0);
}
