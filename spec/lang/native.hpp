// The native reading: a rule as machine code over bytes. Used for search, property tests and checking backends.
#pragma once

#include <array>
#include <cstring>

#include "spec/lang/sort.hpp"

namespace pasid::lang {

inline constexpr int max_entity_sorts = 12;

/// A native value: 0 is none. Values of different sorts do not mix.
template <class S>
struct Id {
  std::uint8_t v = 0;
  constexpr Id() = default;
  constexpr Id(const Id&) = default;
  constexpr Id& operator=(const Id&) & = default;  // not of a temporary: writing a fact would be lost in silence
  constexpr explicit Id(std::uint8_t value) : v(value) {}
  constexpr Id(None) {}  // NOLINT(google-explicit-constructor)
  template <EnumeratorOf<S> E>
  constexpr Id(E e) : v(static_cast<std::uint8_t>(e)) {}  // NOLINT(google-explicit-constructor)
  friend constexpr bool operator==(Id a, Id b) { return a.v == b.v; }
};

struct Native {
  template <class S>
  using Value = std::conditional_t<std::is_same_v<S, bool>, bool, Id<S>>;
};

/// How many entities of each sort this scope has; bounds every quantifier.
template <>
class Domain<Native> {
 public:
  std::array<std::uint8_t, max_entity_sorts> count{};

  template <class S>
  [[nodiscard]] int size() const {
    if constexpr (std::is_enum_v<S>) return capacity_of<S>;
    else return count[S::index];
  }
};

template <Name N, class V, class... I>
class Cell<Native, N, V(I...)> {
 public:
  static constexpr auto name = N;
  static constexpr const SortInfo* value_sort = &sort_info<V>;
  static constexpr std::array<const SortInfo*, sizeof...(I)> index_sorts{&sort_info<I>...};
  static constexpr std::size_t bytes = (std::size_t{1} * ... * (capacity_of<I> + 1));
  /// How far apart in bytes neighbours are in each index.
  static constexpr std::array<std::size_t, sizeof...(I)> strides = [] {
    std::array<std::size_t, sizeof...(I)> extent{(capacity_of<I> + 1)...};
    std::array<std::size_t, sizeof...(I)> out{};
    std::size_t step = 1;
    for (std::size_t k = sizeof...(I); k-- > 0;) {
      out[k] = step;
      step *= extent[k];
    }
    return out;
  }();

  /// Write-only, and not assignable from another reference: what is written is always a value read from the old state.
  class Ref {
   public:
    explicit Ref(std::uint8_t* where) : where_(where) {}
    Ref(const Ref&) = delete;
    Ref& operator=(const Ref&) = delete;
    void operator=(Val<Native, V> value) && {
      if (where_ == nullptr) return;
      if constexpr (std::is_same_v<V, bool>) *where_ = value ? 1 : 0;
      else *where_ = value.v;
    }

   private:
    std::uint8_t* where_;
  };

  /// The value at these indices. Row `none` is kept zero, so reading at none needs no branch.
  Val<Native, V> operator()(Id<I>... i) const {
    if constexpr (std::is_same_v<V, bool>) return data_[at(i...)] != 0;
    else return Id<V>{data_[at(i...)]};
  }
  Ref operator()(Id<I>... i) {
    const bool absent = (false || ... || (i.v == 0));
    return Ref{absent ? nullptr : data_.data() + at(i...)};
  }

 private:
  static constexpr std::size_t at(Id<I>... i) {
    std::size_t k = 0;
    std::size_t where = 0;
    ((where += strides[k++] * i.v), ...);
    (void)k;
    return where;
  }
  std::array<std::uint8_t, bytes> data_{};
};

/// What came of trying a rule.
struct Outcome {
  /// waits: at an AWAIT or a GIVEN.
  enum class Kind : std::uint8_t { done, refused, waits, not_picked } kind = Kind::done;
  static constexpr std::uint8_t unnumbered = 0xff;
  std::uint8_t guard = unnumbered;  ///< where that guard stands among the rule's, if whoever tried it counted
  int err = 0;                      ///< refused: the errno, positive
  const char* label = nullptr;      ///< the first guard that failed
};

template <>
class Rule<Native> {
 public:
  explicit Rule(const Domain<Native>& domain, bool policies = false) : domain_(domain), policies_(policies) {}

  void cites(const char*) {}
  bool require(bool c, int err, const char* label) { return passes(c, Outcome::Kind::refused, err, label); }
  bool await(bool c, const char* label) { return passes(c, Outcome::Kind::waits, 0, label); }
  bool given(bool c, const char* label) { return await(c, label); }
  template <class S, class P>
  bool choose(Id<S> x, Pick policy, const char* label, P allowed) {
    bool ok = allowed(x);
    if (ok && policies_ && policy == Pick::lowest_free) {
      for (std::uint8_t y = 1; y < x.v; ++y) ok = ok && !allowed(Id<S>{y});
    }
    return passes(ok, Outcome::Kind::not_picked, 0, label);
  }
  [[nodiscard]] const Domain<Native>& domain() const { return domain_; }

  Outcome outcome;

 private:
  bool passes(bool c, Outcome::Kind otherwise, int err, const char* label) {
    if (!c) outcome = {otherwise, met_, err, label};
    ++met_;
    return c;
  }
  const Domain<Native>& domain_;
  std::uint8_t met_ = 0;  ///< guards so far
  bool policies_;         ///< picks follow their policy instead of "any allowed"
};

/// Every element of sort S satisfies `body`.
template <class S, class F>
bool forall(const Domain<Native>& domain, F body) {
  const int n = domain.size<S>();
  for (int i = 1; i <= n; ++i)
    if (!body(Id<S>{static_cast<std::uint8_t>(i)})) return false;
  return true;
}
/// Some element of sort S satisfies `body`.
template <class S, class F>
bool exists(const Domain<Native>& domain, F body) {
  const int n = domain.size<S>();
  for (int i = 1; i <= n; ++i)
    if (body(Id<S>{static_cast<std::uint8_t>(i)})) return true;
  return false;
}
template <class S>
Id<S> ite(bool c, Id<S> yes, std::type_identity_t<Id<S>> no) {
  return c ? yes : no;
}

/// The writes in `body` happen only where `c` holds.
template <class F>
void when(Rule<Native>&, bool c, F body) {
  if (c) body();
}
/// The writes in `body` happen for every element of sort S; each must be indexed by that element.
template <class S, class F>
void each(Rule<Native>& r, F body) {
  const int n = r.domain().size<S>();
  for (int i = 1; i <= n; ++i) body(Id<S>{static_cast<std::uint8_t>(i)});
}

}  // namespace pasid::lang
