// pasid interleave
#include <algorithm>
#include <cstring>
#include <iostream>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/base/parallel.hpp"
#include "src/check/hints.hpp"
#include "src/cli/edits.hpp"
#include "src/cli/help.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/cli/trace_output.hpp"
#include "src/io/names.hpp"
#include "src/review/interleaving.hpp"
#include "src/review/intrusion.hpp"

namespace pasid::cli {
namespace {

using review::CallMoments;
using review::Clash;
using review::Intrusion;
using review::Intrusions;
using review::Mover;
using review::Refused;
using Json = nlohmann::ordered_json;

struct InterleaveCommand {
  std::string design;
  std::vector<std::string> calls;
  std::vector<std::string> among;
  Edits edits;
  std::size_t max_states = review::IntrusionLimits{}.states;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  TraceOutput traces;
  bool json = false;
};

review::Side side_of(const InterleaveCommand& command) {
  review::Side out = review::side(command.design);
  if (!command.edits.any()) return out;
  out.tree = std::make_shared<const lang::Tree>(edited_model(command.edits));
  out.name = name_with(out.name, command.edits);
  out.edited = true;
  out.reading = explore::edited_reading(*out.tree, proofs::model());
  return out;
}

/// Those that are wanted, in the order of the tree.
std::vector<std::string> calls_of(const review::Side& side, const std::vector<std::string>& wanted) {
  std::vector<std::string> all = review::calls_in_sections(side);
  if (wanted.empty()) return all;
  for (const std::string& call : wanted)
    if (std::ranges::find(all, call) == all.end())
      throw std::invalid_argument("--call: '" + side.name + "' has no call '" + call +
                                  "' of several sections; it has " + trace::joined(all, ", "));
  std::erase_if(all, [&](const std::string& call) { return std::ranges::find(wanted, call) == wanted.end(); });
  return all;
}

/// What the others may do, which there must be.
review::Others others_of(const review::Side& side, const std::vector<std::string>& wanted) {
  const std::vector<std::string> names = review::names_of_others(side);
  const std::vector<std::string_view> all(names.begin(), names.end());
  for (const std::string_view name : wanted)
    if (std::ranges::find(all, name) == all.end())
      throw std::invalid_argument("--among: '" + side.name + "' has no call or event '" + std::string(name) +
                                  "'; expected " + io::one_of(all, name));
  return {{wanted.begin(), wanted.end()}};
}

smt::Proof proof_of(const review::Side& side) {
  smt::ProveOptions options;
  options.hints = check::proof_hints();
  if (!side.edited) options.like = check::like(side.design);
  return smt::prove(*side.tree, side.knobs, options);
}

/// "bind.reserve and 3 of its refusals"
std::string names(const std::vector<Clash>& clashes) {
  struct Of {
    std::string rule;
    bool fires = false;
    std::size_t refusals = 0;
    bool unknown = false;
  };
  std::vector<Of> rules;
  for (const Clash& c : clashes) {
    auto of = std::ranges::find(rules, c.other, &Of::rule);
    if (of == rules.end()) of = rules.insert(of, {c.other});
    (c.guard.empty() ? of->fires = true : ++of->refusals > 0);
    of->unknown = of->unknown || c.unknown;
  }
  std::vector<std::string> out;
  for (const Of& of : rules) {
    const std::string refusals = of.refusals == 1 ? "a refusal" : count(of.refusals) + " refusals";
    out.push_back((of.refusals == 0 ? of.rule
                   : of.fires       ? of.rule + " and " + refusals
                                    : refusals + " of " + of.rule) +
                  (of.unknown ? " (unknown)" : ""));
  }
  return trace::joined(out, ", ");
}

std::string moments(const CallMoments& c) {
  std::vector<std::string> out;
  for (const std::size_t m : c.moments) out.push_back(c.sections[m].rule);
  return trace::joined(out, ", ");
}

/// "attach.program refuses with -EBUSY"
std::string name(const CallMoments& c, const Refused& r) {
  return c.sections[r.section].rule + " refuses with -" + strerrorname_np(r.err);
}

std::string moments(const Refused& r) {
  std::vector<std::string> out;
  for (const std::string& m : r.moments) out.push_back(m.empty() ? "the refusal" : m);
  return trace::joined(out, ", ");
}

/// Of where it is refused and that is at several moments, a line for what is alike.
std::vector<std::string> refusals(const CallMoments& c) {
  const auto alike = [](const Refused& a, const Refused& b) {
    return a.section == b.section && a.moments == b.moments;
  };
  std::vector<std::string> out;
  for (auto r = c.refusals.begin(); r != c.refusals.end(); ++r) {
    const auto like_r = [&](const Refused& other) { return alike(*r, other); };
    if (r->moments.size() == 1 || std::any_of(c.refusals.begin(), r, like_r)) continue;
    std::string line = "where " + name(c, *r);
    for (auto other = r + 1; other != c.refusals.end(); ++other)
      if (like_r(*other)) line += std::string(", -") + strerrorname_np(other->err);
    out.push_back(line + ": as if at " + count(r->moments.size()) + " moments: " + moments(*r));
  }
  return out;
}

/// What is said of where it completes.
std::string verdict(const Session& session, const CallMoments& c) {
  if (c.moments.size() == 1)
    return (c.at_once()                                      ? good(session, "as if at once") + ", completed at "
            : std::ranges::any_of(c.sections, &Mover::never) ? "as if at 1 moment, with sections that never fire: "
                                                             : "as if at once where it completes, at ") +
           moments(c);
  return "as if at " + count(c.moments.size()) + " moments: " + moments(c);
}

void explain(const Session& session, const std::string& name, const Mover& m) {
  std::cout << "  " << bold(session, name) << '\n';
  if (m.never) {
    std::cout << "    never fires: proved\n";
    return;
  }
  if (m.not_right.empty() && m.not_left.empty()) std::cout << "    commutes with whatever others do\n";
  else if (m.not_right.empty()) std::cout << "    right mover: what others do after it could as well come before\n";
  else if (m.not_left.empty()) std::cout << "    left mover: it could as well come before what others did\n";
  if (!m.not_right.empty())
    std::cout << "    after it  " << dim(session, wrapped(session, names(m.not_right), 14)) << '\n';
  if (!m.not_left.empty())
    std::cout << "    before it " << dim(session, wrapped(session, names(m.not_left), 14)) << '\n';
}

const Intrusion* intrusion_into(const Intrusions& all, const std::string& call) {
  const auto it = std::ranges::find(all.found, call, &Intrusion::call);
  return it == all.found.end() ? nullptr : &*it;
}

void print(const Session& session, const review::Side& side, const review::Others& others,
           const std::vector<CallMoments>& calls, const Intrusions& met, const TraceOutput& traces, bool details) {
  std::size_t obligations = 0;
  std::size_t by_frame = 0;
  for (const CallMoments& c : calls) {
    obligations += c.obligations;
    by_frame += c.by_frame;
  }
  std::cout << headline(session, side.name,
                        count(obligations) + " pairs of steps, " + count(by_frame) + " of them by frame");
  if (!others.among.empty())
    std::cout << "  where others do nothing but "
              << wrapped(session, trace::joined(std::vector(others.among.begin(), others.among.end()), ", "), 2)
              << '\n';
  const std::size_t width = column_of(calls, &CallMoments::call);
  for (const CallMoments& c : calls) {
    const Intrusion* const told = intrusion_into(met, c.call);
    std::cout << "  " << padded(c.call, width) << wrapped(session, verdict(session, c), width + 2) << '\n';
    for (const std::string& line : refusals(c))
      std::cout << "  " << padded("", width) << wrapped(session, line, width + 2) << '\n';
    if (told != nullptr)
      std::cout << "  " << padded("", width) << bad(session, "told apart by " + told->by + " after " + told->after)
                << '\n';
  }
  if (met.states > 0)
    std::cout << "  "
              << wrapped(session,
                         count(met.states) +
                             " states looked at, each with one transition of others between two "
                             "sections; the last scope: " +
                             met.scope,
                         2)
              << '\n';
  for (const CallMoments& c : calls) {
    const Intrusion* const told = intrusion_into(met, c.call);
    if (details) {
      std::cout << '\n' << bold(session, c.call) << '\n';
      for (const Mover& m : c.sections) explain(session, m.rule, m);
      for (const Refused& r : c.refusals) explain(session, name(c, r), r.mover);
      for (const Mover& m : c.undos) explain(session, m.rule, m);
    }
    if (told == nullptr) continue;
    std::cout << '\n' << c.call << ", told apart:\n";
    traces.print(session, *side.tree, told->trace);
  }
}

Json to_json(const std::vector<Clash>& clashes) {
  Json out = Json::array();
  for (const Clash& c : clashes) out.push_back({{"rule", c.other}, {"refused_by", c.guard}, {"unknown", c.unknown}});
  return out;
}

Json to_json(const Mover& m) {
  return {{"rule", m.rule}, {"never", m.never}, {"not_right", to_json(m.not_right)}, {"not_left", to_json(m.not_left)}};
}

Json to_json(const std::vector<Mover>& movers) {
  Json out = Json::array();
  for (const Mover& m : movers) out.push_back(to_json(m));
  return out;
}

Json to_json(const std::vector<Refused>& refusals) {
  Json out = Json::array();
  for (const Refused& r : refusals)
    out.push_back({{"errno", strerrorname_np(r.err)}, {"moments", r.moments}, {"refusal", to_json(r.mover)}});
  return out;
}

Json to_json(const review::Side& side, const review::Others& others, const std::vector<CallMoments>& calls,
             const Intrusions& met) {
  Json out{{"design", side.name},
           {"among", others.among},
           {"calls", Json::array()},
           {"states", met.states},
           {"scope", met.scope}};
  for (const CallMoments& c : calls) {
    Json one{{"call", c.call},
             {"moments", Json::array()},
             {"obligations", c.obligations},
             {"by_frame", c.by_frame},
             {"sections", to_json(c.sections)},
             {"undos", to_json(c.undos)},
             {"refusals", to_json(c.refusals)},
             {"told_apart", nullptr}};
    for (const std::size_t m : c.moments) one["moments"].push_back(c.sections[m].rule);
    if (const Intrusion* told = intrusion_into(met, c.call))
      one["told_apart"] = {{"after", told->after}, {"by", told->by}, {"steps", told->trace.steps.size()}};
    out["calls"].push_back(std::move(one));
  }
  return out;
}

void run(Session& session, const InterleaveCommand& command) {
  const review::Side side = side_of(command);
  const review::IntrusionLimits limits{command.max_states, others_of(side, command.among)};
  const std::vector<std::string> wanted = calls_of(side, command.calls);
  std::vector<CallMoments> calls(wanted.size());
  Intrusions met;
  {
    Progress progress(session);
    progress.say(side.name + ": proving");
    const smt::Proof proof = proof_of(side);
    in_parallel(wanted.size(), command.threads, [&](std::size_t i, unsigned) {
      progress.say(side.name + ": " + wanted[i]);
      calls[i] = review::moments_of(side, proof, wanted[i], !command.calls.empty(), limits.others);
    });
    std::vector<std::string> open;
    for (const CallMoments& c : calls)
      if (!c.at_once()) open.push_back(c.call);
    progress.say(side.name + ": looking for what tells calls apart");
    if (!open.empty()) met = review::intrusions(side, open, review::visible_cells(side), limits);
  }
  for (const CallMoments& c : calls) {
    if (intrusion_into(met, c.call) != nullptr) session.exit_code = code::violated;
    else if (!c.at_once() && session.exit_code == code::holds) session.exit_code = code::unknown;
  }
  for (const Intrusion& told : met.found) command.traces.save(*side.tree, told.trace);
  if (command.json) std::cout << to_json(side, limits.others, calls, met).dump(2) << '\n';
  else print(session, side, limits.others, calls, met, command.traces, !command.calls.empty());
}

}  // namespace

void add_interleave(CLI::App& app, Session& session) {
  auto* interleave = app.add_subcommand("interleave", "is a call as if it happened at one moment, whatever others do?");
  interleave->footer(
      "Examples:\n"
      "  pasid interleave linux-7.3                  every call that takes several steps\n"
      "  pasid interleave linux-7.3 --call unbind    one, with what does not commute with its sections\n"
      "  pasid interleave linux-7.3 --call user.attach --drop reset_prepare.group-lock\n"
      "  pasid interleave linux-7.3 --call bind --among unbind   no others but these\n"
      "Holds (exit code 0) where each call is proved to be as if at once, completed or refused; violated (1) where\n"
      "something that others do in between leads where neither order of the two leads; unknown (2) where neither is so.");
  const auto command = std::make_shared<InterleaveCommand>();
  interleave->add_option("design", command->design, "a shipped design's name, or a file")
      ->required()
      ->type_name("DESIGN");
  interleave->add_option("--call", command->calls, "only this one, with its sections; may be repeated")
      ->type_name("CALL");
  interleave->add_option("--among", command->among, "others do this alone: a call or an event; may be repeated")
      ->type_name("CALL");
  interleave->add_option("--max-states", command->max_states, "states of each scope in which calls are begun")
      ->type_name("N")
      ->capture_default_str();
  interleave->add_option("--threads", command->threads, "calls looked at side by side")
      ->type_name("N")
      ->check(quietly(CLI::Range(1U, 256U)));
  add_edit_options(*interleave, command->edits);
  command->traces.add_options(*interleave);
  interleave->add_flag("--json", command->json, "machine-readable output");
  interleave->callback([&session, command] { run(session, *command); });
}

}  // namespace pasid::cli
