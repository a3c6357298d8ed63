// The option --backend of the commands that drive an implementation.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "src/conform/backend.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI
namespace pasid::conform {
class Process;
struct ProcessOptions;
}  // namespace pasid::conform
namespace pasid::conform::vm {
struct Machine;
}

namespace pasid::cli {

struct Session;

class BackendChoice {
 public:
  BackendChoice();
  ~BackendChoice();

  void add_options(CLI::App& command);

  /// Whose rules it is to be held to where nobody says. Throws std::invalid_argument where --backend names none.
  [[nodiscard]] std::string design() const;
  /// Starts it. Throws std::invalid_argument where --backend names none, and conform::vm::Unavailable where what it
  /// needs cannot be had. `session`: who hears of it where that takes long.
  void start(const Session& session);
  /// Not empty: the program under test did not say what it offers, and nothing can be asked of it.
  [[nodiscard]] std::string no_hello() const;
  /// Who plays its device.
  [[nodiscard]] conform::Device device() const;
  /// Calls are numbers of this catalogue from now on; it must outlive what follows. The backend is there after that.
  void speak(const conform::Catalogue& catalogue);

  [[nodiscard]] conform::Backend& operator*() const { return *backend_; }
  [[nodiscard]] conform::Backend* operator->() const { return backend_.get(); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  [[nodiscard]] std::chrono::milliseconds timeout() const;
  void run(const std::string& command, const conform::ProcessOptions& options);

  std::string text_ = "reference";
  std::string headers_;
  double timeout_ = 10;
  CLI::Option* timeout_given_ = nullptr;
  std::unique_ptr<conform::vm::Machine> machine_;  ///< of a kernel; it outlives the process
  std::unique_ptr<conform::Backend> backend_;
  conform::Process* process_ = nullptr;
  const conform::Catalogue* speaks_ = nullptr;
};

}  // namespace pasid::cli
