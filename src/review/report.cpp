#include "src/review/report.hpp"

#include <set>

#include <fmt/format.h>

#include "src/io/names.hpp"
#include "src/review/addresses.hpp"
#include "src/review/page.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/markup.hpp"

namespace pasid::review {
namespace {

using check::ClaimResult;
using check::DesignResult;
using check::Evidence;
using check::PropertyResult;

std::string claim_verdict(io::ClaimVerdict v) {
  return element("strong", io::name_of(v), "class=\"" + std::string(io::name_of(v)) + "\"");
}

std::string as_expected(bool agrees) {
  return agrees ? "as expected" : element("strong", "NOT AS EXPECTED", "class=\"unexpected\"");
}

std::string claims_table(const std::vector<ClaimResult>& claims) {
  std::string out =
      "<section id=\"claims\">\n<h2>Claims</h2>\n<div class=\"wide\" tabindex=\"0\"><table class=\"claims\">\n<thead><tr><th>Claim</th>"
      "<th>Verdict</th><th>Who</th><th>What was said, and how the verdict reads</th></tr></thead>\n<tbody>\n";
  for (const ClaimResult& r : claims)
    out += fmt::format(
        "<tr data-claim=\"{0}\" data-verdict=\"{1}\"><td>{2}</td><td>{3}<br>{4}</td><td>{5}</td><td>{6}{7}</td></tr>\n",
        trace::markup(r.claim.id), io::name_of(r.verdict), link(address::claim(r.claim.id), r.claim.id),
        claim_verdict(r.verdict), as_expected(r.agrees()), trace::markup(r.claim.who + ", " + r.claim.date),
        element("div", r.claim.statement), element("div", r.claim.reading, "class=\"dim\""));
  return out + "</tbody></table></div>\n</section>\n";
}

std::string matrix(const lang::Tree& tree, const std::vector<DesignResult>& designs) {
  std::string out =
      "<section id=\"matrix\">\n<h2>Designs and properties</h2>\n<p>" + std::string(check::meaning_of_signs) +
      ". Each cell leads to what it rests on.</p>\n<div class=\"wide\" tabindex=\"0\"><table class=\"matrix\">\n"
      "<thead><tr><th></th>";
  for (const auto& f : tree.formulas)
    if (f.kind == lang::FormulaKind::property)
      out += "<th scope=\"col\"><span>" + link(address::formula(f.name), f.name) + "</span></th>";
  out += "</tr></thead>\n<tbody>\n";
  for (const DesignResult& d : designs) {
    out += "<tr><th scope=\"row\">" + link(address::design(d.design.name), d.design.name) + "</th>";
    for (const PropertyResult& p : d.properties)
      out += fmt::format(
          "<td class=\"{0}\" data-design=\"{1}\" data-property=\"{2}\" data-verdict=\"{0}\"><a href=\"{3}\" "
          "aria-label=\"{1}, {2}: {4}\">{5}</a></td>",
          io::name_of(p.verdict), trace::markup(d.design.name), p.property,
          trace::markup(address::verdict(d.design.name, p.property)), io::verdict_words(p.verdict), check::sign(p));
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
  std::vector<std::string> names;
  for (const std::string& name : leans_on) names.push_back(link(address::formula(name), name));
  return element("p", fmt::format("{} obligations, {} of them by frame; {:.2f} s.", obligations, by_frame, seconds)) +
         (names.empty() ? "" : "<p>Their refutations used: " + trace::joined(names, ", ") + ".</p>") + '\n';
}

std::string property_section(const lang::Tree& tree, const DesignResult& d, const PropertyResult& p) {
  std::string out = "<section id=\"" + p.property + "\">\n" + "<h2>" + link(address::formula(p.property), p.property) +
                    "</h2>" + "\n<p>" + verdict_element(p.verdict) + ", " +
                    (p.expected ? as_expected(p.as_expected()) : "and nothing was expected") + ". " +
                    trace::markup(p.detail) + "</p>\n";
  if (!p.as_expected()) out += element("p", "Expected: " + io::verdict_words(*p.expected)) + '\n';
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
  body += knobs_section(d.design);
  return page(d.design.name, "index.html#matrix", body);
}

std::string claim_page(const lang::Tree& tree, const ClaimResult& r, const Reported& reported) {
  std::string body = element("p", r.claim.statement) +
                     element("p", r.claim.who + ", " + r.claim.date, "class=\"dim\"") + "<p>" +
                     claim_verdict(r.verdict) + ", " + as_expected(r.agrees()) + ". " + trace::markup(r.claim.reading) +
                     "</p>\n" + element("p", "Upstream: " + r.claim.upstream) + '\n';
  for (std::size_t i = 0; i < r.evidence.size(); ++i) {
    const Evidence& e = r.evidence[i];
    const std::string what = e.design + ", " + e.said.property;
    body += fmt::format("<section id=\"evidence-{}\">\n<h2 class=\"said\">{}: {}</h2>\n<p>{}{}: {}</p>\n{}\n", i + 1,
                        check::words(e.role), link(reported.verdict(e.design, e.said.property), what),
                        verdict_element(e.computed.verdict),
                        e.agrees() ? "" : ", " + as_expected(false) + " (" + io::verdict_words(e.said.verdict) + ")",
                        trace::markup(e.computed.detail), element("p", e.said.says));
    if (e.computed.trace) body += player(tree, *e.computed.trace);
    body += "</section>\n";
  }
  return page("Claim " + r.claim.id, "index.html#claims", body);
}

}  // namespace

std::string Reported::verdict(std::string_view design, std::string_view property) const {
  for (const DesignResult& d : checked.designs)
    if (d.design.name == design) return address::verdict(design, property);
  return "";
}

std::map<std::string, std::string> report(const lang::Tree& tree, const Reported& reported) {
  const check::Checked& checked = reported.checked;
  std::map<std::string, std::string> files;
  const auto add = [&](std::string_view name, std::string text) { files.emplace(name, std::move(text)); };
  add(style_file, std::string(page_style()));
  add(script_file, std::string(page_script()));
  add(address::index,
      page("PASID: claims and designs", "", claims_table(checked.claims) + matrix(tree, checked.designs)));
  for (const DesignResult& d : checked.designs) add(address::design(d.design.name), design_page(tree, d));
  for (const ClaimResult& r : checked.claims) add(address::claim(r.claim.id), claim_page(tree, r, reported));
  add(address::rules, rules_page(tree, reported));
  add(address::formulas, formulas_page(tree, reported));
  add(address::bugs, bugs_page(tree, reported));
  add(address::vectors, vectors_page(tree, reported));
  add(address::conformance, conformance_page(tree, reported));
  add(address::figures, figures_page(reported));
  add(address::assumptions, assumptions_page(tree, reported));
  add(address::guide, guide_page(tree, reported));
  return files;
}

}  // namespace pasid::review
