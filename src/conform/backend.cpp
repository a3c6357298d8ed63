#include "src/conform/backend.hpp"

#include <algorithm>

namespace pasid::conform {
namespace {

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::string_view name_of(Answer::By by) {
  switch (by) {
    case Answer::By::core: return "core";
    case Answer::By::driver: return "driver";
    case Answer::By::unknown: break;
  }
  return "unknown";
}

std::string choice_name(const Parameter& parameter, std::uint8_t value) {
  return std::string(parameter.name) + "." + std::string(parameter.sort->enumerators[value - 1U]);
}

bool Capabilities::offers(std::string_view call) const { return has(calls, call); }

bool Capabilities::shows(std::string_view cell) const { return has(observes, cell); }

bool Capabilities::can_tell(const Parameter& parameter, std::uint8_t value) const {
  if (parameter.sort->kind != lang::SortKind::enumeration || value <= 1) return true;
  return has(environment, choice_name(parameter, value));
}

std::string Capabilities::lacks(const World& world) const {
  const spec::NativeFacts& f = world.facts;
  const auto devices = f.count[spec::Dev::index];
  if (!several_units && f.count[spec::Unit::index] > 1) return "several IOMMUs";
  if (!grouped_devices && f.count[spec::Group::index] < devices) return "a group of several devices";
  if (!narrow_devices)
    for (std::uint8_t d = 1; d <= devices; ++d)
      if (const auto max = max_pasids(world, d); max != 0 && max != pasid_numbers)
        return "a device of fewer than 2^20 PASIDs";
  if (!reserved_numbers && !reserved(world).empty()) return "reserved numbers";
  return {};
}

}  // namespace pasid::conform
