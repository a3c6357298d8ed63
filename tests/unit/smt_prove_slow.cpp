// Unbounded proof: linux-7.3 is proved whole, and every proof has tampered twins in which something named falls.
#include <algorithm>
#include <cstring>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "proofs/model.hpp"
#include "spec/lang/edit.hpp"
#include "spec/lang/eval.hpp"
#include "spec/lang/rewrite.hpp"
#include "src/io/design.hpp"
#include "src/smt/prove.hpp"
#include "tests/support/designs.hpp"

using namespace pasid;
using namespace pasid::test;
using lang::FormulaKind;
using lang::NodeId;
using lang::Op;
using lang::Tree;
using smt::Proof;
using smt::Status;

namespace {

const Proof& whole() {
  static const Proof proof = smt::prove(proofs::model(), linux_7_3_in_short());
  return proof;
}

lang::RuleTree& rule_of(Tree& tree, std::string_view label) {
  const int r = tree.rule_named(label);
  REQUIRE_MESSAGE(r >= 0, "no rule ", label);
  return tree.rules[static_cast<std::size_t>(r)];
}

void drop_guard(Tree& tree, std::string_view label) {
  std::size_t gone = 0;
  for (auto& rule : tree.rules)
    gone += std::erase_if(rule.guards, [&](const lang::Guard& g) { return g.label == label; });
  REQUIRE_MESSAGE(gone >= 1, label, " names no guard");  // of the rules of several series it is one guard
}

bool fell(const Proof& proof, std::string_view name) {
  const auto* item = proof.find(name);
  REQUIRE_MESSAGE(item != nullptr, "no item ", name);
  return item->status != Status::proved;
}

std::string fallen(const Proof& proof) {
  std::string out;
  for (const auto& item : proof.items)
    if (item.status != Status::proved) out += fmt::format(" {} ({})", item.name, item.fell_at);
  return out;
}

/// Every element of a cell, written by the rule without a condition.
void write_everywhere(Tree& tree, lang::RuleTree& rule, std::string_view cell, NodeId value) {
  const int c = tree.cell_named(cell);
  REQUIRE(c >= 0);
  lang::Write w{c, {}, tree.truth(true), value, {}};
  for (const auto* sort : tree.cells[static_cast<std::size_t>(c)].index) w.index.push_back(tree.fresh_variable(sort));
  w.bound = w.index;
  rule.writes.push_back(w);
}

/// One element of a cell, whichever, gets any value; of a yes or no the opposite.
void write_somewhere(Tree& tree, lang::RuleTree& rule, std::string_view cell) {
  const int c = tree.cell_named(cell);
  REQUIRE(c >= 0);
  const auto any = [&](const lang::SortInfo* sort) {
    const NodeId variable = tree.fresh_variable(sort);
    rule.params.push_back({"any", sort, variable});
    return variable;
  };
  const lang::CellInfo& info = tree.cells[static_cast<std::size_t>(c)];
  lang::Write w{c, {}, tree.truth(true), NodeId::invalid, {}};
  for (const auto* sort : info.index) w.index.push_back(any(sort));
  w.value = info.value->kind == lang::SortKind::boolean ? tree.negate(tree.read(c, w.index)) : any(info.value);
  rule.writes.push_back(w);
}

}  // namespace

