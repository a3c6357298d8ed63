#include "src/review/why.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <optional>

#include "spec/lang/edit.hpp"
#include "src/base/parallel.hpp"
#include "src/check/check.hpp"
#include "src/check/convert.hpp"
#include "src/check/hints.hpp"
#include "src/check/seek.hpp"
#include "src/review/side.hpp"
#include "src/smt/keeping.hpp"
#include "src/smt/prove.hpp"

namespace pasid::review {
namespace {

using spec::NativeFacts;

bool is_lemma(const lang::Tree& tree, std::string_view label) {
  const lang::Formula* f = tree.formula_named(label);
  return f != nullptr && f->kind == lang::FormulaKind::lemma;
}

/// The rule, with and without the part, are they the same once the knobs are folded in?
bool decided(lang::Tree& folded, const lang::RuleTree& rule, std::string_view label, const NativeFacts& knobs) {
  lang::RuleTree without = rule;
  if (!lang::take_away(folded, without, label)) return true;
  const auto both = rules_of(folded, {rule, without}, knobs);
  return both.empty() || lang::same(both.front(), both.back());
}

bool has_rule(lang::Tree& folded, const lang::RuleTree& rule, const NativeFacts& knobs) {
  return !rules_of(folded, {rule}, knobs).empty();
}

/// Every guard of several operands as a guard for each, so that each can be asked whether it is ever the first to fail.
struct Split {
  explicit Split(const lang::Tree& whole) : tree(whole) {
    for (lang::RuleTree& rule : tree.rules) {
      std::vector<lang::Guard> guards;
      for (const lang::Guard& g : rule.guards) {
        const auto operands = tree.conjuncts(g.condition);
        if (operands.size() == 1) guards.push_back(g);
        for (std::size_t i = 0; i < operands.size() && operands.size() > 1; ++i) {
          lang::Guard one = g;
          one.condition = operands[i];
          one.label = names.emplace_back(std::string(g.label) + '#' + std::to_string(i + 1));
          guards.push_back(one);
        }
      }
      rule.guards = std::move(guards);
    }
  }
  lang::Tree tree;
  std::deque<std::string> names;
};

class Reviewer {
 public:
  Reviewer(const lang::Tree& tree, const io::Design& design, const WhyOptions& options)
      : tree_(tree), design_(design), options_(options), knobs_(io::facts_of(tree, design)), proof_(prove(tree)) {
    const explore::Reading reading = check::search_reading();
    for (std::size_t i = 0; i < reading.properties.size(); ++i) {
      const smt::Item* item = proof_.find(reading.properties[i].name);
      if (item == nullptr || item->status != smt::Status::proved) continue;
      proved_.push_back(static_cast<int>(i));
      of_calls_ = of_calls_ || item->judges == lang::PropertyKind::call;
    }
  }

  Whys all(std::span<const std::string> labels) {
    Whys whys;
    for (const int p : proved_) whys.proved.emplace_back(tree_property(p));
    std::vector<Why>& out = whys.parts;
    out.resize(labels.size());
    for (std::size_t i = 0; i < labels.size(); ++i) out[i] = begun(labels[i]);
    const unsigned threads = std::max(1U, options_.threads);
    std::vector<std::optional<smt::Keeping>> keeping(threads);
    std::atomic<std::size_t> done = 0;
    in_parallel(labels.size(), threads, [&](std::size_t i, unsigned thread) {
      if (out[i].reason == Reason::decided && !out[i].rules.empty()) return;
      if (options_.progress)
        options_.progress(std::to_string(done) + " of " + std::to_string(labels.size()) + ", " + labels[i]);
      auto& mine = keeping[thread];
      if (!mine) mine.emplace(tree_, knobs_, proof_, check::proof_hints());
      const auto start = std::chrono::steady_clock::now();
      if (out[i].rules.empty()) ask_lemma(out[i]);
      else ask(out[i], *mine);
      out[i].seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      ++done;
    });
    find_implied(out);
    return whys;
  }

 private:
  [[nodiscard]] smt::Proof prove(const lang::Tree& tree) const {
    smt::ProveOptions options;
    options.hints = check::proof_hints();
    options.like = check::like(design_);
    options.precedents = precedents_;
    return smt::prove(tree, knobs_, options);
  }

  /// With the rules that have it. A reason other than `decided` is still to be found.
  Why begun(const std::string& label) const {
    Why out{label, {}, Reason::decided, {}};
    if (is_lemma(tree_, label)) {
      out.reason = Reason::nothing;
      return out;
    }
    lang::Tree folded = tree_;
    for (const lang::RuleTree& rule : tree_.rules) {
      lang::RuleTree copy = rule;
      if (!has_rule(folded, rule, knobs_) || !lang::take_away(folded, copy, label)) continue;
      out.rules.push_back(&rule);
      if (!decided(folded, rule, label, knobs_)) out.reason = Reason::nothing;
    }
    if (out.rules.empty())
      throw std::invalid_argument("'" + label + "': " + design_.name +
                                  " has no guard (as in stop.portal-unmapped), operand of one (bind.caller-runs#2), "
                                  "update (unbind.clear/entry) or lemma of that name");
    return out;
  }

