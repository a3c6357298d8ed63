#include "src/explore/widening.hpp"

#include <algorithm>
#include <stdexcept>

namespace pasid::explore {

Widening::Widening(const lang::Tree& tree, const Reading& reading, std::vector<Arena> arenas)
    : tree_(tree), reading_(reading), arenas_(std::move(arenas)), searchers_(arenas_.size()) {
  if (arenas_.empty()) throw std::invalid_argument("widening: there must be an arena");
}

namespace {

constexpr std::size_t growth = 8;
constexpr std::size_t least_states = 1000;  ///< that are worth a search

/// How many states an arena gets in each round; in the last, all.
std::vector<std::size_t> rounds(std::size_t max_states) {
  std::vector<std::size_t> out{max_states};
  while (out.back() / growth >= least_states) out.push_back(out.back() / growth);
  std::ranges::reverse(out);
  return out;
}

}  // namespace

/// What is looked for, and what is known of it.
struct Widening::Open {
  int property;
  std::vector<bool> over;  ///< by arena: it was gone through
  Widened answer = {};     ///< where nothing was found so far, of the last arena that was looked at
  bool closed = false;     ///< found, or stopped

  [[nodiscard]] bool everywhere() const { return std::ranges::find(over, false) == over.end(); }

  void take(std::size_t arena, const Result& of_all, std::size_t n) {
    const double seconds = answer.result.seconds + of_all.seconds;
    over[arena] = of_all.end == End::exhausted || of_all.end == End::max_depth;
    closed = of_all.paths[n] || of_all.end == End::stopped;
    if (closed || arena >= answer.arena) {
      answer.arena = arena;
      answer.result = of_all;
      answer.result.paths = {of_all.paths[n]};
    }
    answer.result.seconds = seconds;
  }
};

std::vector<Widened> Widening::look(const Options& options) {
  std::vector<Open> open;
  for (const int p : options.properties) open.push_back({p, std::vector<bool>(arenas_.size())});
  for (const std::size_t states : rounds(options.max_states)) round(open, states, options);
  std::vector<Widened> out;
  for (Open& o : open) {
    o.answer.everywhere = o.everywhere();
    out.push_back(std::move(o.answer));
  }
  return out;
}

/// Looks once into every arena whose turn it is, for all that is open there.
void Widening::round(std::vector<Open>& open, std::size_t states, const Options& options) {
  const bool last = states == options.max_states;
  Options now = options;
  for (std::size_t i = 0; i < arenas_.size(); ++i) {
    const Arena& arena = arenas_[i];
    now.max_states = last ? states : states / arena.share;
    std::vector<Open*> wanted;
    for (Open& o : open) {
      const bool waits = arena.after >= 0 && !o.over[static_cast<std::size_t>(arena.after)];
      if (!o.closed && !o.over[i] && (last || (!waits && now.max_states >= least_states))) wanted.push_back(&o);
    }
    if (!wanted.empty()) search_in(i, std::move(wanted), now);
  }
}

/// One search for all properties that are alike there.
void Widening::search_in(std::size_t arena, std::vector<Open*> wanted, Options options) {
  auto& searcher = searchers_[arena];
  if (!searcher) searcher.emplace(tree_, arenas_[arena].topologies(), arenas_[arena].grain, reading_);
  while (!wanted.empty()) {
    const int first = wanted.front()->property;
    const auto others = std::stable_partition(wanted.begin(), wanted.end(),
                                              [&](Open* o) { return searcher->alike(first, o->property); });
    options.properties.clear();
    for (auto o = wanted.begin(); o != others; ++o) options.properties.push_back((*o)->property);
    const Result result = searcher->run(options);
    for (std::size_t n = 0; n < options.properties.size(); ++n) wanted[n]->take(arena, result, n);
    wanted.erase(wanted.begin(), others);
  }
}

}  // namespace pasid::explore
