#include "src/review/shell_session.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "src/trace/steps.hpp"

namespace pasid::review {

using explore::Grain;
using spec::NativeState;

ShellSession::ShellSession(const lang::Tree& tree, explore::Reading reading, io::Design design)
    : tree_(tree), reading_(std::move(reading)), design_(std::move(design)), world_(tree, io::facts_of(tree, design_)),
      calls_(tree, reading_, world_.facts(), Grain::call), rules_(tree, reading_, world_.facts(), Grain::step) {}

const NativeState& ShellSession::state() const { return at_ == 0 ? start_ : history_[at_ - 1].after; }

trace::Trace ShellSession::trace() const {
  trace::Trace out;
  out.design = design_.name;
  out.facts = facts();
  out.steps.assign(history_.begin(), history_.begin() + static_cast<std::ptrdiff_t>(at_));
  const auto steps = grains();
  const bool calls = std::ranges::all_of(steps, [](const auto& s) { return s.second == "call"; });
  out.grain = calls ? "call" : "step";
  return out;
}

std::vector<std::pair<trace::Step, std::string>> ShellSession::grains() const {
  const auto calls = calls_.labels();
  std::vector<std::pair<trace::Step, std::string>> out;
  for (std::size_t i = 0; i < at_; ++i) {
    const bool call = std::ranges::find(calls, history_[i].label) != calls.end();
    out.emplace_back(history_[i], call ? "call" : "step");
  }
  return out;
}

const NextSteps& ShellSession::next() {
  if (!known_) next_ = steps().next(facts(), state());
  known_ = true;
  return next_;
}

void ShellSession::take(trace::Step step) {
  history_.resize(at_);
  history_.push_back(std::move(step));
  ++at_;
  moved();
}

void ShellSession::undo() {
  if (at_ == 0) throw std::invalid_argument("undo: nothing was done");
  --at_;
  moved();
}

void ShellSession::redo() {
  if (at_ == history_.size()) throw std::invalid_argument("redo: nothing was undone");
  ++at_;
  moved();
}

void ShellSession::jump(std::size_t place) {
  if (place > history_.size())
    throw std::invalid_argument("jump: the history has places 0 to " + std::to_string(history_.size()));
  at_ = place;
  moved();
}

void ShellSession::set_grain(Grain grain) {
  grain_ = grain;
  moved();
}

void ShellSession::restart() {
  history_.clear();
  at_ = 0;
  moved();
}

void ShellSession::set_scope(const std::vector<std::string>& words) {
  world_.set_scope(words);
  restart();
}

void ShellSession::set_world(std::size_t number, const std::vector<std::string>& assignments) {
  world_.set_world(number, assignments);
  restart();
}

/// Is it one of the steps that the transition of its label can take there?
bool ShellSession::can_be_taken(const spec::NativeFacts& facts, const NativeState& before, const trace::Step& step) {
  const auto calls = calls_.labels();
  ShellSteps& grain = std::ranges::find(calls, step.label) == calls.end() ? rules_ : calls_;
  const auto is = [&](const trace::Step& s) {
    return s.label == step.label && s.refused.has_value() == step.refused.has_value() &&
           std::memcmp(&s.after, &step.after, sizeof s.after) == 0;
  };
  if (std::ranges::any_of(grain.enabled(facts, before), is)) return true;
  NamedArguments args;
  const auto chosen = grain.parameters(step.label);
  for (const trace::Argument& a : trace::arguments(tree_, step))
    if (std::ranges::find(chosen, a.name, [](const auto& p) { return p.first; }) != chosen.end())
      args.emplace(a.name, a.value);
  return std::ranges::any_of(grain.with(facts, before, step.label, args).enabled, is);
}

void ShellSession::load(const trace::Trace& trace) {
  if (std::memcmp(&trace.initial, &start_, sizeof start_) != 0)
    throw std::invalid_argument("this trace does not start from the empty state");
  ShellWorld world = world_;
  world.take(trace.facts);
  NativeState state = start_;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const trace::Step& step = trace.steps[i];
    const auto wrong = [&](const std::string& what) {
      throw std::invalid_argument("step " + std::to_string(i + 1) + " (" + step.label + "): " + what);
    };
    const NativeState before = state;
    for (std::size_t k = 0; k <= step.firings.size(); ++k) {
      const auto tried = [&](const trace::Firing& f, NativeState& next) {
        return reading_.rules.at(static_cast<std::size_t>(f.rule))
            .apply(trace.facts, state, next, f.args.data(), false);
      };
      NativeState next = state;
      if (step.refused && step.refused->at == k) {
        const lang::Outcome o = tried(step.refused->section, next);
        if (o.kind == lang::Outcome::Kind::done || o.label != step.refused->guard)
          wrong(step.refused->guard + " does not refuse");
      }
      if (k == step.firings.size()) break;
      next = state;
      const lang::Outcome o = tried(step.firings[k], next);
      if (o.kind != lang::Outcome::Kind::done) wrong(std::string("stops at ") + o.label);
      state = next;
    }
    if (std::memcmp(&state, &step.after, sizeof state) != 0) wrong("the state after it is another");
    if (!can_be_taken(trace.facts, before, step)) wrong("these sections are not what a call does");
  }
  world_ = std::move(world);
  restart();
  history_ = trace.steps;
  at_ = history_.size();
  if (trace.grain == "step") grain_ = Grain::step;
}

std::vector<std::string> ShellSession::violated() const {
  std::vector<std::string> out;
  for (const explore::RunnableProperty& p : reading_.properties)
    if (p.judges == lang::PropertyKind::state && p.applies(facts()) && !p.holds(facts(), state(), state()))
      out.emplace_back(p.name);
  return out;
}

}  // namespace pasid::review
