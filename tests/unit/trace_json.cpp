#include "src/trace/json.hpp"
#include "tests/unit/trace_example.hpp"

namespace {

using namespace pasid;
namespace example = trace::example;
using Json = nlohmann::ordered_json;

TEST_CASE("trace json: steps with arguments and changes") {
  const Json out = trace::to_json(example::tree(), example::two_pasids());
  CHECK(out["design"] == "per-device-user-pasids");
  CHECK(out["property"] == "OnePasidPerMm");
  CHECK(out["grain"] == "call");
  REQUIRE(out["steps"].size() == 3);
  const Json& bind = out["steps"][1];
  CHECK(bind["label"] == "bind");
  CHECK(bind["arguments"].dump() ==
        R"({"thread":"T1","wq":"wq1","file":"file1","pasid":"p1","memory":"enough","group":"group1","member":"dev1"})");
  CHECK(bind["sections"].dump() == R"(["bind.pasid","bind.reserve","attach.program","bind.publish"])");
  CHECK(bind["changes"].size() == 9);
  CHECK(bind["changes"][8].dump() == R"({"cell":"entry","index":["dev1","p1"],"from":null,"to":"A"})");
  CHECK(out["steps"][0]["changes"][0].dump() == R"({"cell":"mm_at","index":["A"],"from":null,"to":"live"})");
}

TEST_CASE("trace json: what is violated, and where it happened") {
  const Json out = trace::to_json(example::tree(), example::two_pasids());
  CHECK(out["violation"]["instance"].dump() == R"(["file1","file2"])");
  CHECK(out["topology"]["sizes"]["Pasid"] == 4);
  CHECK(out["topology"]["wq_dev"].dump() == R"({"wq1":"dev1","wq2":"dev2"})");
  CHECK(out["topology"]["kernel_set"]["dev2"]["p3"] == true);
  CHECK(out["knobs"]["user_scope"] == "per_device");
  CHECK_FALSE(out["topology"].contains("user_scope"));

  trace::Trace t = example::two_pasids();
  t.steps.pop_back();
  CHECK(trace::to_json(example::tree(), t)["violation"].is_null());
}

TEST_CASE("trace json: a state") {
  const trace::Trace t = example::two_pasids();
  const Json out = trace::state_json(example::tree(), t.facts, t.last());
  CHECK(out["entry"].dump() == R"({"dev1":{"p1":"A"},"dev2":{"p2":"A"}})");
  CHECK_FALSE(out.contains("iotlb"));
  CHECK(trace::state_json(example::tree(), t.facts, t.initial).empty());
}

}  // namespace
