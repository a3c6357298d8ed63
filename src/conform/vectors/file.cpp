#include "src/conform/vectors/file.hpp"

#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include "src/conform/vectors/digest.hpp"
#include "src/conform/wire.hpp"
#include "src/conform/world_json.hpp"

namespace pasid::conform::vectors {
namespace {

using nlohmann::ordered_json;

/// "kernel" of "kernel.enable", "bind" of "bind".
std::string_view family(std::string_view call) { return call.substr(0, call.find('.')); }

/// What tests of one group have in common.
struct Needs {
  std::set<std::string_view> families;
  std::set<std::string> environment;
  auto operator<=>(const Needs&) const = default;
};

Needs needs_of(const Catalogue& catalogue, const Test& test) {
  Needs out;
  for (const Asked& a : test.calls) {
    const CallKind& kind = catalogue[a.kind.call];
    out.families.insert(family(kind.name));
    for (const std::uint8_t k : kind.inputs) {
      const Parameter& p = kind.params[k];
      if (p.sort->kind == lang::SortKind::enumeration && a.args[k] > 1)
        out.environment.insert(choice_name(p, a.args[k]));
    }
  }
  return out;
}

ordered_json kind_json(const Catalogue& catalogue, const Kind& kind) {
  constexpr std::array<std::string_view, 7> where{"", "", "the RID's", "only", "first", "last", "beyond"};
  ordered_json out{{"call", catalogue[kind.call].name}, {"answer", answer_name(kind)}};
  if (!kind.guard.empty()) out["guard"] = kind.guard;
  if (kind.number != Lies::anywhere) out["number"] = where[static_cast<std::size_t>(kind.number)];
  return out;
}

ordered_json coverage_json(const Catalogue& catalogue, const Generated& g) {
  const Table& table = g.table;
  ordered_json out;
  out["answers"] = out["not_met"] = out["boundaries"] = ordered_json::array();
  for (const Row& row : table.rows) {
    ordered_json one = kind_json(catalogue, row.kind);
    if (row.met()) {
      one["tests"] = row.tests;
      one["worlds"] = row.worlds;
    } else {
      one["verdict"] = row.never ? "never" : row.elsewhere ? "not_in_suite" : "unknown";
    }
    out[row.met() ? "answers" : "not_met"].push_back(std::move(one));
  }
  for (const Boundary& b : table.boundaries) {
    out["boundaries"].push_back(kind_json(catalogue, b.kind));
    out["boundaries"].back()["tests"] = b.tests;
  }
  out["pairs"] = {{"of", table.rows.size() * table.rows.size()},
                  {"found", table.count(Table::Pair::found)},
                  {"never", table.count(Table::Pair::never)},
                  {"not_in_suite", table.count(Table::Pair::elsewhere)},
                  {"unknown", table.count(Table::Pair::unknown)}};
  // By number of the row before: the rows of which nobody knows whether they can come right after it.
  ordered_json& open = out["pairs"]["unknown_after"] = ordered_json::object();
  for (std::size_t a = 0; a < table.rows.size(); ++a)
    for (std::size_t b = 0; b < table.rows.size(); ++b)
      if (table.pair(a, b) == Table::Pair::unknown) open[said(catalogue, table.rows[a].kind)].push_back(b);
  out["rows"] = ordered_json::array();
  for (const Row& row : table.rows) out["rows"].push_back(said(catalogue, row.kind));
  out["worlds"] = ordered_json::array();
  for (const WorldTests& w : g.worlds)
    out["worlds"].push_back({{"name", w.plan.name},
                             {"why", w.plan.why},
                             {"tests", w.tests.size() + w.history.size() + w.chains.size()},
                             {"beliefs", w.beliefs},
                             {"exhausted", w.exhausted}});
  out["worlds_left_out"] = g.left_out;
  out["history"] = ordered_json::array();
  for (const Told& t : g.told) {
    ordered_json one{{"bug", t.bug.id}, {"told", t.test ? (t.always ? "always" : "maybe") : "no"}};
    if (t.test) {
      one["calls"] = t.test->calls.size();
      one["wrong"] = t.wrong;
    } else {
      one["why"] = t.why_not;
    }
    out["history"].push_back(std::move(one));
  }
  return out;
}

ordered_json notes_json(const Generated& g, const std::set<std::string>& flags) {
  const std::map<std::string, std::pair<std::string, std::string>> suites{
      {"covering", {"COVERAGE", "an answer, right after another that it can follow; one of the shortest ways to both"}},
      {"beside",
       {"COVERAGE",
        "the last answer is that of another test, while something goes wrong that the call does not get to"}},
      {"smoke",
       {"COVERAGE",
        "picked from the covering tests: many answers and pairs in few tests, half of them with few calls"}},
      {"history", {"KNOWN_BUG", "the last answer differs where the bug of the other flag is in the rules"}},
      {"may", {"KNOWN_BUG", "the bug depends on what happens by itself: its answer may also be the right one"}},
      {"chained",
       {"STATE",
        "a long run; `digest` is of the state at its end: FNV-1a, 64 bits, over a line "
        "\"cell(index, ...)=value\" for each of the cells in `observes` of the group that is not none, "
        "in their order, then that of their elements"}}};
  ordered_json out = ordered_json::object();
  for (const std::string& flag : flags) {
    if (const auto suite = suites.find(flag); suite != suites.end()) {
      out[flag] = {{"bugType", suite->second.first}, {"description", suite->second.second}};
      continue;
    }
    const auto t = std::ranges::find_if(g.told, [&](const Told& x) { return x.bug.id == flag; });
    out[flag] = {{"bugType", "KNOWN_BUG"},
                 {"description", t->bug.title + ", " + t->bug.fixed},
                 {"effect", t->bug.effect + "; the last answer is then " + t->wrong}};
  }
  return out;
}

struct Line {
  const Test* test;
  const std::string* digest;
};

}  // namespace

std::vector<Call> calls_of(const Catalogue& catalogue, const Test& test) {
  std::vector<Call> out;
  for (const Asked& a : test.calls) {
    out.push_back({a.kind.call, {}});
    for (const std::uint8_t k : catalogue[a.kind.call].inputs) out.back().args[k] = a.args[k];
  }
  return out;
}

std::vector<Answer> answers_of(const Catalogue& catalogue, const World& world, const Test& test) {
  std::vector<Answer> out;
  for (const Asked& a : test.calls) {
    Answer answer{a.kind.says, a.kind.err, {}, {}};
    const auto& results = catalogue[a.kind.call].results;
    if (answer.kind == Answer::Kind::ok)
      for (std::size_t i = 0; i < results.size(); ++i) answer.results[i] = world.number(a.args[results[i]]);
    out.push_back(std::move(answer));
  }
  return out;
}

std::size_t write(std::ostream& out, const Catalogue& catalogue, const Generated& g, const Heading& heading) {
  std::set<std::string> flags;
  for (const WorldTests& w : g.worlds) {
    for (const Test& t : w.tests) flags.insert(t.flags.begin(), t.flags.end());
    for (const Test& t : w.history) flags.insert(t.flags.begin(), t.flags.end());
    for (const Chain& c : w.chains) flags.insert(c.test.flags.begin(), c.test.flags.end());
  }
  ordered_json head{
      {"algorithm", "PASID"},
      {"schema", "pasid_vectors_v1.schema.json"},
      {"generatorVersion", "1"},
      {"numberOfTests", g.tests()},
      {"header",
       {"Sequences of calls that allocate and bind PASIDs, each with the answer that the model gives.",
        "The answers are those of a design whose allocator picks the lowest free number. No answer here depends on when "
        "an mm struct goes, or on anything else that happens by itself."}},
      {"design", heading.design},
      {"model", digest(catalogue.tree(), g.worlds.front().world.facts)},
      {"suite", heading.suite},
      {"seed", heading.seed},
      {"notes", notes_json(g, flags)},
      {"coverage", coverage_json(catalogue, g)}};
  std::string text = head.dump(1);
  text.resize(text.size() - 2);  // the rest of the object follows, one line a test
  out << text << ",\n \"testGroups\": [";
  std::size_t groups = 0;
  std::size_t id = 0;
  for (const WorldTests& w : g.worlds) {
    std::map<std::pair<Needs, bool>, std::vector<Line>> by_needs;
    const auto add = [&](const Test& t, const std::string* digest) {
      by_needs[{needs_of(catalogue, t), digest != nullptr}].push_back({&t, digest});
    };
    for (const Test& t : w.tests) add(t, nullptr);
    for (const Test& t : w.history) add(t, nullptr);
    for (const Chain& c : w.chains) add(c.test, &c.digest);
    const Wire wire(catalogue, w.world);
    const std::string world = world_json(catalogue.tree(), w.world).dump();
    for (const auto& [needs, lines] : by_needs) {
      std::set<std::string_view> calls;
      for (const Line& line : lines)
        for (const Asked& a : line.test->calls) calls.insert(catalogue[a.kind.call].name);
      ordered_json requires_json{{"calls", calls}, {"environment", needs.first.environment}};
      if (needs.second) requires_json["observes"] = digest_cells();
      if (calls.contains("work.reap") || calls.contains("request.raise")) requires_json["device"] = "asked";
      out << (groups++ == 0 ? "\n" : ",\n")
          << "{\"type\": \"PasidSequence\", \"name\": " << ordered_json(w.plan.name).dump() << ", \"world\": " << world
          << ", \"requires\": " << requires_json.dump() << ", \"tests\": [";
      bool first = true;
      for (const Line& line : lines) {
        text = first ? "\n" : ",\n";
        first = false;
        text += "{\"tcId\": " + std::to_string(++id) + ", \"comment\": " + ordered_json(line.test->comment).dump() +
                ", \"flags\": " + ordered_json(line.test->flags).dump() + ", \"calls\": [";
        const auto asked = calls_of(catalogue, *line.test);
        const auto answers = answers_of(catalogue, w.world, *line.test);
        for (std::size_t i = 0; i < asked.size(); ++i) {
          if (i > 0) text += ", ";
          wire.append(text, asked[i]);
        }
        text += "], \"answers\": [";
        for (std::size_t i = 0; i < answers.size(); ++i) {
          if (i > 0) text += ", ";
          wire.append(text, catalogue[asked[i].kind], answers[i]);
        }
        text += "]";
        if (line.digest != nullptr) text += ", \"digest\": \"" + *line.digest + "\"";
        out << text << ", \"result\": \"valid\"}";
      }
      out << "]}";
    }
  }
  out << "]\n}\n";
  return groups;
}

}  // namespace pasid::conform::vectors
