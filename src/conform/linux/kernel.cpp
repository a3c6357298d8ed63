#include "src/conform/linux/kernel.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <unistd.h>

#include "src/conform/linux/initramfs.hpp"
#include "src/conform/linux/shell.hpp"
#include "src/io/shipped.hpp"

namespace pasid::conform::vm {
namespace {

namespace fs = std::filesystem;

/// Of this machine's C library, "2.36".
std::string libc_version() {
  std::array<char, 64> text{};  // "glibc 2.36"
  confstr(_CS_GNU_LIBC_VERSION, text.data(), text.size());
  const std::string_view all = text.data();
  return std::string(all.substr(all.find(' ') + 1));
}

std::string with_version(std::string_view name, const std::string& version) {
  std::string out(name);
  if (const auto at = out.find('$'); at != out.npos) out.replace(at, 1, version);
  return out;
}

/// What stands for $ in `pattern`; "": the name is another.
std::string version_in(const std::string& name, std::string_view pattern) {
  const auto at = pattern.find('$');
  const std::string_view before = pattern.substr(0, at);
  const std::string_view after = pattern.substr(at + 1);
  if (!name.starts_with(before) || !name.ends_with(after) || name.size() <= before.size() + after.size()) return {};
  const std::string version = name.substr(before.size(), name.size() - before.size() - after.size());
  return version.front() >= '0' && version.front() <= '9' && version.find("unsigned") == version.npos ? version : "";
}

std::string newest(const Packages& packages, const Series& series) {
  std::string best;
  for (const std::string& name : packages.names(std::string(series.image.substr(0, series.image.find('$')))))
    if (const std::string version = version_in(name, series.image); older(best, version)) best = version;
  if (best.empty()) throw Unavailable("the archive has no kernel of the series " + std::string(series.name));
  return best;
}

fs::path only_match(const fs::path& root, const std::string& name_begins) {
  fs::path found;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.path().filename().string().starts_with(name_begins)) found = entry.path();
  if (found.empty()) throw Unavailable("the packages have no " + name_begins + " in them");
  return found;
}

fs::path headers_of(const fs::path& root, const std::string& ends) {
  for (const auto& entry : fs::directory_iterator(root / "usr" / "src"))
    if (entry.path().filename().string().starts_with("linux-headers-") &&
        entry.path().filename().string().ends_with(ends))
      return entry.path();
  throw Unavailable("the packages have no headers that end in " + ends);
}

/// Headers name each other by where they would be installed.
void relocate_headers(const fs::path& root) {
  const fs::path ours = headers_of(root, "-amd64");
  const fs::path common = headers_of(root, "-common");
  std::ofstream(ours / "Makefile") << "KBUILD_OUTPUT=" << ours.string() << "\ninclude " << common.string()
                                   << "/Makefile\n";
}

/// Programs that need a newer C library than this machine's are started by that library's own loader. Those with
/// ".real" in their names are what the others of the package call.
void run_with_libc(const fs::path& root, const fs::path& libc) {
  std::vector<fs::path> programs;
  for (const auto& entry : fs::recursive_directory_iterator(root / "usr" / "lib"))
    for (const auto* name : {"modpost.real-lsb-64", "objtool.real-x86"})
      if (entry.path().filename() == name) programs.push_back(entry.path());
  for (const fs::path& program : programs) {
    fs::path real = program;
    real += ".elf";
    fs::rename(program, real);
    std::ofstream(program) << "#!/bin/sh\nexec "
                           << command({(libc / "usr/lib64/ld-linux-x86-64.so.2").string(), "--library-path",
                                       (libc / "usr/lib/x86_64-linux-gnu").string() +
                                           ":/usr/lib/x86_64-linux-gnu:/lib/x86_64-linux-gnu",
                                       real.string()})
                           << " \"$@\"\n";
    fs::permissions(program, fs::perms::owner_all);
  }
}

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Everything in these folders, by name: compared to know whether to build again.
std::string all_of(const fs::path& sources) {
  std::map<std::string, std::string> files;
  for (const auto* folder : {"agent", "module"})
    for (const auto& entry : fs::directory_iterator(sources / folder))
      files[folder + ("/" + entry.path().filename().string())] = read(entry.path());
  std::string out;
  for (const auto& [name, text] : files) out += name + '\n' + text;
  return out;
}

}  // namespace

