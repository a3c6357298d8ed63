#include "src/mutate/falls.hpp"

#include <algorithm>

#include "src/check/check.hpp"
#include "src/check/scopes.hpp"
#include "src/check/seek.hpp"
#include "src/explore/topology.hpp"
#include "src/mutate/edited.hpp"
#include "src/mutate/progress.hpp"

namespace pasid::mutate {
namespace {

std::optional<Fall> shortest(const explore::Result& result, const explore::Options& options) {
  std::optional<Fall> out;
  for (std::size_t i = 0; i < result.paths.size(); ++i) {
    if (!result.paths[i] || (out && out->steps <= result.paths[i]->steps.size())) continue;
    out = Fall{std::string(options.reading.properties[static_cast<std::size_t>(options.properties[i])].name),
               result.paths[i]->steps.size()};
  }
  return out;
}

std::map<int, check::Place> on_record(const FallOptions& options, const Original& original, const io::Design& design,
                                      const Mutant& mutant) {
  if (!options.places) return {};
  io::Design edited = design;
  edited.name = check::name_without(design.name, mutant.part);
  for (std::string& base : edited.bases) base = check::name_without(base, mutant.part);
  return check::known_places(*options.places, edited, explore::native_reading(), original.proved);
}

std::optional<Fall> look(const Original& original, const Mutant& mutant, const std::map<int, check::Place>& known,
                         bool search, const FallOptions& how) {
  const Edited edited(original.tree, mutant, check::search_reading());
  const auto scopes = check::growing_scopes(original.tree, original.knobs);
  explore::Options options;
  options.reading = edited.reading;
  const auto look_in = [&](std::size_t scope) {
    return shortest(
        explore::search(edited.tree, explore::topologies(edited.tree, original.knobs, scopes[scope].scope), options),
        options);
  };
  for (const auto& [property, place] : known) {
    if (place.scope >= scopes.size()) continue;
    options.properties = {property};
    options.grain = place.grain;
    options.max_states = check::Options{}.max_states;
    if (auto fall = look_in(place.scope)) return fall;
  }
  options.properties = original.proved;
  options.grain = explore::Grain::step;
  options.max_states = how.max_states;
  for (std::size_t s = 0; search && s < std::min(how.scopes, scopes.size()); ++s)
    if (auto fall = look_in(s)) return fall;
  return std::nullopt;
}

}  // namespace

std::vector<std::optional<Fall>> falls(const Original& original, const io::Design& design,
                                       std::span<const Mutant> mutants, const std::vector<bool>& searched,
                                       const FallOptions& options) {
  std::vector<std::optional<Fall>> out(mutants.size());
  told_in_parallel(mutants.size(), options.threads, options.progress, "searches", [&](std::size_t m, unsigned) {
    const auto known = on_record(options, original, design, mutants[m]);
    if (searched[m] || !known.empty()) out[m] = look(original, mutants[m], known, searched[m], options);
  });
  return out;
}

}  // namespace pasid::mutate
