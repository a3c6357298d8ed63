#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/io/error.hpp"
#include "src/review/rule_diff.hpp"
#include "src/review/rules_file.hpp"
#include "tests/support/directory.hpp"

namespace pasid::review {
namespace {

nlohmann::json whole() {
  nlohmann::json out{{"rules", nlohmann::json::array()}, {"calls", calls_json(proofs::model().rules)}};
  for (const auto& r : proofs::model().rules) out["rules"].push_back(to_json(proofs::model(), r));
  return out;
}

/// What is read of the text.
std::shared_ptr<const lang::Tree> read(const std::string& text) {
  const test::Directory directory;
  return read_rules(directory.write("rules.json", text));
}

nlohmann::json& rule(nlohmann::json& all, std::string_view label) {
  for (auto& r : all["rules"])
    if (r["label"] == label) return r;
  throw std::logic_error("no such rule");
}

std::string wrong_with(const nlohmann::json& all) {
  try {
    (void)read(all.dump());
  } catch (const io::InputError& e) {
    std::string out = e.what();
    return out.substr(out.find(": ") + 2);
  }
  return "";
}

TEST_CASE("rules file: what is written is read, to the last rule and call, and differs in nothing") {
  const auto found = read(whole().dump(2));
  REQUIRE(found->rules.size() == proofs::model().rules.size());
  CHECK(found->calls.size() == proofs::model().calls.size());
  for (std::size_t r = 0; r < found->rules.size(); ++r)
    CHECK(to_json(*found, found->rules[r]) == to_json(proofs::model(), proofs::model().rules[r]));
  CHECK(differing_rules(side("linux-6.1", found, "file"), side("linux-6.1")).empty());
}

TEST_CASE("rules file: an edited condition, errno and update are what differs") {
  nlohmann::json all = whole();
  rule(all, "process.enable_lam")["guards"][0]["condition"] = "lam(task_mm(thread))";
  for (auto& g : rule(all, "bind.reserve")["guards"])
    if (g["label"] == "bind.slot-free") g["errno"] = "EEXIST";
  rule(all, "unbind.release")["updates"].erase(0);
  const auto found = differing_rules(side("linux-7.3", read(all.dump()), "file"), side("linux-7.3"));
  REQUIRE(found.size() == 3);
  CHECK(found[0].a == "process.enable_lam");
  REQUIRE(found[0].guards.size() == 1);
  CHECK(found[0].guards[0].before.find(" lam(task_mm(thread))") != std::string::npos);
  CHECK(found[1].a == "bind.reserve");
  REQUIRE(found[1].guards.size() == 1);
  CHECK(found[1].guards[0].before.ends_with("else -EEXIST"));
  CHECK(found[1].guards[0].after.ends_with("else -EBUSY"));
  CHECK(found[2].a == "unbind.release");
  CHECK(found[2].guards.empty());
  REQUIRE(found[2].updates.size() == 1);
  CHECK(found[2].updates[0].before.empty());
}

TEST_CASE("rules file: what is wrong is named in one line, with its place") {
  nlohmann::json all = whole();
  all.erase("calls");
  CHECK(wrong_with(all).starts_with("it has no calls; expected the rules of a whole design"));
  CHECK(wrong_with({{"rules", nlohmann::json::array()}}).starts_with("there is no rule in it"));
  CHECK(wrong_with(nlohmann::json::object()).find("rules") != std::string::npos);

  const auto after = [](const auto& change) {
    nlohmann::json edited = whole();
    change(edited, rule(edited, "process.enable_lam"));
    const std::string wrong = wrong_with(edited);
    CHECK(wrong.find('\n') == std::string::npos);
    return wrong;
  };
  CHECK(after([](auto&, auto& r) {
          r["guards"][0]["condition"] = "lamb(thread)";
        }).starts_with("column 1 of the formula: there is no 'lamb' here"));
  CHECK(after([](auto&, auto& r) { r["guards"][0]["kind"] = "demand"; }).starts_with("'demand'; expected require"));
  CHECK(after([](auto&, auto& r) { r["guards"].back()["errno"] = "EWHAT"; }).starts_with("there is no errno"));
  CHECK(after([](auto&, auto& r) { r["updates"][0]["cell"] = "sva"; }).starts_with("there is no cell"));
  CHECK(after([](auto&, auto& r) { r["updates"][0].erase("index"); }).find("too few indices") != std::string::npos);
  CHECK(after([](auto&, auto& r) { r["parameters"][0]["sort"] = "Thread"; }).starts_with("there is no sort"));
  CHECK(after([](auto& all, auto& r) { all["rules"].push_back(r); }).starts_with("a second rule"));
  CHECK(after([](auto& all, auto&) { all["calls"][0]["sections"] = "no.rule"; }).find("no rule") != std::string::npos);
}

}  // namespace
}  // namespace pasid::review
