#include "src/conform/stepper.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "spec/calls.hpp"

namespace pasid::conform {
namespace {

using explore::CallOutcome;
using OutcomeKind = CallOutcome::Kind;

const spec::NativeState nowhere{};

}  // namespace

Stepper::Stepper(const Catalogue& catalogue, const World& world, bool policies)
    : catalogue_(catalogue), world_(world), runner_(catalogue.reading(), world.facts, nowhere, policies),
      beside_runner_(catalogue.reading(), world.facts, nowhere, policies),
      evaluator_(catalogue.tree(), world.facts, &world.facts), inside_(catalogue.calls().size()),
      last_derived_(catalogue.calls().size()) {
  for (auto& order : orders_) std::iota(order.begin(), order.end(), std::uint8_t{1});
  const lang::Tree& tree = catalogue.tree();
  for (std::size_t c = 0; c < inside_.size(); ++c)
    for (const explore::Transition& t : catalogue.inside(static_cast<int>(c))) {
      Beside beside{&t, {}};
      for (const lang::Param& p : tree.rules[static_cast<std::size_t>(t.sections[0].rule)].params) {
        const auto& params = catalogue.calls()[c].params;
        const auto found = std::ranges::find(params, p.name, &Parameter::name);
        beside.from.push_back(found == params.end() ? -1 : static_cast<int>(found - params.begin()));
      }
      inside_[c].push_back(std::move(beside));
    }
  // What only fills caches decides no answer: work that a cached translation completes could have completed before.
  const auto fills_caches = [&](const explore::Transition& t) {
    const lang::RuleTree& rule = tree.rules[static_cast<std::size_t>(t.sections[0].rule)];
    return std::ranges::all_of(rule.writes, [&](const lang::Write& w) {
      const lang::CellInfo& cell = tree.cells[static_cast<std::size_t>(w.cell)];
      return cell.index.size() == 3 && cell.name != "request";
    });
  };
  const auto needs_caches = [&](const explore::Transition& t) {
    const lang::RuleTree& rule = tree.rules[static_cast<std::size_t>(t.sections[0].rule)];
    const auto completes = [&](const lang::Write& w) {
      return tree.cells[static_cast<std::size_t>(w.cell)].name == "desc_touched";
    };
    bool out = false;
    if (std::ranges::none_of(rule.writes, completes)) return out;
    for (const lang::Guard& g : rule.guards)
      lang::walk(tree, g.condition, [&](lang::NodeId id) {
        if (tree[id].op != lang::Op::read) return;
        const std::string_view cell = tree.cells[static_cast<std::size_t>(tree[id].ref)].name;
        out = out || cell == "iotlb" || cell == "atc";
      });
    return out;
  };
  for (const explore::Transition& t : catalogue.hidden())
    if (!fills_caches(t) && !needs_caches(t)) hidden_.push_back({&t, std::vector<int>(t.params.size(), -1)});
}

/// What a call that did not end waits for.
Stepper::Stop Stepper::stop(const CallOutcome& outcome) {
  const auto place = (reinterpret_cast<std::uintptr_t>(outcome.label) * 0x9e3779b97f4a7c15U) >> 56U;
  auto& [label, known] = stops_[place];
  if (label == outcome.label) return known;
  label = outcome.label;
  known = Stop::nothing;
  if (const lang::Guard* const g = catalogue_.guard(outcome.guard()))
    known = g->kind == lang::GuardKind::given                                          ? Stop::not_given
            : g->kind == lang::GuardKind::choose && g->pick == lang::Pick::lowest_free ? Stop::pick
            : g->kind == lang::GuardKind::choose                                       ? Stop::name_in_use
            : g->label == spec::general_protection                                     ? Stop::faults
                                                                                       : Stop::waits;
  return known;
}

/// The derived parameters, from the inputs. False: one of them is nothing.
bool Stepper::derive(const spec::NativeState& state, const CallKind& kind, explore::Arguments& args) {
  for (const Derivation& d : kind.derivations) {
    for (const auto& [variable, input] : d.of) evaluator_.bind(variable, args[input]);
    args[d.param] = evaluator_.value(d.is, &state);
    if (args[d.param] == 0) return false;
  }
  return true;
}

/// Goes through the values of what is neither asked for nor known; what was right the last time comes first.
template <class Found>
Stepper::Meaning Stepper::from_start(const spec::NativeState& start, const CallKind& kind,
                                     const explore::Arguments& given, bool results_known, Found found) {
  const auto number = static_cast<std::size_t>(&kind - catalogue_.calls().data());
  auto& last = last_derived_[number];
  std::array<std::uint8_t, explore::max_transition_params> unknown{};
  std::size_t unknowns = 0;
  explore::Arguments args = given;
  if (kind.derivations.empty()) {
    for (const std::uint8_t k : kind.derived) unknown[unknowns++] = k;
  } else if (!derive(start, kind, args)) {
    last_stop_ = Stop::not_given;
    return Meaning::not_given;
  }
  const std::size_t derived = unknowns;
  if (!results_known)
    for (const std::uint8_t k : kind.results) unknown[unknowns++] = k;

  std::array<std::uint8_t, explore::max_transition_params> turn{};
  std::array<std::uint8_t, explore::max_transition_params> size{};
  for (std::size_t i = 0; i < unknowns; ++i) {
    size[i] = static_cast<std::uint8_t>(lang::size_of(world_.facts, kind.params[unknown[i]].sort));
    if (size[i] == 0) return Meaning::not_given;
  }
  if (unchanged_ != &start || at_ != &start || !runner_.starts_at(start)) runner_.restart(world_.facts, start);
  at_ = &start;
  Stop best = Stop::nothing;
  const char* why = nullptr;
  explore::Arguments blocked = args;
  bool ended = false;
  while (true) {
    for (std::size_t i = 0; i < unknowns; ++i) {
      // From the last right value on, round about.
      const int first = i < derived ? std::max<int>(last[unknown[i]], 1) : 1;
      args[unknown[i]] = static_cast<std::uint8_t>((first - 1 + turn[i]) % size[i] + 1);
    }
    const CallOutcome outcome = runner_.run(kind.transition, args, orders_);
    if (outcome.kind == OutcomeKind::done || outcome.kind == OutcomeKind::error) {
      found(outcome, args);
      if (outcome.kind == OutcomeKind::error && runner_.fired().empty()) return Meaning::given;
      // The derived values are right. Other results may be too.
      ended = true;
      for (std::size_t i = 0; i < derived; ++i) {
        last[unknown[i]] = args[unknown[i]];
        turn[i] = 0;
      }
    } else if (const Stop s = stop(outcome); s > best) {
      best = s;
      why = outcome.label;
      blocked = args;
    }
    std::size_t k = ended ? derived : 0;
    while (k < unknowns && ++turn[k] == size[k]) turn[k++] = 0;
    if (k == unknowns) break;
  }
  if (ended) return Meaning::given;
  if (best == Stop::waits || best == Stop::faults) found(CallOutcome{OutcomeKind::blocked, {}, why}, blocked);
  last_stop_ = best;
  return best <= Stop::name_in_use ? Meaning::not_given : Meaning::given;
}

/// Fires a transition for all values of the parameters that the call does not give.
template <class Found>
void Stepper::all_values(const spec::NativeState& state, const Beside& beside, const explore::Arguments* given,
                         Found found) {
  const auto& params = beside.transition->params;
  explore::Arguments args{};
  for (std::size_t k = 0; k < params.size(); ++k) {
    args[k] = beside.from[k] >= 0 ? (*given)[static_cast<std::size_t>(beside.from[k])] : std::uint8_t{1};
    if (beside.from[k] < 0 && lang::size_of(world_.facts, params[k]) == 0) return;
  }
  beside_runner_.restart(world_.facts, state);
  while (true) {
    if (beside_runner_.run(*beside.transition, args, orders_).kind == OutcomeKind::done)
      found(beside_runner_.fired()[0], beside_runner_.after());
    std::size_t k = 0;
    for (; k < params.size(); ++k) {
      if (beside.from[k] >= 0) continue;
      if (args[k] < lang::size_of(world_.facts, params[k])) {
        ++args[k];
        break;
      }
      args[k] = 1;
    }
    if (k == params.size()) return;
  }
}

template <class Found>
Stepper::Meaning Stepper::each_way(const spec::NativeState& state, const Call& call, const explore::Arguments& args,
                                   bool results_known, Found found) {
  const CallKind& kind = catalogue_[call.kind];
  const auto& inside = inside_[static_cast<std::size_t>(call.kind)];
  if (inside.empty())
    return from_start(state, kind, args, results_known, [&](const CallOutcome& o, const explore::Arguments& a) {
      found(state, o, a, static_cast<const explore::Fired*>(nullptr));
    });
  // What happens inside the call, once.
  std::vector<HiddenStep> starts;
  for (const Beside& beside : inside)
    all_values(state, beside, &args, [&](const explore::Fired& fired, const spec::NativeState& after) {
      const auto there = [&](const HiddenStep& s) { return equal(s.after, after); };
      if (std::ranges::none_of(starts, there)) starts.push_back({fired, after});
    });
  if (starts.empty()) {
    return from_start(state, kind, args, results_known, [&](const CallOutcome& o, const explore::Arguments& a) {
      found(state, o, a, static_cast<const explore::Fired*>(nullptr));
    });
  }
  Meaning meaning = Meaning::not_given;
  for (const HiddenStep& s : starts) {
    const Meaning now =
        from_start(s.after, kind, args, results_known,
                   [&](const CallOutcome& o, const explore::Arguments& a) { found(s.after, o, a, &s.fired); });
    if (now == Meaning::given) {
      meaning = Meaning::given;
      continue;
    }
    bool waited = false;
    from_start(state, kind, args, results_known, [&](const CallOutcome& o, const explore::Arguments&) {
      waited = o.kind == OutcomeKind::blocked && stop(o) == Stop::waits;
    });
    if (waited) {
      // What the call waited for was all that there was to do: work that is lost leaves nothing to be read.
      meaning = Meaning::given;
      runner_.restart(world_.facts, s.after);
      found(s.after, CallOutcome{OutcomeKind::done, {}, nullptr}, args, &s.fired);
    }
  }
  return meaning;
}

/// The section of the call that has this guard.
std::optional<explore::Fired> Stepper::waiting(const CallKind& kind, const char* guard,
                                               const explore::Arguments& args) const {
  for (const explore::Section& s : kind.transition.sections) {
    const auto& guards = catalogue_.tree().rules[static_cast<std::size_t>(s.rule)].guards;
    if (std::ranges::find(guards, std::string_view(guard), &lang::Guard::label) == guards.end()) continue;
    explore::Fired out{s.rule, {}};
    for (std::size_t k = 0; k < s.from.size(); ++k) out.args[k] = args[s.from[k]];
    return out;
  }
  return std::nullopt;
}

Stepper::Meaning Stepper::ways(const spec::NativeState& state, const Call& call, std::vector<Way>& out) {
  if (unchanged_ == nullptr) at_ = nullptr;
  const CallKind& kind = catalogue_[call.kind];
  return each_way(state, call, call.args, kind.results.empty(),
                  [&](const spec::NativeState& start, const CallOutcome& o, const explore::Arguments& args,
                      const explore::Fired* inside) {
                    Way& way = out.emplace_back();
                    way.guard = o.kind == OutcomeKind::error ? o.refusal.guard.data() : o.label;
                    if (o.kind == OutcomeKind::done) {
                      for (std::size_t i = 0; i < kind.results.size(); ++i) way.results[i] = args[kind.results[i]];
                      way.guard = nullptr;
                      way.after = runner_.after();
                    } else if (o.kind == OutcomeKind::error) {
                      way.kind = Answer::Kind::error;
                      way.err = o.refusal.err;
                      way.after = runner_.after();
                    } else {
                      way.kind = stop(o) == Stop::faults ? Answer::Kind::gp_fault : Answer::Kind::would_block;
                      way.after = start;
                    }
                    if (telling_) {
                      if (inside != nullptr) way.before.push_back(*inside);
                      if (o.kind != OutcomeKind::blocked)
                        way.fired.assign(runner_.fired().begin(), runner_.fired().end());
                      if (o.kind == OutcomeKind::error) way.refused = o.refusal;
                      if (o.kind == OutcomeKind::blocked) way.waits = waiting(kind, way.guard, args);
                    }
                  });
}

Stepper::Match Stepper::match(const spec::NativeState& state, const Call& call, const Answer& answer,
                              std::vector<spec::NativeState>& out) {
  const CallKind& kind = catalogue_[call.kind];
  explore::Arguments args = call.args;
  const bool ok = answer.kind == Answer::Kind::ok;
  if (ok)
    for (std::size_t i = 0; i < kind.results.size(); ++i) {
      args[kind.results[i]] = world_.atom(answer.results[i]);
      if (args[kind.results[i]] == 0) return Match::differs;
    }
  bool matched = false;
  const Meaning meaning = each_way(
      state, call, args, ok || kind.results.empty(),
      [&](const spec::NativeState& start, const CallOutcome& o, const explore::Arguments&, const explore::Fired*) {
        switch (o.kind) {
          case OutcomeKind::done:
            if (!ok) return;
            out.push_back(runner_.after());
            break;
          case OutcomeKind::error:
            if (answer.kind != Answer::Kind::error || answer.err != o.refusal.err) return;
            out.push_back(runner_.after());
            break;
          default:
            if (answer.kind != (stop(o) == Stop::faults ? Answer::Kind::gp_fault : Answer::Kind::would_block)) return;
            out.push_back(start);
        }
        matched = true;
      });
  if (matched) return Match::matched;
  return meaning == Meaning::given ? Match::differs : Match::not_given;
}

void Stepper::hidden(const spec::NativeState& state, std::vector<HiddenStep>& out) {
  for (const Beside& beside : hidden_)
    all_values(state, beside, nullptr, [&](const explore::Fired& fired, const spec::NativeState& after) {
      if (!equal(after, state)) out.push_back({fired, after});
    });
}

void Stepper::hidden(const spec::NativeState& state, const Call& call, std::vector<HiddenStep>& out) {
  const CallKind& kind = catalogue_[call.kind];
  for (const Beside& beside : hidden_) {
    // One parameter is what there is: an mm.
    if (beside.transition->params.size() != 1) continue;
    for (const std::uint8_t k : kind.inputs) {
      if (kind.params[k].sort != beside.transition->params[0]) continue;
      const Beside named{beside.transition, {k}};
      all_values(state, named, &call.args, [&](const explore::Fired& fired, const spec::NativeState& after) {
        if (!equal(after, state)) out.push_back({fired, after});
      });
    }
  }
}

bool Stepper::same(const Way& way, const CallKind& kind, const Answer& answer) const {
  if (way.kind != answer.kind) return false;
  if (way.kind == Answer::Kind::error) return way.err == answer.err;
  if (way.kind != Answer::Kind::ok) return true;
  for (std::size_t i = 0; i < kind.results.size(); ++i)
    if (world_.number(way.results[i]) != answer.results[i]) return false;
  return true;
}

Answer Stepper::answer(const Way& way, const CallKind& kind) const {
  Answer out;
  out.kind = way.kind;
  out.err = way.err;
  if (way.kind == Answer::Kind::ok)
    for (std::size_t i = 0; i < kind.results.size(); ++i) out.results[i] = world_.number(way.results[i]);
  return out;
}

}  // namespace pasid::conform
