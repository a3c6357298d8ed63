#include "src/conform/linux/machine.hpp"

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>

#include "src/conform/linux/own.hpp"
#include "src/conform/linux/shell.hpp"
#include "src/conform/linux/snapshot.hpp"
#include "src/conform/process.hpp"
#include "src/smt/digest.hpp"

namespace pasid::conform::vm {
namespace {

namespace fs = std::filesystem;

constexpr int oldest_emulator = 10;

fs::path unpacked() { return cache() / "qemu"; }

/// Of "QEMU emulator version 10.0.2 (…)"; 0: that is no emulator.
int major_version(const std::string& program) {
  const std::string text = output_of(program + " --version");
  const auto at = text.find("version ");
  return at == text.npos ? 0 : std::atoi(text.c_str() + at + 8);
}

std::string unpacked_emulator() {
  const std::string root = unpacked().string();
  return "env LD_LIBRARY_PATH=" + shell_word(root + "/usr/lib/x86_64-linux-gnu:" + root + "/lib/x86_64-linux-gnu") +
         ' ' +
         command(
             {root + "/usr/bin/qemu-system-x86_64", "-L", root + "/usr/share/qemu", "-L", root + "/usr/share/seabios"});
}

/// This machine's release of Debian, "bookworm".
std::string release() {
  std::ifstream in("/etc/os-release");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("VERSION_CODENAME=")) return line.substr(17);
  throw Unavailable("this machine does not say which release of Debian it has");
}

/// Throws std::invalid_argument where headers are given that nothing will be built in.
bool is_own(const Choice& choice) {
  const bool own = choice.name.find('/') != choice.name.npos;
  if (!own && !choice.headers.empty())
    throw std::invalid_argument("--headers goes with the path of a kernel's image, which has a '/'");
  return own;
}

/// Who fetches, builds and boots does it alone.
Lock whole_cache(const Say& say) {
  return {cache() / "lock", [&] { say("waiting for another program that fetches or builds kernels"); }};
}

/// One processor: a PASID that a process leaves behind is free again at the same point of every run.
constexpr std::string_view hardware =
    " -machine q35 -cpu qemu64 -m 256 -smp 1 -display none -nodefaults -no-reboot -device virtio-serial-pci "
    "-chardev stdio,id=agent,signal=off -device virtserialport,chardev=agent,name=agent ";

/// A machine that waits for its turn on a busy host takes its timer to be broken, and itself to hang, unless it is told
/// not to look. Grace periods end as soon as they can: an idle machine would wait for its next tick.
constexpr std::string_view kernel_line =
    "console=ttyS0 panic=-1 rdinit=/init no_timer_check mitigations=off nowatchdog rcupdate.rcu_cpu_stall_suppress=1 "
    "rcupdate.rcu_expedited=1";

/// It ends with us, however we end.
std::string alone(const std::string& command) { return "exec setpriv --pdeathsig KILL " + command; }

/// A machine in a machine may say that it has KVM, and hang with it.
bool comes_up(const std::string& command, const Say& say) {
  say("looking whether KVM works here");
  ProcessOptions options;
  options.limit = std::chrono::seconds(20);
  return Process(command, options).no_hello().empty();
}

/// What was found out about these things the first time that it was asked for.
template <class Find>
bool remembered(const std::string& about, Find find) {
  const fs::path file = cache() / "kvm" / smt::sha256(about).substr(0, 16);
  std::string found;
  if (std::ifstream(file) >> found) return found == "works";
  const bool out = find();
  fs::create_directories(file.parent_path());
  std::ofstream(file) << (out ? "works\n" : "fails\n");
  return out;
}

/// Another image has another: one's own is built again under the same name.
std::string identity(const fs::path& image) {
  return image.string() + ' ' + std::to_string(fs::file_size(image)) + ' ' +
         std::to_string(fs::last_write_time(image).time_since_epoch().count());
}

}  // namespace

std::string cached_emulator() {
  if (major_version("qemu-system-x86_64") >= oldest_emulator) return "qemu-system-x86_64";
  return fs::exists(unpacked() / "complete") ? unpacked_emulator() : std::string();
}

