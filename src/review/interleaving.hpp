// Interleaving: at how many moments may a call be taken to happen, though others act between its sections?
//
// By reduction (Lipton, CACM 1975): a section is a right mover if whatever others do right after it could as well have
// come before it, and a left mover if it could as well come before what others did just before it. Sections that are
// right movers up to one, and left movers after it, are as if they happened together, at the moment of that one.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/review/side.hpp"
#include "src/smt/prove.hpp"

namespace pasid::review {

/// Something that others do and that does not commute with a section.
struct Clash {
  std::string other;     ///< the rule that they fire
  std::string guard;     ///< or that refuses, by this guard; empty: it fires
  bool unknown = false;  ///< the solver gave up; else there is a state with what is proved in which the order matters
};

/// A section of a call, or what undoes one.
struct Mover {
  std::string rule;
  std::vector<Clash> not_right;  ///< what is in the way of its being a right mover; empty: it is one
  std::vector<Clash> not_left;   ///< the same of a left mover
  bool never = false;            ///< proved that it never fires there: what is said of it says nothing
};

/// A section that refuses after others have fired, and what undoes those.
struct Refused {
  std::size_t section = 0;
  int err = 0;                       ///< errno, positive
  Mover mover;                       ///< the refusal itself, which writes nothing
  std::vector<std::string> moments;  ///< the rules at whose moments all of it happens, in order; empty: the refusal's
};

struct CallMoments {
  /// It is as if at one moment, completed and refused, and no section is there in vain.
  [[nodiscard]] bool at_once() const;

  std::string call;
  std::vector<Mover> sections;  ///< those that the design has, in its order
  std::vector<Mover> undos;     ///< of the sections that have one
  /// Where the call completes: the sections at whose moments it happens, by number. One: as if all at once.
  std::vector<std::size_t> moments;
  std::vector<Refused> refusals;  ///< those that come after a section, but for what is proved never to be refused
  std::size_t obligations = 0;
  std::size_t by_frame = 0;  ///< of these: the two rules have nothing to do with one another
};

/// The calls of the design with more than one section, in the order of the tree.
std::vector<std::string> calls_in_sections(const Side& side);

/// Whoever else acts: everybody, or in these calls and events alone.
struct Others {
  std::set<std::string> among;  ///< their names; empty: everybody
  [[nodiscard]] bool have(std::string_view name) const { return among.empty() || among.contains(std::string(name)); }
};
/// The names that can be among the others of a design: calls, and what happens by itself.
std::vector<std::string> names_of_others(const Side& side);

/// Of one of these calls. Behaviours are those of `pasid diff`: calls and their answers, where whoever asks plays the
/// device, so that only what an answer can depend on has to come out the same. Others are every call's sections and
/// what happens by itself, not the call's own sections and nothing by its own thread; a guard that refuses is something
/// they do, waiting is not. Each pair is asked about with what `proof` proved of the design. A section after one that
/// may be left out is taken to come where that has fired. With `all` each section has everything
/// that is in its way, else the first thing. Throws std::runtime_error where the solver fails.
CallMoments moments_of(const Side& side, const smt::Proof& proof, std::string_view call, bool all = true,
                       const Others& others = {});

/// The cells that an answer to somebody outside can depend on, by index into Tree::cells.
std::set<int> visible_cells(const Side& side);

}  // namespace pasid::review
