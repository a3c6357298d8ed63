#include "src/io/claim.hpp"

#include <algorithm>
#include <array>

#include "src/io/settings.hpp"
#include "src/io/shipped.hpp"

namespace pasid::io {
namespace {

/// A design a claim names: shipped, or a file beside the claim.
std::string read_design(const Section& section) {
  const auto design = section.text("design");
  const auto where = locate(Folder::designs, design, section.document().file(), position(*section.find("design")));
  return where.shipped ? design : where.file;
}

Saying read_saying(const lang::Tree& tree, const Section& section, std::string_view words) {
  const auto design = read_design(section);
  const auto property = read_property(tree, section, "property");
  const auto verdict = section.choice("verdict", lang::sort_info<spec::Verdict>.enumerators);
  return {design, property, *enumerator_named<spec::Verdict>(verdict), section.text(words), section.at()};
}

std::vector<Saying> read_sayings(const lang::Tree& tree, const Section& top, std::string_view key,
                                 std::string_view words) {
  std::vector<Saying> out;
  for (const auto& section : top.sections(key)) {
    section.allow({"design", "property", "verdict", words});
    const auto saying = read_saying(tree, section, words);
    const auto same = [&](const Saying& s) { return s.design == saying.design && s.property == saying.property; };
    if (std::ranges::any_of(out, same))
      section.document().fail(
          section.at(),
          section.what() + " speaks of " + saying.property + " under " + in_quotes(saying.design) + " twice",
          "each pair of design and property at most once");
    out.push_back(saying);
  }
  return out;
}

Settings read_changes(const lang::Tree& tree, const Section& section, const toml::node& table, const std::string& id) {
  auto out = read_settings(tree, Section(section.document(), table, "'knobs'"), id);
  if (out.knobs.empty() && out.orders.empty())
    section.document().fail(position(table), section.what() + " changes no knob", "{ knob = \"value\" }");
  return out;
}

Edit read_nearest(const lang::Tree& tree, const Section& section, const std::string& id) {
  section.allow({"design", "knobs", "property", "verdict", "says"});
  Edit nearest{read_saying(tree, section, "says"), {}};
  if (const auto* const table = section.find("knobs")) nearest.knobs = read_changes(tree, section, *table, id);
  if (nearest.verdict != spec::Verdict::proved)
    section.document().fail(position(*section.find("verdict")),
                            "the nearest true statement is " + in_quotes(name_of(nearest.verdict)),
                            name_of(spec::Verdict::proved));
  return nearest;
}

/// An edit makes the claim fall, so it contradicts a prediction.
Edit read_edit(const lang::Tree& tree, const Section& section, const Claim& claim) {
  section.allow({"design", "knobs", "property", "verdict", "says"});
  const auto& document = section.document();
  Edit edit{read_saying(tree, section, "says"), {}};
  edit.knobs = read_changes(tree, section, section.require("knobs", "a table { knob = \"value\" }"), claim.id);
  const auto predicted = std::ranges::find_if(
      claim.predicts, [&](const Saying& s) { return s.design == edit.design && s.property == edit.property; });
  if (predicted == claim.predicts.end())
    document.fail(section.at(), "no [[predicts]] speaks of " + edit.property + " under " + in_quotes(edit.design),
                  "an edit of a design the claim predicts that property of");
  if (predicted->verdict == edit.verdict)
    document.fail(position(*section.find("verdict")),
                  in_quotes(name_of(edit.verdict)) + " is what the claim predicts without the edit", "another verdict");
  return edit;
}

}  // namespace

std::vector<std::string> shipped_claims() { return shipped(Folder::claims); }

Claim load_claim(const lang::Tree& tree, const std::string& name_or_path) {
  const auto source = locate(Folder::claims, name_or_path);
  const Document document(source.file);
  const Section top(document, document.root(), "a claim");
  top.allow(
      {"id", "who", "date", "statement", "expected", "reading", "upstream", "predicts", "also", "nearest", "edit"});

  Claim claim;
  claim.file = source.file;
  claim.id = id_of(top, source);
  claim.who = top.text("who");
  claim.date = top.text("date");
  claim.statement = top.text("statement");
  constexpr std::array decided{name_of(ClaimVerdict::proved), name_of(ClaimVerdict::refuted)};
  claim.expected = *enumerator_named<ClaimVerdict>(top.choice("expected", decided));
  claim.reading = top.text("reading");
  claim.upstream = top.text("upstream");

  claim.predicts = read_sayings(tree, top, "predicts", "why");
  if (claim.predicts.empty()) document.fail(top.at(), "the claim predicts nothing", "at least one [[predicts]]");
  claim.also = read_sayings(tree, top, "also", "says");
  if (const auto* const node = top.find("nearest"))
    claim.nearest = read_nearest(tree, Section(document, *node, "[nearest]"), claim.id);
  if (const auto* const node = top.find("edit"))
    claim.edit = read_edit(tree, Section(document, *node, "[edit]"), claim);
  if (claim.expected == ClaimVerdict::refuted && !claim.nearest)
    document.fail(position(*top.find("expected")), "a refuted claim without its nearest true statement",
                  "a [nearest] table");
  if (claim.expected == ClaimVerdict::proved && !claim.edit)
    document.fail(position(*top.find("expected")), "a proved claim without an edit that makes it fall",
                  "an [edit] table");
  return claim;
}

Design edited(const Design& design, const Edit& edit) {
  if (edit.knobs.knobs.empty() && edit.knobs.orders.empty()) return design;
  Design out = design;
  apply(out, edit.knobs);
  out.bases.insert(out.bases.begin(), design.name);
  out.expectations.clear();
  std::string changes;
  const auto change = [&](const std::string& knob, const std::string& value) {
    changes += (changes.empty() ? "" : ", ") + knob + "=" + value;
  };
  for (const auto& knob : edit.knobs.knobs) change(knob.knob, knob.value);
  for (const auto& order : edit.knobs.orders) {
    std::string steps;
    for (const auto& step : order.value) steps += (steps.empty() ? "" : ",") + step;
    change(order.knob, steps);
  }
  out.name += " with " + changes;
  return out;
}

}  // namespace pasid::io
