// Mistakes in the text of a rule that would make its two readings differ are refused when the tree is built, and the
// message says what to do; what looks like them and is right is accepted.
#include <type_traits>

#include <doctest/doctest.h>

#include "spec/model.hpp"
#include "tests/support/toy.hpp"

using namespace pasid::test::toy;
using pasid::lang::Pick;

namespace {

bool says(const std::string& message, std::string_view part) { return message.find(part) != std::string::npos; }

using R = AstRule;
using F = AstFacts;
using S = AstState;

// Reading and writing a cell by reference.
using SpecNative = pasid::spec::NativeState;
using NativeRef = decltype(std::declval<SpecNative&>().owner(none, none));
using AstRef = decltype(std::declval<pasid::spec::State<Ast>&>().owner(none, none));
using NativeValue = Val<Native, pasid::spec::As>;
using AstValue = Val<Ast, pasid::spec::As>;

}  // namespace

static_assert(std::is_assignable_v<NativeRef, NativeValue> && std::is_assignable_v<AstRef, AstValue>);
static_assert(!std::is_assignable_v<NativeRef, NativeRef> && !std::is_assignable_v<AstRef, AstRef>);
static_assert(!std::is_assignable_v<NativeRef, NativeRef&> && !std::is_assignable_v<AstRef, const AstRef&>);
static_assert(!std::is_assignable_v<NativeRef&, NativeRef> && !std::is_assignable_v<AstRef&, AstRef>);
static_assert(!std::is_copy_constructible_v<NativeRef> && !std::is_copy_constructible_v<AstRef>);
static_assert(!std::is_move_constructible_v<NativeRef> && !std::is_move_constructible_v<AstRef>);
static_assert(!std::is_convertible_v<NativeRef, NativeValue> && !std::is_convertible_v<AstRef, AstValue>);
static_assert(!std::is_convertible_v<NativeRef, bool> && !std::is_convertible_v<AstRef, Val<Ast, bool>>);
static_assert(!std::is_constructible_v<NativeValue, NativeRef> && !std::is_constructible_v<AstValue, AstRef>);
// Another sort is not taken, and a value that was read cannot be assigned to.
static_assert(!std::is_assignable_v<NativeRef, Val<Native, pasid::spec::Pasid>>);
static_assert(!std::is_assignable_v<AstRef, Val<Ast, pasid::spec::Pasid>>);
static_assert(!std::is_assignable_v<NativeValue, NativeValue> && !std::is_assignable_v<AstValue, AstValue>);
static_assert(!std::is_assignable_v<AstValue&, AstValue>);
static_assert(std::is_trivially_copyable_v<SpecNative> && std::is_trivially_copyable_v<pasid::spec::NativeFacts>);

TEST_CASE("traps: a cell that was written is not read again") {
  const auto same = refusal<Box>(
      "box", +[](R&, const F&, const S& s, S& n, Term<Box> b) {
        n.open(b) = true;
        n.inside(b) = ite(s.open(b), s.inside(b), none);
      });
  CHECK(says(same, "rule 'toy'"));
  CHECK(says(same, "reads 'open' after writing it"));
  CHECK(says(same, "read it before the write"));

  const auto maybe_same = refusal<Box, Box>(
      "box other", +[](R&, const F&, const S& s, S& n, Term<Box> b, Term<Box> c) {
        n.inside(b) = none;
        n.inside(c) = s.inside(c);  // b and c may be one box
      });
  CHECK(says(maybe_same, "reads 'inside' after writing it"));

  const auto in_a_condition = refusal<Box>(
      "box", +[](R& r, const F&, const S& s, S& n, Term<Box> b) {
        n.open(b) = false;
        when(r, s.open(b), [&] { n.inside(b) = none; });
      });
  CHECK(says(in_a_condition, "reads 'open' after writing it"));

  const auto under_a_quantifier = refusal<Box>(
      "box", +[](R& r, const F& f, const S& s, S& n, Term<Box> b) {
        n.open(b) = false;
        when(r, exists<Box>(f, [&](auto c) { return s.open(c); }), [&] { n.inside(b) = none; });
      });
  CHECK(says(under_a_quantifier, "reads 'open' after writing it"));
}

TEST_CASE("traps: reading before writing, and reading elsewhere, is fine") {
  CHECK(refusal<Box>(
            "box", +[](R&, const F&, const S& s, S& n, Term<Box> b) {
              const auto was = s.inside(b);
              n.inside(b) = none;
              n.open(b) = !(was == none);
            }) == "");
  CHECK(refusal<Box, Colour>(
            "box colour", +[](R&, const F&, const S& s, S& n, Term<Box> b, Term<Colour>) {
              n.shelf(Colour::red) = b;
              n.colour(s.shelf(Colour::green)) = Colour::green;  // another place on the shelf for certain
            }) == "");
  const auto unknown_place = refusal<Box, Colour>(
      "box colour", +[](R&, const F&, const S& s, S& n, Term<Box> b, Term<Colour> c) {
        n.shelf(Colour::red) = b;
        n.colour(s.shelf(c)) = c;  // c may be red
      });
  CHECK(says(unknown_place, "reads 'shelf' after writing it"));
}

