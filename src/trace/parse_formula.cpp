#include "src/trace/parse_formula.hpp"

#include <algorithm>
#include <cctype>

#include "src/trace/formula.hpp"

namespace pasid::trace {
namespace {

using lang::NodeId;
using lang::Op;
using lang::SortInfo;
using lang::SortKind;

const SortInfo* const truth = &lang::sort_info<bool>;

/// By recursive descent, an operator a function, the loosest first. Where a sort is not known (null), a constant that
/// only the other side of its equation can tell is invalid, and what it stands in is read again when that is known.
class Parser {
 public:
  Parser(lang::Tree& tree, std::string_view text, const Scope& scope) : tree_(tree), text_(text), scope_(scope) {}

  NodeId whole(const SortInfo* sort) {
    const NodeId out = checked(0, term(sort), sort);
    if (skip(); at_ != text_.size()) fail("something follows the formula");
    return out;
  }

 private:
  [[noreturn]] void fail(const std::string& wrong) const { throw FormulaError(at_, wrong); }
  [[noreturn]] static void fail(std::size_t at, const std::string& wrong) { throw FormulaError(at, wrong); }

  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  bool next(std::string_view token) {
    skip();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  bool follows(char c) {
    skip();
    return at_ < text_.size() && text_[at_] == c;
  }
  [[nodiscard]] bool has_indices(int cell) const { return !tree_.cells[static_cast<std::size_t>(cell)].index.empty(); }
  void expect(std::string_view token) {
    if (!next(token)) fail("expected '" + std::string(token) + "'");
  }
  std::string word() {
    skip();
    const std::size_t from = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_'))
      ++at_;
    return std::string(text_.substr(from, at_ - from));
  }
  std::string name() {
    std::string out = word();
    if (out.empty()) fail("expected a name");
    return out;
  }
  /// The word that comes next, which stays there.
  std::string ahead() {
    const std::size_t from = at_;
    std::string out = word();
    at_ = from;
    return out;
  }

  /// The term has that sort, where it is one.
  NodeId checked(std::size_t from, NodeId term, const SortInfo* sort) const {
    if (sort != nullptr && term != NodeId::invalid && tree_[term].sort != sort)
      fail(from, "this is a " + std::string(tree_[term].sort->name) + ", expected a " + std::string(sort->name));
    return term;
  }
  NodeId condition(NodeId (Parser::*level)(const SortInfo*)) {
    skip();
    const std::size_t from = at_;
    return checked(from, (this->*level)(truth), truth);
  }

  /// What stands before a sign that takes conditions. A name that could be of any sort is read again as one.
  NodeId before_sign(std::size_t from, NodeId read, NodeId (Parser::*level)(const SortInfo*)) {
    if (read != NodeId::invalid) return checked(from, read, truth);
    const std::size_t end = at_;
    at_ = from;
    const NodeId out = condition(level);
    at_ = end;
    return out;
  }

  /// Counts what is being read, and all that was. Text that is read again where a sort becomes known is read again in
  /// each of its parentheses.
  class Entered {
   public:
    explicit Entered(Parser& of) : of_(of) {
      if (of.depth_ == most_deep || ++of.read_ > most_read) of.fail("nested too deep");
      ++of.depth_;
    }
    ~Entered() { --of_.depth_; }
    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;

   private:
    static constexpr int most_deep = 400;  // of calls; a level of parentheses is two
    static constexpr int most_read = 100'000;
    Parser& of_;
  };

  NodeId term(const SortInfo* sort) {
    const Entered here(*this);
    const std::size_t from = at_;
    if (const std::string w = ahead(); w == "forall" || w == "exists") return quantified();
    // Of whatever sort, for it may be what decides between two terms of the sort that is wanted.
    NodeId first = disjunction(nullptr);
    if (next("->")) {
      first = before_sign(from, first, &Parser::disjunction);
      return tree_.imply(first, condition(&Parser::term));
    }
    if (!next("?")) {
      if (first != NodeId::invalid || sort == nullptr) return first;
      at_ = from;
      return disjunction(sort);
    }
    first = before_sign(from, first, &Parser::disjunction);
    const std::size_t branches = at_;
    const auto read = [&](const SortInfo* as) {
      at_ = branches;
      const NodeId yes = disjunction(as);
      expect(":");
      return std::pair(yes, term(as));
    };
    auto [yes, no] = read(sort);
    if ((yes == NodeId::invalid) != (no == NodeId::invalid))
      std::tie(yes, no) = read(tree_[yes == NodeId::invalid ? no : yes].sort);
    if (yes == NodeId::invalid && sort != nullptr) std::tie(yes, no) = read(sort);
    if (yes == NodeId::invalid) return yes;
    return tree_.ite(first, yes, checked(branches, no, tree_[yes].sort));
  }

  NodeId quantified() {
    const Op op = name() == "forall" ? Op::forall : Op::exists;
    std::vector<NodeId> variables;
    std::vector<std::string> names;
    const SortInfo* sort = nullptr;
    do {
      std::string letter = name();
      if (!ahead().empty()) {
        sort = sort_named(tree_, letter);
        if (sort == nullptr) fail("there is no sort '" + letter + "'");
        letter = name();
      }
      if (sort == nullptr) fail("expected a sort");
      variables.push_back(tree_.fresh_variable(sort));
      names.push_back(letter);
    } while (next(","));
    expect(":");
    const Scope outside = scope_;
    for (std::size_t k = 0; k < names.size(); ++k) scope_[names[k]] = variables[k];
    NodeId out = condition(&Parser::term);
    scope_ = outside;
    for (std::size_t k = variables.size(); k-- > 0;) out = tree_.quantify(op, variables[k], out);
    return out;
  }

  template <class Combine>
  NodeId chain(std::string_view sign, NodeId (Parser::*operand)(const SortInfo*), const SortInfo* sort,
               Combine combine) {
    skip();
    const std::size_t from = at_;
    NodeId out = (this->*operand)(sort);
    while (next(sign)) {
      out = before_sign(from, out, operand);
      out = combine(out, condition(operand));
    }
    return out;
  }
  NodeId disjunction(const SortInfo* sort) {
    return chain("||", &Parser::conjunction, sort, [&](NodeId a, NodeId b) { return tree_.disj(a, b); });
  }
  NodeId conjunction(const SortInfo* sort) {
    return chain("&&", &Parser::equation, sort, [&](NodeId a, NodeId b) { return tree_.conj(a, b); });
  }

  NodeId equation(const SortInfo* sort) {
    skip();
    const std::size_t from = at_;
    // Alone it is what is wanted; in an equation of whatever sort.
    NodeId left = unary(nullptr);
    const bool equal = next("==");
    if (!equal && !next("!=")) {
      if (left != NodeId::invalid) return checked(from, left, sort);
      at_ = from;
      return unary(sort);
    }
    const std::size_t other = at_;
    const NodeId right = unary(left == NodeId::invalid ? nullptr : tree_[left].sort);
    if (left == NodeId::invalid && right == NodeId::invalid) fail(from, "no side of this equation tells its sort");
    if (left == NodeId::invalid) {
      const std::size_t end = at_;
      at_ = from;
      left = unary(tree_[right].sort);
      at_ = end;
    }
    const NodeId out = tree_.eq(left, checked(other, right, tree_[left].sort));
    return equal ? out : tree_.negate(out);
  }

  NodeId unary(const SortInfo* sort) {
    const Entered here(*this);
    if (next("!")) {
      if (const std::string w = ahead(); w == "forall" || w == "exists") return tree_.negate(quantified());
      return tree_.negate(condition(&Parser::unary));
    }
    if (next("(")) {
      const NodeId out = term(sort);
      expect(")");
      return out;
    }
    skip();
    const std::size_t from = at_;
    const std::string n = name();
    if (n == "true" || n == "false") return tree_.truth(n == "true");
    if (next("::")) return checked(from, constant(from, name(), sort_named(tree_, n), true), sort);
    // A variable or an enumerator may be called like a cell: only the cell has indices.
    if (const auto variable = scope_.find(n); variable != scope_.end() && !follows('('))
      return checked(from, variable->second, sort);
    if (const int cell = tree_.cell_named(n); cell >= 0 && has_indices(cell) == follows('('))
      return read(from, cell, sort);
    return constant(from, n, sort, false);
  }

  /// `whole`: written with its sort, where a bare none is the absent value.
  NodeId constant(std::size_t from, const std::string& n, const SortInfo* sort, bool whole) const {
    if (sort == nullptr && whole) fail(from, "there is no such sort");
    if (sort == nullptr) return NodeId::invalid;
    if (n == "none" && !whole && sort != truth) return tree_.constant(sort, 0);
    const auto value = std::ranges::find(sort->enumerators, n);
    if (value == sort->enumerators.end())
      fail(from, "there is no '" + n + "' here: no variable, no cell, and no " + std::string(sort->name));
    return tree_.constant(sort, static_cast<int>(value - sort->enumerators.begin()) + 1);
  }

  NodeId read(std::size_t from, int cell, const SortInfo* sort) {
    const lang::CellInfo info = tree_.cells[static_cast<std::size_t>(cell)];
    std::vector<NodeId> index;
    if (!info.index.empty()) expect("(");
    for (const SortInfo* s : info.index) {
      if (!index.empty()) expect(",");
      skip();
      const std::size_t at = at_;
      index.push_back(checked(at, term(s), s));
    }
    if (!info.index.empty()) expect(")");
    return checked(from, tree_.read(cell, std::move(index)), sort);
  }

  lang::Tree& tree_;
  std::string_view text_;
  Scope scope_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int read_ = 0;
};

}  // namespace

const SortInfo* sort_named(const lang::Tree& tree, std::string_view name) {
  const auto is = [&](const SortInfo* s) {
    return s->kind != SortKind::boolean && (s->name == name || sort_word(s) == name);
  };
  for (const lang::CellInfo& cell : tree.cells) {
    if (is(cell.value)) return cell.value;
    for (const SortInfo* s : cell.index)
      if (is(s)) return s;
  }
  for (const lang::RuleTree& rule : tree.rules)
    for (const lang::Param& p : rule.params)
      if (is(p.sort)) return p.sort;
  return nullptr;
}

NodeId parse_formula(lang::Tree& tree, std::string_view text, const SortInfo* sort, const Scope& scope) {
  return Parser(tree, text, scope).whole(sort);
}

}  // namespace pasid::trace
