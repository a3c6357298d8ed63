#include "src/io/design.hpp"

#include <algorithm>
#include <filesystem>

#include "spec/lang/memory.hpp"
#include "src/io/orders.hpp"
#include "src/io/settings.hpp"
#include "src/io/shipped.hpp"

namespace pasid::io {
namespace {

Expectation read_expectation(const Section& expected, const Field& field,
                             std::span<const std::string_view> properties) {
  const auto& document = expected.document();
  if (std::ranges::find(properties, field.key) == properties.end())
    document.fail(field.at, "there is no property " + in_quotes(field.key), one_of(properties, field.key));
  const Section section(document, *field.value, "expectation " + in_quotes(field.key));
  section.allow({"verdict", "reason"});
  const auto verdict = section.choice("verdict", lang::sort_info<spec::Verdict>.enumerators);
  return {std::string(field.key), *enumerator_named<spec::Verdict>(verdict), section.text("reason"), {}, field.at};
}

/// What the file expects, and of a shipped design what its base expects of the properties that the file leaves out.
std::vector<Expectation> read_expectations(const lang::Tree& tree, const Section& top, const std::string& name,
                                           bool shipped, std::vector<Expectation> inherited) {
  const auto properties = property_names(tree);
  const auto* const table = top.find("expected");
  std::vector<Expectation> out;
  if (table != nullptr) {
    const Section expected(top.document(), *table, "[expected]");
    for (const auto& field : expected.fields()) {
      out.push_back(read_expectation(expected, field, properties));
      out.back().origin = name;
    }
  }
  const auto find = [&](std::string_view property) { return std::ranges::find(out, property, &Expectation::property); };
  if (shipped)
    for (auto& e : inherited)
      if (find(e.property) == out.end()) out.push_back(std::move(e));
  if (shipped)
    for (const auto property : properties)
      if (find(property) == out.end())
        top.document().fail(table != nullptr ? position(*table) : top.at(),
                            "nothing is expected of property " + in_quotes(property),
                            "every property in the [expected] table of a shipped design");
  const auto rank = [&](const Expectation& e) {
    return std::ranges::find(properties, e.property) - properties.begin();
  };
  std::ranges::sort(out, {}, rank);
  return out;
}

std::string read_name(const Section& top, bool shipped) {
  auto name = top.text("name");
  const auto at = position(*top.find("name"));
  const auto& document = top.document();
  if (!is_name(name))
    document.fail(at, in_quotes(name) + " cannot be a design's name",
                  "letters, digits, '.', '_' and '-', not ending in .toml");
  if (shipped && name != stem(document.file()))
    document.fail(at, "the name is " + in_quotes(name), "the file's own, " + in_quotes(stem(document.file())));
  return name;
}

/// A root design chooses everything itself.
void require_every_knob(const Section& top, const Design& design) {
  const auto missing = std::ranges::find_if(design.knobs, [](const KnobValue& k) { return k.value.empty(); });
  std::string knob;
  if (missing != design.knobs.end()) knob = missing->knob;
  for (const auto& order : design.orders)
    if (knob.empty() && order.origin.empty()) knob = order.knob;
  if (knob.empty()) return;
  const auto* const table = top.find("knobs");
  top.document().fail(table != nullptr ? position(*table) : top.at(), "knob " + in_quotes(knob) + " has no value",
                      "every knob in a design without a base");
}

/// One file for a path, however it is spelled.
std::string identity(const std::string& file) {
  std::error_code error;
  const auto path = std::filesystem::weakly_canonical(file, error);
  return error ? file : path.string();
}

/// `above`: the files whose bases are being resolved, outermost first.
Design read(const lang::Tree& tree, const Source& source, const Document& document, std::vector<std::string>& above) {
  const Section top(document, document.root(), "a design");
  top.allow({"name", "title", "base", "knobs", "expected"});
  const auto name = read_name(top, source.shipped);

  Design design;
  if (top.find("base") != nullptr) {
    const auto base = top.text("base");
    const auto at = position(*top.find("base"));
    const auto where = locate(Folder::designs, base, source.file, at);
    above.push_back(identity(source.file));
    if (std::ranges::find(above, identity(where.file)) != above.end())
      document.fail(at, "base " + in_quotes(base) + " leads back to itself", "a design that is not based on this one");
    design = read(tree, where, Document(where.file), above);
    above.pop_back();
    design.bases.insert(design.bases.begin(), design.name);
  } else {
    for (const auto& knob : knobs(tree)) design.knobs.push_back({std::string(knob.name), {}, {}, {}});
    for (const auto& order : orders()) design.orders.push_back({std::string(order.knob), {}, {}, {}});
  }

  design.name = name;
  design.title = source.shipped ? top.text("title") : top.optional_text("title");
  design.file = source.file;
  if (const auto* const table = top.find("knobs"))
    apply(design, read_settings(tree, Section(document, *table, "[knobs]"), name));
  require_every_knob(top, design);
  design.expectations = read_expectations(tree, top, name, source.shipped, std::move(design.expectations));
  return design;
}

template <class Value>
void choose(Chosen<Value>& old, const Chosen<Value>& setting) {
  const bool keeps_reason = setting.reason.empty() && setting.value == old.value;
  auto reason = keeps_reason ? old.reason : setting.reason;
  old = setting;
  old.reason = std::move(reason);
}

}  // namespace

std::vector<std::string> shipped_designs() { return shipped(Folder::designs); }

Design load_design(const lang::Tree& tree, const std::string& name_or_path) {
  std::vector<std::string> above;
  const Source source = locate(Folder::designs, name_or_path);
  return read(tree, source, Document(source.file), above);
}

Design design_in(const lang::Tree& tree, const std::string& file, const std::string& text) {
  std::vector<std::string> above;
  return read(tree, {file}, Document(file, text), above);
}

void apply(Design& design, const Settings& settings) {
  for (const auto& setting : settings.knobs)
    if (const auto knob = std::ranges::find(design.knobs, setting.knob, &KnobValue::knob); knob != design.knobs.end())
      choose(*knob, setting);
  for (const auto& setting : settings.orders)
    if (const auto order = std::ranges::find(design.orders, setting.knob, &StepOrder::knob);
        order != design.orders.end())
      choose(*order, setting);
}

std::string_view value_of(const spec::NativeFacts& facts, const Knob& knob) {
  const std::uint8_t value = reinterpret_cast<const std::uint8_t*>(&facts)[knob.offset];
  return value == 0 ? std::string_view() : knob.values[value - std::size_t{1}];
}

void set_value(spec::NativeFacts& facts, const Knob& knob, std::string_view value) {
  const auto found = std::ranges::find(knob.values, value);
  if (found == knob.values.end())
    throw std::logic_error("knob '" + std::string(knob.name) + "' has no value '" + std::string(value) + "'");
  reinterpret_cast<std::uint8_t*>(&facts)[knob.offset] = static_cast<std::uint8_t>(found - knob.values.begin() + 1);
}

spec::NativeFacts facts_of(const lang::Tree& tree, const Design& design) {
  spec::NativeFacts facts;
  for (const auto& knob : knobs(tree)) {
    const auto chosen = std::ranges::find(design.knobs, knob.name, &KnobValue::knob);
    if (chosen == design.knobs.end())
      throw std::logic_error("design '" + design.name + "' has no value for knob '" + std::string(knob.name) + "'");
    set_value(facts, knob, chosen->value);
  }
  for (const auto& order : orders()) {
    const auto chosen = std::ranges::find(design.orders, order.knob, &StepOrder::knob);
    if (chosen == design.orders.end())
      throw std::logic_error("design '" + design.name + "' has no order '" + std::string(order.knob) + "'");
    std::vector<spec::Step> steps;
    for (const auto& name : chosen->value) {
      if (std::ranges::find(order.steps, name) == order.steps.end())
        throw std::logic_error("design '" + design.name + "': " + std::string(order.what) + " has a step '" + name +
                               "'");
      steps.push_back(*enumerator_named<spec::Step>(name));
    }
    order.set(facts, steps);
  }
  return facts;
}

}  // namespace pasid::io
