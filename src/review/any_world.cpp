#include "src/review/any_world.hpp"

#include <array>
#include <stdexcept>

#include "spec/lang/memory.hpp"
#include "src/check/scopes.hpp"
#include "src/explore/topology.hpp"

namespace pasid::review {

using spec::NativeFacts;

namespace {

std::size_t below(std::mt19937_64& random, std::size_t n) { return static_cast<std::size_t>(random() % n); }

template <class Sort>
lang::Id<Sort> numbered(std::size_t number) {
  return lang::Id<Sort>{static_cast<std::uint8_t>(number)};
}

/// Some devices, numbers or IOMMUs lack something.
void lack(const lang::Tree& tree, NativeFacts& f, std::string_view name, std::mt19937_64& random) {
  const auto& cell = tree.cells[static_cast<std::size_t>(tree.cell_named(name))];
  lang::each_index(f, cell, [&](std::span<const std::uint8_t> index) {
    if (below(random, 4) == 0) reinterpret_cast<std::uint8_t*>(&f)[lang::place(cell, index)] = 0;
  });
}

}  // namespace

AnyWorld::AnyWorld(const lang::Tree& tree, const NativeFacts& knobs, const std::string& design) : tree_(tree) {
  check::Sizes sizes = check::default_sizes(knobs);
  ++sizes["As"];
  topologies_ = explore::topologies(tree, knobs, check::scope_of(tree, knobs, sizes));
  if (topologies_.empty()) throw std::logic_error("design '" + design + "' has no topology");
}

NativeFacts AnyWorld::pick(std::mt19937_64& random) const {
  static constexpr std::array<std::string_view, 5> may_lack{"capable", "ats", "privileged", "svm", "fits"};
  while (true) {
    NativeFacts f = topologies_[below(random, topologies_.size())];
    if (below(random, 4) == 0) return f;
    lack(tree_, f, may_lack[below(random, may_lack.size())], random);
    // A device without PASIDs has room for none.
    const auto count = [&]<class Sort>() { return static_cast<std::size_t>(f.size<Sort>()); };
    for (std::size_t d = 1; d <= count.operator()<spec::Dev>(); ++d)
      for (std::size_t p = 1; p <= count.operator()<spec::Pasid>(); ++p)
        if (!std::as_const(f).capable(numbered<spec::Dev>(d)))
          f.fits(numbered<spec::Dev>(d), numbered<spec::Pasid>(p)) = false;
    // Two of a kind, for what exchanges one for another.
    const auto any_as = [&] { return numbered<spec::As>(1 + below(random, count.operator()<spec::As>())); };
    const auto kind = [&](lang::Id<spec::As> a) { return static_cast<spec::Kind>(std::as_const(f).kind(a).v); };
    const spec::Kind like = kind(any_as());
    f.kind(any_as()) = like;
    if (!spec::broken_axiom(f)) return f;
  }
}

}  // namespace pasid::review
