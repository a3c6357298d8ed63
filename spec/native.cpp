// The one translation unit that instantiates the native reading.
#include "spec/lang/native.hpp"

#include <algorithm>

#include "spec/formulas.hpp"
#include "spec/model.hpp"

namespace pasid::spec {
namespace {

using lang::Id;
using lang::Native;
using lang::Outcome;
using lang::SortInfo;

/// What the cells that `cells()` lists take up.
template <class Holder>
inline constexpr std::size_t listed_bytes = []<class... C>(std::type_identity<std::tuple<C&...>>) {
  return (std::size_t{0} + ... + C::bytes);
}(std::type_identity<decltype(std::declval<Holder&>().cells())>{});
static_assert(listed_bytes<NativeState> == sizeof(NativeState), "State::cells() leaves a cell out");
static_assert(listed_bytes<NativeFacts> + sizeof(Domain<Native>) == sizeof(NativeFacts),
              "Facts::cells() leaves a cell out");

template <std::size_t I>
constexpr const auto& entry = std::get<I>(rules<Native>);

template <class Entry>
struct Shape;
template <class... S>
struct Shape<RuleEntry<Native, Id<S>...>> {
  static constexpr std::array<const SortInfo*, sizeof...(S)> sorts{&lang::sort_info<S>...};
};

template <std::size_t I, class... S, std::size_t... K>
void run(Rule<Native>& r, const RuleEntry<Native, Id<S>...>&, const NativeFacts& f, const NativeState& s,
         NativeState& n, const std::uint8_t* args, std::index_sequence<K...>) {
  entry<I>.text(r, f, s, n, Id<S>{args[K]}...);
}

template <std::size_t I>
constexpr NativeRule native_rule() {
  using Entry = std::remove_cvref_t<decltype(entry<I>)>;
  static_assert(Shape<Entry>::sorts.size() <= max_params);
  return {entry<I>.label, Shape<Entry>::sorts, entry<I>.only_if,
          [](const NativeFacts& f, const NativeState& s, NativeState& n, const std::uint8_t* args, bool policies) {
            Rule<Native> r(f, policies);
            run<I>(r, entry<I>, f, s, n, args, std::make_index_sequence<Shape<Entry>::sorts.size()>{});
            return r.outcome;
          }};
}

template <std::size_t... I>
constexpr auto native_table(std::index_sequence<I...>) {
  return std::array{native_rule<I>()...};
}
constexpr auto table = native_table(std::make_index_sequence<std::tuple_size_v<decltype(rules<Native>)>>{});

constexpr auto axiom_table = [] {
  std::array<NativeAxiom, axioms<Native>.size()> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = {axioms<Native>[i].name, axioms<Native>[i].body};
  return out;
}();

template <std::size_t... I>
constexpr auto native_property_table(std::index_sequence<I...>) {
  return std::array{NativeProperty{properties<Native>[I].name, properties<Native>[I].judges,
                                   properties<Native>[I].applies,
                                   [](const NativeFacts& f, const NativeState& before, const NativeState& after) {
                                     return properties<Native>[I].holds(f, before, after);
                                   }}...};
}
constexpr auto property_table = native_property_table(std::make_index_sequence<properties<Native>.size()>{});

}  // namespace

std::span<const NativeRule> native_rules() { return table; }
std::span<const NativeAxiom> native_axioms() { return axiom_table; }
const NativeAxiom* broken_axiom(const NativeFacts& facts) {
  const auto broken = std::ranges::find_if(native_axioms(), [&](const NativeAxiom& a) { return !a.holds(facts); });
  return broken == native_axioms().end() ? nullptr : &*broken;
}
std::span<const NativeProperty> native_properties() { return property_table; }

}  // namespace pasid::spec
