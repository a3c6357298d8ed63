// What the lists of rules, axioms and properties consist of.
#pragma once

#include <string_view>

#include "spec/state.hpp"

namespace pasid::spec {

/// The condition of what every design has.
template <class A>
Val<A, bool> always(const Facts<A>&) {
  return true;
}

template <class A, class... Values>
struct RuleEntry {
  std::string_view label;
  std::string_view params;  ///< names, separated by spaces
  void (*text)(Rule<A>&, const Facts<A>&, const State<A>&, State<A>&, Values...);
  Val<A, bool> (*only_if)(const Facts<A>&);  ///< a condition on knobs
};

template <class A, class... Values>
constexpr RuleEntry<A, Values...> rule(std::string_view label, std::string_view params,
                                       void (*text)(Rule<A>&, const Facts<A>&, const State<A>&, State<A>&, Values...),
                                       Val<A, bool> (*only_if)(const Facts<A>&) = always<A>) {
  return {label, params, text, only_if};
}

template <class A>
struct AxiomEntry {
  std::string_view name;
  std::string_view meaning;
  Val<A, bool> (*body)(const Facts<A>&);
};

/// A property of states has a body over one state. One of steps or of calls says so, and has a body over two.
template <class A>
struct PropertyEntry {
  using Applies = Val<A, bool> (*)(const Facts<A>&);
  using OfState = Val<A, bool> (*)(const Facts<A>&, const State<A>&);
  using OfChange = Val<A, bool> (*)(const Facts<A>&, const State<A>& before, const State<A>& after);

  std::string_view name;
  std::string_view meaning;
  PropertyKind judges;
  OfState of_state = nullptr;
  OfChange of_change = nullptr;
  Applies applies;  ///< the rigid fact without which the property says nothing

  constexpr PropertyEntry(std::string_view n, std::string_view m, OfState body, Applies a)
      : name(n), meaning(m), judges(PropertyKind::state), of_state(body), applies(a) {}
  constexpr PropertyEntry(std::string_view n, std::string_view m, PropertyKind kind, OfChange body, Applies a)
      : name(n), meaning(m), judges(kind), of_change(body), applies(a) {}

  /// State properties look at `after` alone.
  [[nodiscard]] constexpr Val<A, bool> holds(const Facts<A>& f, const State<A>& before, const State<A>& after) const {
    return of_state != nullptr ? of_state(f, after) : of_change(f, before, after);
  }
};

}  // namespace pasid::spec
