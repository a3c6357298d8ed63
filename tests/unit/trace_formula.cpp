#include <sstream>

#include "src/trace/formula.hpp"
#include "src/trace/layout.hpp"
#include "tests/unit/trace_example.hpp"

namespace {

using namespace pasid;
namespace example = trace::example;
using lang::NodeId;
using lang::Op;

const lang::RuleTree& rule(std::string_view label) {
  return example::tree().rules.at(static_cast<std::size_t>(example::tree().rule_named(label)));
}

/// A tree with three Booleans a, b, c and a unary table t of Booleans over devices.
struct Small {
  lang::Tree tree;
  NodeId a, b, c;
  Small() {
    for (const char* name : {"a", "b", "c"}) tree.cells.push_back({name, &lang::sort_info<bool>, {}, false, 0, {}});
    tree.cells.push_back({"t", &lang::sort_info<bool>, {&lang::sort_info<spec::Dev>}, false, 0, {1}});
    a = tree.read(0, {});
    b = tree.read(1, {});
    c = tree.read(2, {});
  }
  NodeId some(Op op) {
    const NodeId d = tree.fresh_variable(&lang::sort_info<spec::Dev>);
    return tree.quantify(op, d, tree.read(3, {d}));
  }
  std::string operator()(NodeId n) { return trace::FormulaPrinter(tree).flat(n); }
};

TEST_CASE("formula: a property in the vocabulary of the rules") {
  CHECK(trace::formula_text(example::tree(), example::tree().formula_named("OnePasidPerMm")->body) ==
        "forall file b, c: bond_mm(b) != none && bond_mm(b) == bond_mm(c) -> bond_pasid(b) == bond_pasid(c)");
  CHECK(trace::formula_text(example::tree(), example::tree().formula_named("OnePasidPerMm")->body, 2, 60) ==
        "  forall file b, c:\n"
        "    bond_mm(b) != none && bond_mm(b) == bond_mm(c)\n"
        "      -> bond_pasid(b) == bond_pasid(c)");
}

TEST_CASE("formula: parentheses stand where another reading is possible, and nowhere else") {
  Small s;
  lang::Tree& t = s.tree;
  CHECK(s(t.conj(t.disj(s.a, s.b), s.c)) == "(a || b) && c");
  CHECK(s(t.disj(t.conj(s.a, s.b), s.c)) == "a && b || c");
  CHECK(s(t.imply(t.imply(s.a, s.b), s.c)) == "(a -> b) -> c");
  CHECK(s(t.imply(s.a, t.imply(s.b, s.c))) == "a -> b -> c");
  CHECK(s(t.negate(t.conj(s.a, s.b))) == "!(a && b)");
  CHECK(s(t.negate(t.eq(s.a, s.b))) == "a != b");
  CHECK(s(t.eq(t.eq(s.a, s.b), s.c)) == "(a == b) == c");
  CHECK(s(t.eq(t.negate(s.a), s.c)) == "!a == c");
  CHECK(s(t.conj(s.a, s.some(Op::forall))) == "a && (forall dev d: t(d))");
  CHECK(s(t.imply(s.a, s.some(Op::exists))) == "a -> exists dev d: t(d)");
  CHECK(s(t.negate(s.some(Op::exists))) == "!exists dev d: t(d)");
  CHECK(s(t.ite(s.a, s.b, s.c)) == "a ? b : c");
  CHECK(s(t.conj(t.ite(s.a, s.b, s.c), s.c)) == "(a ? b : c) && c");
  CHECK(trace::FormulaPrinter(t).negated(t.eq(s.a, s.b)) == "a != b");
  CHECK(trace::FormulaPrinter(t).negated(t.disj(s.a, s.b)) == "!(a || b)");
  CHECK(trace::FormulaPrinter(t).negated(t.negate(t.disj(s.a, s.b))) == "a || b");
}

TEST_CASE("formula: nothing that a formula says depends on where it is wrapped") {
  const auto squeezed = [](std::string s) {
    std::erase_if(s, [](char c) { return c == ' ' || c == '\n'; });
    return s;
  };
  for (const lang::Formula& f : example::tree().formulas) {
    const std::string wide = trace::formula_text(example::tree(), f.body, 0, 10000);
    CHECK_MESSAGE(wide.find('\n') == std::string::npos, f.name);
    for (const std::size_t columns : {40U, 100U})
      CHECK_MESSAGE(squeezed(trace::formula_text(example::tree(), f.body, 4, columns)) == squeezed(wide), f.name);
  }
}

TEST_CASE("formula: everything fits into 100 columns") {
  std::string all;
  for (const lang::RuleTree& r : example::tree().rules) all += trace::rule_text(example::tree(), r);
  for (const lang::Formula& f : example::tree().formulas) all += trace::formula_text(example::tree(), f.body, 2) + "\n";
  std::istringstream in(all);
  std::size_t lines = 0;
  for (std::string line; std::getline(in, line); ++lines) CHECK_MESSAGE(trace::width(line) <= 100, line);
  CHECK(lines > 200);
}

TEST_CASE("rule text: names for what is read twice, guards in order with errno, updates under their condition") {
  CHECK(trace::rule_text(example::tree(), rule("bind.attach")) ==
        R"(bind.attach(thread, wq, file, handle_memory)
  iommu_sva_bind_device(), iommu_attach_device_pasid(); drivers/iommu/iommu-sva.c, iommu.c; Linux
  7.3
  let      a = task_mm(thread), d = wq_dev(wq), p = pasid_of(space_of(d), a), c = slot(d, p)
  await    bind.caller-has-pasid   a != none && p != none
  await    attach.sva-lock         !exists file b: done(bond_at(b), clear)
  choose   bind.new-file           bond_mm(file) == none
  require  bind.pasid-fits-device  fits(d, p) else -EOVERFLOW
  require  bind.slot-free          occupancy_check == off || c == none || c == a else -EBUSY
  require  bind.memory-for-handle
           (exists file b: bond_mm(b) == a && wq_dev(bond_wq(b)) == d) || handle_memory == available
           else -ENOMEM
  bond_mm(file) := a
  bond_wq(file) := wq
  bond_pasid(file) := p
  bond_at(file) := live
  when !exists file b: bond_mm(b) == a && wq_dev(bond_wq(b)) == d:
    slot(d, p) := a
    entry(d, p) := a
)");
}

TEST_CASE("rule text: a rule that some designs have, and updates of many elements") {
  const std::string free_pasid = trace::rule_text(example::tree(), rule("kernel.free_pasid"));
  CHECK(free_pasid.find("  only if  kernel_scheme != KernelScheme::none\n") != std::string::npos);
  const std::string exit = trace::rule_text(example::tree(), rule("process.last_exit"));
  CHECK(exit.find("  each file b: portal(b) := false when bond_mm(b) == mm\n") != std::string::npos);
  CHECK(exit.find("kind(mm) == Kind::mm") != std::string::npos);  // a parameter is called mm too
}

TEST_CASE("rule text: every guard and every written cell of every rule is there") {
  for (const lang::RuleTree& r : example::tree().rules) {
    const std::string text = trace::rule_text(example::tree(), r);
    for (const lang::Guard& g : r.guards) CHECK_MESSAGE(text.find(g.label) != std::string::npos, r.label);
    for (const lang::Write& w : r.writes) {
      const std::string cell(example::tree().cells[static_cast<std::size_t>(w.cell)].name);
      CHECK_MESSAGE(text.find(cell + "(") != std::string::npos, r.label);
    }
  }
}

}  // namespace
