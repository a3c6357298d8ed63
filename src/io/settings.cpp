#include "src/io/settings.hpp"

#include <algorithm>

#include "spec/lang/memory.hpp"
#include "src/io/orders.hpp"

namespace pasid::io {
namespace {

/// A value and its reason: given bare, or as { value = ..., reason = "..." }.
struct Given {
  const toml::node* value;
  std::string reason;
};
Given read_given(const Document& document, const Field& field, std::string_view bare) {
  if (!field.value->is_table()) return {field.value, {}};
  const Section section(document, *field.value, "knob " + in_quotes(field.key));
  section.allow({"value", "reason"});
  return {&section.require("value", bare), section.optional_text("reason")};
}

[[noreturn]] void fail_type(const Document& document, const toml::node& node, const Field& field,
                            const std::string& bare) {
  document.fail(position(node), "knob " + in_quotes(field.key) + " is " + std::string(type_name(node)),
                bare + " or { value = " + bare + ", reason = \"...\" }");
}

KnobValue read_knob(const Document& document, const Field& field, const Knob& knob, const std::string& origin) {
  const auto given = read_given(document, field, one_of(knob.values, ""));
  const auto* const text = given.value->as_string();
  if (text == nullptr) fail_type(document, *given.value, field, "\"" + std::string(knob.values.front()) + "\"");
  if (std::ranges::find(knob.values, text->get()) == knob.values.end())
    document.fail(position(*given.value), "knob " + in_quotes(knob.name) + " has no value " + in_quotes(text->get()),
                  one_of(knob.values, text->get()));
  return {std::string(knob.name), text->get(), origin, given.reason};
}

StepOrder read_order(const Document& document, const Field& field, const Order& order, const std::string& origin) {
  const std::string what(order.what);
  const auto given = read_given(document, field, "a list of steps");
  const auto* const list = given.value->as_array();
  if (list == nullptr) fail_type(document, *given.value, field, "[\"" + std::string(order.steps.front()) + "\", ...]");
  StepOrder out{std::string(order.knob), {}, origin, given.reason};
  for (const auto& element : *list) {
    const auto* const text = element.as_string();
    if (text == nullptr)
      document.fail(position(element), "a step of " + what + " is " + std::string(type_name(element)), "a string");
    const auto& step = text->get();
    if (std::ranges::find(order.steps, step) == order.steps.end())
      document.fail(position(element), what + " has no step " + in_quotes(step), one_of(order.steps, step));
    if (std::ranges::find(out.value, step) != out.value.end())
      document.fail(position(element), what + " has the step " + in_quotes(step) + " twice", "each step at most once");
    out.value.push_back(step);
  }
  return out;
}

}  // namespace

std::vector<Knob> knobs(const lang::Tree& tree) {
  std::vector<Knob> out;
  for (const auto& cell : tree.cells)
    if (lang::is_knob(cell) && cell.index.empty() && cell.value->kind == lang::SortKind::enumeration)
      out.push_back({cell.name, cell.value->enumerators, cell.offset});
  return out;
}

Settings read_settings(const lang::Tree& tree, const Section& table, const std::string& origin) {
  const auto all = knobs(tree);
  std::vector<std::string_view> names;
  names.reserve(all.size() + orders().size());
  for (const auto& knob : all) names.push_back(knob.name);
  for (const auto& order : orders()) names.push_back(order.knob);

  Settings out;
  for (const auto& field : table.fields()) {
    const auto known = std::ranges::find(names, field.key);
    if (known == names.end())
      table.document().fail(field.at, "there is no knob " + in_quotes(field.key), one_of(names, field.key));
    const auto number = static_cast<std::size_t>(known - names.begin());
    if (number < all.size()) out.knobs.push_back(read_knob(table.document(), field, all[number], origin));
    else out.orders.push_back(read_order(table.document(), field, orders()[number - all.size()], origin));
  }
  const auto rank = [&](const auto& k) { return std::ranges::find(names, k.knob) - names.begin(); };
  std::ranges::sort(out.knobs, {}, rank);
  std::ranges::sort(out.orders, {}, rank);
  return out;
}

std::vector<std::string_view> property_names(const lang::Tree& tree) {
  std::vector<std::string_view> out;
  for (const auto& formula : tree.formulas)
    if (formula.kind == lang::FormulaKind::property) out.push_back(formula.name);
  return out;
}

std::string read_property(const lang::Tree& tree, const Section& section, std::string_view key) {
  return section.choice(key, property_names(tree));
}

std::string id_of(const Section& top, const Source& source) {
  std::string id = top.text("id");
  if (source.shipped && id != stem(source.file))
    top.document().fail(position(*top.find("id")), "the id is " + in_quotes(id),
                        "the file's own, " + in_quotes(stem(source.file)));
  return id;
}

}  // namespace pasid::io
