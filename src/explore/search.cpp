#include "src/explore/search.hpp"

#include <chrono>
#include <map>
#include <numeric>
#include <stdexcept>

#include "src/explore/breadth_first.hpp"
#include "src/explore/strongest.hpp"

namespace pasid::explore {

struct Searcher::Prepared {
  Prepared(const lang::Tree& the_tree, std::vector<spec::NativeFacts> the_topologies, Grain grain,
           const Reading& the_reading)
      : tree(the_tree), topologies(std::move(the_topologies)), reading(the_reading),
        transitions(tree, reading, topologies.front(), grain) {}

  Result run_whole(const Options& options) const;
  Result run_in_slices(const Options& options);
  const std::vector<bool>& matter(int property);
  const std::vector<spec::NativeFacts>& strongest_for(const Slice& slice);

  const lang::Tree& tree;
  std::vector<spec::NativeFacts> topologies;
  Reading reading;
  Transitions transitions;
  std::optional<Slicer> slicer;
  std::map<std::vector<Ways>, std::vector<spec::NativeFacts>> strongest_by_ways;
  std::map<int, std::vector<bool>> mattering;  ///< by property: the transitions that can matter to it at all
};

const std::vector<spec::NativeFacts>& Searcher::Prepared::strongest_for(const Slice& slice) {
  const auto [it, added] = strongest_by_ways.try_emplace(slice.ways);
  if (added) it->second = strongest(tree, topologies, slice.ways);
  return it->second;
}

const std::vector<bool>& Searcher::Prepared::matter(int property) {
  if (!slicer) slicer.emplace(tree, topologies, transitions);
  const auto [it, added] = mattering.try_emplace(property);
  if (added) it->second = slicer->slice(std::span(&property, 1), Slicer::any_length).transitions;
  return it->second;
}

Result Searcher::Prepared::run_whole(const Options& options) const {
  const Slice all = whole(tree, transitions);
  return BreadthFirst(tree, topologies, reading, options, transitions, all, all.transitions).run();
}

/// Searches in the slice for the shortest violations there can be, as far as the slice is right, then in the next
/// larger one: a shortest violation is met in the slice for its length, which is small while violations are short.
Result Searcher::Prepared::run_in_slices(const Options& options) {
  if (!slicer) slicer.emplace(tree, topologies, transitions);
  Result result;
  result.paths.resize(options.properties.size());
  result.topologies = topologies.size();
  Options open = options;
  std::vector<std::size_t> number(options.properties.size());  // of the open ones, in the result
  std::iota(number.begin(), number.end(), std::size_t{0});
  for (int length = slicer->least(open.properties);; ++length) {
    if (length > Slicer::any_length) return result;
    const Slice slice = slicer->slice(open.properties, length);
    while (length < Slicer::any_length && slicer->slice(open.properties, length + 1) == slice) ++length;
    const bool last = length >= Slicer::any_length;
    const bool limited = !last && (options.max_depth < 0 || length < options.max_depth);
    open.max_depth = limited ? length : options.max_depth;
    Result round =
        BreadthFirst(tree, strongest_for(slice), reading, open, transitions, slice, slicer->last(open.properties))
            .run();
    round.topologies = topologies.size();
    round.paths.swap(result.paths);
    round.counts.add(result.counts);
    std::vector<std::optional<Path>>& found = result.paths;
    for (std::size_t i = 0; i < found.size(); ++i)
      if (found[i]) round.paths[number[i]] = std::move(found[i]);
    result = std::move(round);
    std::erase_if(number, [&](std::size_t i) { return result.paths[i].has_value(); });
    const bool over = result.end == End::max_states || result.end == End::stopped;
    if (number.empty() || !limited || over) return result;
    open.properties.clear();
    for (const std::size_t i : number) open.properties.push_back(options.properties[i]);
  }
}

Searcher::Searcher(const lang::Tree& tree, std::vector<spec::NativeFacts> topologies, Grain grain,
                   const Reading& reading) {
  if (reading.rules.size() != tree.rules.size())
    throw std::invalid_argument("search: the reading has " + std::to_string(reading.rules.size()) +
                                " rules and the tree " + std::to_string(tree.rules.size()));
  if (!topologies.empty()) prepared_ = std::make_unique<Prepared>(tree, std::move(topologies), grain, reading);
}
Searcher::~Searcher() = default;
Searcher::Searcher(Searcher&&) noexcept = default;
Searcher& Searcher::operator=(Searcher&&) noexcept = default;

Result Searcher::run(const Options& options) {
  if (prepared_ == nullptr)
    return Result{std::vector<std::optional<Path>>(options.properties.size()), End::exhausted, 0, 0, 0, {}, 0};
  for (const int p : options.properties)
    if (p < 0 || static_cast<std::size_t>(p) >= prepared_->reading.properties.size())
      throw std::invalid_argument("search: no property number " + std::to_string(p));
  const auto start = std::chrono::steady_clock::now();
  const bool in_slices = options.slice && !options.properties.empty();
  Result result = in_slices ? prepared_->run_in_slices(options) : prepared_->run_whole(options);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

bool Searcher::alike(int property, int other) {
  return property == other || prepared_ == nullptr || prepared_->matter(property) == prepared_->matter(other);
}

Result search(const lang::Tree& tree, std::span<const spec::NativeFacts> topologies, const Options& options) {
  return Searcher(tree, {topologies.begin(), topologies.end()}, options.grain, options.reading).run(options);
}

}  // namespace pasid::explore
