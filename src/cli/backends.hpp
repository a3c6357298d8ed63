// The option --backend of the commands that drive an implementation.
#pragma once

#include <chrono>
#include <cstdint>
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

/// An implementation that has been started.
class Implementation {
 public:
  Implementation();
  ~Implementation();

  /// Not empty: the program under test did not say what it offers, and nothing can be asked of it.
  [[nodiscard]] std::string no_hello() const;
  /// Who plays its device.
  [[nodiscard]] conform::Device device() const;
  /// Calls are numbers of this catalogue from now on; it must outlive what follows. The backend is there after that.
  void speak(const conform::Catalogue& catalogue);

  [[nodiscard]] conform::Backend& operator*() const { return *backend_; }
  [[nodiscard]] conform::Backend* operator->() const { return backend_.get(); }

 private:
  friend class BackendChoice;
  std::unique_ptr<conform::vm::Machine> machine_;  ///< of a kernel; it outlives the process
  std::unique_ptr<conform::Backend> backend_;
  conform::Process* process_ = nullptr;
  const conform::Catalogue* speaks_ = nullptr;
};

class BackendChoice {
 public:
  void add_options(CLI::App& command);

  /// Whose rules it is to be held to where nobody says. Throws std::invalid_argument where --backend names none.
  [[nodiscard]] std::string design() const;
  /// How many of it are to be asked at once, `most` at most, 1 at least. Where nobody says: of a kernel in a virtual
  /// machine, which waits for much of the time, as many as there are processors; else one.
  [[nodiscard]] std::size_t jobs(std::uint64_t most) const;
  /// Starts one. Throws std::invalid_argument where --backend names none, and conform::vm::Unavailable where what it
  /// needs cannot be had. `session`: who hears of it where that takes long.
  [[nodiscard]] std::unique_ptr<Implementation> start(const Session& session) const;

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  [[nodiscard]] std::chrono::milliseconds timeout() const;

  std::string text_ = "reference";
  std::string headers_;
  std::size_t jobs_ = 0;  ///< 0: nobody says
  double timeout_ = 10;
  CLI::Option* timeout_given_ = nullptr;
};

}  // namespace pasid::cli
