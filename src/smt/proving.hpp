// A proof in the making: what its parts share.
#pragma once

#include <functional>
#include <future>

#include "src/smt/hints.hpp"
#include "src/smt/keeping.hpp"
#include "src/smt/small_world.hpp"
#include "src/smt/solving.hpp"

namespace pasid::smt {

/// What `work` gives. A mistake that the solver reports is thrown on as a std::runtime_error: nobody outside knows Z3.
template <class Work>
auto asking_z3(const Work& work) {
  try {
    return work();
  } catch (const z3::exception& e) {
    throw std::runtime_error(std::string("Z3: ") + e.msg());
  }
}

class Proving {
 public:
  Proving(const lang::Tree& whole, const spec::NativeFacts& knobs, const ProveOptions& options)
      : whole_(whole), knobs_(knobs), options_(options), others_(make_others()), theory_(whole, knobs),
        solving_(theory_, options_), world_(solving_.context(), theory_, bodies(), sizes_of(theory_.tree, few)) {
    theory_.rules.reserve(theory_.rules.size() + 1);  // for one that is asked about (broken_without)
    suspect();
  }

  Proof run();
  std::vector<Answer> can_fail_first(const Proof& proof, const std::vector<GuardName>& guards);
  std::vector<Answer> follow(const std::vector<Implication>& implications);
  void assume_only(const Proof& proof);
  std::vector<Break> broken_without(std::string_view label);
  bool keeps(const lang::RuleTree& changed);

 private:
  // keeping.cpp
  template <class Work>
  void with_rule(const lang::RuleTree& whole, const Work& work);
  void ask_of_the_last(std::vector<Break>& out);

  // sharing.cpp
  /// What a thread beside this one asks with, of the same design.
  struct Other {
    Theory theory;
    Solving solving;
    Other(const lang::Tree& whole, const spec::NativeFacts& knobs, const ProveOptions& options)
        : theory(whole, knobs), solving(theory, options) {}
  };
  using Others = std::vector<std::shared_future<std::unique_ptr<Other>>>;
  [[nodiscard]] Others make_others() const;
  void each_rule(const std::function<void(Solving&, std::size_t)>& work);
  [[nodiscard]] std::vector<std::size_t> shares(std::size_t threads) const;

  // induction.cpp
  class Houdini;
  void prove_states(Proof& proof);
  void prove_steps(Proof& proof);
  Result ask(const Question& question, bool suspected);
  [[nodiscard]] Question consequence(const Candidate& property) const;
  void suspect();

  // emptiness.cpp
  void look_for_emptiness(Proof& proof);
  void look_for_occasion(Proof& proof, const Candidate& property);
  Answer can_any_happen(const std::vector<lang::NodeId>& formulas);

  // calls.cpp
  void prove_calls(Proof& proof);

  // obligations.cpp
  [[nodiscard]] bool with_scripts() const { return options_.scripts || !options_.dump_dir.empty(); }
  /// Of a rule, by its index, and a formula.
  Obligation obligation(std::size_t rule, const Candidate& formula, const Result& result);
  Obligation obligation(std::string rule, std::string formula, const Result& result, const Question& question);
  void share_scripts(Proof& proof);
  void write(const Obligation& obligation, const std::string& text);

  void sort_items(Proof& proof) const;
  [[nodiscard]] std::vector<lang::NodeId> bodies() const;

  const lang::Tree& whole_;
  spec::NativeFacts knobs_;
  ProveOptions options_;
  Others
      others_;  ///< begun first, to be made while this thread makes its own; of what is above, which has to outlive it
  Theory theory_;
  Solving solving_;
  SmallWorld world_;
  Hints::Falls suspected_;  ///< fell before: here, in that order, or, where nothing is known of this design, anywhere
  bool on_record_ = false;  ///< here
  double beside_ = 0;       ///< seconds of CPU that threads beside this one took
};

}  // namespace pasid::smt
