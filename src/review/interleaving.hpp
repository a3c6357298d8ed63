// Interleaving: may each call of a design be taken to happen at one moment, though others act between its sections?
//
// By reduction (Lipton 1975): a section that whatever others do right after it could as well have come before it is a
// right mover; one that could as well come before what others did just before it, a left mover. A call whose sections
// are right movers up to some moment, and left movers after it, is as if it happened at that moment.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/review/side.hpp"
#include "src/smt/prove.hpp"

namespace pasid::review {

/// What of others does not commute with a section.
struct Clash {
  std::string other;  ///< "bind.pasid", or a refusal: "bind.pasid: ENOSPC (bind.pasid-free)"
  bool unknown;       ///< the solver gave up; else there is a state with what is proved in which the order matters
};

/// A section of a call, or what undoes one.
struct Mover {
  std::string rule;
  bool optional = false;
  std::vector<Clash> right;  ///< in the way of its being a right mover
  std::vector<Clash> left;   ///< and a left mover
};

struct CallAtOnce {
  std::string call;
  std::vector<Mover> sections;          ///< in order
  std::vector<Mover> undos;             ///< by section, without a rule where it has none
  std::vector<std::size_t> moments;     ///< the sections at which it happens: one, where it is as if at once
  std::vector<std::string> not_undone;  ///< guards at which a refusal is not shown to happen at once
  std::size_t obligations = 0;
  std::size_t by_frame = 0;               ///< of these: the two rules have nothing to do with one another
  std::vector<std::string> strayed = {};  ///< what the call wrote for itself, and somebody else may change

  [[nodiscard]] bool shown() const { return moments.size() == 1 && not_undone.empty(); }
};

/// Of each call with more than one section. Behaviours are those of `pasid diff`: calls and their answers, whoever asks
/// plays the device. A pair of rules is asked about with what `proof` proved of the design; others are every call's
/// sections and whatever happens by itself, but not the same call's.
std::vector<CallAtOnce> at_once(const Side& side, const smt::Proof& proof);

}  // namespace pasid::review
