#include "src/explore/transitions.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace pasid::explore {
namespace {

bool may_be_refused(const lang::RuleTree& rule) {
  return std::ranges::any_of(rule.guards, [](const lang::Guard& g) { return g.kind == lang::GuardKind::require; });
}

/// Rule `number` as a section of `t`, whose parameters `names` grow by those it has not got yet.
void add_section(const lang::Tree& tree, int number, Transition& t, std::vector<std::string_view>& names) {
  Section section{number, {}};
  for (const lang::Param& p : tree.rules[static_cast<std::size_t>(number)].params) {
    const auto at = static_cast<std::size_t>(std::ranges::find(names, p.name) - names.begin());
    if (at == names.size()) {
      names.push_back(p.name);
      t.params.push_back(p.sort);
    }
    if (t.params[at] != p.sort)
      throw std::logic_error("call '" + std::string(t.label) + "': parameter '" + std::string(p.name) +
                             "' has two sorts");
    section.from.push_back(static_cast<std::uint8_t>(at));
  }
  t.sections.push_back(std::move(section));
  if (t.params.size() > max_transition_params || t.sections.size() > max_sections)
    throw std::logic_error("transition '" + std::string(t.label) + "' has too many parameters or sections");
}

}  // namespace

bool hidden_in_call(const lang::Tree& tree, const lang::CallTree& call, std::size_t section) {
  if (section > 0) return true;
  return std::none_of(call.sections.begin() + 1, call.sections.end(),
                      [&](int rule) { return may_be_refused(tree.rules[static_cast<std::size_t>(rule)]); });
}

void Transitions::Counts::add(const Counts& other) {
  attempts += other.attempts;
  firings += other.firings;
  fired.resize(std::max(fired.size(), other.fired.size()));
  for (std::size_t i = 0; i < other.fired.size(); ++i) fired[i] += other.fired[i];
}

Transitions::Transitions(const lang::Tree& tree, const Reading& reading, const spec::NativeFacts& facts, Grain grain)
    : reading_(reading) {
  const auto exists = [&](int rule) { return reading.rules[static_cast<std::size_t>(rule)].only_if(facts); };
  std::vector<bool> alone(tree.rules.size(), true);
  if (grain == Grain::call)
    for (const lang::CallTree& call : tree.calls)
      for (std::size_t i = 0; i < call.sections.size(); ++i)
        if (hidden_in_call(tree, call, i)) alone[static_cast<std::size_t>(call.sections[i])] = false;
  for (std::size_t i = 0; i < tree.rules.size(); ++i) {
    const int rule = static_cast<int>(i);
    if (!alone[i] || !exists(rule)) continue;
    Transition t{tree.rules[i].label, false, {}, {}};
    std::vector<std::string_view> names;
    add_section(tree, rule, t, names);
    list_.push_back(std::move(t));
  }
  if (grain == Grain::step) return;
  for (const lang::CallTree& call : tree.calls) {
    // Without its last section a call never completes.
    if (call.sections.empty() || !exists(call.sections.back())) continue;
    Transition t{call.label, true, {}, {}};
    std::vector<std::string_view> names;
    for (const int rule : call.sections)
      if (exists(rule)) add_section(tree, rule, t, names);
    list_.push_back(std::move(t));
  }
}

/// Enumerates arguments of transitions in one state. Between attempts `after_` equals the state.
class Transitions::Attempt {
 public:
  Attempt(const Reading& reading, const spec::NativeFacts& facts, const spec::NativeState& state, const Twins& twins,
          Counts& counts, const std::function<void(const Successor&)>& visit)
      : reading_(reading), facts_(facts), state_(state), twins_(twins), counts_(counts), visit_(visit), after_(state) {}

  void all_arguments(const Transition& t) {
    used_ = {};
    any_ = false;
    choose(t, 0);
  }