TEST_CASE("traps: two writes that may hit one cell need opposite conditions") {
  const auto twice = refusal<Box>(
      "box", +[](R&, const F&, const S&, S& n, Term<Box> b) {
        n.open(b) = true;
        n.open(b) = false;
      });
  CHECK(says(twice, "writes 'open' twice"));
  CHECK(says(twice, "give them opposite conditions"));

  const auto two_boxes = refusal<Box, Box>(
      "box other", +[](R&, const F&, const S&, S& n, Term<Box> b, Term<Box> c) {
        n.open(b) = true;
        n.open(c) = false;
      });
  CHECK(says(two_boxes, "writes 'open' twice"));

  const auto one_conditional = refusal<Box>(
      "box", +[](R& r, const F&, const S& s, S& n, Term<Box> b) {
        const auto empty = s.inside(b) == none;
        n.open(b) = true;
        when(r, empty, [&] { n.open(b) = false; });
      });
  CHECK(says(one_conditional, "writes 'open' twice"));

  const auto other_condition = refusal<Box>(
      "box", +[](R& r, const F&, const S& s, S& n, Term<Box> b) {
        const auto empty = s.inside(b) == none;
        const auto red = s.colour(b) == Colour::red;
        when(r, empty, [&] { n.open(b) = true; });
        when(r, red, [&] { n.open(b) = false; });
      });
  CHECK(says(other_condition, "writes 'open' twice"));

  const auto all_and_one = refusal<Box>(
      "box", +[](R& r, const F&, const S&, S& n, Term<Box> b) {
        n.open(b) = true;
        each<Box>(r, [&](auto c) { n.open(c) = false; });
      });
  CHECK(says(all_and_one, "writes 'open' twice"));

  // The conditions are opposite for one element, but the writes of two elements meet: linked(1,2) and linked(2,1).
  const auto crosswise = refusal<>(
      "", +[](R& r, const F&, const S& s, S& n) {
        each<Box>(r, [&](auto b) {
          each<Box>(r, [&](auto c) {
            const auto open = s.open(b);
            when(r, open, [&] { n.linked(b, c) = true; });
            when(r, !open, [&] { n.linked(c, b) = false; });
          });
        });
      });
  CHECK(says(crosswise, "writes 'linked' twice"));
}

TEST_CASE("traps: opposite conditions and different constants make two writes fine") {
  CHECK(refusal<Box>(
            "box", +[](R& r, const F&, const S& s, S& n, Term<Box> b) {
              const auto empty = s.inside(b) == none;
              when(r, empty, [&] { n.open(b) = true; });
              when(r, !empty, [&] { n.open(b) = false; });
            }) == "");
  CHECK(refusal<Box, Box>(
            "box other", +[](R& r, const F&, const S& s, S& n, Term<Box> b, Term<Box> c) {
              const auto empty = s.inside(b) == none;
              const auto red = s.colour(b) == Colour::red;
              when(r, empty && red, [&] { n.open(b) = true; });
              when(r, red, [&] { when(r, !empty, [&] { n.open(c) = false; }); });
            }) == "");
  CHECK(refusal<Box>(
            "box", +[](R&, const F&, const S&, S& n, Term<Box> b) {
              n.shelf(Colour::red) = b;
              n.shelf(Colour::green) = none;
            }) == "");
  CHECK(refusal<>(
            "", +[](R& r, const F&, const S& s, S& n) {
              each<Box>(r, [&](auto b) {
                const auto empty = s.inside(b) == none;
                when(r, empty, [&] { n.open(b) = true; });
                when(r, !empty, [&] { n.open(b) = false; });
              });
            }) == "");
  CHECK(refusal<Box>(
            "box", +[](R& r, const F&, const S& s, S& n, Term<Box> b) {
              const auto empty =
                  s.inside(b) == none;  // speaks of no element of each(): disjoint wherever the writes land
              each<Box>(r, [&](auto c) {
                when(r, empty, [&] { n.linked(b, c) = true; });
                when(r, !empty, [&] { n.linked(c, b) = true; });
              });
            }) == "");
}

TEST_CASE("traps: a write in each() is indexed by the element") {
  const auto not_at_all = refusal<Box>(
      "box", +[](R& r, const F&, const S& s, S& n, Term<Box> b) {
        each<Box>(r, [&](auto c) { when(r, s.open(c), [&] { n.inside(b) = none; }); });
      });
  CHECK(says(not_at_all, "writes 'inside' inside each() without indexing it by that element"));
  const auto by_one_of_two = refusal<>(
      "", +[](R& r, const F&, const S&, S& n) {
        each<Box>(r, [&](auto b) { each<Box>(r, [&](auto) { n.open(b) = false; }); });
      });
  CHECK(says(by_one_of_two, "without indexing it by that element"));
  const auto by_its_value = refusal<>(
      "", +[](R& r, const F&, const S& s, S& n) {
        each<Colour>(r, [&](auto colour) { n.open(s.shelf(colour)) = true; });  // one box may be on two shelves
      });
  CHECK(says(by_its_value, "without indexing it by that element"));

  CHECK(refusal<>(
            "", +[](R& r, const F&, const S&, S& n) {
              each<Box>(r, [&](auto b) { each<Box>(r, [&](auto c) { n.linked(b, c) = false; }); });
            }) == "");
  CHECK(refusal<>(
            "", +[](R& r, const F&, const S&, S& n) {
              each<Colour>(r, [&](auto colour) { n.shelf(colour) = none; });
            }) == "");
}

