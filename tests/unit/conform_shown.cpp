// What an implementation shows of itself: held against the model's state, and read from its answers.
#include <doctest/doctest.h>

#include "src/conform/checker.hpp"
#include "src/conform/wire.hpp"
#include "tests/support/conform_calls.hpp"

using namespace pasid;
using namespace pasid::test;
using conform::Checker;
using conform::View;
using Result = Checker::Result;

namespace {

View read(const std::string& text) {
  const io::JsonDocument document("what is shown", text, {});
  return conform::Wire(catalogue(), shared_world()).read_view(document.root());
}

/// A process has bound under number 1. What comes of showing this of `owner`?
Result look(const std::string& owner) {
  Checker checker(catalogue(), shared_world());
  checker.step(call("process.create", {{"thread", 1}, {"mm", 1}}), {});
  checker.step(call("bind", {{"thread", 1}, {"wq", 1}, {"file", 1}}), {conform::Answer::Kind::ok, 0, {1}, {}});
  return checker.look(read(R"({"owner":{"space1":)" + owner + "}}"), {catalogue().tree().cell_named("owner")});
}

}  // namespace

TEST_CASE("shown: a value is right where the model has that value, and where it has another it is wrong") {
  CHECK(look(R"({"1":"A"})") == Result::ok);
  CHECK(look(R"({"1":"B"})") == Result::disallowed);
  CHECK(look(R"({"1":"nobody"})") == Result::disallowed);
}

TEST_CASE("shown: true stands for any value but none, and hides no number that is taken or free") {
  CHECK(look(R"({"1":true})") == Result::ok);
  CHECK(look("{}") == Result::disallowed);
  CHECK(look(R"({"2":true})") == Result::disallowed);
  CHECK(look(R"({"1":true,"2":true})") == Result::disallowed);
  CHECK(look(R"({"1":true,"4000":true})") == Result::disallowed);  // of no world
}
