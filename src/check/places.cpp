#include "src/check/places.hpp"

#include <charconv>
#include <sstream>
#include <stdexcept>

#include "src/check/recorded.hpp"
#include "src/io/file.hpp"

namespace pasid::check {
namespace {
constexpr std::string_view call = "call";
constexpr std::string_view step = "step";
constexpr std::string_view without = "-without-";
}  // namespace

Places Places::parse(std::string_view text) {
  Places out;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    std::string design;
    std::string property;
    std::string grain;
    std::string scope;
    std::string more;
    std::size_t n = 0;
    words >> design >> property >> grain >> scope;
    const bool number_read =
        std::from_chars(scope.data(), scope.data() + scope.size(), n).ptr == scope.data() + scope.size();
    if (property.size() < 2 || property.back() != ':' || (grain != call && grain != step) || !number_read || n == 0 ||
        words >> more)
      throw std::invalid_argument("line " + std::to_string(number) + ": '" + line +
                                  "' is no place; expected DESIGN PROPERTY: call NUMBER, or step NUMBER");
    property.pop_back();
    out.add(design, property, {n - 1, grain == call ? explore::Grain::call : explore::Grain::step});
  }
  return out;
}

std::string Places::text() const {
  std::string out;
  for (const auto& [of, place] : known_) {
    out.append(of.first).append(" ").append(of.second).append(": ");
    out.append(place.grain == explore::Grain::call ? call : step).append(" ");
    out.append(std::to_string(place.scope + 1)) += '\n';
  }
  return out;
}

const Place* Places::find(const std::vector<std::string>& designs, std::string_view property) const {
  for (const std::string& design : designs)
    if (const auto it = known_.find({design, std::string(property)}); it != known_.end()) return &it->second;
  return nullptr;
}

bool Places::know(std::string_view start) const {
  const auto it = known_.lower_bound({std::string(start), ""});
  return it != known_.end() && it->first.first.starts_with(start);
}

std::map<int, Place> known_places(const Places& places, const io::Design& design, const explore::Reading& reading,
                                  const std::vector<int>& properties) {
  std::vector<std::string> names{design.name};
  names.insert(names.end(), design.bases.begin(), design.bases.end());
  std::map<int, Place> out;
  for (const int p : properties)
    if (const Place* place = places.find(names, reading.properties[static_cast<std::size_t>(p)].name))
      out.emplace(p, *place);
  return out;
}

std::vector<std::pair<std::string, std::string>> Places::known() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [of, place] : known_) out.push_back(of);
  return out;
}

std::string name_without(const std::string& design, std::string_view label) {
  return design + std::string(without) + std::string(label);
}

namespace {

std::shared_ptr<const Places> recorded_places(const std::string& name) {
  const auto text = recorded(name);
  if (!text) return nullptr;
  try {
    return std::make_shared<const Places>(Places::parse(*text));
  } catch (const std::invalid_argument& e) {
    throw std::invalid_argument(recorded_file(name) + ", " + e.what());
  }
}

constexpr auto no_verdict = "# The next searches look there first. No verdict rests on it.\n";

}  // namespace

std::shared_ptr<const Places> trace_places() { return recorded_places("places.txt"); }

std::shared_ptr<const Places> fall_places() { return recorded_places("falls.txt"); }

std::vector<KnownFall> known_falls() {
  std::vector<KnownFall> out;
  const auto places = fall_places();
  if (!places) return out;
  for (const auto& [name, property] : places->known())
    if (const auto at = name.find(without); at != std::string::npos)
      out.push_back({name.substr(0, at), name.substr(at + without.size()), property});
  return out;
}

void record_places(const std::string& file, const Places& places) {
  io::write_file("--record-places", file,
                 "# Where the violations of the shipped designs were found when they were last recorded, with\n"
                 "#   pasid check --all --record-places proofs/places.txt\n" +
                     (no_verdict + places.text()));
}

void record_falls(const std::string& file, const Places& places) {
  io::write_file("--record-falls", file,
                 "# Where what falls without a guard or an update was found when that was last recorded, with\n"
                 "#   pasid why --all --max-states 20000 --record-falls proofs/falls.txt\n" +
                     (no_verdict + places.text()));
}

}  // namespace pasid::check
