// The report's page of vectors: which tests there are for which guard and bug, and what walks have met.
#include <set>

#include <fmt/format.h>

#include "src/base/count.hpp"
#include "src/review/addresses.hpp"
#include "src/review/page.hpp"
#include "src/review/report.hpp"
#include "src/trace/markup.hpp"

namespace pasid::review {
namespace {

std::string details(const ShownTest& test, std::string_view summary) {
  std::string text;
  for (const std::string& call : test.calls) text += call + '\n';
  return "<details>" + element("summary", summary) +
         element("div", "In \u201c" + test.world + "\u201d:", "class=\"dim\"") +
         element("pre", text, "tabindex=\"0\"") + "</details>";
}

class DesignSection {
 public:
  DesignSection(const lang::Tree& tree, const DesignTests& tests) : tree_(tree), tests_(tests) {}

  std::string operator()() {
    std::string out = fmt::format("<section data-tests=\"{0}\" id=\"{0}\">\n{1}\n<p>{2} tests in {3} worlds.</p>\n",
                                  trace::markup(tests_.design), element("h2", tests_.design), count(tests_.tests),
                                  count(tests_.worlds));
    out += "<h3>Answers</h3>\n" + head("answers", {"call", "answer", "guard", "tests", "a shortest one"});
    for (const TestedAnswer& a : tests_.answers) out += answer(a);
    out += std::string(end) + "<h3>Bugs</h3>\n" + head("bugs", {"bug", "its answer", "the right one"});
    for (const TestedBug& b : tests_.bugs) out += bug(b);
    out += std::string(end) +
           "<h3>Walks</h3>\n<p>How often random walks through the design met each guard as the first of its rule to "
           "fail.</p>\n" +
           head("walks", {"rule", "fired", "guards"});
    for (const RuleCoverage& r : tests_.coverage.rules) out += walks(r);
    return out + std::string(end) + "</section>\n";
  }

 private:
  static std::string head(std::string_view name, std::initializer_list<std::string_view> columns) {
    std::string out = fmt::format("<div class=\"wide\" tabindex=\"0\"><table class=\"{}\">\n<thead><tr>", name);
    for (const std::string_view column : columns) out += element("th", column);
    return out + "</tr></thead>\n<tbody>\n";
  }

  /// The first answer of a guard, which several calls may have, is where links to it lead.
  std::string answer(const TestedAnswer& a) {
    const std::string anchor = a.guard.empty() ? "" : address::tests_anchor(tests_.design, a.guard);
    const bool first = !anchor.empty() && seen_.insert(anchor).second;
    return fmt::format(
        "<tr{} data-call=\"{}\" data-guard=\"{}\" data-count=\"{}\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}"
        "</td></tr>\n",
        first ? " id=\"" + trace::markup(anchor) + "\"" : "", trace::markup(a.call), trace::markup(a.guard), a.tests,
        trace::markup(a.call), trace::markup(a.answer), link(address::part(tree_, a.guard), a.guard),
        a.tests > 0 ? count(a.tests)
        : a.never   ? std::string("never comes: proved")
                    : element("strong", "none was found"),
        a.shortest.calls.empty() ? "" : details(a.shortest, calls_in(a.shortest)));
  }

  static std::string calls_in(const ShownTest& test) {
    return test.calls.size() == 1 ? "1 call" : count(test.calls.size()) + " calls";
  }

  std::string bug(const TestedBug& b) const {
    return fmt::format(
        "<tr id=\"{}\" data-bug=\"{}\"><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        trace::markup(address::tests_anchor(tests_.design, b.bug)), trace::markup(b.bug),
        link(address::bug(b.bug), b.bug),
        b.test.calls.empty() ? element("span", "no test: " + b.why_not, "class=\"dim\"") : trace::markup(b.wrong),
        b.test.calls.empty() ? "" : details(b.test, calls_in(b.test)));
  }

  std::string walks(const RuleCoverage& r) const {
    std::string guards;
    for (const GuardCoverage& g : r.guards)
      guards += "<div>" + link(address::part(tree_, g.label), g.label) + " " +
                (g.failed_first > 0 ? count(g.failed_first)
                 : g.decided        ? std::string("decided by the design")
                 : g.never          ? std::string("never the first: proved")
                 : r.refuses        ? std::string("of a rule that always refuses")
                                    : element("strong", "open")) +
                "</div>";
    return fmt::format("<tr data-rule=\"{}\" data-fired=\"{}\"><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                       trace::markup(r.label), r.fired, link(address::rule(r.label), r.label),
                       r.refuses ? "refuses" : count(r.fired), guards);
  }

  static constexpr std::string_view end = "</tbody></table></div>\n";
  const lang::Tree& tree_;
  const DesignTests& tests_;
  std::set<std::string> seen_;  ///< anchors
};

}  // namespace

std::string vectors_page(const lang::Tree& tree, const Reported& reported) {
  std::string body =
      "<p>Tests for any implementation, as <code>pasid vectors --design DESIGN --out FILE</code> writes "
      "them: for each answer that a call can give how many there are, and a shortest one that ends "
      "in it; for each bug of a real kernel the test that tells it from the right rules.</p>\n";
  for (const DesignTests& tests : reported.tests) body += DesignSection(tree, tests)();
  return page("Vectors", address::index, body);
}

}  // namespace pasid::review
