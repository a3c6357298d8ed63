// The worlds that vectors are made for: small ones, each with something that the others have not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "spec/lang/tree.hpp"
#include "src/conform/world.hpp"

namespace pasid::conform::vectors {

struct DevicePlan {
  std::uint32_t max_pasids = 1U << 20;  ///< 0: no PASIDs at all
  std::uint8_t unit = 1;
  std::uint8_t group = 0;  ///< 0: one of its own
  bool ats = true;
  bool privileged = true;
};

struct QueuePlan {
  std::uint8_t dev = 1;
  bool shared = true;
  bool kernel = false;
};

struct Plan {
  std::string name;
  std::string why;  ///< what is met here
  std::vector<DevicePlan> devices = {{}};
  std::vector<bool> svm = {true};  ///< by unit
  std::vector<QueuePlan> queues = {{}};
  std::uint8_t threads = 2;
  std::uint8_t files = 2;
  std::uint8_t works = 1;
  std::uint8_t mms = 2;
  std::uint8_t kernel_domains = 0;
  bool pass_through = false;
  std::uint8_t tables = 0;                         ///< of user space
  std::vector<std::uint32_t> numbers = {1, 2, 3};  ///< ascending; all others are reserved
  std::vector<std::uint32_t> nobodys = {};         ///< of `numbers`, the first few: reserved, too
};

/// In the order in which vectors are made for them.
std::vector<Plan> plans();

/// The plan with the knobs in `knobs`: a topology that satisfies the axioms and leaves users and kernel the most
/// numbers. Nothing where the axioms allow none, or leave users no number. Throws std::invalid_argument where the plan
/// has more of a sort than a state has room for.
std::optional<World> world_of(const lang::Tree& tree, const spec::NativeFacts& knobs, const Plan& plan);

}  // namespace pasid::conform::vectors
