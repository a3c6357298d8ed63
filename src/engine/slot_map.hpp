// Objects named by index and generation: a name is refused once its object is gone, whatever lives in its place.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace pasid::engine::detail {

/// References to objects stay valid until the object is erased.
template <class T>
class SlotMap {
 public:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  /// Memory for one more object: the next insert() allocates nothing.
  void reserve_one() {
    if (!unused_.empty()) return;
    unused_.reserve(places_.size() + 1);  // erase() allocates nothing either
    places_.emplace_back();
    unused_.push_back(static_cast<std::uint32_t>(places_.size() - 1));
  }

  std::uint32_t insert(T object) {
    reserve_one();
    const std::uint32_t index = unused_.back();
    unused_.pop_back();
    places_[index].object.emplace(std::move(object));
    return index;
  }

  /// A place whose generations are used up is not used again.
  void erase(std::uint32_t index) noexcept {
    places_[index].object.reset();
    if (++places_[index].generation != 0) unused_.push_back(index);
  }

  [[nodiscard]] T* find(std::uint32_t index, std::uint32_t generation) noexcept {
    if (index >= places_.size() || places_[index].generation != generation || !places_[index].object) return nullptr;
    return &*places_[index].object;
  }
  T& operator[](std::uint32_t index) noexcept { return *places_[index].object; }
  const T& operator[](std::uint32_t index) const noexcept { return *places_[index].object; }
  [[nodiscard]] std::uint32_t generation(std::uint32_t index) const noexcept { return places_[index].generation; }

  /// Calls visit(index, object) for every object.
  template <class Visit>
  void each(Visit visit) {
    for (std::uint32_t i = 0; i < places_.size(); ++i)
      if (places_[i].object) visit(i, *places_[i].object);
  }

 private:
  struct Place {
    std::uint32_t generation = 1;
    std::optional<T> object;
  };
  std::deque<Place> places_;
  std::vector<std::uint32_t> unused_;
};

}  // namespace pasid::engine::detail
