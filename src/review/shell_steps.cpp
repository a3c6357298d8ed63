#include "src/review/shell_steps.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <stdexcept>

#include "spec/lang/call.hpp"
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

/// By section of a transition: whether it ever fired, and the failure that came last in the order of its guards.
struct ShellSteps::Furthest {
  struct Section {
    bool fired = false;
    std::optional<std::size_t> guard;
    BlockedStep failure;
  };
  const Transition* of = nullptr;
  std::vector<Section> sections;

  void watch(const Transition& t) {
    of = &t;
    sections.assign(t.sections.size(), {});
  }
  /// The first that has to fire and never did; where each did for some arguments, the last that failed.
  [[nodiscard]] const BlockedStep* blocking() const {
    const BlockedStep* last = nullptr;
    for (std::size_t i = 0; i < sections.size(); ++i) {
      if (!sections[i].guard) continue;
      last = &sections[i].failure;
      if (!sections[i].fired && !of->sections[i].optional && !of->sections[i].repeated) break;
    }
    return last;
  }
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
      note(rule, args, outcome);
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
  if (furthest_->of == nullptr) return;
  const auto& sections = furthest_->of->sections;
  const auto at =
      static_cast<std::size_t>(std::ranges::find(sections, rule, &explore::Section::rule) - sections.begin());
  if (at == sections.size()) return;  // an undo
  Furthest::Section& section = furthest_->sections[at];
  section.fired = section.fired || outcome.kind == lang::Outcome::Kind::done;
  if (outcome.kind == lang::Outcome::Kind::done) return;
  const auto& guards = tree_.rules[static_cast<std::size_t>(rule)].guards;
  const auto guard = static_cast<std::size_t>(
      std::ranges::find(guards, std::string_view(outcome.label), &lang::Guard::label) - guards.begin());
  if (section.guard && guard <= *section.guard) return;
  section.guard = guard;
  section.failure = {std::string(furthest_->of->label),
                     {rule, {}},
                     outcome.label,
                     outcome.kind == lang::Outcome::Kind::refused ? outcome.err : 0};
  std::copy_n(args, tree_.rules[static_cast<std::size_t>(rule)].params.size(), section.failure.section.args.begin());
}

NextSteps ShellSteps::next(const NativeFacts& facts, const NativeState& state) {
  NextSteps out;
  for (One& one : ones_) {
    furthest_->watch(one.transition());
    const std::size_t before = out.enabled.size();
    one.walk.each(facts, state, explore::Twins{}, [&](const explore::Successor& s) {
      out.enabled.push_back(to_step(s.by, s.fired, s.after(), s.refused));
    });
    const BlockedStep* const blocking = furthest_->blocking();
    if (out.enabled.size() == before && blocking != nullptr) out.blocked.push_back(*blocking);
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
  furthest_->watch(one.transition());
  explore::CallRunner runner(reading_, facts, state);
  explore::Arguments chosen{};
  try_all(one, runner, 0, chosen, fixed, facts, state, out.enabled);
  const BlockedStep* const blocking = furthest_->blocking();
  if (out.enabled.empty() && blocking != nullptr) out.blocked.push_back(*blocking);
  *furthest_ = {};
  return out;
}

std::string step_command(const lang::Tree& tree, const trace::Names& names, const trace::Step& step) {
  std::string out = step.label;
  std::vector<lang::Param> loops;
  for (const lang::CallTree& call : tree.calls) {
    if (call.label != step.label) continue;
    const lang::CallParams params = lang::params_of(tree, call);
    loops.assign(params.all.begin() + static_cast<std::ptrdiff_t>(params.loops_from), params.all.end());
  }
  for (const trace::Argument& a : trace::arguments(tree, step))
    if (trace::notable(a) && std::ranges::find(loops, a.name, &lang::Param::name) == loops.end())
      out += ' ' + std::string(a.name) + '=' + names(a.sort, a.value);
  return out;
}

}  // namespace pasid::review
