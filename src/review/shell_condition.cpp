#include "src/review/shell_condition.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <unordered_set>

#include "spec/lang/eval.hpp"
#include "src/check/convert.hpp"
#include "src/check/hints.hpp"
#include "src/check/seek.hpp"
#include "src/smt/prove.hpp"
#include "src/trace/parse_formula.hpp"

namespace pasid::review {

using spec::NativeFacts;
using spec::NativeState;

ShellCondition read_condition(const lang::Tree& tree, const NativeFacts& facts, const std::string& text) {
  auto own = std::make_shared<lang::Tree>(tree);
  if (const lang::Formula* property = own->formula_named(text); property != nullptr) {
    if (property->judges != lang::PropertyKind::state)
      throw std::invalid_argument(text + " is of steps and not of states");
    const lang::NodeId violated = own->negate(property->body);
    return {std::move(own), violated, false};
  }
  const trace::Names names(*own, facts);
  trace::Scope scope;
  for (const lang::SortInfo* sort : trace::entity_sorts(*own)) {
    const auto all = names.all(sort);
    for (std::size_t v = 0; v < all.size(); ++v) scope.emplace(all[v], own->constant(sort, static_cast<int>(v) + 1));
  }
  try {
    const lang::NodeId term = trace::parse_formula(*own, text, &lang::sort_info<bool>, scope);
    bool elements = false;
    lang::walk(*own, term, [&](lang::NodeId id) {
      const lang::Node& n = (*own)[id];
      elements = elements || (n.op == lang::Op::constant && n.sort->kind == lang::SortKind::entity && n.ref != 0);
    });
    return {std::move(own), term, elements};
  } catch (const trace::FormulaError& e) {
    throw std::invalid_argument("condition, column " + std::to_string(e.column) + ": " + e.what());
  }
}

bool holds(const ShellCondition& condition, const NativeFacts& facts, const NativeState& state) {
  return lang::Evaluator(*condition.tree, facts, &facts).value(condition.term, &state) != 0;
}

namespace {

struct Visited {
  NativeState state;
  std::size_t parent;
};

struct ByState {
  const std::deque<Visited>& all;
  [[nodiscard]] std::string_view bytes(std::size_t i) const {
    return {reinterpret_cast<const char*>(&all[i].state), sizeof(NativeState)};
  }
  std::size_t operator()(std::size_t i) const { return std::hash<std::string_view>{}(bytes(i)); }
  bool operator()(std::size_t a, std::size_t b) const { return bytes(a) == bytes(b); }
};

}  // namespace

ShellRun run_to(ShellSteps& steps, const ShellCondition& condition, const NativeFacts& facts, const NativeState& state,
                std::size_t most) {
  lang::Evaluator evaluate(*condition.tree, facts, &facts);
  std::deque<Visited> all{{state, 0}};
  const ByState by{all};
  std::unordered_set<std::size_t, ByState, ByState> seen(1024, by, by);
  seen.insert(0);
  // The steps themselves are taken again once it is known which: the one to a state is the first that leads there.
  const auto way_to = [&](std::size_t i) {
    std::vector<trace::Step> out;
    for (; i != 0; i = all[i].parent) {
      auto next = steps.enabled(facts, all[all[i].parent].state);
      const auto step = std::ranges::find_if(
          next, [&](const trace::Step& s) { return std::memcmp(&s.after, &all[i].state, sizeof(NativeState)) == 0; });
      out.push_back(*step);
    }
    std::ranges::reverse(out);
    return out;
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (evaluate.value(condition.term, &all[i].state) != 0) return {way_to(i), all.size(), false};
    if (all.size() >= most) continue;  // what was found is still looked at, in order
    for (const trace::Step& s : steps.enabled(facts, all[i].state)) {
      all.push_back({s.after, i});
      if (!seen.insert(all.size() - 1).second) all.pop_back();
    }
  }
  return {std::nullopt, all.size(), all.size() < most};
}

namespace {

constexpr std::string_view never = "never";

/// The tree with a property more: that the condition does not hold.
lang::Tree with_denial(const ShellCondition& condition) {
  if (condition.names_elements)
    throw std::invalid_argument("this names elements of one world, and was asked of all of them");
  lang::Tree tree = *condition.tree;
  tree.formulas.push_back({lang::FormulaKind::property, never, "what was asked", tree.truth(true),
                           tree.negate(condition.term), lang::PropertyKind::state});
  return tree;
}

}  // namespace

Reached reach_in_scopes(const ShellCondition& condition, const explore::Reading& reading, const io::Design& design,
                        std::size_t most) {
  const lang::Tree tree = with_denial(condition);
  explore::Options options;
  options.max_states = most;
  options.reading = check::search_reading(reading);
  options.reading.properties.push_back({never, lang::PropertyKind::state, [](const NativeFacts&) { return true; },
                                        [&condition](const NativeFacts& f, const NativeState&, const NativeState& s) {
                                          return !holds(condition, f, s);
                                        }});
  const int property = static_cast<int>(reading.properties.size());
  const check::Sought found = check::seek(tree, io::facts_of(tree, design), {property}, options).front();
  const std::string grain = found.grain == explore::Grain::call ? "call" : "step";
  Reached out{std::nullopt, found.states, found.all_seen, grain, check::describe(tree, found.scope)};
  if (found.path) out.trace = check::to_trace(*found.path, design.name, "", grain);
  return out;
}

bool proved_never(const ShellCondition& condition, const io::Design& design) {
  const lang::Tree tree = with_denial(condition);
  smt::ProveOptions options;
  options.hints = check::proof_hints();
  options.like = check::like(design);
  const smt::Proof proof = smt::prove(tree, io::facts_of(tree, design), options);
  const smt::Item* item = proof.find(never);
  return proof.axioms_satisfiable && item != nullptr && item->status == smt::Status::proved;
}

}  // namespace pasid::review
