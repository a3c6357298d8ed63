// The project's texts in the report, and what is assumed of each design.
#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "src/io/orders.hpp"
#include "src/io/shipped.hpp"
#include "src/review/addresses.hpp"
#include "src/review/markdown.hpp"
#include "src/review/page.hpp"
#include "src/review/report.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/markup.hpp"

namespace pasid::review {
namespace {

/// A text, by its place below the data root, and the page that it is here.
struct ReportText {
  std::string_view file;
  std::string_view page;
};
constexpr ReportText guide{"spec/GUIDE.md", address::guide};
constexpr ReportText soundness{"proofs/SOUNDNESS.md", address::assumptions};

/// Where a link of a text leads: to another text, or nowhere.
std::string followed(std::string_view from, std::string_view to) {
  const std::size_t hash = std::min(to.find('#'), to.size());
  const auto file =
      (std::filesystem::path(from).parent_path() / std::string(to.substr(0, hash))).lexically_normal().string();
  for (const ReportText& t : {guide, soundness})
    if (file == t.file) return std::string(t.page) + std::string(to.substr(hash));
  return "";
}

MarkdownPage rendered(const lang::Tree& tree, const Reported& reported, const ReportText& text) {
  const auto source = io::data_text(std::string(text.file));
  if (!source) return {std::string(text.file), element("p", std::string(text.file) + " is not here.")};
  MarkdownLinks links;
  links.address = [&](std::string_view to) { return followed(text.file, to); };
  links.code = [&](std::string_view code) {
    const bool design = std::ranges::any_of(reported.checked.designs,
                                            [&](const check::DesignResult& d) { return d.design.name == code; });
    return design ? address::design(code) : address::part(tree, code);
  };
  return markdown(*source, links);
}

std::string in_text(const std::string& body) { return "<div class=\"text\">\n" + body + "</div>\n"; }

/// What the proofs of a design rest on besides.
std::string of_design(const check::DesignResult& d) {
  std::set<std::string> used;
  for (const smt::Obligation& o : d.proof.obligations) used.insert(o.leans_on.begin(), o.leans_on.end());
  std::vector<std::string> links;
  for (const std::string& name : used) links.push_back(link(address::formula(name), name));
  return "<section data-assumed=\"" + trace::markup(d.design.name) + "\">\n<h3>" +
         link(address::knobs(d.design.name), d.design.name) + "</h3>\n" +
         fmt::format(
             "<p>{} obligations. Invariants that their refutations used, each proved with them: {}.</p>\n</section>\n",
             d.proof.obligations.size(), links.empty() ? "none" : trace::joined(links, ", "));
}

}  // namespace

std::string guide_page(const lang::Tree& tree, const Reported& reported) {
  const MarkdownPage text = rendered(tree, reported, guide);
  return page(text.title, address::index, in_text(text.body));
}

std::string assumptions_page(const lang::Tree& tree, const Reported& reported) {
  const MarkdownPage text = rendered(tree, reported, soundness);
  std::vector<std::string> axioms;
  for (const lang::Formula& f : tree.formulas)
    if (f.kind == lang::FormulaKind::axiom) axioms.push_back(link(address::formula(f.name), f.name));
  std::string body = in_text(text.body) +
                     "<h2 id=\"designs\">Of these designs</h2>\n<p>Of every machine the axioms are " +
                     "taken to be so: " + trace::joined(axioms, ", ") +
                     ". A design's knobs are taken from its file, each with its reason: its name leads to them.</p>\n";
  for (const check::DesignResult& d : reported.checked.designs) body += of_design(d);
  return page(text.title, address::index, body);
}

std::string knobs_section(const io::Design& design) {
  std::string out =
      "<section id=\"" + std::string(address::knobs_anchor) +
      "\">\n<h2>Knobs</h2>\n<div class=\"wide\" tabindex=\"0\"><table class=\"knobs\">\n<thead><tr><th>knob</th>"
      "<th>value</th><th>set by</th><th>why</th></tr></thead>\n<tbody>\n";
  const auto row = [&](const std::string& knob, const std::string& value, const std::string& origin,
                       const std::string& reason) {
    out +=
        "<tr>" + element("td", knob) + element("td", value) + element("td", origin) + element("td", reason) + "</tr>\n";
  };
  for (const io::KnobValue& k : design.knobs) row(k.knob, k.value, k.origin, k.reason);
  for (const io::StepOrder& o : design.orders) row(o.knob, trace::joined(o.value, ", "), o.origin, o.reason);
  return out + "</tbody></table></div>\n</section>\n";
}

}  // namespace pasid::review
