#include "src/review/shell_world.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <stdexcept>

#include "spec/lang/memory.hpp"
#include "src/explore/topology.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/names.hpp"

namespace pasid::review {
namespace {

using spec::NativeFacts;

std::uint8_t* bytes(NativeFacts& f) { return reinterpret_cast<std::uint8_t*>(&f); }
const std::uint8_t* bytes(const NativeFacts& f) { return reinterpret_cast<const std::uint8_t*>(&f); }

bool same(const NativeFacts& a, const NativeFacts& b) { return std::memcmp(&a, &b, sizeof a) == 0; }

}  // namespace

ShellWorld::ShellWorld(const lang::Tree& tree, const NativeFacts& knobs) : tree_(&tree), knobs_(knobs) {
  set_scope({});
}

ShellWorld::Chosen ShellWorld::choose(const std::vector<std::string>& words) const {
  check::Sizes sizes;
  auto widths = check::Widths::wide;
  auto others = check::Others::attached;
  for (const std::string& w : words) {
    if (w == "any-width") widths = check::Widths::any;
    else if (w == "only-mms") others = check::Others::none;
    else if (const auto size = check::size_in(w)) sizes[size->first] = size->second;
    else throw std::invalid_argument("scope: '" + w + "' is not SORT=N, any-width or only-mms");
  }
  const explore::Scope scope = check::scope_of(*tree_, knobs_, sizes, widths, others);
  Chosen out{check::describe(*tree_, scope), explore::topologies(*tree_, knobs_, scope)};
  if (out.topologies.empty()) throw std::invalid_argument("scope: there is no world of these sizes");
  return out;
}

void ShellWorld::set_scope(const std::vector<std::string>& words) {
  Chosen chosen = choose(words);
  words_ = words;
  scope_text_ = std::move(chosen.text);
  topologies_ = std::move(chosen.topologies);
  facts_ = topologies_.front();
}

void ShellWorld::assign(NativeFacts& facts, const std::string& text) const {
  const auto wrong = [&](const std::string& what) { throw std::invalid_argument("world: '" + text + "': " + what); };
  const auto eq = text.find('=');
  if (eq == std::string::npos) wrong("expected FACT=VALUE, as in shared(wq1)=set");
  const trace::Names names(*tree_, facts);
  const std::string left = text.substr(0, eq);
  const std::string right = text.substr(eq + 1);
  for (const lang::CellInfo& cell : tree_->cells) {
    if (!cell.rigid || lang::is_knob(cell) || left.substr(0, left.find('(')) != cell.name) continue;
    bool found = false;
    lang::each_index(facts, cell, [&](std::span<const std::uint8_t> index) {
      std::string name = trace::cell_text(names, cell, index);
      std::erase(name, ' ');
      if (found || name != left) return;
      found = true;
      const bool is_bool = cell.value->kind == lang::SortKind::boolean;
      const auto value = right == "-"                ? std::optional<std::uint8_t>(0)
                         : is_bool && right == "set" ? std::optional<std::uint8_t>(1)
                         : is_bool                   ? std::nullopt
                                                     : names.value(cell.value, right);
      if (!value) wrong("'" + right + "' is no value of " + std::string(cell.name));
      bytes(facts)[lang::place(cell, index)] = *value;
    });
    if (found) return;
  }
  wrong("there is no such fact of this world");
}

void ShellWorld::set_world(std::size_t number, const std::vector<std::string>& assignments) {
  if (number < 1 || number > topologies_.size())
    throw std::invalid_argument("world: there are worlds 1 to " + std::to_string(topologies_.size()));
  NativeFacts facts = topologies_[number - 1];
  for (const std::string& a : assignments) assign(facts, a);
  if (spec::broken_axiom(facts)) throw std::invalid_argument("world: these facts contradict the axioms of the design");
  facts_ = facts;
}

void ShellWorld::take(const NativeFacts& facts) {
  for (const lang::CellInfo& cell : tree_->cells) {
    if (!lang::is_knob(cell)) continue;
    lang::each_index(facts, cell, [&](std::span<const std::uint8_t> index) {
      const std::size_t at = lang::place(cell, index);
      if (bytes(facts)[at] != bytes(knobs_)[at])
        throw std::invalid_argument("this trace is of another design: it has another " + std::string(cell.name));
    });
  }
  if (spec::broken_axiom(facts))
    throw std::invalid_argument("the facts of this trace contradict the axioms of the design");
  const auto has = [&](const std::vector<NativeFacts>& worlds) {
    return std::ranges::any_of(worlds, [&](const NativeFacts& w) { return w.count == facts.count; });
  };
  if (!has(topologies_)) {
    std::vector<std::string> words{"any-width"};
    for (const lang::SortInfo* s : trace::entity_sorts(*tree_))
      words.push_back(std::string(s->name) + "=" + std::to_string(lang::size_of(facts, s)));
    Chosen chosen = choose(words);
    if (!has(chosen.topologies)) throw std::invalid_argument("no world has as many of everything as this trace");
    words_ = std::move(words);
    scope_text_ = std::move(chosen.text);
    topologies_ = std::move(chosen.topologies);
  }
  facts_ = facts;
}

/// What set_world() has to be told after `from`, in an order in which each name means what it should.
std::vector<std::string> ShellWorld::differences(NativeFacts from) const {
  std::vector<std::string> out;
  for (const lang::CellInfo& cell : tree_->cells) {
    if (!cell.rigid || lang::is_knob(cell)) continue;
    lang::each_index(from, cell, [&](std::span<const std::uint8_t> index) {
      const std::size_t at = lang::place(cell, index);
      if (bytes(from)[at] == bytes(facts_)[at]) return;
      const trace::Names names(*tree_, from);
      out.push_back(trace::cell_text(names, cell, index) + "=" + names(cell.value, bytes(facts_)[at]));
      std::erase(out.back(), ' ');
      bytes(from)[at] = bytes(facts_)[at];
    });
  }
  return out;
}

std::vector<std::string> ShellWorld::lines() const {
  std::size_t best = 0;
  std::optional<std::vector<std::string>> least;
  for (std::size_t i = 0; i < topologies_.size(); ++i) {
    if (topologies_[i].count != facts_.count) continue;
    if (least && !same(topologies_[i], facts_)) continue;  // one that differs will do, but for the world itself
    least = differences(topologies_[i]);
    best = i;
    if (least->empty()) break;
  }
  std::string scope = "scope";
  for (const std::string& w : words_) scope += ' ' + w;
  std::string world = "world " + std::to_string(best + 1);
  if (least)
    for (const std::string& a : *least) world += ' ' + a;
  return {scope, world};
}

}  // namespace pasid::review
