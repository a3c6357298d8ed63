// The process backend: any program that speaks the protocol (spec/formats/conform_protocol.md).
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "src/conform/backend.hpp"
#include "src/conform/child.hpp"
#include "src/conform/wire.hpp"

namespace pasid::conform {

struct ProcessOptions {
  std::chrono::milliseconds limit{10'000};  ///< how long it may take for one line
  std::chrono::milliseconds start_limit{};  ///< and for the first, where that is longer: a machine has to start
  std::size_t max_batch = 256;              ///< calls in one line
  const lang::Tree* model = nullptr;        ///< what it offers must be of this one; null: anything will do
};

/// What it does wrong (it crashes, hangs, says what is no answer, or too much or too little) is told in its answers:
/// Answer::Kind::failure. It is started again by the next reset.
class Process : public Backend {
 public:
  /// Starts `command` and asks what it offers. Throws std::system_error where no process can be started at all.
  explicit Process(std::string command, const ProcessOptions& options = {});
  ~Process() override;

  /// Empty, or what went wrong when it was asked what it offers: there are no capabilities then.
  [[nodiscard]] const std::string& no_hello() const { return no_hello_; }

  /// Calls are numbers of this catalogue from now on; it must outlive what follows.
  void speak(const Catalogue& catalogue) { catalogue_ = &catalogue; }

  [[nodiscard]] const Capabilities& capabilities() const override { return capabilities_; }
  Ready reset(const World& world) override;
  void apply(std::span<const Call> calls, std::span<Answer> answers) override;
  std::optional<View> observe() override;
  std::string failed() override;

 private:
  void start();
  [[nodiscard]] std::string read_hello(std::string_view line);
  /// The answer to a request; nothing: see failed_.
  std::optional<io::JsonDocument> ask(std::string_view request);
  /// Answers as many of the calls as fit one line; 0: it failed.
  std::size_t apply_some(std::span<const Call> calls, std::span<Answer> answers);
  std::nullopt_t fail(std::string what);
  /// Holds what came since it was asked last to the order of the design.
  void look_at_order(const io::Json& shown);

  std::string command_;
  ProcessOptions options_;
  std::unique_ptr<Child> child_;
  Capabilities capabilities_;
  std::size_t line_bytes_;
  std::string no_hello_;
  std::string failed_;  ///< since the last reset
  /// Not empty: nothing was asked of it since this reset, which need not be asked for again. (A sequence ends with the
  /// reset that the next one begins with.)
  std::string fresh_;
  const Catalogue* catalogue_ = nullptr;
  std::unique_ptr<Wire> wire_;
  std::optional<Order> order_;  ///< of what it has shown since the last reset
  std::string request_;
};

}  // namespace pasid::conform
