#include <cstring>

#include "src/trace/itf.hpp"
#include "src/trace/text.hpp"
#include "tests/unit/trace_example.hpp"

namespace {

using namespace pasid;
namespace example = trace::example;
using Json = nlohmann::ordered_json;

/// Fires every section again; true if each fires and each step ends in the state the trace names.
bool replays(const trace::Trace& t) {
  spec::NativeState s = t.initial;
  for (const trace::Step& step : t.steps) {
    for (const trace::Firing& firing : step.firings) {
      spec::NativeState n = s;
      const auto& rule = spec::native_rules()[static_cast<std::size_t>(firing.rule)];
      if (rule.apply(t.facts, s, n, firing.args.data(), false).kind != lang::Outcome::Kind::done) return false;
      s = n;
    }
    if (std::memcmp(&s, &step.after, sizeof s) != 0) return false;
  }
  return true;
}

std::string refusal(const Json& document) {
  try {
    trace::from_itf(example::tree(), document);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "accepted";
}

TEST_CASE("itf: a trace comes back as it was and replays natively") {
  const trace::Trace t = example::with_unbind();
  const trace::Trace back = trace::read_itf(example::tree(), trace::to_itf(example::tree(), t).dump());
  CHECK(back.design == t.design);
  CHECK(back.property == t.property);
  CHECK(back.grain == t.grain);
  CHECK(std::memcmp(&back.facts, &t.facts, sizeof t.facts) == 0);
  CHECK(std::memcmp(&back.initial, &t.initial, sizeof t.initial) == 0);
  REQUIRE(back.steps.size() == t.steps.size());
  CHECK(replays(back));
  CHECK(trace::text(example::tree(), back) == trace::text(example::tree(), t));
  CHECK(trace::to_itf(example::tree(), back) == trace::to_itf(example::tree(), t));
}

TEST_CASE("itf: a trace with a wrong state is read but does not replay") {
  Json document = trace::to_itf(example::tree(), example::two_pasids());
  document["states"][2]["entry"] = {{"#map", Json::array()}};
  CHECK_FALSE(replays(trace::from_itf(example::tree(), document)));
}

TEST_CASE("itf: the shape that Apalache and Quint tools expect") {
  const Json document = trace::to_itf(example::tree(), example::two_pasids());
  CHECK(document["#meta"]["format"] == "ITF");
  CHECK(document["#meta"]["sizes"]["Dev"] == Json{{"#bigint", "2"}});
  REQUIRE(document["states"].size() == 4);
  for (std::size_t i = 0; i < document["states"].size(); ++i) {
    const Json& state = document["states"][i];
    CHECK(state["#meta"]["index"] == i);
    for (const Json& name : document["vars"]) CHECK_MESSAGE(state.contains(name.get<std::string>()), name);
    if (i == 0)
      for (const Json& name : document["params"]) CHECK_MESSAGE(state.contains(name.get<std::string>()), name);
  }
  CHECK(document["states"][0]["mbt::actionTaken"] == "init");
  CHECK(document["states"][0]["mbt::nondetPicks"]["wq"]["tag"] == "None");
  const Json& bind = document["states"][2];
  CHECK(bind["mbt::actionTaken"] == "bind");
  CHECK(bind["mbt::nondetPicks"]["wq"] == Json{{"tag", "Some"}, {"value", "wq1"}});
  CHECK(bind["entry"].dump() == R"({"#map":[[{"#tup":["dev1","p1"]},"A"]]})");
  CHECK(bind["task_mm"].dump() == R"({"#map":[["T1","A"]]})");
  CHECK(bind["mm_at"].dump() == R"({"#map":[["A","live"]]})");
  CHECK(bind["published"].dump() == R"({"#map":[[{"#tup":["group1","p1"]},true]]})");
}

TEST_CASE("itf: what is wrong in a document is named with its place") {
  const Json good = trace::to_itf(example::tree(), example::two_pasids());
  CHECK(refusal(good) == "accepted");

  Json bad = good;
  bad["states"][2]["entry"]["#map"][0][1] = "Z";
  CHECK(refusal(bad) == "ITF trace: states[2].entry.#map[0][1]: expected one of A, B, K1, not 'Z'");
  bad = good;
  bad["states"][2]["entry"]["#map"][0][0]["#tup"].push_back("p1");
  CHECK(refusal(bad) == "ITF trace: states[2].entry.#map[0][0]: expected 2 indices");
  bad = good;
  bad["states"][3].erase("slot");
  CHECK(refusal(bad) == "ITF trace: states[3]: expected 'slot', which is missing");
  bad = good;
  bad["states"][1]["#meta"]["firings"][0]["rule"] = "process.begin";
  CHECK(refusal(bad) ==
        "ITF trace: states[1].#meta.firings[0].rule: expected the label of a rule, not 'process.begin'");
  bad = good;
  bad["states"][1]["#meta"]["firings"][0]["arguments"].erase("mm");
  CHECK(refusal(bad) == "ITF trace: states[1].#meta.firings[0].arguments: expected 'mm', which is missing");
  bad = good;
  bad["#meta"]["sizes"]["Dev"]["#bigint"] = "3";
  CHECK(refusal(bad) == "ITF trace: states[0].Dev.#set: expected 3 names, as #meta.sizes says");
  bad["#meta"]["sizes"]["Dev"]["#bigint"] = "99";
  CHECK(refusal(bad) == "ITF trace: #meta.sizes.Dev: expected at most 3");
  bad["#meta"]["sizes"]["Dev"]["#bigint"] = "two";
  CHECK(refusal(bad) == "ITF trace: #meta.sizes.Dev: expected a count like {\"#bigint\": \"2\"}");
  bad = good;
  bad["states"] = Json::array();
  CHECK(refusal(bad) == "ITF trace: states: expected at least the initial state");
  CHECK(refusal(Json::array()) == "ITF trace: the document: expected an object with '#meta'");
  CHECK_THROWS_WITH_AS(trace::read_itf(example::tree(), "{\"#meta\": "), doctest::Contains("ITF trace: not JSON"),
                       std::runtime_error);
}

}  // namespace