fs::path cache() {
  if (const char* const xdg = std::getenv("XDG_CACHE_HOME"); xdg != nullptr && *xdg == '/')
    return fs::path(xdg) / "pasid";
  const char* const home = std::getenv("HOME");
  if (home == nullptr || *home != '/') throw std::invalid_argument("HOME is not set: there is no place for a cache");
  return fs::path(home) / ".cache" / "pasid";
}

Kernel cached(const Series& series) {
  Kernel best;
  std::error_code error;
  for (fs::directory_iterator it(cache() / "linux" / series.name, error), end; !error && it != end; it.increment(error))
    if (const std::string version = it->path().filename().string();
        fs::exists(it->path() / "vmlinuz") && older(best.version, version))
      best = {version, it->path()};
  return best;
}

Kernel fetch(const Series& series, const Say& say) {
  std::vector<std::string> releases = series.releases;
  const bool old_libc = !series.libc.empty() && older(libc_version(), series.libc);
  if (old_libc) releases.emplace_back(series.libc_release);
  const Packages packages(cache() / "apt" / series.name, releases, say);
  const std::string version = newest(packages, series);
  const Kernel kernel{version, cache() / "linux" / series.name / version};
  if (fs::exists(kernel.image())) return kernel;

  say("fetching Linux " + std::string(series.name) + '.' + version);
  const fs::path root = kernel.directory / "root";
  fs::remove_all(kernel.directory);
  std::vector<std::string> names{with_version(series.image, version)};
  for (const std::string_view name : series.to_build) names.push_back(with_version(name, version));
  packages.unpack(names, root);
  relocate_headers(root);
  if (old_libc) {
    packages.unpack({"libc6/" + std::string(series.libc_release)}, kernel.directory / "libc");
    run_with_libc(root, kernel.directory / "libc");
  }
  fs::rename(only_match(root, "vmlinuz"), kernel.image());  // last: it says that all is there
  return kernel;
}

void build(const Kernel& kernel, const Say& say) {
  const fs::path sources = fs::path(io::data_root()) / "src" / "conform" / "linux";
  const std::string now = all_of(sources);
  const fs::path stamp = kernel.directory / "built-from";
  if (fs::exists(kernel.initramfs()) && read(stamp) == now) return;

  say("building the module and the agent for Linux " + kernel.version);
  const fs::path work = kernel.directory / "build";
  const fs::path log = work / "build.log";
  fs::remove(stamp);
  fs::remove(kernel.snapshot());
  fs::remove_all(work);
  fs::create_directories(work);
  fs::copy(sources / "module", work / "module");
  const std::string root = io::data_root();
  // A compiler that is older than the kernel's own has no such option; and the headers do not have all of vmlinux.
  run("the module cannot be built",
      command({"make", "-C", headers_of(kernel.directory / "root", "-amd64").string(),
               "M=" + (work / "module").string(), "PASID_ROOT=" + fs::absolute(root).string(), "CC=gcc",
               "CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=", "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules"}),
      log);
  std::vector<std::string> compile{"gcc", "-std=gnu11", "-O2", "-D_GNU_SOURCE",          "-static",
                                   "-I",  root,         "-o",  (work / "agent").string()};
  for (const auto& entry : fs::directory_iterator(sources / "agent"))
    if (entry.path().extension() == ".c") compile.push_back(entry.path().string());
  run("the agent cannot be built", command(compile), log);
  write_initramfs(kernel.initramfs(), work / "agent", {work / "module" / "pasid_mock.ko"});
  std::ofstream(stamp, std::ios::binary) << now;
}

}  // namespace pasid::conform::vm
