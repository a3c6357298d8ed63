#include "src/conform/history.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

namespace pasid::conform {
namespace {

class Linearising {
 public:
  Linearising(const Catalogue& catalogue, const World& world, std::span<const Event> events, const View* shown,
              const std::vector<int>& cells, std::size_t max_nodes)
      : events_(events), shown_(shown), cells_(cells), max_nodes_(max_nodes), checker_(catalogue, world) {
    if (events.empty()) throw std::invalid_argument("a history of no events");
    if (events.size() > 64) throw std::invalid_argument("a history of more than 64 events");
  }

  Linearised from(const spec::NativeState& start) {
    const bool found = go_on(0, start);
    if (found) out_.order = order_;
    out_.kind = found ? Linearised::Kind::yes : overflow_ ? Linearised::Kind::unknown : Linearised::Kind::no;
    return out_;
  }

 private:
  [[nodiscard]] bool done(std::uint64_t set, std::size_t i) const { return (set >> i & 1U) != 0; }

  /// Have these events been done before, leading to this state?
  bool seen(std::uint64_t set, const spec::NativeState& state) {
    const std::string_view bytes(reinterpret_cast<const char*>(&state), sizeof state);
    auto& there = seen_[std::hash<std::string_view>{}(bytes) ^ set * 0x9e3779b97f4a7c15U];
    for (const auto& [s, known] : there)
      if (s == set && std::memcmp(&known, &state, sizeof state) == 0) return true;
    there.emplace_back(set, state);
    ++out_.nodes;
    return false;
  }

  bool go_on(std::uint64_t set, const spec::NativeState& state) {
    if (order_.size() > out_.order.size()) out_.order = order_;
    if (order_.size() == events_.size()) return ends_in(state);
    if (overflow_ || seen(set, state)) return false;
    overflow_ = out_.nodes > max_nodes_;
    std::uint64_t first_return = ~std::uint64_t{0};
    for (std::size_t i = 0; i < events_.size(); ++i)
      if (!done(set, i)) first_return = std::min(first_return, events_[i].returned);
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (done(set, i) || events_[i].invoked > first_return) continue;
      order_.push_back(i);
      for (const spec::NativeState& after : after_event(i, state))
        if (go_on(set | std::uint64_t{1} << i, after)) return true;
      order_.pop_back();
    }
    return false;
  }

  /// The states that the event leads to; none where its answer is not the model's.
  std::vector<spec::NativeState> after_event(std::size_t i, const spec::NativeState& state) {
    const Event& e = events_[i];
    if (e.answer.kind == Answer::Kind::would_block && overlapped(i)) return {state};
    std::vector<spec::NativeState> out;
    for (const Call& call : e.calls) {
      checker_.reset(state);
      if (e.answer.kind == Answer::Kind::failure) {
        if (checker_.given(call)) return {};
        continue;
      }
      if (checker_.step(call, e.answer) != Checker::Result::ok) continue;
      out.insert(out.end(), checker_.states().begin(), checker_.states().end());
    }
    if (e.answer.kind == Answer::Kind::failure) return {state};
    return out;
  }

  [[nodiscard]] bool overlapped(std::size_t i) const {
    const Event& e = events_[i];
    return std::ranges::any_of(
        events_, [&](const Event& o) { return &o != &e && o.invoked < e.returned && e.invoked < o.returned; });
  }

  bool ends_in(const spec::NativeState& state) {
    if (shown_ == nullptr) return true;
    checker_.reset(state);
    return checker_.look(*shown_, cells_) == Checker::Result::ok;
  }

  std::span<const Event> events_;
  const View* shown_;
  const std::vector<int>& cells_;
  std::size_t max_nodes_;
  Checker checker_;
  std::unordered_map<std::uint64_t, std::vector<std::pair<std::uint64_t, spec::NativeState>>> seen_;
  std::vector<std::size_t> order_;
  bool overflow_ = false;
  Linearised out_;
};

}  // namespace

Linearised linearise(const Catalogue& catalogue, const World& world, const spec::NativeState& start,
                     std::span<const Event> events, const View* shown, const std::vector<int>& cells,
                     std::size_t max_nodes) {
  return Linearising(catalogue, world, events, shown, cells, max_nodes).from(start);
}

}  // namespace pasid::conform
