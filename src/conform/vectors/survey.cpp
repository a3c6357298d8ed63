#include "src/conform/vectors/survey.hpp"

#include <algorithm>
#include <cstring>
#include <random>

namespace pasid::conform::vectors {
namespace {

/// Nothing that a tester hears depends on what hardware has cached.
explore::Cells heard_of(const lang::Tree& tree) {
  explore::Cells out(tree.cells.size(), true);
  for (std::size_t i = 0; i < tree.cells.size(); ++i) {
    const std::string_view name = tree.cells[i].name;
    if (!tree.cells[i].rigid && (name == "pasid_cache" || name.starts_with("iotlb") || name.starts_with("atc")))
      out[i] = false;
  }
  return out;
}

bool alike(const Belief& a, const Belief& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) { return std::memcmp(&x, &y, sizeof x) == 0; });
}

}  // namespace

std::size_t Kinds::number(const Kind& kind) {
  const auto found = std::ranges::find(all_, kind);
  if (found != all_.end()) return static_cast<std::size_t>(found - all_.begin());
  all_.push_back(kind);
  return all_.size() - 1;
}

Survey::Survey(const lang::Tree& tree, Asking& asking, Kinds& kinds, const SurveyLimits& limits, std::uint64_t seed)
    : asking_(asking), kinds_(kinds), facts_{asking.facts()}, worlds_(tree, facts_, true, heard_of(tree)) {
  nodes_.push_back({asking.start(), 0, {}, 0, {}, false});
  known_.emplace(key(nodes_[0].belief), 0);
  std::size_t looked = 0;
  std::size_t next = 0;
  for (; next < nodes_.size() && looked < limits.level_nodes; ++next, ++looked) look(next);
  std::mt19937_64 random(seed);
  // On from where something rare has just been answered, a few calls at a time.
  std::vector<std::size_t> open;
  for (std::size_t i = next; i < nodes_.size(); ++i) open.push_back(i);
  for (std::size_t n = 0; n < limits.guided_nodes && !open.empty(); ++n) {
    constexpr std::size_t candidates = 8;
    std::size_t best = 0;
    std::size_t rarity = static_cast<std::size_t>(-1);
    for (std::size_t c = 0; c < candidates; ++c) {
      const std::size_t at = random() % open.size();
      const Node& node = nodes_[open[at]];
      const std::size_t met = met_[kinds_.number(node.by.kind)];
      if (met < rarity) rarity = met, best = at;
    }
    const std::size_t node = open[best];
    open[best] = open.back();
    open.pop_back();
    const std::size_t before = nodes_.size();
    look(node);
    for (std::size_t i = before; i < nodes_.size(); ++i) open.push_back(i);
  }
}

std::string Survey::key(const Belief& belief) const {
  std::vector<std::string> keys;
  for (const auto& s : belief) {
    std::string k(worlds_.key_bytes(), '\0');
    worlds_.key(worlds_[0], s, reinterpret_cast<std::uint8_t*>(k.data()));
    keys.push_back(std::move(k));
  }
  std::ranges::sort(keys);
  std::string out;
  for (const auto& k : keys) out += k;
  return out;
}

std::size_t Survey::node_of(Belief&& belief, std::size_t parent, const Asked& by) {
  const auto [found, is_new] = known_.try_emplace(key(belief), nodes_.size());
  if (is_new) nodes_.push_back({std::move(belief), parent, by, nodes_[parent].depth + 1, {}, false});
  return found->second;
}

void Survey::look(std::size_t node) {
  const Belief belief = nodes_[node].belief;
  std::vector<Way> ways;
  asking_.each(belief, [&](const Asked& asked, Belief&& after) {
    const std::size_t kind = kinds_.number(asked.kind);
    const bool first = std::ranges::find(ways, kind, &Way::kind) == ways.end();
    const std::size_t to = alike(after, belief) ? node : node_of(std::move(after), node, asked);
    if (first) ways.push_back({kind, asked, to});
    return true;
  });
  met_.resize(std::max(met_.size(), kinds_.count()));
  for (const Way& w : ways) ++met_[w.kind];
  nodes_[node].ways = std::move(ways);
  nodes_[node].looked_at = true;
}

std::vector<Asked> Survey::path(std::size_t node) const {
  std::vector<Asked> out;
  for (; node != 0; node = nodes_[node].parent) out.push_back(nodes_[node].by);
  std::ranges::reverse(out);
  return out;
}

}  // namespace pasid::conform::vectors
