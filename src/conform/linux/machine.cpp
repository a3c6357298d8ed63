#include "src/conform/linux/machine.hpp"

#include <cctype>
#include <cstdlib>
#include <fstream>

#include "src/conform/linux/shell.hpp"
#include "src/conform/linux/snapshot.hpp"

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

Machine machine(std::string_view series, const Say& say) {
  const Series& which = series_named(series);
  Kernel kernel = cached(which);
  if (kernel.version.empty()) kernel = fetch(which, say);
  const std::string qemu = emulator(say);
  build(kernel, say);
  const fs::path console = kernel.directory / "console.log";
  // A machine that waits for its turn on a busy host takes its timer to be broken, and itself to hang, unless it is
  // told not to look. One processor: a PASID that a process leaves behind is free again at the same point of every run.
  const std::string arguments = command(
      {"-machine",    "q35",
       "-accel",      "tcg",
       "-cpu",        "qemu64",
       "-m",          "256",
       "-smp",        "1",
       "-display",    "none",
       "-nodefaults", "-no-reboot",
       "-kernel",     kernel.image().string(),
       "-initrd",     kernel.initramfs().string(),
       "-append",     "console=ttyS0 panic=-1 rdinit=/init no_timer_check nowatchdog rcupdate.rcu_cpu_stall_suppress=1",
       "-serial",     "file:" + console.string(),
       "-device",     "virtio-serial-pci",
       "-chardev",    "stdio,id=agent,signal=off",
       "-device",     "virtserialport,chardev=agent,name=agent"});
  return {kernel, "exec " + qemu + ' ' + arguments, console};
}

std::string started(const Machine& machine, const Say& say) {
  const fs::path file = machine.kernel.snapshot();
  if (!fs::exists(file)) {
    say("booting Linux " + machine.kernel.version);
    if (const std::string why = take_snapshot(machine.command, file); !why.empty())
      throw Unavailable("Linux " + machine.kernel.version + " does not come up: " + why + "; its console is in " +
                        machine.console.string());
  }
  return machine.command + resume(file);
}

}  // namespace pasid::conform::vm
