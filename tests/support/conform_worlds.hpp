// Worlds of Linux 7.3 for tests of src/conform, and the model they belong to.
#pragma once

#include <vector>

#include "src/conform/reference.hpp"
#include "tests/support/designs.hpp"

namespace pasid::test {

/// The model, built once.
struct ConformModel {
  lang::Tree tree;
  explore::Reading reading = explore::native_reading();
  NativeFacts knobs = linux_7_3();
  ConformModel() { spec::build(tree); }
};

inline const ConformModel& conform_model() {
  static const ConformModel model;
  return model;
}

inline const conform::Catalogue& catalogue() {
  static const conform::Catalogue all(conform_model().tree, conform_model().reading, conform_model().knobs);
  return all;
}

/// Linux 7.3, but that the RID's domain may change while a driver holds a number, which calls replace_kernel_dma() up.
inline const conform::Catalogue& catalogue_where_rids_leave() {
  static const NativeFacts knobs = [] {
    NativeFacts f = conform_model().knobs;
    f.rid_change() = spec::RidChange::leaves;
    return f;
  }();
  static const conform::Catalogue all(conform_model().tree, conform_model().reading, knobs);
  return all;
}

/// The one that a world belongs to.
inline const conform::Catalogue& catalogue_of(const conform::World& world) {
  const auto leaves = lang::Id<spec::RidChange>(spec::RidChange::leaves);
  return lang::Id<spec::RidChange>(world.facts.rid_change()) == leaves ? catalogue_where_rids_leave() : catalogue();
}

struct Size {
  const char* sort;
  int count;
};

inline std::vector<conform::World> worlds_of(const NativeFacts& knobs, const std::vector<Size>& sizes,
                                             const std::vector<explore::Pin>& pins) {
  explore::Scope scope;
  for (const Size& s : sizes) scope.set(conform_model().tree, s.sort, s.count);
  for (const auto& p : pins) scope.pin(p.cell, p.values);
  return conform::worlds(conform_model().tree, knobs, scope);
}

/// Two devices with three queues, every grouping and width of up to three numbers.
inline const std::vector<conform::World>& two_devices() {
  static const auto all = worlds_of(conform_model().knobs,
                                    {{"Task", 3},
                                     {"As", 6},
                                     {"Bond", 3},
                                     {"Desc", 2},
                                     {"Wq", 3},
                                     {"Dev", 2},
                                     {"Group", 2},
                                     {"Unit", 1},
                                     {"Space", 1},
                                     {"Pasid", 4}},
                                    {{"kind", {1, 1, 1, 3, 5, 5}},
                                     {"rid_pasid", {1}},
                                     {"svm", {1}},
                                     {"ats", {1, 1}},
                                     {"capable", {1, 1}},
                                     {"privileged", {1, 1}},
                                     {"wq_dev", {1, 1, 2}},
                                     {"shared", {1, 0, 1}},
                                     {"kernel_queue", {0, 0, 1}}});
  return all;
}

/// Two devices that lack what the first ones have: SVM, ATS, PASIDs, privileged mode; with a pass-through domain.
inline const std::vector<conform::World>& poor_devices() {
  static const auto all = worlds_of(conform_model().knobs,
                                    {{"Task", 2},
                                     {"As", 5},
                                     {"Bond", 2},
                                     {"Desc", 1},
                                     {"Wq", 3},
                                     {"Dev", 2},
                                     {"Group", 2},
                                     {"Unit", 2},
                                     {"Space", 1},
                                     {"Pasid", 3}},
                                    {{"kind", {1, 1, 3, 4, 5}},
                                     {"rid_pasid", {1}},
                                     {"user_range", {0, 1, 1}},
                                     {"wq_dev", {1, 2, 2}},
                                     {"shared", {1, 1, 0}},
                                     {"kernel_queue", {0, 0, 1}}});
  return all;
}

/// All of them, and two devices where the RID's domain may leave a driver's number behind.
inline const std::vector<conform::World>& conform_worlds() {
  static const auto all = [] {
    auto out = two_devices();
    for (conform::World& w : out) w.facts.rid_change() = spec::RidChange::leaves;
    out.insert(out.end(), two_devices().begin(), two_devices().end());
    out.insert(out.end(), poor_devices().begin(), poor_devices().end());
    return out;
  }();
  return all;
}

}  // namespace pasid::test