std::string emulator(const Say& say) {
  if (const std::string there = cached_emulator(); !there.empty()) return there;
  const std::string host = release();
  std::vector<std::string> releases{host, host + "-backports"};
  const Packages packages(cache() / "apt" / "qemu", releases, say);
  say("fetching QEMU");
  fs::remove_all(unpacked());
  std::vector<std::string> names;
  for (const auto* name : {"qemu-system-x86", "qemu-system-common", "qemu-system-data", "seabios"})
    names.push_back(std::string(name) + '/' + releases.back());
  packages.unpack_all(names, unpacked());
  if (const int major = major_version(unpacked_emulator()); major < oldest_emulator)
    throw Unavailable("QEMU of " + host + " is too old, or does not run here");
  std::ofstream(unpacked() / "complete") << "yes\n";
  return unpacked_emulator();
}

std::string_view design_of(const Choice& choice) {
  return is_own(choice) ? own_kernel(choice.name, choice.headers).series->design : series_named(choice.name).design;
}

Machine machine(const Choice& choice, Want want, const Say& say) {
  Kernel kernel = is_own(choice) ? own_kernel(choice.name, choice.headers) : Kernel{};
  const Series& series = is_own(choice) ? *kernel.series : series_named(choice.name);
  const Lock ours = whole_cache(say);
  if (kernel.name.empty() && want == Want::any) kernel = cached(series);
  if (kernel.name.empty()) kernel = fetch(series, say);
  const std::string qemu = emulator(say);
  Build build = build_for(kernel);
  make(build, say);
  remove_old(build);
  int number = 0;
  std::optional<Lock> in_use;
  while (!(in_use = Lock::if_free(console(build, number)))) ++number;
  const fs::path log = console(build, number);
  const std::string of_this_build = command(
      {"-kernel", kernel.image.string(), "-initrd", build.initramfs().string(), "-serial", "file:" + log.string()});
  const auto with = [&](const std::string& accelerator) {
    return qemu + std::string(hardware) + command({"-append", std::string(kernel_line), "-accel", accelerator});
  };
  const bool kvm = fs::exists("/dev/kvm") &&
                   remembered(output_of("uname -a") + output_of(qemu + " --version") + identity(kernel.image),
                              [&] { return comes_up(alone(with("kvm") + ' ' + of_this_build + " 2>/dev/null"), say); });
  const std::string fixed = with(kvm ? "kvm" : "tcg");
  const fs::path snapshot =
      build.directory /
      ("snapshot-" + smt::sha256(fixed + output_of(qemu + " --version") + identity(kernel.image)).substr(0, 16));
  return {std::move(build), alone(fixed + ' ' + of_this_build), log, snapshot, std::move(*in_use)};
}

std::string started(const Machine& machine, const Say& say) {
  const Lock ours = whole_cache(say);
  if (!fs::exists(machine.snapshot)) {
    say("booting " + machine.build.kernel.name);
    if (const std::string why = take_snapshot(machine.command, machine.snapshot); !why.empty())
      throw Unavailable(machine.build.kernel.name + " does not come up: " + why + "; its console is in " +
                        machine.console.string());
  }
  return machine.command + resume(machine.snapshot);
}

std::string with_module(const Machine& machine, const Extra& module) {
  return machine.command + ' ' + command({"-initrd", module.initramfs.string()});  // the last counts
}

std::vector<std::string> said_by(const Extra& module, const Machine& machine) {
  const std::string sign = "] " + module.name + ": ";
  std::vector<std::string> out;
  std::ifstream in(machine.console, std::ios::binary);
  for (std::string line; std::getline(in, line);) {
    const auto at = line.find(sign);
    if (at == line.npos || !line.starts_with('[')) continue;
    while (!line.empty() && line.back() == '\r') line.pop_back();
    out.push_back(line.substr(at + sign.size()));
  }
  return out;
}

}  // namespace pasid::conform::vm
