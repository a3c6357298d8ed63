#include "src/smt/smtlib.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace pasid::smt {
namespace {

/// What a lowered variable's name has before its serial number, and no other name has.
constexpr char serial_mark = '?';

class SmtlibWriter {
 public:
  void add(const z3::expr& formula) {
    if (formula.is_true()) return;
    out_.text += "(assert ";
    write(formula);
    out_.text += ")\n";
  }
  [[nodiscard]] const std::map<std::string, std::string>& parameters() const { return parameters_; }
  [[nodiscard]] Assertion take() && { return std::move(out_); }

 private:
  void write(const z3::expr& e);
  void write_quantifier(z3::expr e);
  void write_application(const z3::expr& e);
  std::string symbol(const z3::func_decl& f);
  std::string sort(const z3::sort& s);
  static void once(std::vector<std::string>& lines, std::string line) {
    if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
  }

  Assertion out_;
  std::vector<std::string> bound_;  ///< innermost last
  std::map<std::string, std::string> parameters_;
  std::map<std::string, int> parameters_of_sort_;
};

std::string SmtlibWriter::sort(const z3::sort& s) {
  if (s.is_bool()) return "Bool";
  std::string name = s.name().str();
  if (s.sort_kind() == Z3_UNINTERPRETED_SORT) {
    once(out_.sorts, "(declare-sort " + name + " 0)");
    return name;
  }
  if (!s.is_datatype()) throw std::logic_error("a sort that no lowering gives: " + name);
  std::string line = "(declare-datatypes ((" + name + " 0)) ((";
  for (unsigned i = 0; i < Z3_get_datatype_sort_num_constructors(s.ctx(), s); ++i) {
    const z3::func_decl c(s.ctx(), Z3_get_datatype_sort_constructor(s.ctx(), s, i));
    line += (i > 0 ? " (" : "(") + c.name().str() + ")";
  }
  once(out_.sorts, line + ")))");
  return name;
}

std::string SmtlibWriter::symbol(const z3::func_decl& f) {
  switch (f.decl_kind()) {
    case Z3_OP_TRUE: return "true";
    case Z3_OP_FALSE: return "false";
    case Z3_OP_NOT: return "not";
    case Z3_OP_AND: return "and";
    case Z3_OP_OR: return "or";
    case Z3_OP_IMPLIES: return "=>";
    case Z3_OP_EQ:
    case Z3_OP_IFF: return "=";
    case Z3_OP_ITE: return "ite";
    case Z3_OP_DT_CONSTRUCTOR: (void)sort(f.range()); return f.name().str();
    case Z3_OP_UNINTERPRETED: break;
    default: throw std::logic_error("an operator that no lowering gives: " + f.name().str());
  }
  std::string name = f.name().str();
  if (const auto mark = name.find(serial_mark); mark != std::string::npos) {
    const auto [it, is_new] = parameters_.try_emplace(name);
    if (is_new) {
      const std::string stem = name.substr(0, mark + 1);
      it->second = stem + std::to_string(++parameters_of_sort_[stem]);
    }
    name = it->second;
  }
  std::string line = "(declare-fun " + name + " (";
  for (unsigned i = 0; i < f.arity(); ++i) line += (i > 0 ? " " : "") + sort(f.domain(i));
  once(out_.functions, line + ") " + sort(f.range()) + ")");
  return name;
}

/// Quantifiers of one kind below each other become one.
void SmtlibWriter::write_quantifier(z3::expr e) {
  const bool forall = e.is_forall();
  const std::size_t outside = bound_.size();
  out_.text += forall ? "(forall (" : "(exists (";
  while (e.is_quantifier() && e.is_forall() == forall) {
    if (e.is_lambda()) throw std::logic_error("a function that no lowering gives");
    for (unsigned i = 0; i < Z3_get_quantifier_num_bound(e.ctx(), e); ++i) {
      const z3::sort s(e.ctx(), Z3_get_quantifier_bound_sort(e.ctx(), e, i));
      // Named by depth: no other name starts with the mark.
      const std::string name = serial_mark + std::to_string(bound_.size());
      out_.text += (bound_.size() > outside ? " (" : "(") + name + " " + sort(s) + ")";
      bound_.push_back(name);
    }
    const z3::expr body = e.body();
    e = body;
  }
  out_.text += ") ";
  write(e);
  out_.text += ')';
  bound_.resize(outside);
}

void SmtlibWriter::write_application(const z3::expr& e) {
  const std::string name = symbol(e.decl());
  if (e.num_args() == 0) {
    out_.text += name;
    return;
  }
  out_.text += '(' + name;
  for (unsigned i = 0; i < e.num_args(); ++i) {
    out_.text += ' ';
    write(e.arg(i));
  }
  out_.text += ')';
}

void SmtlibWriter::write(const z3::expr& e) {
  if (e.is_quantifier()) return write_quantifier(e);
  if (e.is_app()) return write_application(e);
  if (!e.is_var()) throw std::logic_error("a term that no lowering gives: " + e.to_string());
  const unsigned index = Z3_get_index_value(e.ctx(), e);
  if (index >= bound_.size()) throw std::logic_error("a variable that nothing binds");
  out_.text += bound_[bound_.size() - 1 - index];
}

}  // namespace

Assertion smtlib(std::span<const z3::expr> formulas) {
  SmtlibWriter writer;
  for (const z3::expr& f : formulas) writer.add(f);
  return std::move(writer).take();
}

Assertion smtlib_closed(const z3::expr& formula) {
  SmtlibWriter writer;
  writer.add(formula);
  if (!writer.parameters().empty())
    throw std::logic_error("a variable that nothing binds: " + writer.parameters().begin()->first);
  return std::move(writer).take();
}

}  // namespace pasid::smt
