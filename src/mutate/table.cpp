#include "src/mutate/table.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "src/io/json.hpp"

namespace pasid::mutate {
namespace {

nlohmann::ordered_json to_json(const Judged& j) {
  nlohmann::ordered_json out{
      {"name", j.mutant.name()}, {"operator", name_of(j.mutant.by)},   {"of", j.mutant.of}, {"part", j.mutant.part},
      {"hash", j.hash},          {"verdict", name_of(j.verdict.fate)}, {"by", j.verdict.by}};
  if (j.verdict.steps != 0) out["steps"] = j.verdict.steps;
  if (!j.verdict.sequence.empty()) out["sequence"] = j.verdict.sequence;
  if (j.verdict.taken_over) out["taken_over"] = true;
  return out;
}

}  // namespace

nlohmann::ordered_json to_json(const std::string& design, const Mutation& mutation) {
  nlohmann::ordered_json out{{"design", design}};
  if (!mutation.since.empty()) out["since"] = mutation.since;
  out["states"] = mutation.states;
  out["tests"] = mutation.tests;
  for (std::size_t f = 1; f <= std::size(fate_names); ++f)
    out["counts"][std::string(fate_names[f - 1])] = mutation.count(static_cast<Fate>(f));
  out["mutants"] = nlohmann::ordered_json::array();
  for (const Judged& j : mutation.mutants) out["mutants"].push_back(to_json(j));
  out["stale_reasons"] = mutation.stale;
  return out;
}

std::map<std::string, Verdict> read_table(const std::string& path, const std::string& design) {
  const io::JsonDocument document = io::JsonDocument::read(path);
  const io::Json of = document.root().member("design", "the table");
  if (of.text() != design) of.fail("it is of " + io::in_quotes(of.text()), "a table of " + design);
  std::map<std::string, Verdict> out;
  for (const io::Json& m : document.root().member("mutants", "the table").elements("a list of mutants")) {
    const io::Json verdict = m.member("verdict", "a mutant");
    const auto fate = std::ranges::find(fate_names, verdict.text());
    if (fate == std::end(fate_names))
      verdict.fail("there is no verdict " + io::in_quotes(verdict.text()), "property, vector, …");
    Verdict v{static_cast<Fate>(fate - std::begin(fate_names) + 1), m.member("by", "a mutant").text(), 0, {}, true};
    if (const auto steps = m.find("steps")) v.steps = steps->number(1, UINT32_MAX, "a number of steps");
    if (v.fate <= Fate::vector) out.emplace(m.member("hash", "a mutant").text(), v);
  }
  return out;
}

}  // namespace pasid::mutate
