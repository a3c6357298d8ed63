// The second solver: one text for what says the same, answers that are kept and not made up, and a denial that is
// heard.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <z3++.h>

#include "proofs/model.hpp"
#include "spec/lang/record.hpp"
#include "src/smt/answers.hpp"
#include "src/smt/digest.hpp"
#include "src/smt/second.hpp"
#include "src/smt/smtlib.hpp"
#include "tests/support/designs.hpp"
#include "tests/support/directory.hpp"

using namespace pasid;
using namespace pasid::test;
namespace fs = std::filesystem;
using smt::Answer;
using smt::Answers;

namespace {

/// The lemma of that name, by itself.
lang::Truth thread_has_live_mm(const spec::Facts<lang::Ast>& f, const spec::State<lang::Ast>& s) {
  return lang::forall<spec::Task>(f, [&](auto t) {
    return lang::implies(!(s.task_mm(t) == lang::none), spec::mm_live<lang::Ast>(s, s.task_mm(t)));
  });
}

smt::Proof proof_with_scripts(const lang::Tree& tree) {
  smt::ProveOptions options;
  options.scripts = true;
  return smt::prove(tree, linux_7_3_in_short(), options);
}

const smt::Proof& scripted() {
  static const smt::Proof proof = proof_with_scripts(proofs::model());
  return proof;
}

std::size_t with_script(const smt::Proof& proof) {
  return static_cast<std::size_t>(
      std::ranges::count_if(proof.obligations, [](const smt::Obligation& o) { return o.script.has_value(); }));
}

/// A solver that answers as it is told and counts what it is asked.
class Puppet {
 public:
  explicit Puppet(const Directory& scratch, const std::string& version = "0.1") : log_(scratch / "asked") {
    options.program = scratch / "puppet";
    say_ = scratch / "say";
    std::ofstream(options.program) << "#!/bin/sh\n"
                                   << "case $1 in --version) echo 'This is cvc5 version " << version
                                   << "'; exit;; esac\n"
                                   << "echo \"$*\" >>'" << log_ << "'\n"
                                   << ". '" << say_ << "'\n";
    fs::permissions(options.program, fs::perms::owner_all);
    says("echo unsat");
  }
  void says(const std::string& script) const { std::ofstream(say_) << script << '\n'; }
  [[nodiscard]] std::size_t asked() const {
    const std::string all = read(log_);
    return static_cast<std::size_t>(std::ranges::count(all, '\n'));
  }
  smt::SecondOptions options;

 private:
  std::string log_;
  std::string say_;
};

/// A proof of one obligation that says nothing in particular.
smt::Proof little(const std::string& text) {
  smt::Proof proof;
  proof.scripts.axioms.push_back({"(assert (p))\n", {}, {"(declare-fun p () Bool)"}});
  proof.scripts.axioms.push_back({"(assert (q))\n", {}, {"(declare-fun q () Bool)"}});
  proof.scripts.assumptions.push_back(
      {"(assert (or p q))\n", {}, {"(declare-fun p () Bool)", "(declare-fun q () Bool)"}});
  proof.obligations.push_back({"rule", "formula", Answer::unsat, false, 0, {}});
  proof.obligations.back().script = smt::Script{{text, {}, {"(declare-fun p () Bool)"}}, {}, {0}};
  return proof;
}

}  // namespace

