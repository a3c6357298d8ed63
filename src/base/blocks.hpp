// Records of one size, very many of them: growing copies none.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "src/base/huge_pages.hpp"

namespace pasid {

/// They lie in blocks, each of which takes as many as all before it, and stay where they are. Memory comes as it is
/// first written to, from then on by whichever thread that is.
class Blocks {
 public:
  /// What can be read after each record, whatever is there.
  static constexpr std::size_t padding = sizeof(std::uint64_t);

  /// `bytes`: of a record.
  explicit Blocks(std::size_t bytes) : bytes_(bytes) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const std::uint8_t* operator[](std::size_t i) const { return at(i); }
  [[nodiscard]] std::uint8_t* operator[](std::size_t i) { return at(i); }

  /// What is in the new ones is not said. Never fewer than before.
  void resize(std::size_t size) {
    while (size > (first << blocks_.size()) - first) blocks_.emplace_back((first << blocks_.size()) * bytes_ + padding);
    size_ = size;
  }

 private:
  static constexpr std::size_t first = 1024;  ///< how many are in the first block

  struct Block {
    explicit Block(std::size_t bytes) : size(bytes), data(HugePages<std::uint8_t>{}.allocate(bytes)) {}
    Block(Block&& b) noexcept : size(b.size), data(std::exchange(b.data, nullptr)) {}
    Block& operator=(Block&&) = delete;
    ~Block() {
      if (data != nullptr) HugePages<std::uint8_t>{}.deallocate(data, size);
    }
    std::size_t size;
    std::uint8_t* data;
  };

  [[nodiscard]] std::uint8_t* at(std::size_t i) const {
    // With those of an imaginary block before the first, every block begins at a power of two.
    const std::size_t n = i + first;
    const auto power = static_cast<unsigned>(std::bit_width(n)) - 1;
    constexpr auto first_power = static_cast<unsigned>(std::bit_width(first)) - 1;
    return blocks_[power - first_power].data + (n - (std::size_t{1} << power)) * bytes_;
  }

  std::size_t bytes_;
  std::size_t size_ = 0;
  std::vector<Block> blocks_;
};

}  // namespace pasid
