#include "src/review/shell_steps.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "src/trace/steps.hpp"

namespace pasid::review {

using explore::Transition;
using spec::NativeFacts;
using spec::NativeState;

/// A transition on its own, so that what is tried while it is walked is its own doing.
struct ShellSteps::One {
  explore::Transitions only;
  explore::Transitions::Walk walk;
  explicit One(explore::Transitions transitions) : only(std::move(transitions)), walk(only) {}
  [[nodiscard]] const Transition& transition() const { return only.list().front(); }
};

/// The failure that came last in the order of a transition's sections, then of the section's guards.
struct ShellSteps::Furthest {
  const Transition* of = nullptr;
  std::array<std::size_t, 3> rank{};  ///< must the section fire, which one, which guard
  bool any = false;
  trace::Firing section;
  std::string guard;
  int err = 0;
};

namespace {

trace::Step to_step(const Transition& t, std::span<const explore::Fired> fired, const NativeState& after,
                    const explore::Refusal* refused) {
  trace::Step out{std::string(t.label), {}, after, {}};
  for (const explore::Fired& f : fired) out.firings.push_back({f.rule, f.args});
  if (refused != nullptr)
    out.refused = trace::Refused{
        {refused->section.rule, refused->section.args}, refused->at, refused->err, std::string(refused->guard)};
  return out;
}

}  // namespace

ShellSteps::ShellSteps(const lang::Tree& tree, explore::Reading reading, const NativeFacts& facts, explore::Grain grain)
    : tree_(tree), reading_(std::move(reading)), furthest_(std::make_unique<Furthest>()) {
  for (std::size_t r = 0; r < reading_.rules.size(); ++r)
    reading_.rules[r].apply = [this, rule = static_cast<int>(r), apply = std::move(reading_.rules[r].apply)](
                                  const NativeFacts& f, const NativeState& s, NativeState& n, const std::uint8_t* args,
                                  bool policies) {
      const lang::Outcome outcome = apply(f, s, n, args, policies);
      if (outcome.kind != lang::Outcome::Kind::done) note(rule, args, outcome);
      return outcome;
    };
  const explore::Transitions all(tree_, reading_, facts, grain);
  for (std::size_t i = 0; i < all.list().size(); ++i) {
    std::vector<bool> only(all.list().size());
    only[i] = true;
    explore::Transitions one = all;
    one.keep(only);
    ones_.emplace_back(std::move(one));
  }
}

ShellSteps::~ShellSteps() = default;

void ShellSteps::note(int rule, const std::uint8_t* args, const lang::Outcome& outcome) {
  Furthest& best = *furthest_;
  if (best.of == nullptr) return;
  const auto& sections = best.of->sections;
  const auto section = std::ranges::find(sections, rule, &explore::Section::rule);
  if (section == sections.end()) return;  // an undo
  const auto& guards = tree_.rules[static_cast<std::size_t>(rule)].guards;
  const auto guard = std::ranges::find(guards, std::string_view(outcome.label), &lang::Guard::label);
  const std::array<std::size_t, 3> rank{section->optional ? 0U : 1U,
                                        static_cast<std::size_t>(section - sections.begin()),
                                        static_cast<std::size_t>(guard - guards.begin())};
  if (best.any && rank <= best.rank) return;
  best.any = true;
  best.rank = rank;
  best.section = {rule, {}};
  std::copy_n(args, tree_.rules[static_cast<std::size_t>(rule)].params.size(), best.section.args.begin());
  best.guard = outcome.label;
  best.err = outcome.kind == lang::Outcome::Kind::refused ? outcome.err : 0;
}

BlockedStep ShellSteps::blocked(const One& one) const {
  return {std::string(one.transition().label), furthest_->section, furthest_->guard, furthest_->err};
}

NextSteps ShellSteps::next(const NativeFacts& facts, const NativeState& state) {
  NextSteps out;
  for (One& one : ones_) {
    *furthest_ = {};
    furthest_->of = &one.transition();
    const std::size_t before = out.enabled.size();
    one.walk.each(facts, state, explore::Twins{}, [&](const explore::Successor& s) {
      out.enabled.push_back(to_step(s.by, s.fired, s.after(), s.refused));
    });
    if (out.enabled.size() == before && furthest_->any) out.blocked.push_back(blocked(one));
  }
  *furthest_ = {};
  return out;
}

std::vector<trace::Step> ShellSteps::enabled(const NativeFacts& facts, const NativeState& state) {
  std::vector<trace::Step> out;
  for (One& one : ones_)
    one.walk.each(facts, state, explore::Twins{},
                  [&](const explore::Successor& s) { out.push_back(to_step(s.by, s.fired, s.after(), s.refused)); });
  return out;
}

const ShellSteps::One& ShellSteps::named(std::string_view label) const {
  const auto found = std::ranges::find(ones_, label, [](const One& o) { return o.transition().label; });
  if (found == ones_.end()) throw std::invalid_argument("there is no step '" + std::string(label) + "' at this grain");
  return *found;
}

std::vector<std::string> ShellSteps::names_of(const One& one) const {
  std::vector<std::string> out(one.transition().loops_from);
  for (const explore::Section& s : one.transition().sections)
    for (std::size_t k = 0; k < s.from.size(); ++k)
      if (s.from[k] < out.size()) out[s.from[k]] = tree_.rules[static_cast<std::size_t>(s.rule)].params[k].name;
  return out;
}

std::vector<std::string> ShellSteps::labels() const {
  std::vector<std::string> out;
  for (const One& one : ones_) out.emplace_back(one.transition().label);
  return out;
}

std::vector<std::pair<std::string, const lang::SortInfo*>> ShellSteps::parameters(std::string_view label) const {
  const One& one = named(label);
  const auto names = names_of(one);
  std::vector<std::pair<std::string, const lang::SortInfo*>> out;
  for (std::size_t k = 0; k < names.size(); ++k) out.emplace_back(names[k], one.transition().params[k]);
  return out;
}

void ShellSteps::try_all(const One& one, explore::CallRunner& runner, std::size_t k, explore::Arguments& args,
                         const std::vector<std::uint8_t>& fixed, const NativeFacts& facts, const NativeState& state,
                         std::vector<trace::Step>& out) {
  const Transition& t = one.transition();
  if (k < t.loops_from) {
    const auto size = static_cast<std::uint8_t>(lang::size_of(facts, t.params[k]));
    for (std::uint8_t x = fixed[k] == 0 ? 1 : fixed[k]; x <= (fixed[k] == 0 ? size : fixed[k]); ++x) {
      args[k] = x;
      try_all(one, runner, k + 1, args, fixed, facts, state, out);
    }
    return;
  }
  explore::CallRunner::Orders orders{};
  for (std::size_t j = t.loops_from; j < t.params.size(); ++j)
    for (int x = 0; x < lang::size_of(facts, t.params[j]); ++x)
      orders[j][static_cast<std::size_t>(x)] = static_cast<std::uint8_t>(x + 1);
  const explore::CallOutcome outcome = runner.run(t, args, orders);
  if (runner.fired().empty()) return;
  using Kind = explore::CallOutcome::Kind;
  const bool changed = std::memcmp(&runner.after(), &state, sizeof state) != 0;
  if (outcome.kind == Kind::done || (outcome.kind == Kind::error && changed))
    out.push_back(to_step(t, runner.fired(), runner.after(), outcome.kind == Kind::error ? &outcome.refusal : nullptr));
}

NextSteps ShellSteps::with(const NativeFacts& facts, const NativeState& state, std::string_view label,
                           const NamedArguments& args) {
  const One& one = named(label);
  const auto names = names_of(one);
  std::vector<std::uint8_t> fixed(names.size());
  for (const auto& [name, value] : args) {
    const auto at = std::ranges::find(names, name);
    if (at == names.end()) throw std::invalid_argument(std::string(label) + " has no argument '" + name + "'");
    fixed[static_cast<std::size_t>(at - names.begin())] = value;
  }
  NextSteps out;
  *furthest_ = {};
  furthest_->of = &one.transition();
  explore::CallRunner runner(reading_, facts, state);
  explore::Arguments chosen{};
  try_all(one, runner, 0, chosen, fixed, facts, state, out.enabled);
  if (out.enabled.empty() && furthest_->any) out.blocked.push_back(blocked(one));
  *furthest_ = {};
  return out;
}

std::string step_command(const lang::Tree& tree, const trace::Names& names, const trace::Step& step) {
  std::string out = step.label;
  for (const trace::Argument& a : trace::arguments(tree, step))
    if (trace::notable(a)) out += ' ' + std::string(a.name) + '=' + names(a.sort, a.value);
  return out;
}

}  // namespace pasid::review
