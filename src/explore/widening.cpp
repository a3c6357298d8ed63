#include "src/explore/widening.hpp"

#include <algorithm>
#include <list>
#include <stdexcept>

namespace pasid::explore {

Widening::Widening(const lang::Tree& tree, const Reading& reading, std::vector<Arena> arenas)
    : tree_(tree), reading_(reading), arenas_(std::move(arenas)), searchers_(arenas_.size()) {
  if (arenas_.empty()) throw std::invalid_argument("widening: there must be an arena");
}

namespace {

constexpr std::size_t growth = 8;
constexpr std::size_t least_states = 1000;  ///< that are worth a search

/// How many states an arena gets in the first round: the last is to have all.
std::size_t first_round(std::size_t max_states) {
  while (max_states / growth >= least_states) max_states /= growth;
  return max_states;
}

/// What is still looked for.
struct Open {
  std::size_t at;          ///< in the options' properties
  std::vector<bool> over;  ///< by arena: it was gone through
  double seconds = 0;
  Widened answer = {};  ///< without a violation so far: of the largest arena looked at

  [[nodiscard]] bool everywhere() const { return std::ranges::find(over, false) == over.end(); }
  [[nodiscard]] Widened closed() const {
    Widened out = answer;
    out.everywhere = everywhere();
    out.result.seconds = seconds;
    return out;
  }
};

/// The part of a group's result that is about the n-th of its properties.
Result part(const Result& of, std::size_t n) {
  Result out = of;
  out.paths = {of.paths[n]};
  return out;
}

}  // namespace

std::vector<Widened> Widening::look(const Options& options) {
  std::vector<Widened> out(options.properties.size());
  std::list<Open> open;
  for (std::size_t i = 0; i < out.size(); ++i) open.push_back({i, std::vector<bool>(arenas_.size())});
  Options now = options;
  for (std::size_t states = first_round(options.max_states); !open.empty(); states *= growth) {
    const bool at_last = states > options.max_states / growth;
    for (std::size_t i = 0; i < arenas_.size(); ++i) {
      const Arena& arena = arenas_[i];
      now.max_states = at_last ? options.max_states : states / arena.share;
      const auto waits = [&](const Open& o) {
        const bool first = arena.after < 0 || o.over[static_cast<std::size_t>(arena.after)];
        return !at_last && (!first || now.max_states < least_states);
      };
      std::vector<std::list<Open>::iterator> here;
      for (auto o = open.begin(); o != open.end(); ++o)
        if (!o->over[i] && !waits(*o)) here.push_back(o);
      if (here.empty()) continue;
      if (!searchers_[i]) searchers_[i].emplace(tree_, arena.topologies(), arena.grain, reading_);
      while (!here.empty()) {
        const int first = options.properties[here.front()->at];
        const auto others = std::stable_partition(
            here.begin(), here.end(), [&](auto o) { return searchers_[i]->alike(first, options.properties[o->at]); });
        now.properties.clear();
        for (auto o = here.begin(); o != others; ++o) now.properties.push_back(options.properties[(*o)->at]);
        const Result result = searchers_[i]->run(now);
        for (std::size_t n = 0; n < now.properties.size(); ++n) {
          Open& o = *here[n];
          o.seconds += result.seconds;
          o.over[i] = result.end == End::exhausted || result.end == End::max_depth;
          const bool over = result.paths[n] || result.end == End::stopped;
          if (over || i >= o.answer.arena) o.answer = {i, part(result, n), false};
          if (!over) continue;
          out[o.at] = o.closed();
          open.erase(here[n]);
        }
        here.erase(here.begin(), others);
      }
    }
    std::erase_if(open, [&](const Open& o) {
      if (at_last || o.everywhere()) out[o.at] = o.closed();
      return at_last || o.everywhere();
    });
  }
  return out;
}

}  // namespace pasid::explore
