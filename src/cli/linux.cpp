// pasid linux
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "src/cli/commands.hpp"
#include "src/cli/progress.hpp"
#include "src/cli/text.hpp"
#include "src/conform/child.hpp"
#include "src/conform/linux/machine.hpp"
#include "src/conform/process.hpp"

namespace pasid::cli {
namespace {

namespace vm = conform::vm;

struct LinuxCommand {
  vm::Choice kernel;
  std::string module;  ///< "": none
  bool json = false;
};

void fetch(const Session& session, const LinuxCommand& command) {
  Progress progress(session);
  vm::machine(command.kernel, vm::Want::newest, [&](const std::string& what) { progress.say(what); });
}

/// Starts it once, and says how that went.
void boot(Session& session, const LinuxCommand& command) {
  Progress progress(session);
  const vm::Machine machine =
      vm::machine(command.kernel, vm::Want::any, [&](const std::string& what) { progress.say(what); });
  const std::string& kernel = machine.build.kernel.name;
  std::optional<vm::Extra> extra;
  if (!command.module.empty())
    extra = vm::add_module(machine.build, command.module, machine.console.stem().string(),
                           [&](const std::string& what) { progress.say(what); });
  progress.say("booting " + kernel);
  const auto start = std::chrono::steady_clock::now();
  conform::ProcessOptions options;
  options.start_limit = vm::boot_limit;
  const conform::Process process(extra ? vm::with_module(machine, *extra) : machine.command, options);
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (const std::string& why = process.no_hello(); !why.empty()) {
    std::cerr << "pasid: " << kernel << " did not come up: " << why << "; its console is in "
              << machine.console.string() << '\n';
    session.exit_code = code::violated;
    return;
  }
  const conform::Capabilities& has = process.capabilities();
  std::vector<std::string> said;
  if (extra) said = vm::said_by(*extra, machine);
  if (command.json) {
    nlohmann::ordered_json out{{"name", has.name},
                               {"boot_seconds", took},
                               {"calls", has.calls},
                               {"observes", has.observes},
                               {"environment", has.environment},
                               {"cannot", has.cannot},
                               {"console", machine.console.string()}};
    if (extra) out["module"] = {{"name", extra->name}, {"said", said}};
    std::cout << out.dump(2) << '\n';
    return;
  }
  const auto list = [&](const char* what, const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    std::cout << "  " << padded(what, 10) << wrapped(session, text.empty() ? "nothing" : text, 12) << '\n';
  };
  std::cout << headline(session, has.name, "up in " + seconds(took));
  if (extra) {
    std::cout << "  " << extra->name << (said.empty() ? " says nothing" : " says:") << '\n';
    for (const std::string& line : said) std::cout << "    " << line << '\n';
    return;
  }
  list("calls", has.calls);
  list("shows", has.observes);
  list("can fail", has.environment);
  for (const auto& [choice, why] : has.cannot)
    std::cout << "  " << padded("cannot", 10) << wrapped(session, choice + ": " + why, 12) << '\n';
  list("console", {machine.console.string()});
}

/// Passes lines on to its agent, and back what it answers, until there are no more.
void talk(Session& session, const LinuxCommand& command) {
  std::optional<Progress> progress(std::in_place, session);
  const auto say = [&](const std::string& what) { progress->say(what); };
  const vm::Machine machine = vm::machine(command.kernel, vm::Want::any, say);
  conform::Child agent(vm::started(machine, say));
  progress.reset();
  for (std::string line; std::getline(std::cin, line);) {
    const auto answer = agent.exchange(line, vm::boot_limit);
    if (!answer) {
      std::cerr << "pasid: " << machine.build.kernel.name << ": " << agent.what() << '\n';
      session.exit_code = code::violated;
      return;
    }
    std::cout << *answer << std::endl;
  }
}

void status(const Session& session, const LinuxCommand& command) {
  nlohmann::ordered_json out{{"cache", vm::cache().string()},
                             {"emulator", !vm::cached_emulator().empty()},
                             {"series", nlohmann::ordered_json::array()}};
  for (const vm::Series& series : vm::series()) {
    const vm::Kernel kernel = vm::cached(series);
    out["series"].push_back({{"name", series.name},
                             {"design", series.design},
                             {"kernel", kernel.name},
                             {"built", !kernel.name.empty() && vm::build_for(kernel).complete()}});
  }
  if (command.json) {
    std::cout << out.dump(2) << '\n';
    return;
  }
  std::cout << headline(session, "kernels under test", out["cache"].get<std::string>());
  std::cout << "  QEMU   " << (out["emulator"].get<bool>() ? "is there" : "is fetched when it is needed") << '\n';
  for (const auto& series : out["series"]) {
    const auto kernel = series["kernel"].get<std::string>();
    std::cout << "  " << padded(series["name"].get<std::string>(), 7)
              << (kernel.empty()                ? "is fetched when it is needed"
                  : series["built"].get<bool>() ? kernel + ", module and agent built"
                                                : kernel)
              << '\n';
  }
}

}  // namespace

void add_linux(CLI::App& app, Session& session) {
  auto* linux_app = app.add_subcommand("linux", "kernels of Linux in a virtual machine, to be tested");
  linux_app->require_subcommand(1);
  linux_app->footer(
      "Examples:\n"
      "  pasid linux boot 7.3                                     start it, to see whether it works here\n"
      "  pasid replay --backend linux:7.3 vectors.json            put test vectors to it\n"
      "  pasid fuzz --backend linux:./bzImage --headers .         your own, in the directory that it was built in\n"
      "Kernels, headers and QEMU are packages of Debian, fetched at first use from the mirror that this machine's apt\n"
      "knows and unpacked into a cache (~/.cache/pasid); nothing is installed. What cannot be had: exit code 2.");
  const auto command = std::make_shared<LinuxCommand>();
  const auto add = [&](const char* name, const char* what, auto run) {
    auto* sub = linux_app->add_subcommand(name, what);
    sub->callback([&session, command, run] { run(session, *command); });
    return sub;
  };
  auto* fetches = add("fetch", "bring the newest kernel of a series into the cache, and build what runs on it", fetch);
  fetches->add_option("series", command->kernel.name, vm::names_of_series())->required()->type_name("SERIES");
  fetches->footer("Example:\n  pasid linux fetch 7.3");
  const auto choose_kernel = [&](CLI::App* sub) {
    sub->add_option("kernel", command->kernel.name, vm::names_of_series() + ", or the path of your own bzImage")
        ->required()
        ->type_name("KERNEL");
    sub->add_option("--headers", command->kernel.headers, "of your own: the directory it was built in, or its headers")
        ->type_name("DIR");
  };
  auto* boots = add("boot", "start a kernel once, and say how long it took and what it can be asked", boot);
  choose_kernel(boots);
  boots->add_option("--module", command->module, "load this too, a module in one file of C, and print what it says")
      ->type_name("FILE.c");
  boots->add_flag("--json", command->json, "machine-readable output");
  boots->footer(
      "Examples:\n"
      "  pasid linux boot 7.3\n"
      "  pasid linux boot 6.1 --module tests/findings/highest-pasid-once.c    a finding, without the model\n"
      "  pasid linux boot ~/linux/arch/x86/boot/bzImage --headers ~/linux");
  auto* talks = add("talk", "speak the protocol of programs under test to it, on standard input and output", talk);
  choose_kernel(talks);
  talks->footer(
      "What it reads and says is spec/formats/conform_protocol.md. Example:\n"
      "  echo '{\"op\":\"hello\",\"protocol\":1}' | pasid linux talk 7.3");
  auto* shows = add("status", "what is in the cache", status);
  shows->add_flag("--json", command->json, "machine-readable output");
  shows->footer("Example:\n  pasid linux status");
}

}  // namespace pasid::cli
