// Whether two steps can change places, as questions to the solver.
#pragma once

#include <set>
#include <utility>
#include <vector>

#include "spec/lang/tree.hpp"
#include "src/review/interleaving.hpp"
#include "src/smt/prove.hpp"

namespace pasid::review {

/// Questions are put together first, and answered all at once: then what was in the way is noted where that was asked
/// for. All that is passed by reference must outlive this, and stay where it is.
class MoverQuestions {
 public:
  /// States are the same where they agree in `cells`. What `proof` proved of the design holds wherever something is
  /// asked.
  MoverQuestions(lang::Tree& tree, const spec::NativeFacts& knobs, const smt::Proof& proof, const std::set<int>& cells)
      : tree_(tree), knobs_(knobs), proof_(proof), cells_(cells) {}

  /// Where `first` and then `second` fire, may they as well fire the other way round, to the same end? If not, `clash`
  /// is one of the `clashes`.
  void commute(const lang::RuleTree& first, lang::NodeId first_fires, const lang::RuleTree& second,
               lang::NodeId second_fires, lang::NodeId apart, const Clash& clash, std::vector<Clash>& clashes);

  /// Do the goals follow? Nothing is asked where each is true, or one of the `given`, which the premise has.
  void show(lang::NodeId premise, const std::vector<lang::NodeId>& goals, const std::vector<lang::NodeId>& given,
            const Clash& clash, std::vector<Clash>& clashes);

  /// It fires where this holds, if anywhere: is there such a state?
  void happens(lang::NodeId where, Mover& mover);

  /// Of what is in the way of one and the same, all or the first.
  void answer(bool all);

  /// Group by group; of each, up to the first that does not follow.
  [[nodiscard]] std::vector<std::vector<smt::Answer>> follow(
      const std::vector<std::vector<smt::Implication>>& groups) const;

  [[nodiscard]] std::size_t all() const { return all_; }
  [[nodiscard]] std::size_t by_frame() const { return by_frame_; }  ///< of these: nothing had to be asked

 private:
  /// A question, and where it is noted that its answer is no.
  struct Obligation {
    smt::Implication implication;
    std::vector<Clash>* clashes;
    Clash clash;  ///< what is noted
  };
  void look_for_emptiness();

  lang::Tree& tree_;
  const spec::NativeFacts& knobs_;
  const smt::Proof& proof_;
  const std::set<int>& cells_;
  std::vector<Obligation> asked_;
  std::vector<std::pair<smt::Implication, Mover*>> happens_;  ///< that it never does
  std::size_t all_ = 0;
  std::size_t by_frame_ = 0;
};

}  // namespace pasid::review
