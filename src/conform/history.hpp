// Histories: calls that several threads made at once, and whether some order of them explains the answers.
#pragma once

#include <atomic>
#include <span>
#include <vector>

#include "src/conform/checker.hpp"

namespace pasid::conform {

/// A call of one thread, with its answer. Instants are of one clock; no two are the same.
struct Event {
  /// What was asked for; several where the caller could not tell which of them it is (the last thread of an mm or not).
  std::vector<Call> calls;
  Answer answer;
  std::uint64_t invoked = 0;
  std::uint64_t returned = 0;
};

/// A clock for events.
class Clock {
 public:
  std::uint64_t now() { return next_.fetch_add(1, std::memory_order_seq_cst); }

 private:
  std::atomic<std::uint64_t> next_{1};
};

struct Linearised {
  enum class Kind : std::uint8_t {
    yes = 1,  ///< `order` explains every answer
    no,       ///< no order does
    unknown,  ///< too many to look at
  } kind = Kind::no;
  std::vector<std::size_t> order;  ///< yes: by number of the event; no: the longest beginning that explains its answers
  std::size_t nodes = 0;           ///< sets of events done, with the state they led to
};

/// Is there an order of the events in which one that returned before another was invoked comes before it, and which,
/// call by call from `start`, gives their answers (and ends in what `shown` shows of `cells`)? After Wing and Gong,
/// with Lowe's memory of what was seen before. Two answers need no order: would_block while another call is under way,
/// which may be what it waits for; and failure, which is taken for "this call has no meaning here", where the model
/// says so too. Neither changes anything. One to 64 events, else std::invalid_argument.
Linearised linearise(const Catalogue& catalogue, const World& world, const spec::NativeState& start,
                     std::span<const Event> events, const View* shown = nullptr, const std::vector<int>& cells = {},
                     std::size_t max_nodes = 50'000);

}  // namespace pasid::conform
