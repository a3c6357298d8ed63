// A backend that keeps what was asked since the last reset, and what came back.
#pragma once

#include <vector>

#include "src/conform/backend.hpp"

namespace pasid::conform {

class Recorder : public Backend {
 public:
  explicit Recorder(Backend& inner) : inner_(inner) {}

  struct Exchange {
    Call call;
    Answer answer;
  };
  [[nodiscard]] const std::vector<Exchange>& exchanges() const { return exchanges_; }

  [[nodiscard]] const Capabilities& capabilities() const override { return inner_.capabilities(); }
  std::string reset(const World& world) override {
    exchanges_.clear();
    return inner_.reset(world);
  }
  void apply(std::span<const Call> calls, std::span<Answer> answers) override {
    inner_.apply(calls, answers);
    for (std::size_t i = 0; i < calls.size(); ++i) exchanges_.push_back({calls[i], answers[i]});
  }
  std::optional<View> observe() override { return inner_.observe(); }

 private:
  Backend& inner_;
  std::vector<Exchange> exchanges_;
};

}  // namespace pasid::conform
