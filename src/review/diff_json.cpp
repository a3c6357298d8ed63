#include <nlohmann/json.hpp>

#include "src/io/names.hpp"
#include "src/review/diff_report.hpp"
#include "src/trace/json.hpp"

namespace pasid::review {
namespace {

using Ordered = nlohmann::ordered_json;

Ordered chosen(const io::KnobValue& k) { return {{"value", k.value}, {"origin", k.origin}, {"reason", k.reason}}; }

Ordered to_json(const KnobDifference& k) { return {{"name", k.knob}, {"a", chosen(k.a)}, {"b", chosen(k.b)}}; }

/// Null where there is none.
Ordered or_null(const std::string& text) { return text.empty() ? Ordered() : Ordered(text); }

Ordered to_json(const PartDifference& p, bool guard) {
  Ordered out{{"label", p.label}, {"a", or_null(p.before)}, {"b", or_null(p.after)}};
  if (guard) out["moved"] = p.moved();
  if (guard && (p.moved() || p.before.empty())) out["behind"] = or_null(p.behind);
  return out;
}

Ordered to_json(const RuleDifference& r) {
  Ordered out{{"a", or_null(r.a)},
              {"b", or_null(r.b)},
              {"source_a", or_null(r.source_a)},
              {"source_b", or_null(r.source_b)},
              {"guards", Ordered::array()},
              {"updates", Ordered::array()}};
  for (const PartDifference& p : r.guards) out["guards"].push_back(to_json(p, true));
  for (const PartDifference& p : r.updates) out["updates"].push_back(to_json(p, false));
  return out;
}

Ordered to_json(const PropertyDifference& p) {
  static constexpr const char* changes[] = {"gained", "lost", "kept", "other"};
  const auto steps = [](const check::PropertyResult& r) {
    return r.trace ? Ordered(r.trace->steps.size()) : Ordered();
  };
  Ordered out{{"name", p.property},
              {"a", io::name_of(p.a.verdict)},
              {"b", io::name_of(p.b.verdict)},
              {"change", changes[static_cast<int>(p.change) - 1]},
              {"steps_a", steps(p.a)},
              {"steps_b", steps(p.b)}};
  out["parts"] =
      p.parts ? Ordered{{"step", p.parts->step}, {"text", in_words(*p.parts)}, {"guard", or_null(p.parts->guard)}}
              : Ordered();
  return out;
}

Ordered to_json(const std::vector<Said>& all) {
  Ordered out = Ordered::array();
  for (const Said& s : all)
    out.push_back({{"answer", s.answer}, {"guard", or_null(s.guard)}, {"source", or_null(s.cites)}});
  return out;
}

Ordered to_json(const lang::Tree& tree, const Behaviour& b) {
  Ordered calls = Ordered::array();
  for (const Told& t : b.before) calls.push_back({{"call", t.call}, {"a", t.a}, {"b", t.b}});
  calls.push_back({{"call", b.call}});
  return {{"world", b.world},
          {"calls", calls},
          {"a", to_json(b.a)},
          {"b", to_json(b.b)},
          {"only_a", to_json(b.only_a)},
          {"only_b", to_json(b.only_b)},
          {"trace_a", trace::to_json(tree, b.trace_a)},
          {"trace_b", trace::to_json(tree, b.trace_b)}};
}

Ordered to_json(const Refinement& r) {
  static constexpr const char* verdicts[] = {"proved", "refuted", "holds_in_scope"};
  return {{"verdict", verdicts[static_cast<int>(r.verdict) - 1]},
          {"why", or_null(r.why)},
          {"obligations", r.obligations},
          {"by_frame", r.by_frame}};
}

template <class Items, class... With>
Ordered list(const Items& items, const With&... with) {
  Ordered out = Ordered::array();
  for (const auto& i : items) out.push_back(to_json(with..., i));
  return out;
}

}  // namespace

nlohmann::ordered_json to_json(const lang::Tree& tree, const Diff& d) {
  const Behaviours& b = d.behaviours;
  return {{"a", d.a},
          {"b", d.b},
          {"knobs", list(d.knobs)},
          {"rules", list(d.rules)},
          {"properties", list(d.properties.all)},
          {"newly_allowed", list(b.newly_allowed, tree)},
          {"newly_forbidden", list(b.newly_forbidden, tree)},
          {"calls_only_a", b.calls_only_a},
          {"calls_only_b", b.calls_only_b},
          {"refinement", {{"b_in_a", to_json(d.b_in_a)}, {"a_in_b", to_json(d.a_in_b)}}},
          {"asked",
           {{"questions", b.questions},
            {"worlds", b.worlds},
            {"left_out", b.left_out},
            {"calls", b.exhausted ? Ordered() : Ordered(b.depth)},
            {"exhausted", b.exhausted}}},
          {"contradictions", d.contradictions}};
}

}  // namespace pasid::review
