// A toy model, small enough to see what a test is about: boxes with coins in them. Its rules are written in each test
// with the language itself. Include this after the test framework: the guards are macros.
#pragma once

#include <cerrno>
#include <string>
#include <tuple>

#undef REQUIRE
#undef GIVEN
#include "spec/lang/eval.hpp"
#include "spec/lang/guards.hpp"
#include "spec/lang/record.hpp"

namespace pasid::test::toy {

using lang::Ast;
using lang::Cell;
using lang::Entity;
using lang::Name;
using lang::Native;
using lang::none;
using lang::Rule;
using lang::RuleError;
using lang::Val;

struct Box : Entity<0, "Box", "b", 3> {};
struct Coin : Entity<1, "Coin", "c", 3> {};
enum class Colour : std::uint8_t { red = 1, green, blue };

template <class A>
struct Facts : lang::Domain<A> {
  Cell<A, "heavy", bool(Coin)> heavy;
  Cell<A, "fits", bool(Box, Coin)> fits;
  auto cells() { return std::tie(heavy, fits); }
};

template <class A>
struct State {
  Cell<A, "open", bool(Box)> open;
  Cell<A, "inside", Coin(Box)> inside;
  Cell<A, "colour", Colour(Box)> colour;
  Cell<A, "shelf", Box(Colour)> shelf;  ///< indexed by an enumeration
  Cell<A, "linked", bool(Box, Box)> linked;
  auto cells() { return std::tie(open, inside, colour, shelf, linked); }
};

using AstRule = Rule<Ast>;
using AstFacts = Facts<Ast>;
using AstState = State<Ast>;
template <class S>
using Term = lang::Expr<S>;

/// A tree with the toy's cells, and the means to record rules and formulas into it.
struct Model {
  lang::Tree tree;
  lang::Builder builder{tree};
  AstFacts facts;
  AstState state;

  Model() {
    lang::record_cells<Facts<Native>>(tree, true);
    lang::record_cells<State<Native>>(tree, false);
    facts.builder = &builder;
    lang::connect(builder, facts);
    lang::connect(builder, state);
  }
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  template <class... S>
  const lang::RuleTree& record(std::string_view params,
                               void (*text)(AstRule&, const AstFacts&, const AstState&, AstState&, Term<S>...)) {
    const struct {
      std::string_view label, params;
      void (*text)(AstRule&, const AstFacts&, const AstState&, AstState&, Term<S>...);
      lang::Truth (*only_if)(const AstFacts&);
    } entry{"toy", params, text, [](const AstFacts&) { return lang::Truth(true); }};
    lang::record_rule(builder, entry, facts, state);
    return tree.rules.back();
  }
};

/// What a rule's text is refused for; empty where it is accepted.
template <class... S>
std::string refusal(std::string_view params,
                    void (*text)(AstRule&, const AstFacts&, const AstState&, AstState&, Term<S>...)) {
  try {
    Model().record(params, text);
    return {};
  } catch (const RuleError& e) {
    return e.what();
  }
}

}  // namespace pasid::test::toy
