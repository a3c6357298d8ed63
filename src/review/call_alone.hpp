// A call by itself: its sections over its own parameters, the rules as others fire them, and what holds for the call
// between its sections though others act there.
#pragma once

#include <functional>
#include <set>
#include <string_view>
#include <vector>

#include "spec/lang/call.hpp"
#include "spec/lang/tree.hpp"
#include "src/smt/prove.hpp"

namespace pasid::review {

class CallAlone {
 public:
  /// What follows of groups of implications, of each up to the first that does not.
  using Follow =
      std::function<std::vector<std::vector<smt::Answer>>(const std::vector<std::vector<smt::Implication>>& groups)>;

  /// `rules` are those of the design that are in play, with its knobs folded in; they and `tree` must outlive this.
  /// Those in `unasked` happen by themselves, also to a thread within a call. `call` has the sections that the design
  /// has.
  CallAlone(lang::Tree& tree, const std::vector<lang::RuleTree>& rules, const std::set<std::string_view>& unasked,
            Follow follow, lang::CallTree call);

  /// In the order in which the design fires them. A call that refuses something has them in that of its list; of the
  /// others, steps of a teardown, each design has an order of its own, and what a step has written tells the next.
  [[nodiscard]] const std::vector<lang::CallSection>& sections() const { return call_.sections; }

  /// The rule of that name in the design; nullptr: it has none.
  [[nodiscard]] const lang::RuleTree* find(std::string_view label) const;
  [[nodiscard]] std::string_view label(int rule) const;

  /// The rule over the parameters of the call; those that it does not share are its own.
  lang::RuleTree own(int rule);
  /// The rule as others fire it.
  lang::RuleTree others(const lang::RuleTree& rule);

  /// `rule`, as others fire it, is not part of this very call: where it is one of its later sections (or an undo), it
  /// is about something else. Who begins the call is another caller. A rule does not say who fires it: what a call has
  /// reserved for a group is published, or undone, by that call, whatever device of the group the rule names.
  lang::NodeId of_another(const lang::RuleTree& rule);

  /// What holds before section `i`, or after the last, for this call alone.
  lang::NodeId before(std::size_t i);
  /// What holds before each section from `first` on and after the last: an undo comes after any of them.
  lang::NodeId throughout_from(std::size_t first);

 private:
  void put_in_order();
  void find_facts();
  bool forget_unsettled();
  [[nodiscard]] bool of_the_call(lang::NodeId term) const;
  lang::NodeId all_of(const std::vector<lang::NodeId>& facts);

  lang::Tree& tree_;
  const std::vector<lang::RuleTree>& rules_;
  const std::set<std::string_view>& unasked_;
  Follow follow_;
  lang::CallTree call_;
  lang::CallParams params_{};
  std::vector<std::vector<lang::NodeId>> facts_;  ///< before each section, and after the last
};

}  // namespace pasid::review
