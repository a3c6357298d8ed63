#include "src/review/diff_report.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "proofs/model.hpp"
#include "src/io/names.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/names.hpp"
#include "src/trace/steps.hpp"

namespace pasid::review {
namespace {

using Change = PropertyDifference::Change;
using Is = Listing::Is;

std::string number(std::size_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

std::string words(spec::Verdict verdict) { return io::verdict_words(verdict); }

std::string words(const check::PropertyResult& p) {
  return words(p.verdict) + (p.trace ? ", " + number(p.trace->steps.size(), "step", "steps") : "");
}

std::string words(const Said& s) { return s.answer + (s.guard.empty() ? "" : " (" + s.guard + ")"); }

std::string words(const std::vector<Said>& all) {
  std::vector<std::string> out;
  for (const Said& s : all) out.push_back(words(s));
  return trace::joined(out, " or ");
}

std::size_t number_of(const Diff& d, Change change) {
  return static_cast<std::size_t>(std::ranges::count(d.properties.all, change, &PropertyDifference::change));
}

class Writer {
 public:
  Writer(const Diff& diff, bool brief) : d_(diff), brief_(brief) {}

  Document write() {
    add(Heading{d_.a + " → " + d_.b, 1});
    if (d_.title_a == d_.title_b && !d_.title_a.empty()) add(Paragraph{d_.title_a});
    else if (d_.title_a != d_.title_b) add(Table{{}, {{d_.a, d_.title_a}, {d_.b, d_.title_b}}});
    summary();
    properties();
    behaviours("Newly allowed", d_.behaviours.newly_allowed, true);
    behaviours("Newly forbidden", d_.behaviours.newly_forbidden, false);
    refinement();
    knobs();
    rules();
    for (const std::string& c : d_.contradictions) add(Paragraph{"CONTRADICTION: " + c});
    return std::move(out_);
  }

 private:
  void add(Block block) { out_.push_back(std::move(block)); }

  void summary();
  void properties();
  void behaviours(const std::string& title, const std::vector<Behaviour>& all, bool allowed);
  void behaviour(const Behaviour& b, std::size_t n, bool allowed);
  [[nodiscard]] std::string head(const Behaviour& b, std::size_t n, bool allowed) const;
  void ending(Listing& out, const std::string& who, const std::vector<Said>& said, const trace::Trace& trace);
  void refinement();
  void knobs();
  void rules();
  [[nodiscard]] std::string sentence(const Refinement& r, const std::string& of, const std::string& in) const;
  [[nodiscard]] std::string asked() const;

  const Diff& d_;
  bool brief_;
  Document out_;
};

std::string verdict(const Refinement& r) {
  switch (r.verdict) {
    case Refinement::Verdict::proved: return "proved";
    case Refinement::Verdict::refuted: return "refuted";
    case Refinement::Verdict::in_scope: return "in scope";
  }
  return {};
}

void Writer::summary() {
  const auto listed = [&](const std::vector<Behaviour>& all) {
    std::vector<std::string> out;
    for (const Behaviour& b : all)
      if (std::ranges::find(out, b.name) == out.end()) out.push_back(b.name);
    return all.empty() ? "nothing that was found"
                       : fmt::format("{}, of {}", number(all.size(), "answer", "answers"), trace::joined(out, ", "));
  };
  Table t;
  t.rows.push_back({"properties", fmt::format("{} gained, {} lost, {} otherwise changed, {} kept",
                                              number_of(d_, Change::gained), number_of(d_, Change::lost),
                                              number_of(d_, Change::other), number_of(d_, Change::kept))});
  t.rows.push_back({"newly allowed", listed(d_.behaviours.newly_allowed)});
  t.rows.push_back({"newly forbidden", listed(d_.behaviours.newly_forbidden)});
  t.rows.push_back({"refinement", fmt::format("{} refines {}: {}; the other way: {}", d_.b, d_.a, verdict(d_.b_in_a),
                                              verdict(d_.a_in_b))});
  t.rows.push_back({"text", fmt::format("{} and {} differ", number(d_.knobs.size(), "knob", "knobs"),
                                        number(d_.rules.size(), "rule", "rules"))});
  add(Heading{"In short"});
  add(std::move(t));
}

void Writer::properties() {
  add(Heading{"Properties"});
  Table t{{"", "property", d_.a, d_.b}, {}};
  for (const Change change : {Change::lost, Change::gained, Change::other})
    for (const PropertyDifference& p : d_.properties.all)
      if (p.change == change)
        t.rows.push_back({change == Change::lost     ? "lost"
                          : change == Change::gained ? "gained"
                                                     : "changed",
                          p.property, words(p.a), words(p.b)});
  if (!t.rows.empty()) add(std::move(t));
  Listing parts;
  for (const PropertyDifference& p : d_.properties.all) {
    if (p.change == Change::kept || (!p.a.trace && !p.b.trace)) continue;
    const bool of_b = p.b.trace.has_value();
    parts.lines.push_back(
        {0, fmt::format("{}: the trace of {} under {}", p.property, of_b ? d_.b : d_.a, of_b ? d_.a : d_.b)});
    parts.lines.push_back(
        {2, p.parts ? in_words(*p.parts) : "goes the same way to its end, which is no violation there"});
  }
  if (!parts.lines.empty()) add(std::move(parts));
  std::vector<std::string> kept;
  for (const spec::Verdict v : {spec::Verdict::proved, spec::Verdict::violated, spec::Verdict::holds_in_scope,
                                spec::Verdict::not_applicable, spec::Verdict::vacuous, spec::Verdict::unknown}) {
    std::vector<std::string> names;
    for (const PropertyDifference& p : d_.properties.all)
      if (p.change == Change::kept && p.a.verdict == v) names.push_back(p.property);
    if (!names.empty()) kept.push_back(words(v) + ": " + trace::joined(names, ", "));
  }
  if (!kept.empty()) add(Paragraph{"Kept. " + trace::joined(kept, ". ") + "."});
}

/// The answers of one design, with where they come from, and what an ok changes.
void Writer::ending(Listing& out, const std::string& who, const std::vector<Said>& said, const trace::Trace& trace) {
  for (const Said& s : said) {
    out.lines.push_back({5, who + ": " + words(s)});
    if (!s.cites.empty()) out.lines.push_back({7, s.cites});
  }
  if (brief_ || trace.steps.empty() || said.size() != 1 || !said.front().guard.empty()) return;
  const lang::Tree& tree = proofs::model();
  const trace::Names names(tree, trace.facts);
  std::vector<std::string> changed;
  for (const trace::Change& c : trace::changes(tree, trace.facts, trace.before_last(), trace.last()))
    changed.push_back(fmt::format("{}: {} → {}", trace::cell_text(names, *c.cell, c.index),
                                  names(c.cell->value, c.from), names(c.cell->value, c.to)));
  if (!changed.empty()) out.lines.push_back({7, trace::joined(changed, ", ")});
}

std::string Writer::head(const Behaviour& b, std::size_t n, bool allowed) const {
  return fmt::format("{}. {}: {}, where {} has {}", n, b.name, words(allowed ? b.only_b : b.only_a),
                     allowed ? d_.a : d_.b, words(allowed ? b.a : b.b));
}

void Writer::behaviour(const Behaviour& b, std::size_t n, bool allowed) {
  Listing out;
  out.lines.push_back({0, head(b, n, allowed)});
  out.lines.push_back({3, "world: " + b.world});
  std::size_t call = 0;
  for (const Told& t : b.before)
    out.lines.push_back({3, fmt::format("{} {}  → {}", ++call, t.call, t.a == t.b ? t.a : t.a + " | " + t.b)});
  out.lines.push_back({3, fmt::format("{} {}", ++call, b.call)});
  ending(out, d_.a, b.a, b.trace_a);
  ending(out, d_.b, b.b, b.trace_b);
  add(std::move(out));
}

void Writer::behaviours(const std::string& title, const std::vector<Behaviour>& all, bool allowed) {
  add(Heading{title});
  if (all.empty()) add(Paragraph{"Nothing was found. " + asked()});
  // A reader sees what matters in the first few, and what follows from them below.
  const std::size_t most = brief_ ? 1 : 3;
  Listing further;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& others = d_.behaviours.newly_allowed;
    const auto same = [&](const Behaviour& o) {
      return o.world == all[i].world && o.call == all[i].call && o.calls() == all[i].calls() && o.a == all[i].a;
    };
    const auto shown = allowed ? others.end() : std::ranges::find_if(others, same);
    if (shown != others.end())
      further.lines.push_back({0, fmt::format("{}. {}: {}, as in {} of what is newly allowed", i + 1, all[i].name,
                                              words(all[i].only_a), shown - others.begin() + 1)});
    else if (i >= most)
      further.lines.push_back({0, fmt::format("{} ({}; {})", head(all[i], i + 1, allowed),
                                              number(all[i].calls(), "call", "calls"), all[i].world)});
    else behaviour(all[i], i + 1, allowed);
  }
  if (!further.lines.empty()) add(std::move(further));
  const auto& only = allowed ? d_.behaviours.calls_only_b : d_.behaviours.calls_only_a;
  if (!only.empty())
    add(Paragraph{fmt::format("Calls that only {} has: {}.", allowed ? d_.b : d_.a, trace::joined(only, ", "))});
}

std::string Writer::asked() const {
  const Behaviours& b = d_.behaviours;
  std::string out = fmt::format("Both were asked {} questions in {}: ", b.questions,
                                number(b.worlds.size(), "world of up to two devices", "worlds of up to two devices"));
  out +=
      b.exhausted ? "all that there are." : fmt::format("all sequences of up to {} calls, and longer ones.", b.depth);
  for (const std::string& w : b.left_out) out += " Not asked in: " + w + ".";
  return out;
}

std::string Writer::sentence(const Refinement& r, const std::string& of, const std::string& in) const {
  const std::string claim = fmt::format("Every behaviour of {} is one of {}: ", of, in);
  switch (r.verdict) {
    case Refinement::Verdict::proved:
      return claim + fmt::format("proved, for any number of everything ({} obligations, {} of them by frame).",
                                 r.obligations, r.by_frame);
    case Refinement::Verdict::refuted: return claim + "refuted, by " + r.why + ".";
    case Refinement::Verdict::in_scope:
      return claim + "holds in scope, as far as both were asked; a proof failed at: " + r.why + ".";
  }
  return {};
}

void Writer::refinement() {
  add(Heading{"Refinement"});
  add(Paragraph{sentence(d_.b_in_a, d_.b, d_.a)});
  add(Paragraph{sentence(d_.a_in_b, d_.a, d_.b)});
  if (!d_.behaviours.newly_allowed.empty() || !d_.behaviours.newly_forbidden.empty()) add(Paragraph{asked()});
}

void Writer::knobs() {
  if (d_.knobs.empty()) return;
  add(Heading{"Knobs"});
  Table t{{"knob", d_.a, d_.b}, {}};
  if (!brief_) t.head.emplace_back("why");
  for (const KnobDifference& k : d_.knobs) {
    t.rows.push_back({k.knob, k.a.value, k.b.value});
    if (!brief_) t.rows.back().push_back(k.b.reason.empty() ? "(no reason is given)" : k.b.reason);
  }
  add(std::move(t));
}

void Writer::rules() {
  if (d_.rules.empty()) return;
  add(Heading{"Rules"});
  std::vector<std::string> only_a;
  std::vector<std::string> only_b;
  for (const RuleDifference& r : d_.rules) {
    if (r.b.empty()) only_a.push_back(r.a);
    if (r.a.empty()) only_b.push_back(r.b);
    if (!r.in_both()) continue;
    Listing out;
    out.lines.push_back(
        {0, (r.a == r.b ? r.a : r.a + " → " + r.b) + (r.guards.empty() && r.updates.empty() ? ": the same text" : "")});
    const auto part = [&](const PartDifference& p, std::string_view what) {
      const std::string behind = what == "guard" && (p.before.empty() || p.moved())
                                     ? p.behind.empty() ? ", first" : ", behind " + p.behind
                                     : "";
      out.lines.push_back({2, fmt::format("{} {}{}{}", what, p.label,
                                          p.moved()          ? " moves"
                                          : p.before.empty() ? " is new"
                                          : p.after.empty()  ? " is gone"
                                                             : "",
                                          behind)});
      if (brief_ || p.moved()) return;
      if (!p.before.empty()) out.lines.push_back({4, p.before, Is::removed});
      if (!p.after.empty()) out.lines.push_back({4, p.after, Is::added});
    };
    for (const PartDifference& p : r.guards) part(p, "guard");
    for (const PartDifference& p : r.updates) part(p, "update of");
    if (!r.source_b.empty() && !brief_) out.lines.push_back({2, r.source_b});
    add(std::move(out));
  }
  if (!only_a.empty()) add(Paragraph{fmt::format("Only in {}: {}.", d_.a, trace::joined(only_a, ", "))});
  if (!only_b.empty()) add(Paragraph{fmt::format("Only in {}: {}.", d_.b, trace::joined(only_b, ", "))});
}

}  // namespace

Document document(const Diff& diff, bool brief) { return Writer(diff, brief).write(); }

}  // namespace pasid::review