TEST_CASE("prove: every property of linux-7.3 in short that is expected to be proved, and most lemmas") {
  const Tree& model = proofs::model();
  const auto open = open_knobs(model, linux_7_3_in_short());
  REQUIRE_MESSAGE(open.empty(), "tests/support/designs.hpp does not set ", fmt::format("{}", fmt::join(open, " ")));
  const Proof& proof = whole();
  std::size_t properties = 0;
  std::size_t lemmas = 0;
  std::size_t fallen_lemmas = 0;
  const auto expected = io::load_design(model, "thread-baseline").expectations;  // its knobs are the same
  for (const auto& f : model.formulas) {
    if (f.kind == FormulaKind::axiom || f.judges == lang::PropertyKind::call) continue;
    const auto* item = proof.find(f.name);
    REQUIRE(item != nullptr);
    const bool proved = item->status == Status::proved;
    if (f.kind == FormulaKind::lemma) {  // not every one is true of every design
      ++(proved ? lemmas : fallen_lemmas);
      continue;
    }
    const auto e = std::ranges::find(expected, f.name, &io::Expectation::property);
    REQUIRE(e != expected.end());
    const bool holds = e->verdict == spec::Verdict::proved;
    if (holds) ++properties;
    CHECK_MESSAGE(proved == holds, f.name, " fell at ", item->fell_at);
  }
  CHECK(properties >= 10);
  CHECK(lemmas > 6 * fallen_lemmas);
  CHECK(proof.dead_rules.empty());
  CHECK(proof.axioms_satisfiable);
  // An obligation for each rule the design has (and the initial state), and each property of states and lemma; for each
  // rule and property of steps. What does not hold of calls leaves none.
  std::size_t rules = 0;
  for (const auto& r : spec::native_rules()) rules += r.only_if(linux_7_3_in_short()) ? 1 : 0;
  for (const auto& f : model.formulas) {
    if (f.kind == FormulaKind::axiom || f.judges == lang::PropertyKind::call) continue;
    if (proof.find(f.name)->status != Status::proved) continue;
    const auto asked =
        static_cast<std::size_t>(std::ranges::count(proof.obligations, f.name, &smt::Obligation::formula));
    CHECK_MESSAGE(asked == rules + (f.judges == lang::PropertyKind::state ? 1 : 0), f.name);
  }
  const auto frames = static_cast<std::size_t>(std::ranges::count(proof.obligations, true, &smt::Obligation::by_frame));
  CHECK(proof.obligations.size() - frames > 100);
  for (const auto& o : proof.obligations)
    if (proof.find(o.formula)->status == Status::proved) CHECK_MESSAGE(o.answer == smt::Answer::unsat, o.name());
  MESSAGE(fmt::format("{} obligations, {} of them by frame, {:.2f} s of CPU", proof.obligations.size(), frames,
                      proof.seconds));
}

TEST_CASE("prove: what every solver gives up on is unknown, the fresh ones too, and nothing more is proved") {
  const Tree& tree = proofs::model();
  const spec::NativeFacts small = io::facts_of(tree, io::load_design(tree, "linux-6.1-x86-stable"));
  smt::ProveOptions little;
  little.timeout_ms = 1;
  const Proof proof = smt::prove(tree, small, little);
  const Proof enough = smt::prove(tree, small);
  std::size_t unknown = 0;
  for (const auto& item : proof.items) {
    unknown += item.status == Status::unknown ? 1 : 0;
    if (item.status == Status::proved) CHECK_MESSAGE(!fell(enough, item.name), item.name);
  }
  CHECK(unknown > 0);
}

TEST_CASE("prove: what a design has not is not applicable") {
  NativeFacts knobs = linux_7_3_in_short();
  knobs.kernel_scheme() = spec::KernelScheme::none;
  CHECK(smt::prove(proofs::model(), knobs).find("KernelUserDisjoint")->status == Status::not_applicable);
  knobs = linux_7_3_in_short();
  knobs.pasid_source() = spec::PasidSource::descriptor;
  const Proof proof = smt::prove(proofs::model(), knobs);
  CHECK(proof.find("MsrCoherent")->status == Status::not_applicable);
  CHECK(proof.find("OnePasidPerMm")->status == Status::proved);
}

TEST_CASE("prove: without an update that carries it a property falls") {
  Tree tree = proofs::model();
  std::erase_if(rule_of(tree, "unbind.clear").writes,
                [&](const lang::Write& w) { return w.cell == tree.cell_named("entry"); });
  const Proof proof = smt::prove(tree, linux_7_3_in_short());
  CHECK_MESSAGE(fell(proof, "NoStaleReuse"), "fallen:", fallen(proof));
}

TEST_CASE("prove: a rule that cannot fire is named") {
  Tree tree = proofs::model();
  rule_of(tree, "portal.map").guards.push_back({lang::GuardKind::await, tree.truth(false), 0, "never"});
  CHECK(smt::prove(tree, linux_7_3_in_short()).dead_rules == std::vector<std::string>{"portal.map"});

  // Not false as it stands, but under the invariants: a mapped portal of a bond that is gone.
  tree = proofs::model();
  auto& unmap = rule_of(tree, "portal.unmap");
  const NodeId file = std::ranges::find(unmap.params, "file", &lang::Param::name)->variable;
  const NodeId mm = tree.read(tree.cell_named("bond_mm"), {file});
  unmap.guards.push_back({lang::GuardKind::await, tree.eq(mm, tree.constant(tree[mm].sort, 0)), 0, "never"});
  CHECK(smt::prove(tree, linux_7_3_in_short()).dead_rules == std::vector<std::string>{"portal.unmap"});
}

TEST_CASE("prove: that a rule which was blocked cannot fire is no news") {
  Tree tree = proofs::model();
  lang::block(tree, "portal.map");
  CHECK(smt::prove(tree, linux_7_3_in_short()).dead_rules.empty());
}

