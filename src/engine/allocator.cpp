#include <algorithm>
#include <array>
#include <bit>
#include <stdexcept>
#include <string>
#include <utility>

#include <pasid/engine.hpp>

namespace pasid::engine {
namespace {

constexpr std::size_t word = 64;
constexpr Pasid no_number = UINT32_MAX;

constexpr std::size_t words_for(std::size_t bits) { return (bits + word - 1) / word; }
constexpr std::uint64_t bit(std::size_t n) { return std::uint64_t{1} << (n % word); }

/// What of word `w`, which has some of them, these numbers are.
constexpr std::uint64_t bits_within(Range numbers, std::size_t w) {
  std::uint64_t out = ~std::uint64_t{0};
  if (w == numbers.first / word) out &= ~std::uint64_t{0} << (numbers.first % word);
  if (w == numbers.last / word) out &= ~std::uint64_t{0} >> (word - 1 - numbers.last % word);
  return out;
}

/// The word will be written soon.
void prefetch([[maybe_unused]] const std::uint64_t* w) {
#if defined(__GNUC__)
  __builtin_prefetch(w, 1);
#endif
}

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

  const bool in_order = pick == Pick::oldest_freed_first;
  std::array<std::size_t, 4> begin{};
  std::size_t words = 0;
  for (std::size_t bits = size_; levels_ == 0 || (bits > 1 && !in_order); bits = words_for(bits)) {
    begin[levels_++] = words;
    words += words_for(bits);
  }
  bits_.resize(words);
  for (std::size_t l = 0; l < levels_; ++l) level_[l] = bits_.data() + begin[l];
  if (in_order) ring_.resize(size_, no_number);