TEST_CASE("traps: guards come first and stand alone") {
  const auto late = refusal<Box>(
      "box", +[](R& r, const F&, const S& s, S& n, Term<Box> b) {
        n.open(b) = true;
        REQUIRE(s.inside(b) == none, EBUSY, "box.empty");
      });
  CHECK(says(late, "guard 'box.empty' stands after a write; guards come first"));
  const auto in_when = refusal<Box>(
      "box", +[](R& r, const F&, const S& s, S& n, Term<Box> b) {
        when(r, s.open(b), [&] { AWAIT(s.inside(b) == none, "box.empty"); });
        n.open(b) = true;
      });
  CHECK(says(in_when, "guard 'box.empty' stands inside when() or each()"));
  const auto in_each = refusal<Box>(
      "box", +[](R& r, const F&, const S& s, S&, Term<Box> b) {
        each<Coin>(r,
                   [&](auto c) { CHOOSE(b, Pick::any, "box.another", [&](auto x) { return !(s.inside(x) == c); }); });
      });
  CHECK(says(in_each, "guard 'box.another' stands inside when() or each()"));
  CHECK(refusal<Box>(
            "box", +[](R& r, const F& f, const S& s, S& n, Term<Box> b) {
              AWAIT(s.open(b), "box.open");
              REQUIRE(forall<Coin>(f, [&](auto c) { return f.fits(b, c); }), EINVAL, "box.fits-all");
              CHOOSE(b, Pick::any, "box.empty", [&](auto x) { return s.inside(x) == none; });
              when(r, s.colour(b) == Colour::red, [&] { n.open(b) = false; });
            }) == "");
}

TEST_CASE("traps: every parameter has one name") {
  constexpr auto text = +[](R&, const F&, const S&, S& n, Term<Box> b, Term<Coin> c) { n.inside(b) = c; };
  CHECK(refusal<Box, Coin>("box coin", text) == "");
  CHECK(says(refusal<Box, Coin>("box", text), "a parameter has no name"));
  CHECK(says(refusal<Box, Coin>("", text), "a parameter has no name"));
  CHECK(says(refusal<Box, Coin>("box coin another", text), "more parameter names than parameters"));
}

TEST_CASE("traps: nothing is written outside a rule") {
  Model model;
  const Term<Box> b{&model.builder, model.tree.fresh_variable(&pasid::lang::sort_info<Box>)};
  CHECK_THROWS_WITH_AS(model.state.open(b) = true, doctest::Contains("writes 'open' outside a rule"), RuleError);
}

TEST_CASE("traps: two cells of one name are refused") {
  Model model;
  CHECK_THROWS_WITH_AS(pasid::lang::record_cells<State<Native>>(model.tree, false),
                       doctest::Contains("two cells are called 'open'"), RuleError);
  struct Other {
    Cell<Ast, "nowhere", bool(Box)> nowhere;
    auto cells() { return std::tie(nowhere); }
  } other;
  CHECK_THROWS_WITH_AS(pasid::lang::connect(model.builder, other), doctest::Contains("no cell 'nowhere'"), RuleError);
}

TEST_CASE("traps: a text recorded by the toy runs as it reads") {
  Model model;
  const auto& rule = model.record<Box>(
      "box", +[](R& r, const F&, const S& s, S& n, Term<Box> b) {
        AWAIT(s.open(b), "box.open");
        REQUIRE(s.inside(b) == none, EBUSY, "box.empty");
        each<Box>(r, [&](auto c) {
          when(r, c == b, [&] { n.open(c) = false; });
          when(r, !(c == b), [&] { n.open(c) = true; });
        });
      });
  Facts<Native> facts;
  facts.count[Box::index] = 3;
  State<Native> before;
  pasid::lang::Evaluator eval(model.tree, facts, &facts);
  const std::array<std::uint8_t, 1> second{2};
  State<Native> after = before;
  CHECK(std::string_view(eval.apply(rule, &before, &after, second).label) == "box.open");
  using B = pasid::lang::Id<Box>;
  before.open(B(2)) = true;
  after = before;
  CHECK(eval.apply(rule, &before, &after, second).kind == pasid::lang::Outcome::Kind::done);
  const State<Native>& seen = after;
  CHECK(seen.open(B(1)));
  CHECK_FALSE(seen.open(B(2)));
  CHECK(seen.open(B(3)));
}
