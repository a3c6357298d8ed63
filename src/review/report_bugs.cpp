// The rule book's bugs.
#include <fmt/format.h>

#include "spec/lang/mentions.hpp"
#include "src/io/names.hpp"
#include "src/review/addresses.hpp"
#include "src/review/page.hpp"
#include "src/review/report.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/markup.hpp"

namespace pasid::review {
namespace {

using check::PutBack;

std::vector<std::string> rules_with(const lang::Tree& tree, const std::string& knob) {
  std::vector<std::string> out;
  for (const lang::RuleTree& r : tree.rules)
    if (lang::mentions(tree, r, tree.cell_named(knob))) out.push_back(link(address::rule(r.label), r.label));
  return out;
}

std::string put_back_by(const lang::Tree& tree, const io::Unfix& unfix) {
  std::vector<std::string> out;
  for (const io::KnobValue& k : unfix.knobs.knobs) {
    const auto rules = rules_with(tree, k.knob);
    out.push_back(element("code", k.knob + " = " + k.value) +
                  (rules.empty() ? "" : ", which is asked for by " + trace::joined(rules, ", ")));
  }
  for (const io::StepOrder& o : unfix.knobs.orders)
    out.push_back(element("code", o.knob + " = " + trace::joined(o.value, ", ")));
  for (const std::string& label : unfix.drops) out.push_back("without " + link(address::part(tree, label), label));
  for (const std::string& step : unfix.without) out.push_back("a teardown without " + element("code", step));
  return "<p>Put back by: " + trace::joined(out, "; ") + ".</p>\n";
}

std::string violates(const lang::Tree& tree, const Reported& reported, const io::Fall& fall) {
  const std::string design = io::load_design(tree, fall.design).name;
  return "<p>Then " + link(address::formula(fall.property), fall.property) + " of " +
         link(reported.verdict(design, fall.property), design) + " falls: " + trace::markup(fall.says) + ".</p>\n";
}

std::string verdicts(const lang::Tree& tree, const PutBack& b) {
  const check::Undone& u = *b.undone;
  std::string out = "<p>With the bug: " + verdict_element(u.with_bug.verdict) +
                    ". With the fix: " + verdict_element(u.fixed.verdict) + "." +
                    (u.found() ? "" : " " + element("strong", "NOT FOUND", "class=\"unexpected\"")) + "</p>\n";
  if (u.with_bug.trace) out += player(tree, *u.with_bug.trace);
  return out;
}

std::string section(const lang::Tree& tree, const Reported& reported, const PutBack& b) {
  const io::Bug& bug = b.bug;
  std::string out = fmt::format("<section data-bug=\"{0}\" id=\"{0}\">\n", trace::markup(bug.id)) +
                    element("h2", bug.id + ": " + bug.effect) + "\n<p>Mended by \u201c" + trace::markup(bug.title) +
                    "\u201d, " + trace::markup(bug.fixed) + ".</p>\n";
  if (bug.unfix) out += put_back_by(tree, *bug.unfix);
  if (bug.violates) out += violates(tree, reported, *bug.violates);
  if (!bug.outside.empty()) out += element("p", "No property falls: " + bug.outside + ".") + '\n';
  if (b.undone) out += verdicts(tree, b);
  for (const DesignTests& t : reported.tests)
    for (const TestedBug& tested : t.bugs)
      if (tested.bug == bug.id && !tested.test.calls.empty())
        out += "<p>Told by " + link(address::tests(t.design, bug.id), "a vector of " + t.design) + ".</p>\n";
  return out + "</section>\n";
}

}  // namespace

std::string bugs_page(const lang::Tree& tree, const Reported& reported) {
  std::string body =
      "<p>Bugs that real kernels had, as changes of the rules that put them back (spec/history). Verdicts are those of "
      "<code>pasid history</code>; <code>pasid report --history</code> computes them for this page.</p>\n<p class=\"index\">";
  for (const PutBack& b : reported.bugs) body += link(address::bug(b.bug.id), b.bug.id) + " ";
  body += "</p>\n";
  for (const PutBack& b : reported.bugs) body += section(tree, reported, b);
  return page("Bugs of kernels", address::index, body);
}

}  // namespace pasid::review
