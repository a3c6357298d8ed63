#include "src/mutate/failed_calls.hpp"

#include <algorithm>

#include "spec/lang/eval.hpp"
#include "spec/lang/rewrite.hpp"
#include "src/check/scopes.hpp"
#include "src/check/seek.hpp"
#include "src/explore/topology.hpp"
#include "src/mutate/edited.hpp"
#include "src/mutate/progress.hpp"
#include "src/mutate/variants.hpp"

namespace pasid::mutate {
namespace {

/// One conjunct of a property, and what is false where it alone is.
struct Alone {
  std::pair<int, std::size_t> which;
  lang::NodeId implied;  ///< by the others
};

std::vector<Alone> conjuncts_of_calls(lang::Tree& tree, const spec::NativeFacts& knobs) {
  std::vector<Alone> out;
  int number = -1;
  for (const lang::Formula& f : std::vector(tree.formulas)) {
    if (f.kind != lang::FormulaKind::property) continue;
    ++number;
    if (f.judges != lang::PropertyKind::call) continue;
    const auto all = conjuncts_of(tree, f.body, knobs);
    for (std::size_t c = 0; c < all.size(); ++c) {
      lang::NodeId rest = tree.truth(true);
      for (std::size_t i = 0; i < all.size(); ++i)
        if (i != c) rest = tree.conj(rest, all[i]);
      out.push_back({{number, c}, tree.imply(rest, all[c])});
    }
  }
  return out;
}

/// Has a call that can be refused this rule, or is it on its way back?
bool in_a_failing_call(const lang::Tree& tree, const Original& original, int rule) {
  return std::ranges::any_of(tree.calls, [&](const lang::CallTree& call) {
    bool has = false;
    bool refuses = false;
    for (const lang::CallSection& s : call.sections) {
      has = has || s.rule == rule || s.undo == rule;
      const lang::RuleTree* const own = original.rule(tree.rules[static_cast<std::size_t>(s.rule)].label);
      refuses = refuses || (own != nullptr && std::ranges::any_of(own->guards, [](const lang::Guard& g) {
                              return g.kind == lang::GuardKind::require;
                            }));
    }
    return has && refuses;
  });
}

/// Of `open`, those that alone convict the mutant.
std::vector<std::size_t> convict(const lang::Tree& tree, const spec::NativeFacts& knobs, const Mutant& mutant,
                                 std::span<const Alone> all, std::vector<std::size_t> open,
                                 const FailedCallOptions& how) {
  Edited edited(tree, mutant, check::search_reading());
  explore::Options options;
  options.grain = explore::Grain::call;
  options.max_states = how.max_states;
  std::vector<int> numbers;
  for (const std::size_t i : open) {
    const lang::NodeId body = all[i].implied;
    numbers.push_back(static_cast<int>(edited.reading.properties.size()));
    edited.tree.formulas.push_back(
        {lang::FormulaKind::property, "alone", "", edited.tree.truth(true), body, lang::PropertyKind::call});
    edited.reading.properties.push_back(
        {"alone", lang::PropertyKind::call, [](const spec::NativeFacts&) { return true; },
         [&edited, body](const spec::NativeFacts& f, const spec::NativeState& before, const spec::NativeState& after) {
           return lang::Evaluator(edited.tree, f, &f).value(body, &after, &before) != 0;
         }});
  }
  options.reading = edited.reading;
  std::vector<std::size_t> out;
  const auto scopes = check::growing_scopes(tree, knobs);
  for (std::size_t s = 0; s < std::min(how.scopes, scopes.size()) && !open.empty(); ++s) {
    options.properties = numbers;
    const auto worlds = explore::topologies(edited.tree, knobs, scopes[s].scope);
    if (worlds.empty()) continue;
    const explore::Result found = explore::search(edited.tree, worlds, options);
    for (std::size_t i = open.size(); i-- > 0;)
      if (found.paths[i]) {
        out.push_back(open[i]);
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
        numbers.erase(numbers.begin() + static_cast<std::ptrdiff_t>(i));
      }
  }
  return out;
}

}  // namespace

std::map<std::pair<int, std::size_t>, std::string> convicted_by_failed_calls(const Original& original,
                                                                             std::span<const Mutant> mutants,
                                                                             const FailedCallOptions& options) {
  lang::Tree tree = original.tree;
  const std::vector<Alone> all = conjuncts_of_calls(tree, original.knobs);
  std::map<std::pair<int, std::size_t>, std::string> out;
  const std::vector<Operator> waves[] = {{Operator::drop_update, Operator::drop_undo, Operator::move_update},
                                         {Operator::retarget_update}};
  for (const auto& operators : waves) {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (!out.contains(all[i].which)) open.push_back(i);
    if (open.empty()) break;
    std::vector<const Mutant*> tried;
    for (const Mutant& m : mutants)
      if (std::ranges::find(operators, m.by) != operators.end() &&
          (m.of_a_call() || in_a_failing_call(tree, original, m.rule)))
        tried.push_back(&m);
    std::vector<std::vector<std::size_t>> convicts(tried.size());
    told_in_parallel(tried.size(), options.threads, options.progress, "calls that fail", [&](std::size_t i, unsigned) {
      convicts[i] = convict(tree, original.knobs, *tried[i], all, open, options);
    });
    for (std::size_t i = 0; i < tried.size(); ++i)
      for (const std::size_t c : convicts[i]) out.emplace(all[c].which, tried[i]->name());
  }
  return out;
}

}  // namespace pasid::mutate