  std::size_t next = 0;
  for (std::size_t i = 0; i <= reserved_.size(); ++i) {
    const std::size_t end = i < reserved_.size() ? reserved_[i].first : size_;
    if (next < end) {
      if (usable_.last < usable_.first) usable_.first = static_cast<Pasid>(next);
      usable_.last = static_cast<Pasid>(end - 1);
      available_ += end - next;
    }
    if (next < end) insert(Range{static_cast<Pasid>(next), static_cast<Pasid>(end - 1)});
    for (; next < end && in_order; ++next) append(static_cast<Pasid>(next));
    if (i < reserved_.size()) next = std::size_t{reserved_[i].last} + 1;
  }
  // Those at the ends are known by what is usable.
  std::erase_if(reserved_, [this](Range r) { return r.first < usable_.first || r.last > usable_.last; });
}

bool Allocator::reserved(Pasid p) const noexcept {
  if (p < usable_.first || p > usable_.last) return true;
  const auto r = std::partition_point(reserved_.begin(), reserved_.end(), [p](Range x) { return x.last < p; });
  return r != reserved_.end() && r->first <= p;
}

bool Allocator::is_free(Pasid p) const noexcept { return (level_[0][p / word] & bit(p)) != 0; }

// ---- lowest_free

/// p is free, on all levels.
void Allocator::insert(Pasid p) noexcept {
  std::size_t at = p;
  for (std::size_t l = 0; l < levels_; ++l, at /= word) {
    std::uint64_t& w = level_[l][at / word];
    const bool had_any = w != 0;
    w |= bit(at);
    if (had_any && l > 0) return;  // the first level may be ahead of the others
  }
}

/// All of these are free, on all levels.
void Allocator::insert(Range within) noexcept {
  for (std::size_t l = 0; l < levels_; ++l) {
    for (std::size_t w = within.first / word; w <= within.last / word; ++w) level_[l][w] |= bits_within(within, w);
    within = {static_cast<Pasid>(within.first / word), static_cast<Pasid>(within.last / word)};
  }
}

/// p is taken, on all levels.
void Allocator::erase(Pasid p) noexcept {
  std::size_t at = p;
  for (std::size_t l = 0; l < levels_; ++l, at /= word) {
    std::uint64_t& w = level_[l][at / word];
    if ((w & bit(at)) == 0) return;
    w &= ~bit(at);
    if (w != 0) return;
  }
}

/// What the levels know as the lowest free number: from the last level down.
Pasid Allocator::lowest() const noexcept {
  std::size_t at = 0;
  for (std::size_t l = levels_; l-- > 0;) {
    const std::uint64_t w = level_[l][at];
    if (w == 0) return no_number;  // only on the last
    at = at * word + static_cast<std::size_t>(std::countr_zero(w));
  }
  return static_cast<Pasid>(at);
}

/// The lowest free number from `first` on: up to the first level that has one to the right, and down again.
Pasid Allocator::lowest_from(Pasid first) const noexcept {
  std::size_t at = first;
  for (std::size_t l = 0, bits = size_; l < levels_; ++l, bits = words_for(bits)) {
    if (at >= bits) return no_number;
    const std::uint64_t rest = level_[l][at / word] & (~std::uint64_t{0} << (at % word));
    if (rest != 0) {
      at = at / word * word + static_cast<std::size_t>(std::countr_zero(rest));
      while (l-- > 0) at = at * word + static_cast<std::size_t>(std::countr_zero(level_[l][at]));
      return static_cast<Pasid>(at);
    }
    at = at / word + 1;
  }
  return no_number;
}

Pasid Allocator::find_lowest(Range within) const noexcept {
  Pasid p = lowest_;
  if (p == no_number || p < within.first) p = within.first <= usable_.first ? lowest() : lowest_from(within.first);
  return p == no_number || p > within.last ? no_number : p;
}

Pasid Allocator::pick_lowest(Range within) noexcept {
  const Pasid p = find_lowest(within);
  if (p == no_number) return no_number;
  if (p == lowest_) lowest_ = no_number;
  erase(p);
  return p;
}

void Allocator::put_back(Pasid p) noexcept {
  const Pasid next = lowest_ != no_number ? lowest_ : lowest();
  if (p > next) return insert(p);
  if (lowest_ != no_number) insert(lowest_);
  lowest_ = p;
  level_[0][p / word] |= bit(p);
}

// ---- oldest_freed_first

bool Allocator::any_free(Range within) const noexcept {
  for (std::size_t w = within.first / word; w <= within.last / word; ++w) {
    if ((level_[0][w] & bits_within(within, w)) != 0) return true;
  }
  return false;
}

/// The first of the range in the ring; from the middle it leaves a gap.
Pasid Allocator::pick_oldest(Range within) noexcept {
  const bool whole = within.first <= usable_.first && within.last >= usable_.last;
  if (available_ == 0 || (!whole && !any_free(within))) return no_number;
  Pasid p = no_number;
  if (whole) {
    for (; p == no_number; --length_, head_ = (head_ + 1) & (size_ - 1)) p = ring_[head_];
    // The numbers come in no order that a processor could guess, but they are known ahead.
    prefetch(&level_[0][(ring_[(head_ + 8) & (size_ - 1)] & (size_ - 1)) / word]);
  } else {
    for (std::size_t i = head_; p == no_number; i = (i + 1) & (size_ - 1))
      if (ring_[i] >= within.first && ring_[i] <= within.last) p = std::exchange(ring_[i], no_number);
  }
  level_[0][p / word] &= ~bit(p);
  return p;
}

/// Gaps are closed only when the ring is full of them: as many takes from the middle have paid for that.
void Allocator::append(Pasid p) noexcept {
  if (length_ == size_) close_gaps();
  ring_[(head_ + length_++) & (size_ - 1)] = p;
  level_[0][p / word] |= bit(p);
}

void Allocator::close_gaps() noexcept {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < length_; ++i) {
    const Pasid p = ring_[(head_ + i) & (size_ - 1)];
    if (p != no_number) ring_[(head_ + kept++) & (size_ - 1)] = p;
  }
  length_ = kept;
}

// ---- Calls

std::optional<Pasid> Allocator::allocate(Range within) noexcept {
  if (within.first >= size_ || within.last < within.first) return std::nullopt;
  within.last = std::min(within.last, static_cast<Pasid>(size_ - 1));
  const std::scoped_lock locked(lock_);
  const Pasid p = ring_.empty() ? pick_lowest(within) : pick_oldest(within);
  if (p == no_number) return std::nullopt;
  --available_;
  return p;
}

bool Allocator::any(Range within) const noexcept {
  if (within.first >= size_ || within.last < within.first) return false;
  within.last = std::min(within.last, static_cast<Pasid>(size_ - 1));
  const std::scoped_lock locked(lock_);
  return ring_.empty() ? find_lowest(within) != no_number : any_free(within);
}

bool Allocator::take(Pasid p) noexcept { return allocate({p, p}).has_value(); }

bool Allocator::free(Pasid p) noexcept {
  if (p >= size_ || reserved(p)) return false;
  const std::scoped_lock locked(lock_);
  if (is_free(p)) return false;
  if (ring_.empty()) put_back(p);
  else append(p);
  ++available_;
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
