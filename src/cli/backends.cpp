#include "src/cli/backends.hpp"

#include <CLI/CLI.hpp>

#include "src/cli/help.hpp"
#include "src/conform/process.hpp"
#include "src/conform/reference.hpp"
#include "src/io/error.hpp"

namespace pasid::cli {
namespace {

constexpr std::string_view process_prefix = "process:";

}  // namespace

void BackendChoice::add_options(CLI::App& command) {
  command
      .add_option(
          "--backend", text_,
          "what is under test: reference (the library in src/engine), or process:COMMAND, a program that speaks "
          "the protocol, run by the shell")
      ->type_name("BACKEND")
      ->capture_default_str();
  command.add_option("--timeout", timeout_, "seconds that a process may take for one answer before it counts as hung")
      ->type_name("SECONDS")
      ->check(quietly(CLI::Range(0.001, 86400.0)))
      ->capture_default_str();
}

void BackendChoice::start() {
  if (text_ == "reference") return;
  if (!text_.starts_with(process_prefix) || text_.size() == process_prefix.size())
    throw std::invalid_argument("--backend: there is no " + io::in_quotes(text_) +
                                "; expected reference or process:COMMAND");
  conform::ProcessOptions options;
  options.limit = std::chrono::milliseconds(static_cast<std::int64_t>(timeout_ * 1000));
  auto process = std::make_unique<conform::Process>(text_.substr(process_prefix.size()), options);
  process_ = process.get();
  backend_ = std::move(process);
}

std::string BackendChoice::no_hello() const { return process_ == nullptr ? std::string() : process_->no_hello(); }

conform::Device BackendChoice::device() const {
  return process_ == nullptr ? conform::Device::asked : process_->capabilities().device;
}

void BackendChoice::speak(const conform::Catalogue& catalogue) {
  if (process_ != nullptr) process_->speak(catalogue);
  else if (speaks_ != &catalogue) backend_ = std::make_unique<conform::ReferenceBackend>(catalogue);
  speaks_ = &catalogue;
}

std::string BackendChoice::failed() const { return process_ == nullptr ? std::string() : process_->failed(); }

}  // namespace pasid::cli
