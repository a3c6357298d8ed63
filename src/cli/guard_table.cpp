#include "src/cli/guard_table.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "src/cli/text.hpp"
#include "src/conform/deciding.hpp"

namespace pasid::cli {
namespace {

std::size_t refusing(const GuardTable::Call& call, bool met) {
  return static_cast<std::size_t>(std::ranges::count_if(
      call.rows, [&](const GuardTable::Row& r) { return !r.answer.empty() && (!met || r.met > 0); }));
}

/// Why nothing was asked that it decides: what most tests of it need.
std::string why_not(const GuardTable::Row& row) {
  const auto most = std::ranges::max_element(row.lacks, {}, &std::pair<const std::string, std::uint64_t>::second);
  return most == row.lacks.end() ? "no test asks for it" : most->first;
}

std::string text_of(const GuardTable::Row& row, std::size_t column) {
  std::string out = row.met > 0 ? fmt::format("      {:>10}  ", count(row.met)) : "         not met  ";
  out += padded(std::string(row.guard), column) + padded(row.answer, 13) + (row.met > 0 ? "" : why_not(row));
  return out.erase(out.find_last_not_of(' ') + 1) + '\n';
}

}  // namespace

std::string percent(std::uint64_t part, std::uint64_t of) {
  return of == 0 ? "-" : fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(of));
}

GuardTable::Call& GuardTable::add(const lang::Tree& tree, const conform::Catalogue& catalogue, int kind) {
  Call& call = calls_.emplace_back(Call{kind, catalogue[kind].name, 0, 0, {}});
  for (const lang::Guard* guard : conform::refusing_guards(tree, catalogue[kind]))
    call.rows.push_back({guard->label, strerrorname_np(guard->err), 0, {}});
  return call;
}

GuardTable::Row& GuardTable::row(Call& call, std::string_view guard) {
  const auto there = std::ranges::find(call.rows, guard, &Row::guard);
  if (there != call.rows.end()) return *there;
  return call.rows.emplace_back(Row{guard, {}, 0, {}});
}

GuardTable::Call* GuardTable::find(int kind) {
  const auto there = std::ranges::find(calls_, kind, &Call::kind);
  return there == calls_.end() ? nullptr : &*there;
}

std::string GuardTable::text(std::uint64_t all, bool verbose) const {
  const std::size_t column = column_of(calls_, &Call::name);
  std::size_t widest = 0;
  std::size_t met = 0;
  std::size_t guards = 0;
  for (const Call& call : calls_) {
    met += refusing(call, true);
    guards += refusing(call, false);
    widest = std::max(widest, column_of(call.rows, &Row::guard));
  }
  std::string out = "  " + padded("call", column) + (all > 0 ? "   share" : "   asked") + "       ok   guards met\n";
  for (const Call& call : calls_) {
    out += "  " + padded(std::string(call.name), column) +
           fmt::format("{:>8} {:>8}", all > 0 ? percent(call.asked, all) : count(call.asked),
                       all > 0 ? percent(call.ok, call.asked) : count(call.ok)) +
           (refusing(call, false) == 0 ? "" : fmt::format("   {} of {}", refusing(call, true), refusing(call, false))) +
           '\n';
    if (verbose)
      for (const Row& row : call.rows) out += text_of(row, widest);
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
    nlohmann::ordered_json lacks = nlohmann::ordered_json::object();
    for (const Row& row : call.rows)
      if (row.met == 0 && !row.lacks.empty()) lacks[std::string(row.guard)] = row.lacks;
    if (!lacks.empty()) item["lacks"] = lacks;
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace pasid::cli