TEST_CASE("prove: axioms that contradict each other are noticed") {
  Tree tree = proofs::model();
  const int shared = tree.cell_named("shared");
  const NodeId w = tree.fresh_variable(tree.cells[static_cast<std::size_t>(shared)].index[0]);
  const NodeId is_shared = tree.read(shared, {w});
  const auto axiom = [&](std::string_view name, NodeId body) {
    tree.formulas.push_back({FormulaKind::axiom, name, "", tree.truth(true), tree.quantify(Op::forall, w, body)});
  };
  axiom("All", is_shared);
  CHECK(smt::prove(tree, linux_7_3_in_short()).axioms_satisfiable);
  axiom("None", tree.negate(is_shared));
  CHECK_FALSE(smt::prove(tree, linux_7_3_in_short()).axioms_satisfiable);
}

TEST_CASE("prove: a write that a formula reads is not discharged by frame") {
  const auto by_frame = [](const Proof& proof, std::string_view rule, std::string_view formula) {
    return std::ranges::any_of(proof.obligations, [&](const smt::Obligation& o) {
      return o.rule == rule && o.formula == formula && o.by_frame;
    });
  };
  REQUIRE(by_frame(whole(), "iommu.walk", "MsrCoherent"));
  Tree tree = proofs::model();
  auto& walk = rule_of(tree, "iommu.walk");
  const NodeId pasid = std::ranges::find(walk.params, "pasid", &lang::Param::name)->variable;
  write_everywhere(tree, walk, "msr", pasid);
  const Proof proof = smt::prove(tree, linux_7_3_in_short());
  CHECK_FALSE(by_frame(proof, "iommu.walk", "MsrCoherent"));
  REQUIRE(fell(proof, "MsrCoherent"));
  CHECK(proof.find("MsrCoherent")->fell_at == "iommu.walk");

  // For every property: with a write of any one cell it reads, nothing is left to frame at that rule.
  for (const auto& f : proofs::model().formulas) {
    if (f.kind != FormulaKind::property || f.judges != lang::PropertyKind::state) continue;
    Tree folded = proofs::model();  // what it reads under the design's knobs
    const NativeFacts knobs = linux_7_3_in_short();
    for (const auto* cell : cells_read(folded, {lang::fold(folded, f.body, &knobs)})) {
      if (cell->rigid) continue;
      Tree twin = proofs::model();
      auto& changed = rule_of(twin, "iommu.walk");
      changed.writes.clear();
      write_somewhere(twin, changed, cell->name);
      twin.calls.clear();
      std::erase_if(twin.rules, [](const lang::RuleTree& r) { return r.label != "iommu.walk"; });
      std::erase_if(twin.formulas,
                    [&](const lang::Formula& g) { return g.kind != FormulaKind::axiom && g.name != f.name; });
      CHECK_MESSAGE(!by_frame(smt::prove(twin, linux_7_3_in_short()), "iommu.walk", f.name), f.name, " reads ",
                    cell->name);
    }
  }
}

