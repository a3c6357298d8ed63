#include "src/smt/hints.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace pasid::smt {
namespace {
constexpr std::string_view arrow = " => ";
constexpr std::string_view broken = " breaks ";
}  // namespace

Hints Hints::parse(std::string_view text) {
  Hints out;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    const auto to = line.find(arrow);
    const auto colon = line.find(':', to == line.npos ? 0 : to);
    const auto breaks = line.find(broken);
    const bool hint = to != line.npos && to > 0 && colon != line.npos && colon > to + arrow.size();
    const bool fall = to == line.npos && colon != line.npos && colon > 0 && line.substr(colon, 2) == ": " &&
                      breaks != line.npos && colon + 2 < breaks && breaks + broken.size() < line.size();
    if (!hint && !fall)
      throw std::invalid_argument(
          "line " + std::to_string(number) + ": '" + line +
          "' is no hint; expected RULE => FORMULA: INVARIANT ... or DESIGN: RULE breaks FORMULA");
    if (fall) {
      out.falls_[line.substr(0, colon)].push_back(
          {line.substr(colon + 2, breaks - colon - 2), line.substr(breaks + broken.size())});
      continue;
    }
    const std::size_t formula = to + arrow.size();
    std::istringstream names(line.substr(colon + 1));
    auto& known = out.known_[{line.substr(0, to), line.substr(formula, colon - formula)}];
    for (std::string name; names >> name;) known.insert(name);
  }
  return out;
}

std::string Hints::text() const {
  std::string out;
  for (const auto& [of, names] : known_) {
    out.append(of.first).append(arrow).append(of.second) += ':';
    for (const std::string& name : names) out.append(" ").append(name);
    out += '\n';
  }
  for (const auto& [design, falls] : falls_)
    for (const auto& [rule, formula] : falls)
      out.append(design).append(": ").append(rule).append(broken).append(formula) += '\n';
  return out;
}

const std::set<std::string>& Hints::find(const std::string& rule, const std::string& formula) const {
  static const std::set<std::string> none;
  const auto it = known_.find({rule, formula});
  return it == known_.end() ? none : it->second;
}

const Hints::Falls* Hints::falls(const std::string& design) const {
  const auto it = falls_.find(design);
  return it == falls_.end() ? nullptr : &it->second;
}

Hints::Falls Hints::falls() const {
  std::set<Fall> all;
  for (const auto& [design, falls] : falls_) all.insert(falls.begin(), falls.end());
  return {all.begin(), all.end()};
}

void Hints::add(const std::string& design, const Proof& proof) {
  std::vector<const Item*> fallen;
  for (const Item& i : proof.items)
    if (i.status == Status::dropped && i.judges != lang::PropertyKind::step) fallen.push_back(&i);
  std::ranges::stable_sort(fallen, {}, &Item::fell);
  for (const Item* i : fallen) falls_[design].push_back({i->fell_at, i->name});
  for (const Obligation& o : proof.obligations) {
    const auto other = [&](const std::string& name) { return name != o.formula; };
    if (std::ranges::none_of(o.leans_on, other)) continue;
    auto& known = known_[{o.rule, o.formula}];
    std::ranges::copy_if(o.leans_on, std::inserter(known, known.end()), other);
  }
}

}  // namespace pasid::smt
