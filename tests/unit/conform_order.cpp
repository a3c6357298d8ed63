// What came to an implementation's devices, held to the order of the design's teardown.
#include <doctest/doctest.h>

#include "src/conform/order.hpp"
#include "src/conform/wire.hpp"
#include "tests/support/conform_calls.hpp"

using namespace pasid;
using namespace pasid::test;

namespace {

/// What is wrong with these steps, all of PASID 1 and (but for free) of device 1; empty where nothing is. "set" is to a
/// process's address space, "attach" to the kernel's, "choose" to a page table of user space.
std::string wrong(const std::vector<std::string>& steps) {
  std::string json;
  for (const std::string& s : steps) {
    json += json.empty() ? "[" : ",";
    json += R"({"step":")" + (s == "attach" || s == "choose" ? "set" : s) + R"(","pasid":1)";
    if (s != "free") json += R"(,"dev":"dev1")";
    if (s == "set") json += R"(,"owner":"A")";
    if (s == "choose") json += R"(,"owner":"user_managed1")";
    if (s == "attach") json += R"(,"owner":"K1")";
    json += '}';
  }
  const io::JsonDocument document("what came", json + "]", {});
  conform::Order order(shared_world());
  for (const conform::Came& came : conform::Wire(catalogue(), shared_world()).read_order(document.root()))
    if (std::string what = order.take(came); !what.empty()) return what;
  return {};
}

}  // namespace

TEST_CASE("order: a teardown as the design has it is right, also in two parts, and again") {
  CHECK(wrong({"set", "clear", "flush", "drain_faults", "free"}).empty());
  CHECK(wrong({"set", "clear", "flush", "closed", "drain_faults", "free", "set", "clear", "flush"}).empty());
  CHECK(wrong({"set", "answered", "clear", "flush", "drain_faults", "answered", "set"}).empty());
  CHECK(wrong({"drain_faults", "flush", "free"}).empty());  // of what is not there
}

TEST_CASE("order: a step before another that the list has before it is wrong, and so is an end without it") {
  CHECK(wrong({"clear"}) == "clear of PASID 1 comes where there is no entry on device 1");
  CHECK(wrong({"set", "flush"}) == "flush of PASID 1 comes before its clear on device 1");
  CHECK(wrong({"set", "drain_faults"}) == "drain_faults of PASID 1 comes before its clear on device 1");
  CHECK(wrong({"set", "clear", "drain_faults"}) == "drain_faults of PASID 1 comes before its flush on device 1");
  CHECK(wrong({"set", "free"}) == "free of PASID 1 comes before its clear on device 1");
  CHECK(wrong({"set", "clear", "free"}) == "free of PASID 1 comes before its flush on device 1");
  CHECK(wrong({"set", "clear", "flush", "free"}) == "free of PASID 1 comes before its drain_faults on device 1");
  CHECK(wrong({"set", "clear", "set"}) == "set of PASID 1 comes before its flush on device 1");
  CHECK(wrong({"set", "clear", "clear"}) == "clear of PASID 1 comes where there is no entry on device 1");
}

TEST_CASE("order: page requests are of processes, and nobody waits for them where the entry was another's") {
  CHECK(wrong({"attach", "clear", "flush", "free"}).empty());
  CHECK(wrong({"attach", "clear", "free"}) == "free of PASID 1 comes before its flush on device 1");
}

TEST_CASE("order: a number that user space has chosen may be given and taken back meanwhile") {
  CHECK(wrong({"choose", "free", "clear", "flush", "free"}).empty());
  CHECK(wrong({"choose", "clear", "set"}) == "set of PASID 1 comes before its flush on device 1");
}
