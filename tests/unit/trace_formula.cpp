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
struct Booleans {
  lang::Tree tree;
  NodeId a, b, c;
  Booleans() {
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
  Booleans s;
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
  CHECK(trace::rule_text(example::tree(), rule("bind.publish")) ==
        R"(bind.publish(file)
  iommu_attach_device_pasid() publishing in group->pasid_array (5e9f822c9c68), idxd_cdev_open();
  Linux 7.3
  only if  sva == on
  let      w = bond_wq(file), g = group_of(wq_dev(w)), p = bond_pasid(file), a = bond_mm(file)
  await    publish.reserved            bond_at(file) == opening && slot(g, p) == a
  await    publish.devices-programmed
           published(g, p) || (forall dev d: group_of(d) == g && capable(d) -> entry(d, p) == a)
  published(g, p) := true
  bond_at(file) := live
  wq_pasid(w) := p when !shared(w)
)");
  const std::string reserve = trace::rule_text(example::tree(), rule("bind.reserve"));
  CHECK(reserve.find("\n  require  bind.memory-for-handle             memory != none_for_handle else -ENOMEM\n") !=
        std::string::npos);
  CHECK(reserve.find("\n           width_check == off || (forall dev e: group_of(e) == group && capable(e) -> fits(e, "
                     "p))\n           else -EINVAL\n") != std::string::npos);
  const std::string undo = trace::rule_text(example::tree(), rule("kernel.free_pasid"));
  CHECK(undo.find("\n  when slot(g, p) == domain:\n    slot(g, p) := none\n    published(g, p) := false\n") !=
        std::string::npos);
}

TEST_CASE("rule text: a rule that some designs have, and updates of many elements") {
  const std::string free_pasid = trace::rule_text(example::tree(), rule("kernel.free_pasid"));
  CHECK(free_pasid.find("  only if  kernel_scheme != KernelScheme::none && kernel_scheme != init_mm\n") !=
        std::string::npos);
  const std::string exit = trace::rule_text(example::tree(), rule("exit.release"));
  CHECK(exit.find("  each file b: portal(b, mm) := false\n") != std::string::npos);
  const std::string create = trace::rule_text(example::tree(), rule("process.create"));
  CHECK(create.find("kind(mm) == Kind::mm") != std::string::npos);  // a parameter is called mm too
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
