// A survey of one world: which answers can follow which, and a way to each.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "src/conform/vectors/asking.hpp"
#include "src/explore/worlds.hpp"

namespace pasid::conform::vectors {

/// Numbers for kinds of answers, in the order in which they are met; the same for all worlds of a design.
class Kinds {
 public:
  std::size_t number(const Kind& kind);
  [[nodiscard]] std::size_t count() const { return all_.size(); }
  [[nodiscard]] const Kind& operator[](std::size_t n) const { return all_[n]; }

 private:
  std::vector<Kind> all_;
};

struct SurveyLimits {
  std::size_t level_nodes = 4'000;   ///< beliefs looked at level by level
  std::size_t guided_nodes = 4'000;  ///< and then from where something rare can be asked
};

class Survey {
 public:
  struct Way {
    std::size_t kind;
    Asked asked;
    std::size_t to;  ///< a node; its names may be others than those that this way leads to
  };
  struct Node {
    Belief belief;
    std::size_t parent = 0;  ///< the first node is its own
    Asked by;
    int depth = 0;
    std::vector<Way> ways;  ///< one of each kind; empty where the node was not looked at
    bool looked_at = false;
  };

  /// `asking` and `kinds` must outlive it. The same for the same seed.
  Survey(const lang::Tree& tree, Asking& asking, Kinds& kinds, const SurveyLimits& limits, std::uint64_t seed);

  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
  /// What was asked on the way to a node.
  [[nodiscard]] std::vector<Asked> path(std::size_t node) const;

 private:
  void look(std::size_t node);
  std::size_t node_of(Belief&& belief, std::size_t parent, const Asked& by);
  [[nodiscard]] std::string key(const Belief& belief) const;

  Asking& asking_;
  Kinds& kinds_;
  std::vector<spec::NativeFacts> facts_;
  explore::Worlds worlds_;
  std::vector<Node> nodes_;
  std::unordered_map<std::string, std::size_t> known_;
  std::vector<std::size_t> met_;  ///< by kind: in how many nodes it may be asked
};

}  // namespace pasid::conform::vectors
