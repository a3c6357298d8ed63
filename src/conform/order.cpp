#include "src/conform/order.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace pasid::conform {
namespace {

using Step = Came::Step;

constexpr std::array<std::string_view, 7> names{"set", "clear", "flush", "drain_faults", "answered", "closed", "free"};

/// What an implementation shows of a step of the design's; the steps of a driver and of the book of slots do not come.
std::optional<Step> shown(spec::Step step) {
  switch (step) {
    case spec::Step::clear: return Step::clear;
    case spec::Step::flush_pasid_cache:
    case spec::Step::flush_iotlb:
    case spec::Step::flush_dev_tlb: return Step::flush;
    case spec::Step::drain_faults: return Step::drain_faults;
    default: return std::nullopt;
  }
}

bool has(const std::vector<Step>& steps, Step step) { return std::ranges::find(steps, step) != steps.end(); }

}  // namespace

std::string_view name_of(Step step) { return names[static_cast<std::size_t>(step) - 1]; }
std::vector<std::string_view> step_names() { return {names.begin(), names.end()}; }

/// Of three flushes the last one counts: until then not all is flushed.
Order::Order(const World& world) : world_(world) {
  for (auto at = world.facts.next(spec::Step::live); !(at == lang::none); at = world.facts.next(at))
    if (const auto step = shown(static_cast<spec::Step>(at.v))) {
      std::erase(list_, *step);
      list_.push_back(*step);
    }
}

const Step* Order::missing(const Entry& entry, Step step) const {
  for (const Step& s : list_) {
    if (s == step) break;
    if (!has(entry.done, s) && (entry.kind == spec::Kind::mm || s != Step::drain_faults)) return &s;
  }
  return nullptr;
}

std::string Order::take(const Came& came) {
  const auto said = [&](std::uint8_t dev, const std::string& what) {
    return std::string(name_of(came.step)) + " of PASID " + std::to_string(came.number) + " comes " + what +
           " on device " + std::to_string(dev);
  };
  if (came.step == Step::answered || came.step == Step::closed) return {};
  if (came.step == Step::free) {
    for (auto at = entries_.lower_bound({came.number, 0}); at != entries_.end() && at->first.first == came.number;
         ++at) {
      const Entry& entry = at->second;
      if (entry.kind == spec::Kind::user_managed) continue;
      if (entry.there) return said(at->first.second, "before its clear");
      if (entry.done.empty()) continue;  // never set
      if (const Step* s = missing(entry, came.step))
        return said(at->first.second, "before its " + std::string(name_of(*s)));
    }
    return {};
  }
  Entry& entry = entries_[{came.number, came.dev}];
  const bool begun = !entry.done.empty();
  if (came.step == Step::set) {
    if (begun)
      if (const Step* s = missing(entry, came.step)) return said(came.dev, "before its " + std::string(name_of(*s)));
    entry = {true, static_cast<spec::Kind>(world_.facts.kind(lang::Id<spec::As>{came.as}).v), {}};
    return {};
  }
  if (came.step == Step::clear) {
    if (!entry.there) return said(came.dev, "where there is no entry");
    entry.there = false;
    entry.done.clear();
  } else if (!begun && !entry.there) {
    return {};  // what is not there can be flushed and waited for
  }
  if (const Step* s = missing(entry, came.step)) return said(came.dev, "before its " + std::string(name_of(*s)));
  entry.done.push_back(came.step);
  return {};
}

}  // namespace pasid::conform
