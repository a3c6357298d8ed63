#include "src/cli/guard_table.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "src/check/hints.hpp"
#include "src/cli/text.hpp"

namespace pasid::cli {
namespace {

std::size_t guards_of(const GuardTable::Call& call, bool met) {
  return static_cast<std::size_t>(
      std::ranges::count_if(call.rows, [&](const GuardTable::Row& r) { return !met || r.met > 0; }));
}

/// "driver", or "core 12, driver 3".
std::string by_whom(const GuardTable::Row& row) {
  std::string out;
  for (const auto& [by, times] : row.by)
    out += (out.empty() ? "" : ", ") + std::string(conform::name_of(by)) +
           (row.by.size() > 1 ? ' ' + count(times) : std::string());
  return out;
}

std::string text_of(const GuardTable::Row& row, std::size_t column, bool by) {
  std::string out = row.met > 0 ? fmt::format("      {:>10}  ", count(row.met)) : "         not met  ";
  out += padded(std::string(row.guard), column) + padded(row.answer, 13) + row.why;
  if (row.met > 0 && by) out += by_whom(row);
  return out.erase(out.find_last_not_of(' ') + 1) + '\n';
}

}  // namespace

std::string percent(std::uint64_t part, std::uint64_t of) {
  return of == 0 ? "-" : fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(of));
}

GuardTable::Call& GuardTable::of(const conform::Catalogue& catalogue, const spec::NativeFacts& knobs, int kind) {
  const auto there = std::ranges::find(calls_, catalogue[kind].name, &Call::name);
  if (there != calls_.end()) return *there;
  auto& endings = endings_[&catalogue];
  if (endings.empty()) endings = conform::endings_of(catalogue, knobs);
  Call& call = calls_.emplace_back(Call{catalogue[kind].name, 0, 0, {}});
  for (const conform::Ending& e : endings)
    if (e.call == kind && e.says == conform::Answer::Kind::error)
      call.rows.push_back({e.guard, conform::answer_name(e.says, e.err), 0, {}, {}});
  return call;
}

GuardTable::Row& GuardTable::row(Call& call, std::string_view guard) {
  const auto there = std::ranges::find(call.rows, guard, &Row::guard);
  if (there != call.rows.end()) return *there;
  return call.rows.emplace_back(Row{guard, "would_block", 0, {}, {}});
}

void GuardTable::Row::lacked_most() {
  const auto most = std::ranges::max_element(lacks, {}, &std::pair<const std::string, std::uint64_t>::second);
  if (met == 0 && why.empty() && most != lacks.end()) why = most->first;
}

void GuardTable::explain(const conform::Catalogue& catalogue, const spec::NativeFacts& knobs,
                         const conform::Capabilities& has) {
  for (Call& call : calls_)
    for (Row& r : call.rows) r.lacked_most();
  for (const auto& [row, ending] : unexplained(catalogue)) row->why = conform::lacking(catalogue, knobs, has, ending);
}

void GuardTable::prove(const conform::Catalogue& catalogue, const io::Design& design, std::string_view else_why) {
  const auto open = unexplained(catalogue);
  if (open.empty()) return;
  std::vector<conform::Ending> endings;
  for (const auto& [row, ending] : open) endings.push_back(ending);
  smt::ProveOptions options;
  options.hints = check::proof_hints();
  options.like = check::like(design);
  const std::vector<bool> never =
      conform::never_come(catalogue, io::facts_of(catalogue.tree(), design), options, endings);
  for (std::size_t i = 0; i < open.size(); ++i)
    open[i].first->why = never[i] ? "proved: it cannot be the first to fail" : std::string(else_why);
}

/// Of waiting nothing is known but what its tests would have needed.
std::vector<std::pair<GuardTable::Row*, conform::Ending>> GuardTable::unexplained(const conform::Catalogue& catalogue) {
  std::vector<std::pair<Row*, conform::Ending>> out;
  for (const conform::Ending& e : endings_[&catalogue]) {
    const auto call = std::ranges::find(calls_, catalogue[e.call].name, &Call::name);
    if (call == calls_.end() || e.says != conform::Answer::Kind::error) continue;
    Row& r = row(*call, e.guard);
    if (r.met == 0 && r.why.empty()) out.emplace_back(&r, e);
  }
  return out;
}

void GuardTable::explain(const nlohmann::ordered_json& table) {
  for (const auto& item : table) {
    const auto call = std::ranges::find(calls_, item["call"].get_ref<const std::string&>(), &Call::name);
    if (call == calls_.end() || !item.contains("not_met")) continue;
    for (Row& r : call->rows)
      if (const auto why = item["not_met"].find(std::string(r.guard)); r.met == 0 && why != item["not_met"].end())
        r.why = *why;
  }
}

void GuardTable::meet(Row& row, conform::Answer::By by) {
  ++row.met;
  ++row.by[by];
}

std::string GuardTable::text(std::uint64_t all, bool verbose) const {
  const std::size_t column = column_of(calls_, &Call::name);
  std::size_t widest = 0;
  std::size_t met = 0;
  std::size_t guards = 0;
  for (const Call& call : calls_) {
    met += guards_of(call, true);
    guards += guards_of(call, false);
    widest = std::max(widest, column_of(call.rows, &Row::guard));
  }
  const bool by = std::ranges::any_of(calls_, [](const Call& call) {
    return std::ranges::any_of(
        call.rows, [](const Row& row) { return row.by.size() > row.by.count(conform::Answer::By::unknown); });
  });
  std::string out = "  " + padded("call", column) + (all > 0 ? "   share" : "   asked") + "       ok   guards met\n";
  for (const Call& call : calls_) {
    out +=
        "  " + padded(std::string(call.name), column) +
        fmt::format("{:>8} {:>8}", all > 0 ? percent(call.asked, all) : count(call.asked),
                    all > 0 ? percent(call.ok, call.asked) : count(call.ok)) +
        (guards_of(call, false) == 0 ? "" : fmt::format("   {} of {}", guards_of(call, true), guards_of(call, false))) +
        '\n';
    if (verbose)
      for (const Row& row : call.rows) out += text_of(row, widest, by);
  }
  return out + fmt::format("  {} of {} guards were met{}\n", met, guards,
                           verbose || met == guards ? "" : " (--verbose names them)");
}

nlohmann::ordered_json GuardTable::json() const {
  auto out = nlohmann::ordered_json::array();
  for (const Call& call : calls_) {
    nlohmann::ordered_json item{{"call", call.name}, {"asked", call.asked}, {"ok", call.ok}};
    item["guards"] = nlohmann::ordered_json::object();
    for (const Row& row : call.rows) item["guards"][std::string(row.guard)] = row.met;
    for (const Row& row : call.rows)
      for (const auto& [by, times] : row.by)
        item["by"][std::string(row.guard)][std::string(conform::name_of(by))] = times;
    nlohmann::ordered_json missing = nlohmann::ordered_json::object();
    for (const Row& row : call.rows)
      if (!row.why.empty()) missing[std::string(row.guard)] = row.why;
    if (!missing.empty()) item["not_met"] = missing;
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace pasid::cli
