#include "src/trace/text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "spec/lang/memory.hpp"
#include "src/trace/explain.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/names.hpp"
#include "src/trace/steps.hpp"
#include "src/trace/topology.hpp"

namespace pasid::trace {
namespace {

using lang::CellInfo;
using lang::SortKind;

class Paint {
 public:
  explicit Paint(bool colour) : colour_(colour) {}
  [[nodiscard]] std::string bold(std::string_view s) const { return in("1", s); }
  [[nodiscard]] std::string dim(std::string_view s) const { return in("2", s); }
  [[nodiscard]] std::string red(std::string_view s) const { return in("1;31", s); }

 private:
  [[nodiscard]] std::string in(std::string_view code, std::string_view s) const {
    return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, s) : std::string(s);
  }
  bool colour_;
};

/// "- → A"; a Boolean says only what it became.
std::string change_text(const Names& names, const Change& c) {
  if (c.cell->value->kind == SortKind::boolean) return c.to != 0 ? "set" : "cleared";
  return names(c.cell->value, c.from) + " → " + names(c.cell->value, c.to);
}

/// Changes in two columns where they fit and there are enough, read downwards.
std::string change_lines(const Names& names, const std::vector<Change>& list, std::size_t indent, std::size_t columns) {
  std::vector<std::string> cells;
  std::vector<std::string> values;
  for (const Change& c : list) {
    cells.push_back(cell_text(names, *c.cell, c.index) + ":");
    values.push_back(change_text(names, c));
  }
  const auto widest = [](const std::vector<std::string>& of, std::size_t from, std::size_t to) {
    std::size_t out = 0;
    for (std::size_t k = from; k < to; ++k) out = std::max(out, width(of[k]));
    return out;
  };
  /// The changes from `from` on as lines of equal width.
  const auto block = [&](std::size_t from, std::size_t to) {
    const std::size_t cell = widest(cells, from, to) + 2;
    std::vector<std::string> out;
    for (std::size_t k = from; k < to; ++k) out.push_back(padded(cells[k], cell) + values[k]);
    return out;
  };
  constexpr std::size_t gap = 5;
  const std::size_t rows = (list.size() + 1) / 2;
  std::vector<std::string> left = block(0, rows);
  const std::vector<std::string> right = block(rows, list.size());
  const std::size_t left_width = widest(left, 0, rows) + gap;
  if (list.size() <= 3 || indent + left_width + widest(right, 0, right.size()) > columns) left = block(0, list.size());
  else
    for (std::size_t k = 0; k < right.size(); ++k) left[k] = padded(left[k], left_width) + right[k];
  std::string out;
  for (const std::string& line : left) out += spaces(indent) + line + "\n";
  return out;
}

/// The sections of a call that fired, without the call's own name; the one that refused, and what undid them.
std::string sections(const lang::Tree& tree, const Step& step) {
  const auto name = [&](const Firing& f) {
    std::string_view label = tree.rules.at(static_cast<std::size_t>(f.rule)).label;
    if (label.starts_with(step.label) && label.substr(step.label.size()).starts_with('.'))
      label.remove_prefix(step.label.size() + 1);
    return std::string(label);
  };
  std::vector<std::string> done;
  std::vector<std::string> undone;
  for (std::size_t k = 0; k < step.firings.size(); ++k)
    (step.refused && k >= step.refused->at ? undone : done).push_back(name(step.firings[k]));
  if (step.refused) done.push_back(name(step.refused->section) + (step.refused->err == 0 ? " waits" : " refused"));
  return "= " + joined(done, ", ") + (undone.empty() ? "" : "; undone by " + joined(undone, ", "));
}

std::string step_text(const lang::Tree& tree, const Names& names, const Trace& trace, std::size_t i,
                      const Style& style) {
  const Step& step = trace.steps[i];
  const Paint paint(style.colour);
  const std::size_t number_width = std::to_string(trace.steps.size()).size();
  const std::size_t indent = number_width + 2;

  std::vector<std::string> args;
  for (const Argument& a : arguments(tree, step))
    if (notable(a)) args.push_back(fmt::format("{}={}", a.name, names(a.sort, a.value)));
  if (step.refused) args.push_back(error_text(*step.refused));
  std::string out = paint.bold(fmt::format("{:>{}}  {}", i + 1, number_width, step.label));
  if (!args.empty()) out += "  " + wrapped(args, " ", indent + width(step.label) + 2, style.columns);
  out += "\n";

  const bool is_rule = !step.refused && step.firings.size() == 1 &&
                       tree.rules.at(static_cast<std::size_t>(step.firings[0].rule)).label == step.label;
  if (!is_rule)
    out += spaces(indent + 2) + paint.dim(wrapped_words(sections(tree, step), indent + 4, style.columns)) + "\n";
  const auto changed = changes(tree, trace.facts, trace.before(i), step.after);
  if (changed.empty()) return out + spaces(indent + 2) + paint.dim("no cell changes") + "\n";
  return out + change_lines(names, changed, indent + 2, style.columns);
}

std::string header(const lang::Tree& tree, const Trace& trace, const Style& style) {
  constexpr std::size_t label = 10;
  const Paint paint(style.colour);
  std::string out;
  const auto line = [&](std::string_view what, const std::string& value) {
    out += paint.dim(padded(what, label)) + value + "\n";
  };
  if (!trace.design.empty()) line("design", trace.design);
  if (!trace.property.empty()) {
    const lang::Formula* property = tree.formula_named(trace.property);
    const bool meant = property != nullptr && !property->meaning.empty();
    line(property != nullptr && property->kind == lang::FormulaKind::lemma ? "lemma" : "property",
         wrapped_words(trace.property + (meant ? ": " + std::string(property->meaning) : ""), label, style.columns));
  }
  const auto rows = topology(tree, trace);
  for (const auto& row : rows) line(&row == rows.data() ? "topology" : "", wrapped(row, "  ", label, style.columns));
  return out;
}

std::string verdict(const lang::Tree& tree, const Trace& trace, const Style& style) {
  const lang::Formula* formula = tree.formula_named(trace.property);
  if (formula == nullptr) return "";
  const auto why = explain(tree, trace.facts, trace.before_last(), trace.last(), formula->body);
  if (!why) return "";
  const Paint paint(style.colour);
  constexpr std::size_t label = 12;
  std::string out = "\n" +
                    paint.red(trace.property + " is violated" +
                              (why->instance.empty() ? "" : " for " + joined(why->instance, ", "))) +
                    "\n";
  const auto line = [&](std::string_view what, const std::vector<std::string>& items, std::string_view separator) {
    if (items.empty()) return;
    const bool fit = std::ranges::all_of(items, [&](auto& item) { return label + width(item) <= style.columns; });
    out += paint.dim(padded("  " + std::string(what), label)) +
           (fit ? wrapped(items, separator, label, style.columns)
                : wrapped_words(joined(items, separator), label, style.columns)) +
           "\n";
  };
  line("since", why->since, ", ");
  line("expected", why->expected, " or ");
  line("found", why->found, ", ");
  return out;
}

/// What is not none or false, grouped by the first index.
std::string table(const lang::Tree& tree, const spec::NativeFacts& facts, const spec::NativeState& state,
                  const Style& style, std::size_t indent) {
  const Names names(tree, facts);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&state);
  std::vector<std::pair<std::string, std::vector<std::string>>> rows;
  for (const CellInfo& cell : tree.cells) {
    if (cell.rigid) continue;
    lang::each_index(facts, cell, [&](std::span<const std::uint8_t> index) {
      const std::uint8_t value = bytes[lang::place(cell, index)];
      if (value == 0) return;
      const std::string element = index.empty() ? std::string() : names(cell.index[0], index[0]);
      CellInfo rest = cell;
      if (!index.empty()) rest.index.erase(rest.index.begin());
      std::string item = cell_text(names, rest, index.subspan(index.empty() ? 0 : 1));
      if (cell.value->kind != SortKind::boolean) item += " = " + names(cell.value, value);
      auto row = std::ranges::find(rows, element, &std::pair<std::string, std::vector<std::string>>::first);
      if (row == rows.end()) row = rows.insert(rows.end(), {element, {}});
      row->second.push_back(std::move(item));
    });
  }
  std::size_t widest = 0;
  for (const auto& [element, items] : rows) widest = std::max(widest, width(element));
  std::string out;
  const Paint paint(style.colour);
  for (const auto& [element, items] : rows)
    out += spaces(indent) + paint.bold(padded(element, widest)) + "  " +
           wrapped(items, ", ", indent + widest + 2, style.columns) + "\n";
  return out;
}

}  // namespace

std::string text(const lang::Tree& tree, const Trace& trace, const Style& style) {
  const Names names(tree, trace.facts);
  std::string out = header(tree, trace, style);
  // A counterexample to induction starts in the middle of things.
  if (const std::string from = table(tree, trace.facts, trace.initial, style, 2); !from.empty())
    out += "\nfrom the state\n" + from;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) out += "\n" + step_text(tree, names, trace, i, style);
  return out + verdict(tree, trace, style);
}

std::string state_table(const lang::Tree& tree, const spec::NativeFacts& facts, const spec::NativeState& state,
                        const Style& style) {
  const std::string out = table(tree, facts, state, style, 0);
  return out.empty() ? "nothing is there yet\n" : out;
}

}  // namespace pasid::trace
