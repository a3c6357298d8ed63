#include "src/review/report.hpp"

#include <set>

#include <fmt/format.h>

#include "src/io/names.hpp"
#include "src/review/page.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/markup.hpp"

namespace pasid::review {
namespace {

using check::ClaimResult;
using check::DesignResult;
using check::Evidence;
using check::PropertyResult;

std::string design_file(const std::string& design) { return "design-" + design + ".html"; }
std::string claim_file(const std::string& claim) { return "claim-" + claim + ".html"; }

std::string link(const std::string& to, std::string_view text) {
  return element("a", text, "href=\"" + trace::markup(to) + "\"");
}

std::string claim_verdict(io::ClaimVerdict v) {
  return element("strong", io::name_of(v), "class=\"" + std::string(io::name_of(v)) + "\"");
}

std::string as_expected(bool agrees) {
  return agrees ? "as expected" : element("strong", "NOT AS EXPECTED", "class=\"unexpected\"");
}

/// ✓ proved, a number: violated, in so many steps, …: as the terminal's matrix has it.
std::string sign(const PropertyResult& p) {
  switch (p.verdict) {
    case spec::Verdict::proved: return "✓";
    case spec::Verdict::violated: return std::to_string(p.trace ? p.trace->steps.size() : 0);
    case spec::Verdict::holds_in_scope: return "~";
    case spec::Verdict::not_applicable: return "-";
    case spec::Verdict::vacuous: return "0";
    case spec::Verdict::unknown: return "?";
  }
  return "";
}

std::string claims_table(const std::vector<ClaimResult>& claims) {
  std::string out =
      "<section id=\"claims\">\n<h2>Claims</h2>\n<div class=\"wide\" tabindex=\"0\"><table class=\"claims\">\n<thead><tr><th>Claim</th>"
      "<th>Verdict</th><th>Who</th><th>What was said, and how the verdict reads</th></tr></thead>\n<tbody>\n";
  for (const ClaimResult& r : claims)
    out += fmt::format(
        "<tr data-claim=\"{0}\" data-verdict=\"{1}\"><td>{2}</td><td>{3}<br>{4}</td><td>{5}</td><td>{6}{7}</td></tr>\n",
        trace::markup(r.claim.id), io::name_of(r.verdict), link(claim_file(r.claim.id), r.claim.id),
        claim_verdict(r.verdict), as_expected(r.agrees()), trace::markup(r.claim.who + ", " + r.claim.date),
        element("div", r.claim.statement), element("div", r.claim.reading, "class=\"dim\""));
  return out + "</tbody></table></div>\n</section>\n";
}

std::string matrix(const lang::Tree& tree, const std::vector<DesignResult>& designs) {
  std::string out =
      "<section id=\"matrix\">\n<h2>Designs and properties</h2>\n<p>✓ proved for any number of everything; a number: "
      "violated, the steps of a shortest trace; - not applicable; ~ holds in scope; 0 vacuous; ? unknown; ! not as "
      "expected. Each cell leads to what it rests on.</p>\n<div class=\"wide\" tabindex=\"0\"><table class=\"matrix\">\n"
      "<thead><tr><th></th>";
  for (const auto& f : tree.formulas)
    if (f.kind == lang::FormulaKind::property) out += "<th scope=\"col\">" + element("span", f.name) + "</th>";
  out += "</tr></thead>\n<tbody>\n";
  for (const DesignResult& d : designs) {
    const std::string file = design_file(d.design.name);
    out += "<tr><th scope=\"row\">" + link(file, d.design.name) + "</th>";
    for (const PropertyResult& p : d.properties)
      out += fmt::format(
          "<td class=\"{0}\" data-design=\"{1}\" data-property=\"{2}\" data-verdict=\"{0}\"><a href=\"{3}#{2}\" "
          "aria-label=\"{1}, {2}: {4}\">{5}</a></td>",
          io::name_of(p.verdict), trace::markup(d.design.name), p.property, trace::markup(file),
          verdict_words(p.verdict), sign(p) + (p.as_expected() ? "" : "!"));
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n</section>\n";
}

/// Of a proof: what had to be shown, in how long, and what it leans on.
std::string proof_figures(const DesignResult& d, std::string_view property) {
  std::size_t obligations = 0;
  std::size_t by_frame = 0;
  double seconds = 0;
  std::set<std::string> leans_on;
  for (const smt::Obligation& o : d.proof.obligations) {
    if (o.formula != property) continue;
    ++obligations;
    by_frame += o.by_frame ? 1 : 0;
    seconds += o.seconds;
    leans_on.insert(o.leans_on.begin(), o.leans_on.end());
  }
  if (obligations == 0) return "";
  leans_on.erase(std::string(property));
  const std::vector<std::string> names(leans_on.begin(), leans_on.end());
  return element("p", fmt::format("{} obligations, {} of them by frame; {:.2f} s.", obligations, by_frame, seconds)) +
         (names.empty() ? "" : element("p", "Their refutations used: " + trace::joined(names, ", ") + ".")) + '\n';
}

std::string property_section(const lang::Tree& tree, const DesignResult& d, const PropertyResult& p) {
  std::string out = "<section id=\"" + p.property + "\">\n" + element("h2", p.property) + "\n<p>" +
                    verdict_element(p.verdict) + ", " +
                    (p.expected ? as_expected(p.as_expected()) : "and nothing was expected") + ". " +
                    trace::markup(p.detail) + "</p>\n";
  if (!p.as_expected()) out += element("p", "Expected: " + verdict_words(*p.expected)) + '\n';
  if (!p.why_expected.empty()) out += element("p", "Why it is expected: " + p.why_expected, "class=\"dim\"") + '\n';
  if (p.verdict == spec::Verdict::proved) out += proof_figures(d, p.property);
  if (p.verdict == spec::Verdict::violated && !p.possible_under_policy)
    out += element("p", "Not possible where the lowest free number is handed out.") + '\n';
  if (p.trace) out += player(tree, *p.trace);
  return out + "</section>\n";
}

std::string design_page(const lang::Tree& tree, const DesignResult& d) {
  std::string body = element("p", d.design.title) + '\n';
  for (const std::string& e : d.errors) body += element("p", e, "class=\"unexpected\"") + '\n';
  for (const PropertyResult& p : d.properties) body += property_section(tree, d, p);
  return page(d.design.name, "index.html#matrix", body);
}

std::string_view role_words(Evidence::Role role) {
  switch (role) {
    case Evidence::Role::predicts: return "The claim says";
    case Evidence::Role::also: return "Also";
    case Evidence::Role::nearest: return "Nearest true";
    case Evidence::Role::edit: return "Other by an edit";
  }
  return "";
}

std::string claim_page(const lang::Tree& tree, const ClaimResult& r, const std::set<std::string>& shown) {
  std::string body = element("p", r.claim.statement) +
                     element("p", r.claim.who + ", " + r.claim.date, "class=\"dim\"") + "<p>" +
                     claim_verdict(r.verdict) + ", " + as_expected(r.agrees()) + ". " + trace::markup(r.claim.reading) +
                     "</p>\n" + element("p", "Upstream: " + r.claim.upstream) + '\n';
  for (std::size_t i = 0; i < r.evidence.size(); ++i) {
    const Evidence& e = r.evidence[i];
    const std::string what = e.design + ", " + e.said.property;
    body += fmt::format(
        "<section id=\"evidence-{}\">\n<h2>{}: {}</h2>\n<p>{}{}: {}</p>\n{}\n", i + 1, role_words(e.role),
        shown.contains(e.design) ? link(design_file(e.design) + "#" + e.said.property, what) : trace::markup(what),
        verdict_element(e.computed.verdict),
        e.agrees() ? "" : ", " + as_expected(false) + " (" + verdict_words(e.said.verdict) + ")",
        trace::markup(e.computed.detail), element("p", e.said.says));
    if (e.computed.trace) body += player(tree, *e.computed.trace);
    body += "</section>\n";
  }
  return page("Claim " + r.claim.id, "index.html#claims", body);
}

}  // namespace

std::map<std::string, std::string> report(const lang::Tree& tree, const std::vector<DesignResult>& designs,
                                          const std::vector<ClaimResult>& claims) {
  std::map<std::string, std::string> files;
  files.emplace(style_file, page_style());
  files.emplace(script_file, page_script());
  files.emplace("index.html", page("PASID: claims and designs", "", claims_table(claims) + matrix(tree, designs)));
  std::set<std::string> shown;
  for (const DesignResult& d : designs) {
    shown.insert(d.design.name);
    files.emplace(design_file(d.design.name), design_page(tree, d));
  }
  for (const ClaimResult& r : claims) files.emplace(claim_file(r.claim.id), claim_page(tree, r, shown));
  return files;
}

}  // namespace pasid::review