TEST_CASE("second: digests are SHA-256") {
  CHECK(smt::sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(smt::sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(smt::sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(smt::sha256(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("second: only an answer alone is an answer") {
  CHECK(smt::answer_in("unsat\n") == Answer::unsat);
  CHECK(smt::answer_in("sat\n") == Answer::sat);
  for (const char* other : {"", "unknown\n", "unsat\nsat\n", "unsa", "uns at", "(error \"unsat\")\nunsat\n",
                            "cvc5 interrupted by timeout.\n", "UNSAT\n", " unsat\n"})
    CHECK_MESSAGE(smt::answer_in(other) == Answer::unknown, other);
  CHECK(smt::version_in("This is cvc5 version 1.0.3\ncompiled with GCC\n") == "1.0.3");
  CHECK(smt::version_in("This is cvc5 version 1.2.1 [git tag]\n") == "1.2.1");
  CHECK(smt::version_in("Z3 version 4.8.12 - 64 bit\n").empty());
}

TEST_CASE("second: serial numbers leave no trace in the text") {
  z3::context z3;
  const z3::sort box = z3.uninterpreted_sort("Box");
  const z3::func_decl in = z3.function("in", box, box, z3.bool_sort());
  const auto text = [&](int first, const char* other) {
    const auto name = [&](int k) { return "Box?" + std::to_string(first + k); };
    const z3::expr a = z3.constant(name(0).c_str(), box);
    const z3::expr b = z3.constant(name(1).c_str(), box);
    const z3::expr x = z3.constant(name(2).c_str(), box);
    const z3::expr y = z3.constant(name(7).c_str(), box);
    const std::vector<z3::expr> all{in(b, a) || z3.bool_const(other),
                                    z3::forall(x, z3::exists(y, in(x, y) && in(a, x)) && z3::forall(y, in(y, b)))};
    return smt::smtlib(all).text;
  };
  CHECK(text(5, "p") ==
        "(assert (or (in Box?1 Box?2) p))\n"
        "(assert (forall ((?0 Box)) (and (exists ((?1 Box)) (and (in ?0 ?1) (in Box?2 ?0))) (forall ((?1 Box)) (in ?1 "
        "Box?1)))))\n");
  CHECK(text(5, "p") == text(98, "p"));
  CHECK(text(5, "p") != text(5, "q"));
  CHECK_THROWS_AS((void)smt::smtlib_closed(in(z3.constant("Box?1", box), z3.constant("a", box))), std::logic_error);
  CHECK_THROWS_AS((void)smt::smtlib_closed(z3.int_const("n") > 0), std::logic_error);
}

TEST_CASE("second: a tree with other serial numbers gives the same texts") {
  const auto check = [](const smt::Proof& one, const smt::Proof& other) {
    REQUIRE(one.obligations.size() == other.obligations.size());
    for (std::size_t i = 0; i < one.obligations.size(); ++i) {
      const auto& a = one.obligations[i];
      const auto& b = other.obligations[i];
      REQUIRE(a.script.has_value() == b.script.has_value());
      if (a.script) CHECK_MESSAGE(one.scripts.whole(*a.script) == other.scripts.whole(*b.script), a.name());
    }
  };
  SUBCASE("after the rules were recorded") {
    lang::Tree shifted = proofs::model();
    for (int i = 0; i < 13; ++i) (void)shifted.fresh_variable(shifted.cells.back().index.front());
    check(scripted(), proof_with_scripts(shifted));
  }
  SUBCASE("before") {
    const auto recorded = [](int dummies) {
      lang::Tree tree;
      for (int i = 0; i < dummies; ++i) (void)tree.fresh_variable(proofs::model().cells.back().index.front());
      spec::build(tree);
      std::erase_if(tree.formulas, [](const lang::Formula& f) { return f.kind == lang::FormulaKind::property; });
      lang::Builder builder(tree);
      spec::Facts<lang::Ast> facts;
      spec::State<lang::Ast> state;
      facts.builder = &builder;
      lang::connect(builder, facts);
      lang::connect(builder, state);
      tree.formulas.push_back({lang::FormulaKind::lemma, "thread_has_live_mm", "", tree.truth(true),
                               thread_has_live_mm(facts, state).in(builder)});
      return proof_with_scripts(tree);
    };
    const smt::Proof plain = recorded(0);
    REQUIRE(with_script(plain) > 0);
    check(plain, recorded(13));
  }
}

TEST_CASE("second: every obligation but those by frame has a script") {
  std::set<std::string> texts;
  for (const auto& o : scripted().obligations) {
    CHECK(o.script.has_value() == !o.by_frame);
    if (!o.script) continue;
    const std::string lean = scripted().scripts.lean(*o.script);
    texts.insert(lean);
    CHECK(lean.size() <= scripted().scripts.whole(*o.script).size());
    CHECK(std::ranges::includes(o.script->all, o.script->core));
  }
  CHECK(texts.size() > 100);
}

TEST_CASE("second: an axiom goes with what it speaks of") {
  const smt::Proof proof = little("(assert (not p))\n");
  const auto& script = *proof.obligations[0].script;
  CHECK(proof.scripts.lean(script) ==
        "(set-logic ALL)\n(declare-fun p () Bool)\n(assert (p))\n(assert (not p))\n(check-sat)\n");
  CHECK(proof.scripts.whole(script) ==
        "(set-logic ALL)\n(declare-fun p () Bool)\n(declare-fun q () Bool)\n(assert (p))\n(assert (q))\n"
        "(assert (or p q))\n(assert (not p))\n(check-sat)\n");
}

TEST_CASE("second: where nothing is put to it that is no agreement") {
  const Directory scratch;
  Puppet puppet(scratch);
  smt::Proof proof = little("(assert (not p))\n");
  CHECK(smt::second_opinion({&proof}, puppet.options).distinct == 1);
  puppet.options.wanted = [](std::size_t, std::size_t) { return false; };
  CHECK_THROWS_AS((void)smt::second_opinion({&proof}, puppet.options), std::invalid_argument);
  puppet.options.wanted = {};
  proof.obligations[0].script.reset();  // by frame
  CHECK_THROWS_AS((void)smt::second_opinion({&proof}, puppet.options), std::invalid_argument);
  CHECK_THROWS_AS((void)smt::second_opinion({}, puppet.options), std::invalid_argument);
}

TEST_CASE("second: an answer is kept, for its solver") {
  const Directory scratch;
  const std::string digest = smt::sha256("a");
  {
    Answers answers(scratch / "new/folder", "cvc5 1.0.3");
    CHECK(!answers.find(digest));
    answers.add(digest, Answer::unsat, 0.5);
    answers.add(smt::sha256("b"), Answer::sat, 0.5);
    answers.add(smt::sha256("c"), Answer::unknown, 5);
    CHECK(answers.find(digest) == Answer::unsat);
    CHECK(!answers.find(smt::sha256("c")));
  }
  const Answers again(scratch / "new/folder", "cvc5 1.0.3");
  CHECK(again.find(digest) == Answer::unsat);
  CHECK(again.find(smt::sha256("b")) == Answer::sat);
  CHECK(!again.find(smt::sha256("c")));
  CHECK(!Answers(scratch / "new/folder", "cvc5 1.0.4").find(digest));
}

TEST_CASE("second: a damaged file is no answer, and loses no other") {
  const Directory scratch;
  const std::string a = smt::sha256("a");
  const std::string b = smt::sha256("b");
  const std::string file = [&] {
    Answers answers(scratch / "c", "cvc5 1");
    answers.add(a, Answer::sat, 0.1);
    return answers.file();
  }();
  const std::string line = read(file);
  const auto now = [&] { return Answers(scratch / "c", "cvc5 1"); };

  for (std::size_t cut = 0; cut + 1 < line.size(); ++cut) {
    std::ofstream(file, std::ios::binary) << line.substr(0, cut);
    CHECK(!now().find(a));
    now().add(b, Answer::unsat, 0.1);  // on a line of its own
    CHECK(!now().find(a));
    CHECK(now().find(b) == Answer::unsat);
  }
  std::string turned = line;
  turned.replace(turned.find("\tsat\t"), 5, "\tunsat\t");
  std::string elsewhere = line;
  elsewhere.replace(0, b.size(), b);
  std::ofstream(file, std::ios::binary) << turned << elsewhere << "\n\n\t\t\t\t\n"
                                        << std::string("\0\xff\t\n", 4) << line;
  CHECK(now().find(a) == Answer::sat);
  CHECK(!now().find(b));
  // Two lines that contradict each other: neither is believed.
  { now().add(a, Answer::unsat, 0.1); }
  CHECK(!now().find(a));
}

TEST_CASE("second: several writers keep every answer") {
  const Directory scratch;
  constexpr int each = 100;
  {
    std::vector<std::jthread> writers;
    writers.reserve(4);
    for (int w = 0; w < 4; ++w)
      writers.emplace_back([&, w] {
        Answers answers(scratch / "c", "cvc5 1");
        for (int i = 0; i < each; ++i) answers.add(smt::sha256(fmt::format("{} {}", w, i)), Answer::unsat, 0.1);
      });
  }
  const Answers all(scratch / "c", "cvc5 1");
  for (int w = 0; w < 4; ++w)
    for (int i = 0; i < each; ++i) CHECK(all.find(smt::sha256(fmt::format("{} {}", w, i))) == Answer::unsat);
}

TEST_CASE("second: one text is asked once, and once and for all") {
  const Directory scratch;
  Puppet puppet(scratch);
  puppet.options.threads = 2;
  puppet.options.cache = scratch / "cache";
  const smt::Proof a = little("(assert (not p))\n");
  const smt::Proof b = little("(assert false)\n");
  const auto first = smt::second_opinion({&a, &b, &a}, puppet.options);
  CHECK(first.solver == "cvc5 0.1");
  CHECK(first.distinct == 2);
  CHECK(first.asked == 2);
  CHECK(puppet.asked() == 2);
  for (const auto& answers : first.answers) CHECK(answers.at(0) == Answer::unsat);
  const auto again = smt::second_opinion({&a, &b}, puppet.options);
  CHECK(again.distinct == 2);
  CHECK(again.asked == 0);
  CHECK(puppet.asked() == 2);
  CHECK(again.answers[1].at(0) == Answer::unsat);
  // Proved by something else the next time: still known.
  smt::Proof c = a;
  c.obligations[0].script->core = {0};
  CHECK(smt::second_opinion({&c}, puppet.options).asked == 0);
  // Another version has not been asked.
  const Directory other;
  Puppet newer(other, "0.2");
  newer.options.cache = puppet.options.cache;
  CHECK(smt::second_opinion({&a}, newer.options).asked == 1);
}

TEST_CASE("second: with fewer assumptions sat says nothing") {
  const Directory scratch;
  Puppet puppet(scratch);
  puppet.options.cache = scratch / "cache";
  const smt::Proof a = little("(assert (not p))\n");
  puppet.says("if grep -q 'or p q'; then echo unsat; else echo sat; fi");
  CHECK(smt::second_opinion({&a}, puppet.options).answers[0].at(0) == Answer::unsat);
  CHECK(puppet.asked() == 2);
  CHECK(smt::second_opinion({&a}, puppet.options).asked == 0);
}

TEST_CASE("second: sat is kept, and heard again") {
  const Directory scratch;
  Puppet puppet(scratch);
  puppet.options.cache = scratch / "cache";
  const smt::Proof a = little("(assert (not p))\n");
  puppet.says("echo sat");
  CHECK(smt::second_opinion({&a}, puppet.options).answers[0].at(0) == Answer::sat);
  const auto again = smt::second_opinion({&a}, puppet.options);
  CHECK(again.answers[0].at(0) == Answer::sat);
  CHECK(again.asked == 0);
}

TEST_CASE("second: what fails or hangs is unknown, and asked again") {
  const Directory scratch;
  Puppet puppet(scratch);
  puppet.options.cache = scratch / "cache";
  puppet.options.timeout_ms = 1;
  const smt::Proof a = little("(assert (not p))\n");
  for (const char* says : {"echo unknown", "echo unsat; exit 1", "echo unsat; kill -9 $$", "true"}) {
    puppet.says(says);
    const auto opinion = smt::second_opinion({&a}, puppet.options);
    CHECK_MESSAGE(opinion.answers[0].at(0) == Answer::unknown, says);
    CHECK(opinion.asked == 1);
  }
  puppet.says("exec sleep 60");
  CHECK(smt::second_opinion({&a}, puppet.options).answers[0].at(0) == Answer::unknown);
  puppet.says("echo unsat");
  CHECK(smt::second_opinion({&a}, puppet.options).answers[0].at(0) == Answer::unsat);
}

TEST_CASE("second: no solver, and another program under its name") {
  smt::SecondOptions options;
  options.program = "pasid-no-such-solver";
  CHECK_THROWS_AS((void)smt::second_opinion({}, options), smt::NoSecondSolver);
  options.program = "true";
  CHECK_THROWS_AS((void)smt::second_opinion({}, options), smt::NoSecondSolver);
}

TEST_CASE("second: cvc5 agrees, and finds the tampered obligation") {
  smt::SecondOptions options;
  options.threads = std::max(1U, std::thread::hardware_concurrency());
  try {
    (void)smt::second_solver(options);
  } catch (const smt::NoSecondSolver& e) {
    WARN_MESSAGE(false, "SKIPPED: ", e.what(), ", so nobody checked the proofs a second time");
    return;
  }
  // Without the denial of its goal an obligation has a model: that its rule can fire.
  smt::Proof proof = scripted();
  std::size_t tampered = 0;
  while (tampered + 1 < proof.obligations.size() &&
         proof.obligations[tampered].name() != "process.create => thread_has_live_mm")
    ++tampered;
  REQUIRE(proof.obligations[tampered].name() == "process.create => thread_has_live_mm");
  REQUIRE(proof.obligations[tampered].script);
  std::string& text = proof.obligations[tampered].script->own.text;
  text.erase(text.rfind("(assert"));
  const auto opinion = smt::second_opinion({&proof}, options);
  std::size_t agrees = 0;
  for (const auto& a : opinion.answers[0]) agrees += a == Answer::unsat ? 1 : 0;
  CHECK(opinion.answers[0][tampered] == Answer::sat);
  CHECK(agrees == with_script(scripted()) - 1);
}
