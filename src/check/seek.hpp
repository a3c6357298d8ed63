// Seeking: the shortest traces of what is not proved, in one world after another, the smallest first.
#pragma once

#include <map>
#include <vector>

#include "src/check/places.hpp"
#include "src/check/scopes.hpp"
#include "src/explore/search.hpp"

namespace pasid::check {

/// The rule by which an address space that nothing names is used again.
inline constexpr std::string_view recycling = "process.recycle";

/// What a search for verdicts runs of a reading: all but recycling. An address space that is used again stands for
/// another one (see the rule), so a search can do with each once; and the rule reads nearly every cell, so that with it
/// every search would have to look at all of them.
explore::Reading search_reading(explore::Reading reading = explore::native_reading());

/// What became of one property.
struct Sought {
  int property;                       ///< index into the reading
  std::optional<explore::Path> path;  ///< a shortest one at this grain in this scope
  explore::Grain grain;               ///< of the path; without one, of the last search
  explore::Scope scope;               ///< the same
  std::size_t scope_number = 0;       ///< of the scope in growing_scopes()
  std::size_t topologies = 0;         ///< of the scope
  std::size_t states = 0;             ///< that the last search looked at
  int depth = 0;
  double seconds = 0;     ///< of all searches for it
  bool all_seen = false;  ///< without a path: every scope was gone through, by calls and by steps
};

/// Looks for a violation of each of `properties`, first where `known` says; gives those found there first, and those of
/// calls as a whole last. Of `options` the properties and the grain do not matter. Where `known` says, a search may
/// take `max_states_where_known`; 0: as many as elsewhere.
std::vector<Sought> seek(const lang::Tree& tree, const spec::NativeFacts& knobs, std::vector<int> properties,
                         const explore::Options& options, const std::map<int, Place>& known = {},
                         std::size_t max_states_where_known = 0);

}  // namespace pasid::check
