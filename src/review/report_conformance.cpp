// The report's page of implementations that were tested.
#include <filesystem>

#include <fmt/format.h>

#include "src/base/count.hpp"
#include "src/review/addresses.hpp"
#include "src/review/page.hpp"
#include "src/review/report.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/markup.hpp"

namespace pasid::review {
namespace {

std::string guard(const lang::Tree& tree, const TestRun::Guard& g) {
  return link(address::part(tree, g.label), g.label) + " " +
         (g.met > 0 ? count(g.met)
                    : element("strong", "not met") + (g.why_not.empty() ? "" : trace::markup(": " + g.why_not)));
}

std::string calls_table(const lang::Tree& tree, const TestRun& run) {
  std::string out =
      "<div class=\"wide\" tabindex=\"0\"><table class=\"calls\">\n<thead><tr><th>call</th><th>asked</th><th>ok</th>"
      "<th>guards, and how often each was the one that refused</th></tr></thead>\n<tbody>\n";
  for (const TestRun::Call& call : run.calls) {
    std::vector<std::string> guards;
    for (const TestRun::Guard& g : call.guards) guards.push_back(guard(tree, g));
    out += fmt::format(
        "<tr data-call=\"{0}\" data-asked=\"{1}\" data-ok=\"{2}\"><td>{0}</td><td>{3}</td><td>{4}</td><td>{5}</td></tr>\n",
        trace::markup(call.name), call.asked, call.ok, count(call.asked), count(call.ok),
        trace::joined(guards, "<br>"));
  }
  return out + "</tbody></table></div>\n";
}

std::string section(const lang::Tree& tree, const TestRun& run, std::size_t place) {
  std::size_t guards = 0;
  std::size_t met = 0;
  for (const TestRun::Call& call : run.calls)
    for (const TestRun::Guard& g : call.guards) {
      ++guards;
      met += g.met > 0 ? 1 : 0;
    }
  std::string out = fmt::format(
      "<section id=\"{}\">\n{}\n<p>{}: {}. {}</p>\n", address::run_anchor(place), element("h2", run.implementation),
      element("code", std::filesystem::path(run.file).filename().string()), trace::markup(run.figures),
      run.wrong.empty() ? element("strong", "Nothing wrong was found.", "class=\"proved\"")
                        : element("strong", "It went wrong:", "class=\"violated\""));
  for (const TestRun::Wrong& w : run.wrong)
    out += element("p", w.what + (w.why.empty() ? "" : ": " + w.why), "class=\"violated\"") + '\n';
  if (run.calls.empty()) return out + "<p>Guards were not counted (<code>--guards</code>).</p>\n</section>\n";
  out += fmt::format("<p>{} of {} guards of calls were met.</p>\n", met, guards);
  return out + calls_table(tree, run) + "</section>\n";
}

}  // namespace

std::string conformance_page(const lang::Tree& tree, const Reported& reported) {
  std::string body =
      "<p>Implementations whose answers were compared with the model's: as written by <code>pasid replay --backend "
      "IMPLEMENTATION --guards --json VECTORS &gt; FILE</code> or <code>pasid fuzz --backend IMPLEMENTATION --json &gt; "
      "FILE</code>, and taken along by <code>pasid report --replay FILE</code>.</p>\n";
  if (reported.runs.empty()) body += "<p><strong>No such file was given.</strong></p>\n";
  for (std::size_t i = 0; i < reported.runs.size(); ++i) body += section(tree, reported.runs[i], i);
  return page("Conformance", address::index, body);
}

}  // namespace pasid::review
