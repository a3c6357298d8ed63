// An operation: what takes something out of the tables and is over only when the hardware has forgotten it. It is made
// ready, with all memory it needs, together with what it will take away: ending something never fails.
#pragma once

#include <list>
#include <vector>

#include <pasid/engine.hpp>

namespace pasid::engine::detail {

enum class Job : std::uint8_t {
  unbind = 1,     ///< of a bond: stop to drain_faults
  undo_bind,      ///< of an open() that failed after a table was changed
  mm_release,     ///< of an mm whose last thread ended: no draining, for its notifier cannot wait (intel_mm_release())
  detach,         ///< of a domain
  detach_kernel,  ///< and the driver's number is freed
  replace,        ///< of a domain by another
  reset,          ///< of all that is in a device's table
};

/// A number in the tables of a group, or of one device, with what invalidations must name.
struct Target {
  std::uint32_t group = 0;
  std::uint32_t device = UINT32_MAX;  ///< one alone; else all of the group
  Pasid pasid = 0;
  std::uint16_t domain_id = 0;
  bool whole_domain = false;
};

struct Operation {
  Ticket ticket = 0;
  Job job{};
  std::uint32_t subject = UINT32_MAX;  ///< bond, mm, or device
  std::uint32_t group = UINT32_MAX;    ///< whose slot `pasid` changes, and whose lock is held
  Pasid pasid = 0;
  std::uint32_t next = UINT32_MAX;  ///< replace: what comes in place
  std::vector<Target> targets;
  std::vector<std::uint32_t> cleared;  ///< devices whose entry `pasid` was present
  Step at = Step::live;                ///< the last step that is over
  std::optional<Step> under_way;
  std::vector<Command> unsent;             ///< of the step under way, last first
  std::vector<std::uint64_t> outstanding;  ///< commands handed over and not done
  std::uint64_t last_command = 0;
  Passage* passage = nullptr;  ///< who hands `unsent` over
};

/// One operation made ready, or none while it is under way.
using Spare = std::list<Operation>;

/// With room for everything it will hold: so many targets, and commands in one step.
inline Spare make_spare(std::size_t targets, std::size_t commands) {
  Spare spare(1);
  spare.front().targets.reserve(targets);
  spare.front().cleared.reserve(commands);
  spare.front().unsent.reserve(commands);
  spare.front().outstanding.reserve(commands);
  return spare;
}

}  // namespace pasid::engine::detail
