// The rule book's properties, axioms and lemmas.
#include "src/io/names.hpp"
#include "src/review/addresses.hpp"
#include "src/review/page.hpp"
#include "src/review/report.hpp"
#include "src/trace/formula.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/markup.hpp"

namespace pasid::review {
namespace {

std::string line(std::string_view what, const std::vector<std::string>& links, std::string_view none) {
  return "<p>" + std::string(what) + ": " + (links.empty() ? std::string(none) : trace::joined(links, ", ")) +
         ".</p>\n";
}

/// The cells of the matrix, and links to what breaks the property.
std::string of_property(const lang::Tree& tree, const Reported& reported, std::string_view name) {
  std::vector<std::string> verdicts;
  for (const check::DesignResult& d : reported.checked.designs)
    if (const check::PropertyResult* p = d.find(name))
      verdicts.push_back(link(address::verdict(d.design.name, name), d.design.name) + " " +
                         verdict_element(p->verdict));
  std::vector<std::string> falls;
  for (const check::KnownFall& f : reported.falls)
    if (f.property == name)
      falls.push_back(link(address::part(tree, f.label), f.label) + trace::markup(" (" + f.design + ")"));
  std::vector<std::string> bugs;
  for (const check::PutBack& b : reported.bugs)
    if (b.bug.violates && b.bug.violates->property == name) bugs.push_back(link(address::bug(b.bug.id), b.bug.id));
  return line("Verdicts", verdicts, "of no design here") +
         line("On record as falling without", falls, "<span class=\"dim\">not recorded</span>") +
         line("Bugs that break it", bugs, "none in spec/history");
}

std::string formula(const lang::Tree& tree, const Reported& reported, const lang::Formula& f) {
  std::string out = "<section id=\"" + trace::markup(f.name) + "\">\n" + element("h3", f.name) + '\n';
  if (!f.meaning.empty()) out += element("p", f.meaning) + '\n';
  if (f.kind == lang::FormulaKind::property) {
    if (!tree.is_true(f.applies))
      out += "<p>Only of designs with " + element("code", trace::FormulaPrinter(tree).flat(f.applies)) + ".</p>\n";
    out += of_property(tree, reported, f.name);
  }
  return out + element("pre", trace::formula_text(tree, f.body), "tabindex=\"0\"") + "\n</section>\n";
}

}  // namespace

std::string formulas_page(const lang::Tree& tree, const Reported& reported) {
  struct Part {
    lang::FormulaKind kind;
    const char* title;
    const char* what;
  };
  constexpr Part parts[] = {
      {lang::FormulaKind::property, "Properties", "What a design is asked for."},
      {lang::FormulaKind::axiom, "Axioms", "What is taken to be so of every machine: of facts that no rule changes."},
      {lang::FormulaKind::lemma, "Lemmas", "What is proved on the way, of each design for itself."}};
  std::string body;
  for (const Part& part : parts) {
    body += element("h2", part.title) + "\n" + element("p", part.what) + '\n';
    for (const lang::Formula& f : tree.formulas)
      if (f.kind == part.kind) body += formula(tree, reported, f);
  }
  return page("Properties, axioms, lemmas", address::index, body);
}

}  // namespace pasid::review
