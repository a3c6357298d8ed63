// Recording declarations and rule texts into a tree.
#pragma once

#include <sstream>

#include "spec/lang/ast.hpp"
#include "spec/lang/native.hpp"

namespace pasid::lang {

/// Declares every cell of `native` (a Facts<Native> or State<Native>), with its place in memory.
template <class NativeHolder>
void record_cells(Tree& tree, bool rigid) {
  NativeHolder holder;
  const auto* const start = reinterpret_cast<const std::byte*>(&holder);
  const auto one = [&]<Name N, class V, class... I>(Cell<Native, N, V(I...)> & cell) {
    using C = Cell<Native, N, V(I...)>;
    if (tree.cell_named(C::name.view()) >= 0)
      throw RuleError("two cells are called '" + std::string(C::name.view()) + "'");
    const auto offset = static_cast<std::size_t>(reinterpret_cast<const std::byte*>(&cell) - start);
    tree.cells.push_back({C::name.view(),
                          C::value_sort,
                          {C::index_sorts.begin(), C::index_sorts.end()},
                          rigid,
                          offset,
                          {C::strides.begin(), C::strides.end()}});
  };
  std::apply([&](auto&... cell) { (one(cell), ...); }, holder.cells());
}

/// Points every cell of `holder` (a Facts<Ast> or State<Ast>) at the tree of `builder`. With `before` it is the state
/// before a step.
template <class Holder>
void connect(Builder& builder, Holder& holder, bool before = false) {
  const auto one = [&](auto& cell) {
    cell.builder = &builder;
    cell.cell = builder.tree().cell_named(cell.name.view());
    cell.before = before;
    if (cell.cell < 0) throw RuleError("the tree has no cell '" + std::string(cell.name.view()) + "'");
  };
  std::apply([&](auto&... cell) { (one(cell), ...); }, holder.cells());
}

/// Runs the text of a rule over fresh parameters. `entry` has label, params, text and only_if.
template <class Entry, class Facts, class State>
void record_rule(Builder& builder, const Entry& entry, const Facts& facts, State& state) {
  const auto run = [&]<class... S>(void (*text)(Rule<Ast>&, const Facts&, const State&, State&, Expr<S>...)) {
    Tree& tree = builder.tree();
    RuleTree rule{};
    rule.label = entry.label;
    rule.only_if = entry.only_if(facts).in(builder);
    std::string_view names = entry.params;
    [[maybe_unused]] const auto param = [&](const SortInfo* sort) {
      const auto end = names.find(' ');
      rule.params.push_back({names.substr(0, end), sort, tree.fresh_variable(sort)});
      names = end == std::string_view::npos ? std::string_view{} : names.substr(end + 1);
      if (rule.params.back().name.empty())
        throw RuleError("rule '" + std::string(entry.label) + "': a parameter has no name");
    };
    (param(&sort_info<S>), ...);
    if (!names.empty())
      throw RuleError("rule '" + std::string(entry.label) + "': more parameter names than parameters");
    const auto params = rule.params;
    builder.begin_rule(std::move(rule));
    Rule<Ast> r(builder);
    const auto read = [&]<std::size_t... K>(std::index_sequence<K...>) {
      text(r, facts, state, state, Expr<S>{&builder, params[K].variable}...);
    };
    read(std::index_sequence_for<S...>{});
    tree.rules.push_back(builder.end_rule());
  };
  run(entry.text);
}

}  // namespace pasid::lang
