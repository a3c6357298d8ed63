// A host for tests of the engine: keeps a log, holds back what it is told to, and runs out of memory on request.
#pragma once

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include <pasid/engine.hpp>

namespace pasid::engine {

class TestHost : public Host {
 public:
  void execute(const Command& command, const Completion& completion) noexcept override {
    {
      const std::scoped_lock lock(lock_);
      log_.push_back(command);
      if (hold_.contains(command.kind)) {
        held_.emplace_back(command, completion);
        return;
      }
    }
    completion.done();
  }
  bool may_allocate(Allocation a) noexcept override { return !denied.contains(a); }
  bool accepts(Queue) noexcept override { return !refuses; }

  void hold(std::set<CommandKind> kinds) {
    const std::scoped_lock lock(lock_);
    hold_ = std::move(kinds);
  }
  void hold_all() {
    hold({CommandKind::drain_work, CommandKind::drain_queue, CommandKind::flush_pasid_cache, CommandKind::flush_iotlb,
          CommandKind::flush_dev_tlb, CommandKind::drain_page_requests});
  }
  /// What is held, oldest first; taken out.
  std::vector<std::pair<Command, Completion>> take() {
    const std::scoped_lock lock(lock_);
    return std::exchange(held_, {});
  }
  /// Completes what is held, and what comes of that, until nothing is.
  void complete_all() {
    hold({});
    for (auto held = take(); !held.empty(); held = take())
      for (auto& [command, completion] : held) completion.done();
  }
  std::vector<Command> log() {
    const std::scoped_lock lock(lock_);
    return log_;
  }
  void forget_log() {
    const std::scoped_lock lock(lock_);
    log_.clear();
  }

  std::set<Allocation> denied;
  bool refuses = false;

 private:
  std::mutex lock_;
  std::set<CommandKind> hold_;
  std::vector<std::pair<Command, Completion>> held_;
  std::vector<Command> log_;
};

}  // namespace pasid::engine
