// Records that stay where they are.
#include <cstring>

#include <doctest/doctest.h>

#include "src/base/blocks.hpp"

using pasid::Blocks;

TEST_CASE("blocks: every record keeps its place and what is in it, however many come") {
  for (const std::size_t bytes : {1U, 4U, 11U}) {
    Blocks blocks(bytes);
    CHECK(blocks.size() == 0);
    std::vector<const std::uint8_t*> places;
    // The last of a block, the first of the next; one by one, none, and over several blocks at once.
    for (const std::size_t size : {1U, 2U, 1023U, 1024U, 1025U, 3071U, 3072U, 3073U, 3073U, 500000U}) {
      blocks.resize(size);
      REQUIRE(blocks.size() == size);
      for (std::size_t i = places.size(); i < size; ++i) {
        std::memset(blocks[i], static_cast<int>(i * 31 % 251), bytes);
        places.push_back(blocks[i]);
      }
      std::size_t kept = 0;
      for (std::size_t i = 0; i < size; ++i)
        kept +=
            std::size_t{blocks[i] == places[i] && *blocks[i] == i * 31 % 251 && blocks[i][bytes - 1] == i * 31 % 251};
      CHECK(kept == size);
    }
  }
}

TEST_CASE("blocks: after the last record of each block there is something to read") {
  Blocks blocks(3);
  blocks.resize(3 * 1024);
  for (const std::size_t last : {1023U, 3071U}) {
    std::memset(blocks[last], 7, 3);
    std::uint64_t read = 0;
    std::memcpy(&read, blocks[last] + 3 - 1, sizeof read);
    CHECK((read & 0xff) == 7);
  }
}
