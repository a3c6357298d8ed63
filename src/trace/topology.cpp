#include "src/trace/topology.hpp"

#include <algorithm>
#include <set>

#include "spec/lang/memory.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/names.hpp"

namespace pasid::trace {
namespace {

using lang::CellInfo;
using lang::NodeId;
using lang::SortInfo;
using lang::SortKind;

/// The words for a fact and its opposite.
std::string said(std::string_view fact, bool holds) {
  if (fact == "shared") return holds ? "shared" : "dedicated";
  if (fact == "kernel_queue") return holds ? "the kernel's" : "users'";
  return (holds ? "" : "not ") + std::string(fact);
}

/// What is so of every element and goes without saying: it has what SVA asks for, and is no queue of the kernel's.
bool usual(std::string_view fact, const std::vector<std::uint8_t>& values) {
  return fact != "shared" && std::ranges::all_of(values, [&](auto v) { return (v != 0) == (fact != "kernel_queue"); });
}

/// The cells that the trace's rules and its property read.
std::set<const CellInfo*> cells_read(const lang::Tree& tree, const Trace& trace) {
  std::set<const CellInfo*> out;
  const auto in = [&](NodeId term) {
    lang::walk(tree, term, [&](NodeId t) {
      if (tree[t].op == lang::Op::read || tree[t].op == lang::Op::read_before)
        out.insert(&tree.cells[static_cast<std::size_t>(tree[t].ref)]);
    });
  };
  if (const lang::Formula* property = tree.formula_named(trace.property)) in(property->body);
  for (const Step& step : trace.steps) {
    std::vector<Firing> firings = step.firings;
    if (step.refused) firings.push_back(step.refused->section);
    for (const Firing& firing : firings) {
      const lang::RuleTree& rule = tree.rules.at(static_cast<std::size_t>(firing.rule));
      for (const lang::Guard& g : rule.guards) in(g.condition);
      for (const lang::Write& w : rule.writes) {
        std::ranges::for_each(w.index, in);
        in(w.condition);
        in(w.value);
      }
    }
  }
  return out;
}

class Topology {
 public:
  Topology(const lang::Tree& tree, const Trace& trace)
      : tree_(tree), facts_(trace.facts), bytes_(reinterpret_cast<const std::uint8_t*>(&trace.facts)),
        names_(tree, trace.facts), read_(cells_read(tree, trace)) {}

  std::vector<std::vector<std::string>> rows() const {
    std::vector<std::vector<std::string>> out;
    std::set<const CellInfo*> told;
    std::set<const SortInfo*> sorts;
    for (const CellInfo& cell : tree_.cells) {
      if (!places(cell) || !sorts.insert(cell.index[0]).second) continue;
      if (auto row = elements(cell.index[0], told); !row.empty()) out.push_back(std::move(row));
    }
    align(out);
    for (const CellInfo& cell : tree_.cells)
      if (is_set(cell) && !told.contains(&cell) && read_.contains(&cell))
        if (auto row = sets(cell); !row.empty()) out.push_back(std::move(row));
    return out;
  }

 private:
  static bool of_one_element(const CellInfo& cell) {
    return cell.rigid && cell.index.size() == 1 && cell.index[0]->kind == SortKind::entity;
  }
  /// Does this fact give elements their place?
  static bool places(const CellInfo& cell) { return of_one_element(cell) && cell.value->kind == SortKind::entity; }
  static bool is_set(const CellInfo& cell) {
    return cell.rigid && cell.value->kind == SortKind::boolean && !lang::is_knob(cell);
  }

  std::vector<std::uint8_t> column(const CellInfo& cell) const {
    std::vector<std::uint8_t> out;
    lang::each_index(facts_, cell,
                     [&](std::span<const std::uint8_t> i) { out.push_back(bytes_[lang::place(cell, i)]); });
    return out;
  }

  /// Elements of the rows stand under each other.
  static void align(std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
      widths.resize(std::max(widths.size(), row.size()));
      for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], width(row[k]));
    }
    for (auto& row : rows)
      for (std::size_t k = 0; k + 1 < row.size(); ++k) row[k] = padded(row[k], widths[k]);
  }

  /// "dev1 (iommu1, space1)" for every element of a sort.
  std::vector<std::string> elements(const SortInfo* sort, std::set<const CellInfo*>& told) const {
    std::vector<std::vector<std::string>> words(static_cast<std::size_t>(lang::size_of(facts_, sort)));
    std::vector<const CellInfo*> shown;
    for (const CellInfo& cell : tree_.cells) {
      if (!of_one_element(cell) || cell.index[0] != sort || cell.name == "kind") continue;
      const auto values = column(cell);
      const bool boolean = cell.value->kind == SortKind::boolean;
      const bool first = shown.empty();
      const bool as_another =
          std::ranges::any_of(shown, [&](const CellInfo* s) { return s->value == cell.value && column(*s) == values; });
      if (!boolean && !first && (as_another || uniform(values) || !read_.contains(&cell))) continue;
      if (boolean && (usual(cell.name, values) || (cell.name != "shared" && !read_.contains(&cell)))) continue;
      // Of several places of one sort, only the first goes without its name.
      const bool named = std::ranges::any_of(tree_.cells, [&](const CellInfo& c) {
        return &c < &cell && of_one_element(c) && c.index[0] == sort && c.value == cell.value;
      });
      for (std::size_t i = 0; i < words.size(); ++i) {
        if (boolean) words[i].push_back(said(cell.name, values[i] != 0));
        else words[i].push_back((named ? std::string(cell.name) + " " : "") + names_(cell.value, values[i]));
      }
      shown.push_back(&cell);
      told.insert(&cell);
    }
    std::vector<std::string> out;
    for (std::size_t i = 0; i < words.size(); ++i)
      out.push_back(names_(sort, static_cast<std::uint8_t>(i + 1)) + " (" + joined(words[i], ", ") + ")");
    return out;
  }

  /// "kernel_set(dev1) = {p3}"; one item where every first index has the same set, none where it is everything or
  /// nothing everywhere.
  std::vector<std::string> sets(const CellInfo& cell) const {
    const auto values = column(cell);
    if (uniform(values)) return {};
    const auto each = static_cast<std::size_t>(lang::size_of(facts_, cell.index.back()));
    std::vector<std::string> out;
    for (std::size_t start = 0; start < values.size(); start += each) {
      std::vector<std::string> in;
      for (std::size_t k = 0; k < each; ++k)
        if (values[start + k] != 0) in.push_back(names_(cell.index.back(), static_cast<std::uint8_t>(k + 1)));
      out.push_back(in.size() == each ? "all" : "{" + joined(in, ", ") + "}");
    }
    if (uniform(out)) return {std::string(cell.name) + " = " + out.front()};
    CellInfo without_last = cell;
    without_last.index.pop_back();
    auto set = out.begin();
    lang::each_index(facts_, without_last, [&](std::span<const std::uint8_t> i) {
      *set = cell_text(names_, without_last, i) + " = " + *set;
      ++set;
    });
    return out;
  }

  template <class T>
  static bool uniform(const std::vector<T>& values) {
    return std::ranges::adjacent_find(values, std::ranges::not_equal_to{}) == values.end();
  }

  const lang::Tree& tree_;
  const spec::NativeFacts& facts_;
  const std::uint8_t* bytes_;
  Names names_;
  std::set<const CellInfo*> read_;
};

}  // namespace

std::vector<std::vector<std::string>> topology(const lang::Tree& tree, const Trace& trace) {
  return Topology(tree, trace).rows();
}

}  // namespace pasid::trace
