#include "src/io/bug.hpp"

#include <algorithm>

#include "spec/lang/edit.hpp"
#include "src/io/orders.hpp"
#include "src/io/settings.hpp"
#include "src/io/shipped.hpp"

namespace pasid::io {
namespace {

/// Every text must be one of `legal`.
void must_be_legal(const Section& section, std::string_view key, const std::vector<std::string>& texts,
                   std::span<const std::string_view> legal, std::string_view what) {
  for (const std::string& text : texts)
    if (std::ranges::find(legal, text) == legal.end())
      section.document().fail(position(*section.find(key)), "there is no " + std::string(what) + " " + in_quotes(text),
                              one_of(legal, text));
}

Settings read_knobs(const lang::Tree& tree, const Section& section, std::string_view key, const std::string& id) {
  const auto* const node = section.find(key);
  if (node == nullptr) return {};
  return read_settings(tree, Section(section.document(), *node, in_quotes(key)), id);
}

Unfix read_unfix(const lang::Tree& tree, const Section& section, const std::string& id) {
  section.allow({"knobs", "drops", "without"});
  Unfix out{read_knobs(tree, section, "knobs", id), section.texts("drops"), section.texts("without")};
  must_be_legal(section, "without", out.without, orders().front().steps, "step of a teardown");
  lang::Tree edited = tree;
  for (const std::string& label : out.drops) try {
      lang::drop(edited, label);
    } catch (const std::invalid_argument& e) {
      section.document().fail(position(*section.find("drops")), e.what(), "labels that `pasid rules` prints");
    }
  if (out.knobs.knobs.empty() && out.drops.empty() && out.without.empty())
    section.document().fail(section.at(), "[unfix] changes nothing", "knobs, drops or without");
  return out;
}

Fall read_fall(const lang::Tree& tree, const Section& section) {
  section.allow({"design", "property", "says"});
  const auto design = section.text("design");
  const auto where = locate(Folder::designs, design, section.document().file(), position(*section.find("design")));
  return {where.shipped ? design : where.file, read_property(tree, section, "property"), section.text("says"),
          section.at()};
}

}  // namespace

std::vector<std::string> shipped_bugs() { return shipped(Folder::history); }

Bug load_bug(const lang::Tree& tree, const std::string& id_or_path) {
  const auto source = locate(Folder::history, id_or_path);
  const Document document(source.file);
  const Section top(document, document.root(), "a bug");
  top.allow({"id", "title", "fixed", "effect", "unfix", "violates", "outside", "where", "vectors"});
  Bug bug;
  bug.file = source.file;
  bug.id = id_of(top, source);
  bug.title = top.text("title");
  bug.fixed = top.text("fixed");
  bug.effect = top.text("effect");
  if (const auto* const node = top.find("unfix"))
    bug.unfix = read_unfix(tree, Section(document, *node, "[unfix]"), bug.id);
  if (const auto* const node = top.find("violates"))
    bug.violates = read_fall(tree, Section(document, *node, "[violates]"));
  bug.outside = top.optional_text("outside");
  if (bug.violates && !bug.unfix)
    document.fail(bug.violates->position, "a property falls, and nothing is changed", "an [unfix] table");
  if (bug.violates.has_value() == !bug.outside.empty())
    document.fail(bug.violates ? position(*top.find("outside")) : top.at(),
                  bug.violates ? "'outside' says that no property falls" : "nothing says which property falls",
                  "[violates], or what it would take as 'outside'");
  bug.where = read_knobs(tree, top, "where", bug.id);
  if (const auto* const node = top.find("vectors")) {
    const Section vectors(document, *node, "[vectors]");
    vectors.allow({"among", "untold"});
    bug.among = vectors.texts("among");
    std::vector<std::string_view> calls;
    for (const lang::CallTree& c : tree.calls) calls.push_back(c.label);
    for (const lang::RuleTree& r : tree.rules) calls.push_back(r.label);
    must_be_legal(vectors, "among", bug.among, calls, "call");
    bug.untold = vectors.optional_text("untold");
  }
  if (!bug.unfix && bug.untold.empty()) bug.untold = bug.outside;
  return bug;
}

lang::Tree with_bug(lang::Tree tree, const Bug& bug) {
  for (const std::string& label : bug.unfix.value().drops) lang::drop(tree, label);
  return tree;
}

Design with_bug(const Design& design, const Bug& bug) {
  Design out = design;
  const Unfix& unfix = bug.unfix.value();
  apply(out, unfix.knobs);
  for (StepOrder& order : out.orders)
    if (order.knob == orders().front().knob)
      std::erase_if(order.value,
                    [&](const std::string& s) { return std::ranges::find(unfix.without, s) != unfix.without.end(); });
  out.bases.insert(out.bases.begin(), design.name);
  out.expectations.clear();
  out.name += " with " + bug.id;
  return out;
}

spec::NativeFacts with_bug(const lang::Tree& tree, spec::NativeFacts facts, const Bug& bug) {
  const Unfix& unfix = bug.unfix.value();
  const auto all = knobs(tree);
  for (const KnobValue& k : unfix.knobs.knobs) set_value(facts, *std::ranges::find(all, k.knob, &Knob::name), k.value);
  const Order& teardown = orders().front();
  std::vector<spec::Step> steps;
  const spec::NativeFacts& before = facts;
  for (auto at = before.next(spec::Step::live); !(at == lang::none); at = before.next(at))
    if (std::ranges::find(unfix.without, name_of(static_cast<spec::Step>(at.v))) == unfix.without.end())
      steps.push_back(static_cast<spec::Step>(at.v));
  facts.next = {};
  facts.done = {};
  teardown.set(facts, steps);
  return facts;
}

bool concerns(const lang::Tree& tree, const spec::NativeFacts& facts, const Bug& bug) {
  const auto all = knobs(tree);
  return std::ranges::all_of(bug.where.knobs, [&](const KnobValue& k) {
    return value_of(facts, *std::ranges::find(all, k.knob, &Knob::name)) == k.value;
  });
}

}  // namespace pasid::io
