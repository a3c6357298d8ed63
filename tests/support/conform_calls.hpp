// Calls by hand, in one world.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>

#include "tests/support/conform_worlds.hpp"

namespace pasid::test {

/// Two devices, the first with a shared and a dedicated queue, the second with one of the kernel's; four numbers.
inline const conform::World& shared_world() {
  static const auto all = worlds_of(conform_model().knobs,
                                    {{"Task", 4},
                                     {"As", 6},
                                     {"Bond", 3},
                                     {"Desc", 3},
                                     {"Wq", 3},
                                     {"Dev", 2},
                                     {"Group", 2},
                                     {"Unit", 1},
                                     {"Space", 1},
                                     {"Pasid", 5}},
                                    {{"kind", {1, 1, 1, 3, 5, 5}},
                                     {"rid_pasid", {1}},
                                     {"svm", {1}},
                                     {"ats", {1, 1}},
                                     {"capable", {1, 1}},
                                     {"privileged", {1, 1}},
                                     {"wq_dev", {1, 1, 2}},
                                     {"shared", {1, 0, 0}},
                                     {"kernel_queue", {0, 0, 1}},
                                     {"group_of", {1, 2}},
                                     {"user_range", {0, 1, 1, 1, 1}},
                                     {"fits", {0, 1, 1, 1, 1, 0, 1, 1, 1, 1}}});
  return all.at(0);
}

/// A call by name; what is not said is the first.
inline conform::Call call(std::string_view name, const std::vector<std::pair<std::string_view, int>>& args) {
  conform::Call out{catalogue().named(name), {}};
  if (out.kind < 0) throw std::invalid_argument("no call " + std::string(name));
  const auto& kind = catalogue()[out.kind];
  for (const std::uint8_t k : kind.inputs) out.args[k] = 1;
  for (const auto& [param, value] : args) {
    const auto found = std::ranges::find(kind.params, param, &conform::Parameter::name);
    if (found == kind.params.end()) throw std::invalid_argument("no parameter " + std::string(param));
    out.args[static_cast<std::size_t>(found - kind.params.begin())] = static_cast<std::uint8_t>(value);
  }
  return out;
}

}  // namespace pasid::test