TEST_CASE("counterexample to induction: the smallest step that gives an mm two PASIDs runs natively") {
  // Numbers for each device: mm m has a bond on one device and binds another. What that takes at least: the two bonds,
  // on queues of two devices, each with its number space, and in them two numbers; one of all else.
  NativeFacts knobs = linux_7_3_in_short();
  knobs.user_scope() = spec::UserScope::per_device;
  const Tree& model = proofs::model();
  const Proof proof = smt::prove(model, knobs);
  REQUIRE(fell(proof, "OnePasidPerMm"));
  const auto step = smt::explain(model, knobs, proof, "OnePasidPerMm");
  REQUIRE(step.has_value());
  CHECK(step->rule == proof.find("OnePasidPerMm")->fell_at);
  CHECK(step->rule == "bind.pasid");
  const auto count = [&]<class S>(std::type_identity<S>) { return int{step->facts.count[S::index]}; };
  CHECK(count(std::type_identity<spec::Bond>{}) == 2);
  CHECK(count(std::type_identity<spec::Wq>{}) == 2);
  CHECK(count(std::type_identity<spec::Dev>{}) == 2);
  CHECK(count(std::type_identity<spec::Space>{}) == 2);
  CHECK(count(std::type_identity<spec::Pasid>{}) == 3);  // one is the RID's
  CHECK(count(std::type_identity<spec::Task>{}) == 1);
  CHECK(count(std::type_identity<spec::As>{}) == 1);
  CHECK(count(std::type_identity<spec::Unit>{}) == 1);
  CHECK(count(std::type_identity<spec::Desc>{}) == 1);

  // The facts are a world of the design, and the state has all that is proved.
  for (const auto& a : spec::native_axioms()) CHECK_MESSAGE(a.holds(step->facts), a.name);
  for (const auto& cell : model.cells) {
    if (!cell.rigid || cell.value->kind == lang::SortKind::boolean || lang::is_knob(cell)) continue;
    lang::each_index(step->facts, cell, [&](std::span<const std::uint8_t> index) {
      CHECK_MESSAGE(reinterpret_cast<const std::uint8_t*>(&step->facts)[lang::place(cell, index)] != 0, cell.name,
                    " has no value somewhere");
    });
  }
  lang::Evaluator eval(model, step->facts, &step->facts);
  for (const auto& item : proof.items)
    if (item.status == Status::proved)
      CHECK_MESSAGE(eval.value(model.formula_named(item.name)->body, &step->before) != 0, item.name);

  // Replay by the compiled rule and the compiled property.
  const auto rule = std::ranges::find(spec::native_rules(), step->rule, &spec::NativeRule::label);
  REQUIRE(rule != spec::native_rules().end());
  NativeState after = step->before;
  const auto outcome = rule->apply(step->facts, step->before, after, step->args.data(), false);
  CHECK(outcome.kind == lang::Outcome::Kind::done);
  CHECK(std::memcmp(&after, &step->after, sizeof after) == 0);
  const auto property = std::ranges::find(spec::native_properties(), "OnePasidPerMm", &spec::NativeProperty::name);
  REQUIRE(property != spec::native_properties().end());
  CHECK(property->holds(step->facts, step->before, step->before));
  CHECK_FALSE(property->holds(step->facts, step->before, after));
}

TEST_CASE("counterexample to induction: what is proved has no step out") {
  CHECK_FALSE(smt::explain(proofs::model(), linux_7_3_in_short(), whole(), "OnePasidPerMm", 2).has_value());
  CHECK_FALSE(smt::explain(proofs::model(), linux_7_3_in_short(), whole(), "NoSuchProperty", 2).has_value());
}

TEST_CASE("counterexample to induction: a tampered rule's step runs from the tampered tree") {
  Tree tree = proofs::model();
  drop_guard(tree, "drain.work-finished");
  const Proof proof = smt::prove(tree, linux_7_3_in_short());
  REQUIRE(fell(proof, "users_work_has_undrained_bond"));
  const auto step = smt::explain(tree, linux_7_3_in_short(), proof, "users_work_has_undrained_bond");
  REQUIRE(step.has_value());
  CHECK(step->rule == "unbind.drain");
  CHECK(step->facts.count[spec::Desc::index] == 1);
  CHECK(step->facts.count[spec::Bond::index] == 1);
  // The compiled rule still has the guard.
  const auto rule = std::ranges::find(spec::native_rules(), step->rule, &spec::NativeRule::label);
  NativeState after = step->before;
  const auto outcome = rule->apply(step->facts, step->before, after, step->args.data(), false);
  REQUIRE(outcome.label != nullptr);
  CHECK(std::string_view(outcome.label) == "drain.work-finished");
}

TEST_CASE("counterexample to induction: a lemma that is wanting is told from one that only fell with it") {
  Tree tree = proofs::model();
  lang::drop(tree, "users_work_has_undrained_bond");
  const NativeFacts knobs = linux_7_3_in_short();
  const Proof proof = smt::prove(tree, knobs);
  const auto step = [&](std::string_view formula) {
    REQUIRE(fell(proof, formula));
    auto out = smt::explain(tree, knobs, proof, formula);
    REQUIRE(out.has_value());
    return std::move(*out);
  };
  const auto first = step("work_has_slot");
  CHECK(first.beside_fallen);
  CHECK(first.kept_with.empty());
  lang::Evaluator eval(tree, first.facts, &first.facts);
  for (const auto& item : proof.items)
    if (item.kind == FormulaKind::lemma)
      CHECK_MESSAGE(eval.value(tree.formula_named(item.name)->body, &first.before) != 0, item.name);
  const auto second = step("SubmitterAuthorised");
  CHECK_FALSE(second.beside_fallen);
  CHECK(second.kept_with == std::vector<std::string>{"work_has_slot"});

  // What it is said to want keeps it: assumed of every state it is proved. Without that it fell.
  Tree given = tree;
  for (auto& f : given.formulas)
    if (f.name == "work_has_slot") f.kind = FormulaKind::axiom;
  CHECK_FALSE(fell(smt::prove(given, knobs), "SubmitterAuthorised"));
}
