// Scopes: which worlds a search goes through unless the user names others.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/model.hpp"
#include "src/explore/scope.hpp"

namespace pasid::check {

/// How many of each sort; those left out are as in default_sizes().
using Sizes = std::map<std::string, int>;

/// "Task=3", a size from 1 to 99. Nothing where the text is none.
std::optional<Sizes::value_type> size_in(std::string_view text);

/// Two of what can be confused, one piece of work, and an address space of every kind that the design attaches.
Sizes default_sizes(const spec::NativeFacts& knobs);

/// Which PASIDs a device has room for.
enum class Widths : std::uint8_t {
  wide = 1,  ///< every PASID fits every device
  any,       ///< every choice, also a device without PASIDs
};

/// Which address spaces there are beside mms.
enum class Others : std::uint8_t {
  none = 1,
  attached,  ///< of every kind that the design attaches, the last of them, as many as there is room for beside one mm
  alone,     ///< the same, and no mm
};

/// How devices hang together.
enum class Devices : std::uint8_t {
  anyhow = 1,  ///< every choice of groups, and of devices for the queues
  apart,       ///< each is a group of its own, and has one queue; there are as many queues as devices
};

/// The first PASID is the RID's index, and devices can do what SVA asks for.
/// Throws std::invalid_argument, naming the sort, where there is none of that name or no room for as many.
explore::Scope scope_of(const lang::Tree& tree, const spec::NativeFacts& knobs, const Sizes& sizes,
                        Widths widths = Widths::wide, Others beside = Others::attached,
                        Devices devices = Devices::anyhow);

/// How much there is to see in a scope, roughly: what looks into several of them can afford the more the smaller.
enum class Extent : std::uint8_t { tiny = 1, small, medium, large };

struct GrowingScope {
  explore::Scope scope;
  Extent extent;
  Others others;
};

/// Worlds with up to three of what can be confused, with and without other address spaces than mms, smaller ones
/// first; the last has two of everything, anyhow.
std::vector<GrowingScope> growing_scopes(const lang::Tree& tree, const spec::NativeFacts& knobs);

/// A scope in words: its sizes, and what is said of its facts.
std::string describe(const lang::Tree& tree, const explore::Scope& scope);

}  // namespace pasid::check
