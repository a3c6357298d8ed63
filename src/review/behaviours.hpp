// Behaviours that one of two designs has and the other has not: the shortest sequences of calls whose last answer only
// one of them can give.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "src/review/side.hpp"
#include "src/trace/trace.hpp"

namespace pasid::review {

/// An answer in words, and what decided it.
struct Said {
  std::string answer;  ///< "ok pasid=1 (p2)", "ENOSPC", "would block", "#GP"
  std::string guard;   ///< label; empty: ok
  std::string cites;   ///< the source of the rule that has the guard; empty: ok
  friend bool operator==(const Said&, const Said&) = default;
};

/// A call that both were asked and answered alike.
struct Told {
  std::string call;  ///< as A was asked, with its arguments
  std::string a;
  std::string b;  ///< the same as `a`, but for numbers that stand for one another
};

/// Where the designs part.
struct Behaviour {
  std::string world;  ///< what the devices are
  std::vector<Told> before;
  std::string call;     ///< the last, as A was asked
  std::string name;     ///< without its arguments
  std::vector<Said> a;  ///< all that A may answer
  std::vector<Said> b;
  std::vector<Said> only_a;
  std::vector<Said> only_b;
  bool environment = false;  ///< it takes memory that runs out, or a queue that refuses
  trace::Trace trace_a;      ///< run again: to the last answer, or as far as there is none that the other cannot give
  trace::Trace trace_b;
  [[nodiscard]] std::size_t calls() const { return before.size() + 1; }
};

struct BehaviourOptions {
  std::size_t nodes = 500;  ///< pairs of sets of states looked at in each world
  /// Where that shows no difference, long sequences of these calls are gone through: ten times as many pairs.
  std::vector<std::string> among = {};
  unsigned threads = 1;
  std::function<void(const std::string&)> progress = [](const std::string&) {};
};

struct Behaviours {
  std::vector<Behaviour> newly_allowed;    ///< B can answer so, A cannot: one of each kind, the shortest first
  std::vector<Behaviour> newly_forbidden;  ///< A can, B cannot
  std::vector<std::string> calls_only_a;   ///< which are not asked
  std::vector<std::string> calls_only_b;
  std::vector<std::string> worlds;     ///< that both designs can be in
  std::vector<std::string> left_out;   ///< the others: what they are, and which design cannot
  std::size_t questions = 0;           ///< without those of long sequences (BehaviourOptions::among)
  std::size_t depth = 0;               ///< in every world all sequences of so many calls were asked
  bool exhausted = false;              ///< in every world there are no longer ones that lead anywhere new
  std::vector<std::string> disagreed;  ///< differences of which the checker of answers knows nothing: an internal error
};

/// In worlds of the same devices, where each design shares out the numbers as it does. Numbers are compared as they are
/// where both share them out alike, else by which stand for one another. Allocators take the lowest free number.
Behaviours differing_behaviours(const Side& a, const Side& b, const BehaviourOptions& options = {});

}  // namespace pasid::review
