// A transition: a rule on its own, or a call of several.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "spec/lang/memory.hpp"
#include "spec/model.hpp"
#include "src/explore/footprint.hpp"

namespace pasid::explore {

/// One rule fired, with its arguments in the order of its parameters.
struct Fired {
  int rule = -1;  ///< index into Tree::rules
  std::array<std::uint8_t, spec::max_params> args{};
  friend bool operator==(const Fired&, const Fired&) = default;
};

/// A section that refused, which ended its call.
struct Refusal {
  Fired section;
  std::size_t at = 0;  ///< how many rules had fired; what fired from there on undid them
  int err = 0;         ///< errno, positive
  std::string_view guard;
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

inline constexpr std::size_t max_transition_params = 12;
inline constexpr std::size_t max_sections = 16;

/// Arguments of a transition, in the order of its parameters.
using Arguments = std::array<std::uint8_t, max_transition_params>;

/// A rule within a transition; parameter k of a rule is parameter from[k] of the transition.
struct Section {
  int rule;
  std::vector<std::uint8_t> from;
  bool optional = false;
  bool repeated = false;
  std::vector<std::uint8_t> loops;  ///< repeated: the transition's parameters over whose values it repeats
  int undo = -1;
  std::vector<std::uint8_t> undo_from;
};

/// Parameters of one name are one.
struct Transition {
  std::string_view label;
  bool call;
  std::vector<const lang::SortInfo*> params;
  std::size_t loops_from;  ///< parameters from here on are not chosen: repeated sections go through their values
  std::vector<Section> sections;
  bool begins = false;     ///< nothing happens before the first section has fired
  bool undoes = false;     ///< some section has a way back
  Cells writes;            ///< what its sections and their undos write
  Footprint footprint;     ///< of these
  std::size_t number = 0;  ///< among all of the design at its grain
};

}  // namespace pasid::explore
