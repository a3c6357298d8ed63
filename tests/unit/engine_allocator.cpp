// The allocator at its limits.
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>
#include <pasid/engine.hpp>

#include "tests/support/sanitized.hpp"

using namespace pasid::engine;

namespace {

/// What this thread has allocated: calls, and bytes asked for.
thread_local std::size_t allocations = 0;
thread_local std::size_t allocated_bytes = 0;

constexpr std::size_t all = std::size_t{1} << max_width;
constexpr std::size_t kib = 1024;

}  // namespace

// Counting versions for this program, out of line so that GCC does not take them for mismatched. The sanitizers bring
// their own, which count nothing.
#if !defined(PASID_SANITIZED)
#define COUNTS_ALLOCATIONS
[[gnu::noinline]] void* operator new(std::size_t n) {
  ++allocations;
  allocated_bytes += n;
  if (void* const p = std::malloc(n)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
#endif

TEST_CASE("the allocator hands out all of 2^20 numbers but the reserved, each once, and then none") {
  for (const Pick pick : {Pick::lowest_free, Pick::oldest_freed_first}) {
    Allocator a(max_width, pick, {{0, 0}, {100, 199}, {all - 1, UINT32_MAX}});
    std::vector<bool> seen(all);
    std::size_t n = 0;
    bool ascending = true;
    Pasid last = 0;
    while (const auto p = a.allocate()) {
      REQUIRE(*p < all);
      REQUIRE_FALSE(seen[*p]);
      seen[*p] = true;
      ascending = ascending && *p > last;
      last = *p;
      ++n;
    }
    CHECK(n == all - 1 - 100 - 1);
    CHECK(ascending);
    CHECK_FALSE(seen[0]);
    CHECK_FALSE(seen[100]);
    CHECK_FALSE(seen[199]);
    CHECK_FALSE(seen[all - 1]);
    CHECK(seen[200]);
    CHECK(a.available() == 0);
    CHECK_FALSE(a.allocate({0, UINT32_MAX}));
    REQUIRE(a.free(777));
    CHECK(a.allocate({0, UINT32_MAX}) == 777);
  }
}

TEST_CASE("the allocator needs at most 160 KiB for 2^20 numbers, 4.5 MiB with oldest freed first") {
  for (const auto& [pick, bound] : {std::pair{Pick::lowest_free, 160 * kib}, {Pick::oldest_freed_first, 4608 * kib}}) {
    // Reserved numbers at the far end and spread out cost nothing to speak of.
    std::vector<Range> reserved{{0, 0}, {all - 1, all - 1}};
    for (Pasid p = 1000; p < 2000; p += 2) reserved.push_back({p, p});
    allocated_bytes = 0;
    const Allocator a(max_width, pick, reserved);
    CHECK(a.bytes() <= bound);
    MESSAGE(a.bytes() << " bytes");
#ifdef COUNTS_ALLOCATIONS
    const std::size_t measured = allocated_bytes + sizeof(a);
    CHECK(measured > 128 * kib);  // the control: counting works
    CHECK(measured <= bound);     // what construction needs on the way included
#endif
  }
}

TEST_CASE("the allocator allocates no memory after its construction") {
  for (const Pick pick : {Pick::lowest_free, Pick::oldest_freed_first}) {
    Allocator a(12, pick);
    allocations = 0;
    for (int round = 0; round < 3; ++round) {
      while (a.allocate({5, 4000})) {
      }
      (void)a.take(4);
      for (Pasid p = 0; p < 4096; ++p) (void)a.free(p);
    }
    CHECK(allocations == 0);
  }
#ifdef COUNTS_ALLOCATIONS
  const std::vector<int> control(1);
  CHECK(allocations == 1);
#endif
}

TEST_CASE("the allocator gives the lowest free number of a range, and knows a narrow range's end") {
  Allocator a(max_width);
  CHECK(a.allocate({1, 3}) == 1);
  CHECK(a.allocate({1, 3}) == 2);
  CHECK(a.allocate({1, 3}) == 3);
  CHECK_FALSE(a.allocate({1, 3}));
  CHECK(a.allocate({1, 4}) == 4);
  CHECK(a.free(2));
  CHECK(a.allocate() == 2);
  CHECK(a.allocate({all - 1, UINT32_MAX}) == all - 1);
  CHECK_FALSE(a.allocate({all, UINT32_MAX}));
  CHECK_FALSE(a.allocate({9, 8}));
  CHECK_FALSE(a.allocate({UINT32_MAX, 0}));
}

TEST_CASE("numbers given back to a full space come back, the lowest first, however far apart") {
  Allocator a(max_width);
  while (a.allocate()) {
  }
  for (const Pasid p : {70000u, 1000u, 500u, 1u << 19, 2u}) CHECK(a.free(p));
  for (const Pasid p : {2u, 500u, 1000u, 70000u, 1u << 19}) CHECK(a.allocate() == p);
  CHECK_FALSE(a.allocate());
}

TEST_CASE("the allocator reuses what was freed first") {
  Allocator a(2, Pick::oldest_freed_first);  // 1, 2, 3
  CHECK(a.allocate() == 1);
  CHECK(a.allocate() == 2);
  CHECK(a.free(1));
  CHECK(a.allocate() == 3);  // never used comes before freed
  CHECK(a.free(3));
  CHECK(a.free(2));
  CHECK(a.allocate({2, 3}) == 3);  // 1 has been free for longer, and lies outside
  CHECK(a.allocate() == 1);
  CHECK(a.allocate() == 2);
  CHECK_FALSE(a.allocate());
}

TEST_CASE("the allocator takes and frees particular numbers, and refuses what makes no sense") {
  for (const Pick pick : {Pick::lowest_free, Pick::oldest_freed_first}) {
    Allocator a(4, pick, {{0, 0}, {7, 8}});
    CHECK(a.size() == 16);
    CHECK(a.available() == 13);
    CHECK(a.take(5));
    CHECK_FALSE(a.take(5));
    CHECK(a.taken(5));
    for (const Pasid p : {0u, 7u, 8u, 16u, UINT32_MAX}) {
      CHECK_FALSE(a.take(p));
      CHECK_FALSE(a.free(p));
      CHECK_FALSE(a.taken(p));
    }
    CHECK(a.free(5));
    CHECK_FALSE(a.free(5));
    CHECK_FALSE(a.taken(5));
    CHECK(a.available() == 13);
  }
}

TEST_CASE("the allocator's ring survives any number of takes from its middle") {
  Allocator a(3, Pick::oldest_freed_first);
  for (int round = 0; round < 100; ++round) {
    for (Pasid p = 7; p > 0; --p) REQUIRE(a.take(p));
    REQUIRE_FALSE(a.allocate());
    for (Pasid p = 7; p > 0; --p) REQUIRE(a.free(p));
    REQUIRE(a.take(4));
    REQUIRE(a.free(4));
  }
  for (const Pasid p : {7u, 6u, 5u, 3u, 2u, 1u, 4u}) CHECK(a.allocate() == p);
}

TEST_CASE("the allocator has the widths of devices, from 1 to 20 bits") {
  for (unsigned width = 1; width <= max_width; ++width) {
    Allocator a(width);
    CHECK(a.available() == (std::size_t{1} << width) - 1);
    CHECK(a.take(static_cast<Pasid>(a.size() - 1)));
    CHECK_FALSE(a.take(static_cast<Pasid>(a.size())));
  }
  CHECK(Allocator(1).bytes() < 256);
  CHECK_THROWS_AS(Allocator(0), std::invalid_argument);
  CHECK_THROWS_AS(Allocator(21), std::invalid_argument);
  CHECK_THROWS_AS(Allocator(4, Pick::lowest_free, {{3, 2}}), std::invalid_argument);
  Allocator nothing(4, Pick::lowest_free, {{0, UINT32_MAX}});
  CHECK_FALSE(nothing.allocate());
  Allocator touching(4, Pick::oldest_freed_first, {{8, 15}, {0, 3}, {4, 7}});
  CHECK_FALSE(touching.allocate());
}

TEST_CASE("any() says whether a number of the range is free") {
  for (const Pick pick : {Pick::lowest_free, Pick::oldest_freed_first}) {
    Allocator a(8, pick, {{0, 0}, {100, 199}});
    CHECK(a.any({1, 255}));
    CHECK_FALSE(a.any({0, 0}));
    CHECK_FALSE(a.any({100, 199}));
    CHECK_FALSE(a.any({256, 300}));
    CHECK_FALSE(a.any({9, 8}));
    for (Pasid p = 1; p <= 64; ++p) REQUIRE(a.take(p));
    CHECK_FALSE(a.any({1, 64}));
    CHECK(a.any({64, 65}));
    REQUIRE(a.free(7));
    CHECK(a.any({1, 64}));
    CHECK_FALSE(a.any({8, 64}));
    CHECK(a.available() == 255 - 100 - 63);
    CHECK(a.allocate({1, 64}) == 7);  // looking has taken nothing
  }
}
