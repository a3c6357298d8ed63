#include "src/cli/backends.hpp"

#include <algorithm>
#include <thread>

#include <CLI/CLI.hpp>

#include "proofs/model.hpp"
#include "src/cli/help.hpp"
#include "src/cli/progress.hpp"
#include "src/conform/linux/machine.hpp"
#include "src/conform/process.hpp"
#include "src/conform/reference.hpp"
#include "src/io/error.hpp"

namespace pasid::cli {
namespace {

constexpr std::string_view process_prefix = "process:";
constexpr std::string_view linux_prefix = "linux:";

conform::vm::Choice kernel_of(const std::string& text, const std::string& headers) {
  return {text.substr(linux_prefix.size()), headers};
}

}  // namespace

Implementation::Implementation() = default;
Implementation::~Implementation() = default;

std::string Implementation::no_hello() const { return process_ == nullptr ? std::string() : process_->no_hello(); }

conform::Device Implementation::device() const {
  return process_ == nullptr ? conform::Device::asked : process_->capabilities().device;
}

void Implementation::speak(const conform::Catalogue& catalogue) {
  if (process_ != nullptr) process_->speak(catalogue);
  else if (speaks_ != &catalogue) backend_ = std::make_unique<conform::ReferenceBackend>(catalogue);
  speaks_ = &catalogue;
}

void BackendChoice::add_options(CLI::App& command) {
  command
      .add_option("--backend", text_,
                  "what is under test: reference (the library in src/engine), process:COMMAND, a program that speaks "
                  "the protocol, run by the shell, linux:7.3, that kernel in a virtual machine (pasid linux), or "
                  "linux:PATH/bzImage, your own")
      ->type_name("BACKEND")
      ->capture_default_str();
  command.add_option("--headers", headers_, "of your own kernel: the directory it was built in, or its headers")
      ->type_name("DIR");
  command
      .add_option("--jobs", jobs_,
                  "how many of it are started and asked at the same time; 1, and of a kernel as many as there are "
                  "processors, where this is not given")
      ->type_name("N")
      ->check(quietly(CLI::Range(1, 256)));
  timeout_given_ =
      command
          .add_option("--timeout", timeout_,
                      "seconds that a process may take for one answer before it counts as hung; a virtual machine may "
                      "take longer where this is not given")
          ->type_name("SECONDS")
          ->check(quietly(CLI::Range(0.001, 86400.0)))
          ->capture_default_str();
}

std::chrono::milliseconds BackendChoice::timeout() const {
  return std::chrono::milliseconds(static_cast<std::int64_t>(timeout_ * 1000));
}

std::string BackendChoice::design() const {
  if (text_.starts_with(linux_prefix)) return std::string(conform::vm::design_of(kernel_of(text_, headers_)));
  return "linux-7.3";
}

std::size_t BackendChoice::jobs(std::uint64_t most) const {
  const std::size_t best = text_.starts_with(linux_prefix) ? std::thread::hardware_concurrency() : 1;
  return std::max<std::size_t>(std::min<std::uint64_t>(jobs_ > 0 ? jobs_ : best, most), 1);
}

std::unique_ptr<Implementation> BackendChoice::start(const Session& session) const {
  if (!headers_.empty() && !text_.starts_with(linux_prefix))
    throw std::invalid_argument("--headers: only a kernel of your own has them (--backend linux:PATH)");
  auto out = std::make_unique<Implementation>();
  if (text_ == "reference") return out;
  conform::ProcessOptions options;
  options.limit = timeout();
  options.model = &proofs::model();
  std::string command;
  if (text_.starts_with(process_prefix) && text_.size() > process_prefix.size()) {
    command = text_.substr(process_prefix.size());
  } else if (text_.starts_with(linux_prefix)) {
    Progress progress(session);
    const auto say = [&](const std::string& what) { progress.say(what); };
    out->machine_ = std::make_unique<conform::vm::Machine>(
        conform::vm::machine(kernel_of(text_, headers_), conform::vm::Want::any, say));
    if (timeout_given_->empty()) options.limit = conform::vm::answer_limit;
    options.start_limit = conform::vm::boot_limit;
    command = conform::vm::started(*out->machine_, say);
  } else {
    throw std::invalid_argument("--backend: there is no " + io::in_quotes(text_) +
                                "; expected reference, process:COMMAND or linux:KERNEL");
  }
  auto process = std::make_unique<conform::Process>(command, options);
  out->process_ = process.get();
  out->backend_ = std::move(process);
  return out;
}

}  // namespace pasid::cli