 private:
  void choose(const Transition& t, std::size_t k) {
    if (k == t.params.size()) {
      if (t.call) run_call(t);
      else run_rule(t);
      return;
    }
    const int size = lang::size_of(facts_, t.params[k]);
    if (t.params[k]->kind != lang::SortKind::entity) {
      for (int x = 1; x <= size; ++x) {
        args_[k] = static_cast<std::uint8_t>(x);
        choose(t, k + 1);
      }
      return;
    }
    const auto sort = static_cast<std::size_t>(t.params[k]->index);
    const std::uint32_t used = used_[sort];
    for (int x = 1; x <= size; ++x) {
      if ((twins_[sort][static_cast<std::size_t>(x)] & ~used) != 0) continue;  // an earlier twin is still free
      args_[k] = static_cast<std::uint8_t>(x);
      used_[sort] = used | (1U << x);
      choose(t, k + 1);
    }
    used_[sort] = used;
  }

  void run_rule(const Transition& t) {
    fired_[0].rule = t.sections.front().rule;
    if (try_rule(fired_[0].rule, state_, args_.data()) != lang::Outcome::Kind::done) return;
    fired_[0].args = {};
    std::copy_n(args_.begin(), t.params.size(), fired_[0].args.begin());
    found(t, 1);
  }

  /// Fires sections not fired yet, the first in the list that can, until none can. Waiting ends a call only when
  /// nothing else of it can happen; a refusal or a pick that was not made ends it at once.
  void run_call(const Transition& t) {
    std::size_t count = 0;
    std::uint32_t done = 0;
    for (std::size_t i = 0; i < t.sections.size();) {
      if ((done >> i & 1U) != 0) {
        ++i;
        continue;
      }
      Fired now{t.sections[i].rule, {}};
      for (std::size_t k = 0; k < t.sections[i].from.size(); ++k) now.args[k] = args_[t.sections[i].from[k]];
      const auto kind = try_rule(now.rule, count == 0 ? state_ : between_, now.args.data());
      if (kind == lang::Outcome::Kind::refused || kind == lang::Outcome::Kind::not_picked) {
        done = 0;
        break;
      }
      if (kind == lang::Outcome::Kind::waits) {
        ++i;
        continue;
      }
      fired_[count++] = now;
      done |= 1U << i;
      between_ = after_;
      i = 0;
    }
    if ((done >> (t.sections.size() - 1) & 1U) != 0) found(t, count);
    else if (count > 0) after_ = state_;
  }

  lang::Outcome::Kind try_rule(int rule, const spec::NativeState& from, const std::uint8_t* args) {
    ++counts_.attempts;
    return reading_.rules[static_cast<std::size_t>(rule)].apply(facts_, from, after_, args, false).kind;
  }

  /// Visits what the transition led to, unless its last success led there too: an argument that no rule of it read
  /// (whether there is memory for a handle that is there already, the PASID an mm would have got) changes nothing.
  void found(const Transition& t, std::size_t count) {
    if (!any_ || std::memcmp(&after_, &last_, sizeof after_) != 0) {
      any_ = true;
      last_ = after_;
      ++counts_.firings;
      for (std::size_t i = 0; i < count; ++i) ++counts_.fired[static_cast<std::size_t>(fired_[i].rule)];
      visit_({t, std::span(fired_).first(count), after_});
    }
    after_ = state_;
  }

  const Reading& reading_;
  const spec::NativeFacts& facts_;
  const spec::NativeState& state_;
  const Twins& twins_;
  Counts& counts_;
  const std::function<void(const Successor&)>& visit_;
  spec::NativeState after_;
  spec::NativeState between_;  ///< within a call
  spec::NativeState last_;     ///< what the transition led to last
  bool any_ = false;           ///< has it led anywhere?
  std::array<std::uint8_t, max_transition_params> args_{};
  std::array<std::uint32_t, lang::max_entity_sorts> used_{};
  std::array<Fired, max_sections> fired_{};
};

void Transitions::each_successor(const spec::NativeFacts& facts, const spec::NativeState& state, const Twins& twins,
                                 Counts& counts, const std::function<void(const Successor&)>& visit) const {
  counts.fired.resize(reading_.rules.size());
  Attempt attempt(reading_, facts, state, twins, counts, visit);
  for (const Transition& t : list_) attempt.all_arguments(t);
}

}  // namespace pasid::explore
