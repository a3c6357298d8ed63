// The rule book's rules.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "spec/lang/mentions.hpp"
#include "src/base/count.hpp"
#include "src/review/addresses.hpp"
#include "src/review/page.hpp"
#include "src/review/report.hpp"
#include "src/trace/formula.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/markup.hpp"

namespace pasid::review {
namespace {

/// The label is that of the guard or update, or of an operand of it.
bool is_of(std::string_view part, std::string_view label) { return label.substr(0, label.find('#')) == part; }

class RulesWriter {
 public:
  RulesWriter(const lang::Tree& tree, const Reported& reported) : tree_(tree), reported_(reported) {}

  std::string operator()() {
    std::string out =
        "<p>Guards in the order in which they are asked, then updates. What falls without one is what was on record when "
        "the report was made (proofs/falls.txt, of " +
        trace::joined(designs_on_record(), ", ") +
        "); <code>pasid why LABEL</code> searches for it again, or proves that nothing falls. #2 is the second operand "
        "of a guard. Below a guard's name stands how many vectors meet it, and how often implementations that were tested refused for it.</p>\n<p class=\"index\">";
    for (const lang::RuleTree& r : tree_.rules) out += link(address::rule(r.label), r.label) + " ";
    out += "</p>\n";
    for (const lang::RuleTree& r : tree_.rules) out += rule(r);
    return out;
  }

 private:
  [[nodiscard]] std::vector<std::string> designs_on_record() const {
    std::set<std::string> names;
    for (const check::KnownFall& f : reported_.falls) names.insert(f.design);
    if (names.empty()) return {"no design"};
    return {names.begin(), names.end()};
  }

  /// What falls without this guard or update, or an operand of it, and the bugs that were it.
  [[nodiscard]] std::string without(std::string_view label) const {
    std::vector<std::string> out;
    for (const check::KnownFall& f : reported_.falls)
      if (is_of(label, f.label))
        out.push_back(trace::markup(f.label.substr(label.size())) + (f.label == label ? "" : " ") +
                      link(address::formula(f.property), f.property));
    for (const check::PutBack& b : reported_.bugs)
      if (b.bug.unfix && std::ranges::any_of(b.bug.unfix->drops, [&](const auto& d) { return is_of(label, d); }))
        out.push_back("bug " + link(address::bug(b.bug.id), b.bug.id));
    return out.empty() ? "<span class=\"dim\">not recorded</span>" : trace::joined(out, ", ");
  }

  /// How often each implementation refused for this guard; a line each, where one did.
  [[nodiscard]] std::string refusals(std::string_view label) const {
    std::string out;
    for (std::size_t i = 0; i < reported_.runs.size(); ++i) {
      const TestRun& run = reported_.runs[i];
      std::uint64_t met = 0;
      for (const TestRun::Call& call : run.calls)
        for (const TestRun::Guard& g : call.guards)
          if (g.label == label) met += g.met;
      if (met > 0)
        out += "<div class=\"dim\">" + link(address::run(i), run.implementation) + " " + count(met) + "</div>";
    }
    return out;
  }

  /// The designs whose vectors have tests for this guard; a line each.
  [[nodiscard]] std::string tests(std::string_view label) const {
    std::string out;
    for (const DesignTests& t : reported_.tests) {
      std::size_t tests = 0;
      for (const TestedAnswer& a : t.answers)
        if (a.guard == label) tests += a.tests;
      if (tests > 0)
        out += "<div class=\"dim\">" + link(address::tests(t.design, label), t.design + " vectors") + " " +
               count(tests) + "</div>";
    }
    return out;
  }

  std::string row(const std::string& label, const std::string& shown, const std::string& text) {
    // A guard may be one of several rules: its first place is where links to it lead.
    const bool first = seen_.insert(label).second;
    const std::string id = first ? " id=\"" + trace::markup(label) + "\"" : "";
    return "<tr" + id + "><td>" + trace::markup(shown) + tests(label) + refusals(label) + "</td><td>" +
           element("code", text) + "</td><td>" + without(label) + "</td></tr>\n";
  }

  [[nodiscard]] std::string calls_of(int rule) const {
    std::vector<std::string> out;
    for (const lang::CallTree& c : tree_.calls)
      for (const lang::CallSection& s : c.sections)
        if (s.rule == rule || s.undo == rule)
          out.push_back(std::string(c.label) + (s.undo == rule ? " (where it is undone)" : ""));
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out.empty() ? "" : element("p", "A section of: " + trace::joined(out, ", ") + ".") + '\n';
  }

  /// Bugs that were another value of a knob that the rule asks for.
  [[nodiscard]] std::string bugs_of(const lang::RuleTree& rule) const {
    std::vector<std::string> out;
    for (const check::PutBack& b : reported_.bugs) {
      if (!b.bug.unfix) continue;
      for (const io::KnobValue& k : b.bug.unfix->knobs.knobs)
        if (lang::mentions(tree_, rule, tree_.cell_named(k.knob)))
          out.push_back(link(address::bug(b.bug.id), b.bug.id) + trace::markup(" (" + k.knob + " = " + k.value + ")"));
    }
    return out.empty() ? "" : "<p>Bugs that were another value of a knob: " + trace::joined(out, ", ") + ".</p>\n";
  }

  std::string rule(const lang::RuleTree& r) {
    std::vector<std::string> params;
    for (const lang::Param& p : r.params) params.emplace_back(p.name);
    std::string out = fmt::format("<section data-rule=\"{0}\" id=\"{0}\">\n{1}\n{2}\n", trace::markup(r.label),
                                  element("h2", std::string(r.label) + "(" + trace::joined(params, ", ") + ")"),
                                  element("p", r.source));
    if (!tree_.is_true(r.only_if))
      out += "<p>Only of designs with " + element("code", trace::FormulaPrinter(tree_).flat(r.only_if)) + ".</p>\n";
    out += calls_of(tree_.rule_named(r.label)) + bugs_of(r);
    out +=
        "<div class=\"wide\" tabindex=\"0\"><table class=\"parts\">\n<thead><tr><th>guard, or cell updated</th>"
        "<th></th><th>falls without it</th></tr></thead>\n<tbody>\n";
    for (const trace::RulePart& g : trace::guard_parts(tree_, r)) out += row(g.label, g.label, g.text);
    for (const trace::RulePart& u : trace::update_parts(tree_, r))
      out += row(std::string(r.label) + "/" + u.label, u.label, u.text);
    return out + "</tbody></table></div>\n</section>\n";
  }

  const lang::Tree& tree_;
  const Reported& reported_;
  std::set<std::string> seen_;  ///< labels with a place
};

}  // namespace

std::string rules_page(const lang::Tree& tree, const Reported& reported) {
  return page("Rule book", address::index, RulesWriter(tree, reported)());
}

}  // namespace pasid::review
