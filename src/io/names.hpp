// Names a file may choose from: looking them up, listing them, guessing which was meant.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "spec/lang/sort.hpp"
#include "spec/verdict.hpp"

namespace pasid::io {

/// "one of a, b, c (did you mean 'b'?)": the legal names, and the nearest where one is near.
std::string one_of(std::span<const std::string_view> names, std::string_view given);

/// The order of names in lists: linux-* first, numbers by value (linux-6.6 before linux-6.12).
bool comes_before(const std::string& a, const std::string& b);

/// "proved", "holds in scope": a verdict for people; name_of() gives the word that files have.
std::string verdict_words(spec::Verdict verdict);

template <class E>
requires std::is_enum_v<E>
constexpr std::string_view name_of(E value) {
  return lang::sort_info<E>.enumerators[static_cast<std::size_t>(value) - 1];
}

template <class E>
requires std::is_enum_v<E>
constexpr std::optional<E> enumerator_named(std::string_view name) {
  const auto names = lang::sort_info<E>.enumerators;
  const auto it = std::ranges::find(names, name);
  if (it == names.end()) return std::nullopt;
  return static_cast<E>(it - names.begin() + 1);
}

}  // namespace pasid::io
