#include "src/check/ledger.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include "src/io/names.hpp"
#include "src/smt/digest.hpp"

namespace pasid::check {
namespace {

constexpr std::size_t hash_digits = 16;
constexpr std::string_view all = "all";  // axioms
constexpr std::string_view occurring = "occurring";
constexpr unsigned most = 1'000'000'000;

smt::Answer answer(const io::Json& entry, std::string_view solver) {
  constexpr std::string_view expected = "unsat, sat or unknown";
  const io::Json value = entry.member(solver, "an obligation");
  const std::string word = value.text(expected);
  const auto out = io::enumerator_named<smt::Answer>(word);
  if (!out) value.fail("'" + word + "' is no verdict", expected);
  return *out;
}

unsigned number(const io::Json& entry, std::string_view name) {
  return static_cast<unsigned>(entry.member(name, "an obligation").number(0, most, "a number from 0 on"));
}

LedgerEntry read_entry(const io::Json& json) {
  LedgerEntry out;
  const io::Json name = json.member("name", "an obligation");
  const std::string full = name.text();
  const auto colon = full.find(": ");
  if (colon == std::string::npos || full.find(" => ") == std::string::npos)
    name.fail("'" + full + "' names no obligation", "DESIGN: RULE => FORMULA");
  out.design = full.substr(0, colon);
  out.obligation = full.substr(colon + 2);
  const io::Json hash = json.member("hash", "an obligation");
  out.hash = hash.text();
  if (out.hash.size() != hash_digits || out.hash.find_first_not_of("0123456789abcdef") != std::string::npos)
    hash.fail("'" + out.hash + "' is no hash", "16 lower-case hexadecimal digits");
  for (const io::Json& lemma : json.member("from", "an obligation").elements()) out.from.push_back(lemma.text());
  const io::Json axioms = json.member("axioms", "an obligation");
  const std::string which = axioms.text();
  out.all_axioms = which == all;
  if (!out.all_axioms && which != occurring) axioms.fail("'" + which + "' are no axioms", "all or occurring");
  out.z3 = answer(json, "z3");
  out.cvc5 = answer(json, "cvc5");
  out.z3_ms = number(json, "z3_ms");
  out.cvc5_ms = number(json, "cvc5_ms");
  out.seeds = number(json, "seeds");
  out.changed = number(json, "changed");
  return out;
}

/// The invariants of these names, as numbers of assumptions that the obligation may make; nothing where one is not.
std::optional<std::vector<std::size_t>> core_of(const smt::Scripts& scripts, const smt::Script& script,
                                                const std::vector<std::string>& names) {
  std::vector<std::size_t> out;
  for (const std::string& name : names) {
    const auto at = std::ranges::find(scripts.names, name);
    if (at == scripts.names.end()) return std::nullopt;
    out.push_back(static_cast<std::size_t>(at - scripts.names.begin()));
    if (std::ranges::find(script.all, out.back()) == script.all.end()) return std::nullopt;
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace

std::string ledger_text(const smt::Scripts& scripts, const smt::Script& script, bool all_axioms) {
  if (!all_axioms) return scripts.lean(script);
  smt::Script all_of_it = script;
  all_of_it.all = script.core;
  return scripts.whole(all_of_it);
}

std::string ledger_hash(const std::string& text) { return smt::sha256(text).substr(0, hash_digits); }

Ledger read_ledger(const io::JsonDocument& document) {
  const io::Json root = document.root();
  Ledger out;
  for (const io::Json& solver : root.member("solvers", "a ledger").elements()) out.solvers.push_back(solver.text());
  if (out.solvers.size() != 2) root.fail("it is not of two solvers", "\"solvers\" with the names of two");
  const io::Json obligations = root.member("obligations", "a ledger");
  std::set<std::string> hashes;
  for (const io::Json& json : obligations.elements()) {
    out.entries.push_back(read_entry(json));
    if (!hashes.insert(out.entries.back().hash).second)
      json.fail("the hash " + out.entries.back().hash + " is there twice", "an obligation once");
  }
  if (out.entries.empty()) obligations.fail("there is no obligation", "at least one");
  return out;
}

std::string text(Ledger ledger) {
  std::ranges::sort(ledger.entries, {}, [](const LedgerEntry& e) {
    return std::pair<std::string_view, std::string_view>(e.obligation, e.hash);
  });
  std::string out = "{\"solvers\":" + nlohmann::json(ledger.solvers).dump() + ",\"obligations\":[";
  for (const char* comma = "\n"; const LedgerEntry& e : ledger.entries) {
    const nlohmann::ordered_json line{{"name", e.name()},
                                      {"hash", e.hash},
                                      {"from", e.from},
                                      {"axioms", e.all_axioms ? all : occurring},
                                      {"z3", io::name_of(e.z3)},
                                      {"z3_ms", e.z3_ms},
                                      {"cvc5", io::name_of(e.cvc5)},
                                      {"cvc5_ms", e.cvc5_ms},
                                      {"seeds", e.seeds},
                                      {"changed", e.changed}};
    out += comma + line.dump();
    comma = ",\n";
  }
  return out + "\n]}\n";
}

LedgerFigures figures(const Ledger& ledger) {
  LedgerFigures out;
  out.obligations = ledger.entries.size();
  for (const LedgerEntry& e : ledger.entries) {
    out.agreed += e.z3 == smt::Answer::unsat && e.cvc5 == smt::Answer::unsat ? 1 : 0;
    out.changed += e.changed > 0 ? 1 : 0;
    out.fewest_seeds = &e == &ledger.entries.front() ? e.seeds : std::min(out.fewest_seeds, e.seeds);
    if (out.slowest_z3 == nullptr || e.z3_ms > out.slowest_z3->z3_ms) out.slowest_z3 = &e;
    if (out.slowest_cvc5 == nullptr || e.cvc5_ms > out.slowest_cvc5->cvc5_ms) out.slowest_cvc5 = &e;
  }
  return out;
}

void LedgerIndex::add(const LedgerEntry& entry) {
  by_hash_.emplace(entry.hash, &entry);
  by_obligation_.emplace(entry.obligation, &entry);
}

const LedgerEntry* LedgerIndex::find(const smt::Proof& proof, const smt::Obligation& obligation) const {
  if (!obligation.script) return nullptr;
  smt::Script script = *obligation.script;
  const auto has = [&](const LedgerEntry& e) {
    return ledger_hash(ledger_text(proof.scripts, script, e.all_axioms)) == e.hash;
  };
  for (const bool all_axioms : {false, true})
    if (const auto same = by_hash_.find(ledger_hash(ledger_text(proof.scripts, script, all_axioms)));
        same != by_hash_.end() && has(*same->second))
      return same->second;
  // Which invariants a proof leans on depends on what is tried first: when it was recorded it may have been others.
  const auto [first, last] = by_obligation_.equal_range(obligation.name());
  for (auto it = first; it != last; ++it) {
    auto core = core_of(proof.scripts, script, it->second->from);
    if (!core) continue;
    script.core = std::move(*core);
    if (has(*it->second)) return it->second;
  }
  return nullptr;
}

}  // namespace pasid::check
