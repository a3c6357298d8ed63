#include "tests/faults/results.hpp"

#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pasid::faults {
namespace {

constexpr std::array<std::pair<End, std::string_view>, 4> ends{
    {{End::passed, "passed"}, {End::failed, "failed"}, {End::crashed, "crashed"}, {End::hung, "hung"}}};

End end_named(const std::string& name) {
  for (const auto& [end, text] : ends)
    if (text == name) return end;
  throw std::runtime_error("no end of a test is called '" + name + "'");
}

std::string by(const Result& r) {
  std::string out;
  for (const auto& [killer, end] : r.noticed) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", killer, name(end));
  return out.empty() ? "SURVIVES" : out;
}

std::size_t of(const std::map<std::string, std::size_t>& counts, const std::string& name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

std::string_view name(End e) {
  for (const auto& [end, text] : ends)
    if (end == e) return text;
  return "";
}

Kept::Kept(const std::string& path) {
  if (path.empty()) return;
  std::ifstream in(path);
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    try {
      const auto one = nlohmann::json::parse(line);
      known_[{one.at("fault"), one.at("command")}] = {end_named(one.at("end")), one.at("seconds")};
    } catch (const std::exception& e) {
      // The last line may have been cut off.
      if (in.peek() != std::ifstream::traits_type::eof())
        throw std::runtime_error(fmt::format("{}:{}: {}", path, number, e.what()));
    }
  }
  in.close();
  // Written anew, so that no line stands cut off in the middle.
  out_.open(path);
  for (const auto& [key, what] : known_)
    out_ << nlohmann::json{{"fault", key.first},
                           {"command", key.second},
                           {"end", name(what.first)},
                           {"seconds", what.second}}
         << '\n';
  if (!out_.flush()) throw std::runtime_error(path + ": cannot be written");
}

std::optional<std::pair<End, double>> Kept::known(std::string_view fault, const Killer& killer) const {
  const auto found = known_.find({std::string(fault), killer.command});
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void Kept::add(std::string_view fault, const Killer& killer, End end, double seconds) {
  known_[{std::string(fault), killer.command}] = {end, seconds};
  if (!out_.is_open()) return;
  out_ << nlohmann::json{{"fault", fault}, {"command", killer.command}, {"end", name(end)}, {"seconds", seconds}}
       << std::endl;
}

Summary summary(const std::vector<Result>& results) {
  Summary s;
  s.faults = results.size();
  for (const Result& r : results) {
    auto& [killed, of] = s.by_class[r.fault->kind];
    ++of;
    if (r.noticed.empty()) {
      s.unexplained += r.fault->survives.empty() ? 1U : 0U;
      continue;
    }
    ++s.killed;
    ++killed;
    if (!r.fault->survives.empty()) s.wrongly_explained.emplace_back(r.fault->id);
    for (const auto& [killer, end] : r.noticed) ++s.by_killer[killer];
    if (r.noticed.size() == 1) ++s.only_by[r.noticed.front().first];
  }
  return s;
}

void print(const std::vector<Result>& results, const std::vector<Killer>& killers, const Summary& s, bool every) {
  for (const Result& r : results)
    fmt::print("{:<42} {:<12} {:<28} {}\n", r.fault->id, r.fault->kind, r.fault->function, by(r));
  fmt::print("\n{:<12} killed   of\n", "class");
  for (const auto& [kind, n] : s.by_class) fmt::print("{:<12} {:>6} {:>4}\n", kind, n.first, n.second);
  fmt::print("\n{:<12} {:>5} {:>6}  {}\n", "killer", every ? "kills" : "first", "of all", every ? "alone" : "");
  for (const Killer& k : killers) {
    const std::size_t n = of(s.by_killer, k.name);
    fmt::print("{:<12} {:>5} {:>4.0f} %", k.name, n, 100 * double(n) / double(results.size()));
    fmt::print("{}\n", every ? fmt::format("  {:>5}", of(s.only_by, k.name)) : "");
  }
  if (s.killed < results.size()) fmt::print("\nSurvivors:\n");
  for (const Result& r : results)
    if (r.noticed.empty())
      fmt::print("  {} ({}): {}\n", r.fault->id, r.fault->function,
                 r.fault->survives.empty() ? "no reason is known" : r.fault->survives);
  for (const std::string& id : s.wrongly_explained) fmt::print("\n{} says that it survives, and does not\n", id);
  fmt::print("\n{} of {} faults killed: {:.1f} %\n", s.killed, s.faults, s.percent());
}

std::string json_text(const std::vector<Result>& results, const std::vector<Killer>& killers, const Summary& s) {
  nlohmann::json out = {{"faults", s.faults}, {"killed", s.killed}, {"percent", s.percent()}};
  for (const Killer& k : killers)
    out["killers"].push_back({{"name", k.name},
                              {"command", k.command},
                              {"kills", of(s.by_killer, k.name)},
                              {"alone", of(s.only_by, k.name)}});
  for (const Result& r : results) {
    nlohmann::json one = {{"id", r.fault->id},
                          {"class", r.fault->kind},
                          {"file", r.fault->file},
                          {"function", r.fault->function},
                          {"why", r.fault->why},
                          {"seconds", r.seconds},
                          {"noticed", nlohmann::json::array()}};
    for (const auto& [killer, end] : r.noticed) one["noticed"].push_back({{"by", killer}, {"as", name(end)}});
    if (r.noticed.empty()) one["survives"] = r.fault->survives;
    out["results"].push_back(std::move(one));
  }
  return out.dump(2) + "\n";
}

}  // namespace pasid::faults
