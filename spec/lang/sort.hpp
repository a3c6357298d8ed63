// Sorts: what the rules talk about. A sort is either a kind of entity (a thread, a device, a PASID) whose
// number is free in a proof and chosen by the scope in a search, or a small enumeration.
// In machine form 0 is always `none`; entities and enumerators count from 1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pasid::lang {

/// A string literal as a template argument.
template <std::size_t N>
struct Name {
  char text[N];
  consteval Name(const char (&literal)[N]) {  // NOLINT(google-explicit-constructor)
    for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
  }
  [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
};

/// The absent value of every sort. Reading any table at `none` gives `none` (or false); writing there does nothing.
struct None {};
inline constexpr None none{};

/// Base of an entity sort. `Index` orders the sorts (a single-valued table whose value comes later in this order than
/// all its indices becomes a function for the solver, any other a relation); `Capacity` bounds native searches only.
template <int Index, Name Text, Name Prefix, int Capacity>
struct Entity {
  static constexpr int index = Index;
  static constexpr int capacity = Capacity;
  static constexpr auto name = Text;
  static constexpr auto prefix = Prefix;
};

enum class SortKind : std::uint8_t { boolean, entity, enumeration };

/// What the tree knows about a sort; compared by address.
struct SortInfo {
  SortKind kind;
  std::string_view name;
  std::string_view prefix;                        ///< entities print as prefix + number
  int index;                                      ///< entities: position in the sort order; otherwise -1
  int capacity;                                   ///< entities: most a native state holds; enumerations: how many
  std::span<const std::string_view> enumerators;  ///< enumerations: names, value 1 first
};

namespace detail {

/// The name of enumerator V as the compiler prints it; starts with '(' where E has no such value.
template <auto V>
constexpr std::string_view enumerator_name() {
  std::string_view s = __PRETTY_FUNCTION__;
  const auto end = s.find_first_of(";]", s.find("V = "));
  s = s.substr(0, end);
  s = s.substr(s.find("V = ") + 4);
  if (s.front() == '(') return s;
  return s.substr(s.rfind(':') + 1);
}

template <class E, int I = 1>
constexpr int enumerator_count() {
  if constexpr (enumerator_name<static_cast<E>(I)>().front() == '(') return I - 1;
  else return enumerator_count<E, I + 1>();
}

template <class E, class = std::make_integer_sequence<int, enumerator_count<E>()>>
struct Enumerators;
template <class E, int... I>
struct Enumerators<E, std::integer_sequence<int, I...>> {
  static constexpr std::array<std::string_view, sizeof...(I)> names{enumerator_name<static_cast<E>(I + 1)>()...};
};

template <class E>
constexpr std::string_view enum_type_name() {
  std::string_view s = __PRETTY_FUNCTION__;
  s = s.substr(s.find("E = ") + 4);
  s = s.substr(0, s.find_first_of(";]"));
  return s.substr(s.rfind(':') + 1);
}

}  // namespace detail

/// How many values (not counting none) a table indexed by S has room for in a native state.
template <class S>
inline constexpr int capacity_of = [] {
  if constexpr (std::is_same_v<S, bool>) return 1;
  else if constexpr (std::is_enum_v<S>) return detail::enumerator_count<S>();
  else return S::capacity;
}();

template <class S>
inline constexpr SortInfo sort_info = [] {
  if constexpr (std::is_same_v<S, bool>) {
    return SortInfo{SortKind::boolean, "Bool", "", -1, 1, {}};
  } else if constexpr (std::is_enum_v<S>) {
    return SortInfo{SortKind::enumeration, detail::enum_type_name<S>(),  "", -1,
                    capacity_of<S>,        detail::Enumerators<S>::names};
  } else {
    return SortInfo{SortKind::entity, S::name.view(), S::prefix.view(), S::index, S::capacity, {}};
  }
}();

/// E is the enumeration that the sort S is.
template <class E, class S>
concept EnumeratorOf = std::is_enum_v<S> && std::is_same_v<E, S>;

/// A value of sort S in algebra A: a byte in the native reading, an expression in the tree.
template <class A, class S>
using Val = typename A::template Value<S>;

/// One table of the state or of the facts: `Cell<A, "owner", As(Space, Pasid)>`. A const cell reads, a mutable one
/// gives a write-only reference; both are specialised by each algebra.
template <class A, Name N, class Signature>
class Cell;

/// The rule being read: receives its guards and its writes. Specialised by each algebra.
template <class A>
class Rule;

/// Base of the facts: what quantifiers range over. Specialised by each algebra.
template <class A>
class Domain;

constexpr bool implies(bool a, bool b) { return !a || b; }
constexpr bool iff(bool a, bool b) { return a == b; }

/// What a property judges. An invariant is a state property; only these are ever assumed in a proof.
enum class PropertyKind : std::uint8_t {
  state = 1,  ///< each state
  step,       ///< the states before and after each firing of a rule
  call,       ///< the states before and after each call that returns an error, its undo included
};

enum class Pick : std::uint8_t {
  any = 1,      ///< the environment's choice (a new id, which of several)
  lowest_free,  ///< the allocator's: the lowest allowed number; proofs and searches allow any
};

}  // namespace pasid::lang
