#include <algorithm>
#include <bit>
#include <stdexcept>
#include <string>
#include <utility>

#include <pasid/engine.hpp>

namespace pasid::engine {
namespace {

constexpr std::size_t word = 64;
constexpr Pasid no_number = UINT32_MAX;

constexpr std::uint64_t bit(std::size_t n) { return std::uint64_t{1} << (n % word); }

/// Ascending, and what overlaps or touches is one.
std::vector<Range> merged(std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](Range a, Range b) { return a.first < b.first; });
  std::vector<Range> out;
  for (const Range r : ranges) {
    if (!out.empty() && r.first <= std::uint64_t{out.back().last} + 1)
      out.back().last = std::max(out.back().last, r.last);
    else out.push_back(r);
  }
  out.shrink_to_fit();
  return out;
}

}  // namespace

Allocator::Allocator(unsigned width, Pick pick, const std::vector<Range>& reserved) {
  if (width < 1 || width > max_width)
    throw std::invalid_argument("pasid::engine: a PASID has 1 to " + std::to_string(max_width) + " bits, not " +
                                std::to_string(width));
  size_ = std::size_t{1} << width;
  for (Range r : reserved) {
    if (r.last < r.first)
      throw std::invalid_argument("pasid::engine: the reserved range " + std::to_string(r.first) + " to " +
                                  std::to_string(r.last) + " is empty");
    if (r.first < size_) reserved_.push_back({r.first, std::min(r.last, static_cast<Pasid>(size_ - 1))});
  }
  reserved_ = merged(std::move(reserved_));

  std::size_t words = 0;
  for (std::size_t bits = size_; levels_ == 0 || bits > 1; bits = (bits + word - 1) / word) {
    level_[levels_++] = words;
    words += (bits + word - 1) / word;
  }
  bits_.resize(words);
  if (pick == Pick::oldest_freed_first) ring_.resize(size_, no_number);
  std::size_t next = 0;
  for (std::size_t i = 0; i <= reserved_.size(); ++i) {
    const std::size_t end = i < reserved_.size() ? reserved_[i].first : size_;
    if (next < end)
      usable_ = {usable_.last < usable_.first ? static_cast<Pasid>(next) : usable_.first, static_cast<Pasid>(end - 1)};
    for (; next < end; ++next) {
      set_free(static_cast<Pasid>(next));
      if (!ring_.empty()) append(static_cast<Pasid>(next));
    }
    if (i < reserved_.size()) next = std::size_t{reserved_[i].last} + 1;
  }
}

bool Allocator::reserved(Pasid p) const noexcept {
  const auto r = std::partition_point(reserved_.begin(), reserved_.end(), [p](Range x) { return x.last < p; });
  return r != reserved_.end() && r->first <= p;
}

bool Allocator::is_free(Pasid p) const noexcept { return (bits_[p / word] & bit(p)) != 0; }

void Allocator::set_free(Pasid p) noexcept {
  ++available_;
  std::size_t at = p;
  for (std::size_t l = 0; l < levels_; ++l) {
    std::uint64_t& w = bits_[level_[l] + at / word];
    const bool had_any = w != 0;
    w |= bit(at);
    if (had_any) return;
    at /= word;
  }
}

void Allocator::set_taken(Pasid p) noexcept {
  --available_;
  std::size_t at = p;
  for (std::size_t l = 0; l < levels_; ++l) {
    std::uint64_t& w = bits_[level_[l] + at / word];
    w &= ~bit(at);
    if (w != 0) return;
    at /= word;
  }
}

/// The lowest free number from `first` on: up to the first level that has one to the right, and down again.
Pasid Allocator::lowest_from(Pasid first) const noexcept {
  std::size_t at = first;
  for (std::size_t l = 0; l < levels_; ++l) {
    const std::size_t in_level = (l + 1 < levels_ ? level_[l + 1] : bits_.size()) - level_[l];
    if (at / word >= in_level) return no_number;
    const std::uint64_t rest = bits_[level_[l] + at / word] & (~std::uint64_t{0} << (at % word));
    if (rest != 0) {
      at = at / word * word + static_cast<std::size_t>(std::countr_zero(rest));
      while (l-- > 0) at = at * word + static_cast<std::size_t>(std::countr_zero(bits_[level_[l] + at]));
      return static_cast<Pasid>(at);
    }
    at = at / word + 1;
  }
  return no_number;
}

Pasid Allocator::pop_oldest() noexcept {
  while (length_ > 0) {
    const Pasid p = ring_[head_];
    head_ = (head_ + 1) & (size_ - 1);
    --length_;
    if (p != no_number) return p;
  }
  return no_number;
}

/// Takes the first of the range out of the ring and leaves a gap.
Pasid Allocator::remove_oldest(Range within) noexcept {
  for (std::size_t i = 0; i < length_; ++i) {
    Pasid& p = ring_[(head_ + i) & (size_ - 1)];
    if (p != no_number && p >= within.first && p <= within.last) return std::exchange(p, no_number);
  }
  return no_number;
}

/// Gaps are closed only when the ring is full of them: as many takes from the middle have paid for that.
void Allocator::append(Pasid p) noexcept {
  if (length_ == size_) close_gaps();
  ring_[(head_ + length_++) & (size_ - 1)] = p;
}

void Allocator::close_gaps() noexcept {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < length_; ++i) {
    const Pasid p = ring_[(head_ + i) & (size_ - 1)];
    if (p != no_number) ring_[(head_ + kept++) & (size_ - 1)] = p;
  }
  length_ = kept;
}

std::optional<Pasid> Allocator::allocate(Range within) noexcept {
  if (within.first >= size_ || within.last < within.first) return std::nullopt;
  within.last = std::min(within.last, static_cast<Pasid>(size_ - 1));
  const std::scoped_lock locked(lock_);
  Pasid p = lowest_from(within.first);
  if (p > within.last) return std::nullopt;  // no_number is beyond any
  if (!ring_.empty()) {
    const bool whole = within.first <= usable_.first && within.last >= usable_.last;
    p = whole ? pop_oldest() : remove_oldest(within);
  }
  set_taken(p);
  return p;
}

bool Allocator::take(Pasid p) noexcept {
  if (p >= size_) return false;
  const std::scoped_lock locked(lock_);
  if (!is_free(p)) return false;
  if (!ring_.empty()) (void)remove_oldest({p, p});
  set_taken(p);
  return true;
}

bool Allocator::free(Pasid p) noexcept {
  if (p >= size_ || reserved(p)) return false;
  const std::scoped_lock locked(lock_);
  if (is_free(p)) return false;
  set_free(p);
  if (!ring_.empty()) append(p);
  return true;
}

bool Allocator::taken(Pasid p) const noexcept {
  if (p >= size_ || reserved(p)) return false;
  const std::scoped_lock locked(lock_);
  return !is_free(p);
}

std::size_t Allocator::available() const noexcept {
  const std::scoped_lock locked(lock_);
  return available_;
}

std::size_t Allocator::bytes() const noexcept {
  return bits_.capacity() * sizeof(bits_[0]) + ring_.capacity() * sizeof(ring_[0]) +
         reserved_.capacity() * sizeof(reserved_[0]) + sizeof(*this);
}

}  // namespace pasid::engine