  void ask_lemma(Why& out) const {
    lang::Tree without = tree_;
    lang::drop(without, out.label);
    const smt::Proof proof = prove(without);
    for (const smt::Item& item : proof_.items) {
      const smt::Item* now = proof.find(item.name);
      if (item.status == smt::Status::proved && now != nullptr && now->status != smt::Status::proved)
        out.not_proved.push_back(item.name);
    }
    out.reason = out.not_proved.empty() ? Reason::nothing : Reason::lemma;
  }

  void ask(Why& out, smt::Keeping& keeping) const {
    lang::Tree without = tree_;
    lang::drop(without, out.label);
    std::map<int, check::Place> known = known_falls(out.label);
    if (options_.one_is_enough && !known.empty()) seek(out, without, {}, known);
    if (out.reason == Reason::property || (keeping.without(out.label).empty() && !of_calls_)) return;
    // What is not kept may be a lemma that no property leans on.
    const smt::Proof proof = prove(without);
    std::vector<int> open;
    for (const int p : proved_)
      if (proof.find(tree_property(p))->status != smt::Status::proved) open.push_back(p);
    if (open.empty()) return;
    out.reason = Reason::open;
    std::erase_if(known, [&](const auto& k) { return std::ranges::find(open, k.first) == open.end(); });
    if (options_.search) seek(out, without, open, known);
    for (const int p : open)
      if (std::ranges::find(out.fallen, tree_property(p), &Fallen::property) == out.fallen.end())
        out.not_proved.emplace_back(tree_property(p));
  }

  /// Of what is proved of the design.
  [[nodiscard]] std::map<int, check::Place> known_falls(const std::string& label) const {
    if (!options_.places) return {};
    io::Design edited = design_;
    edited.name = check::name_without(design_.name, label);
    for (std::string& base : edited.bases) base = check::name_without(base, label);
    return check::known_places(*options_.places, edited, explore::native_reading(), proved_);
  }

  /// Looks for what falls of `properties`, first where `known` says.
  void seek(Why& out, const lang::Tree& without, const std::vector<int>& properties,
            const std::map<int, check::Place>& known) const {
    explore::Options options;
    options.max_states = options_.max_states;
    options.reading = check::search_reading(explore::edited_reading(without, tree_));
    for (const check::Sought& s :
         check::seek(without, knobs_, properties, options, known, check::Options{}.max_states)) {
      if (!s.path) continue;
      const std::string name(tree_property(s.property));
      const auto* grain = s.grain == explore::Grain::call ? "call" : "step";
      out.fallen.push_back({name,
                            check::to_trace(*s.path, design_.name + " without " + out.label, name, grain),
                            {s.scope_number, s.grain},
                            explore::possible_under_policy(without, *s.path, options.reading)});
    }
    std::ranges::stable_sort(out.fallen, {}, [](const Fallen& f) { return f.trace.steps.size(); });
    if (!out.fallen.empty()) out.reason = Reason::property;
  }

  /// Of guards without which nothing falls: is any ever the first to fail?
  void find_implied(std::vector<Why>& all) const {
    const Split split(tree_);
    std::vector<smt::GuardName> names;
    std::vector<Why*> of;
    for (Why& w : all) {
      if (w.reason != Reason::nothing || w.label.find('/') != std::string::npos) continue;
      for (const lang::RuleTree* rule : w.rules)
        for (const lang::Guard& g : split.tree.rules[static_cast<std::size_t>(rule - tree_.rules.data())].guards)
          if (g.label == w.label || g.label.starts_with(w.label + '#')) {
            names.push_back({rule->label, g.label});
            of.push_back(&w);
          }
    }
    if (names.empty()) return;
    const auto answers = smt::can_fail_first(split.tree, knobs_, proof_, names);
    for (std::size_t i = 0; i < names.size(); ++i) of[i]->reason = Reason::implied;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (answers[i] != smt::Answer::unsat) of[i]->reason = Reason::nothing;
  }

  [[nodiscard]] std::string_view tree_property(int number) const {
    return spec::native_properties()[static_cast<std::size_t>(number)].name;
  }

  const lang::Tree& tree_;
  const io::Design& design_;
  const WhyOptions& options_;
  NativeFacts knobs_;
  std::shared_ptr<smt::Precedents> precedents_ = std::make_shared<smt::Precedents>();
  smt::Proof proof_;
  std::vector<int> proved_;  ///< properties
  bool of_calls_ = false;    ///< one of them is of calls
};

}  // namespace

std::vector<std::string> parts_of(const lang::Tree& tree, const io::Design& design) {
  const NativeFacts knobs = io::facts_of(tree, design);
  lang::Tree folded = tree;
  std::vector<std::string> out;
  for (const lang::RuleTree& rule : tree.rules) {
    if (!has_rule(folded, rule, knobs)) continue;
    const auto parts = lang::parts(tree, rule);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const bool has_operands = i + 1 < parts.size() && parts[i + 1].starts_with(parts[i] + '#');
      if (has_operands || std::ranges::find(out, parts[i]) != out.end()) continue;
      if (!decided(folded, rule, parts[i], knobs)) out.push_back(parts[i]);
    }
  }
  for (const lang::Formula& f : tree.formulas)
    if (f.kind == lang::FormulaKind::lemma) out.emplace_back(f.name);
  return out;
}

Whys why(const lang::Tree& tree, const io::Design& design, std::span<const std::string> labels,
         const WhyOptions& options) {
  return Reviewer(tree, design, options).all(labels);
}

}  // namespace pasid::review
