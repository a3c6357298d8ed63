#include "src/conform/linux/kernel.hpp"

#include <array>
#include <fstream>
#include <unistd.h>

#include "src/conform/linux/cache.hpp"
#include "src/conform/linux/shell.hpp"

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

Kernel unpacked(const Series& series, const std::string& version) {
  const fs::path directory = cache() / "linux" / series.name / version;
  const fs::path root = directory / "root";
  Kernel out{"Linux " + std::string(series.name) + '.' + version,          &series, directory, directory / "vmlinuz",
             root / "usr" / "src" / with_version(series.headers, version), {}};
  // An image and what it brings along go by one name: "linux-image-6.1.0-44-cloud-amd64" and "6.1.0-44-cloud-amd64".
  const std::string release = out.headers.filename().string().substr(std::string_view("linux-headers-").size());
  for (const std::string_view module : series.modules)
    out.modules.push_back(root / "lib" / "modules" / release / "kernel" / "drivers" / module);
  return out;
}

/// Headers name each other by where they would be installed.
void relocate_headers(const fs::path& headers, const fs::path& common) {
  std::ofstream(headers / "Makefile") << "KBUILD_OUTPUT=" << headers.string() << "\ninclude " << common.string()
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

}  // namespace

Kernel cached(const Series& series) {
  std::string best;
  std::error_code error;
  for (fs::directory_iterator it(cache() / "linux" / series.name, error), end; !error && it != end; it.increment(error))
    if (const std::string version = it->path().filename().string();
        fs::exists(it->path() / "vmlinuz") && older(best, version))
      best = version;
  return best.empty() ? Kernel{} : unpacked(series, best);
}

Kernel fetch(const Series& series, const Say& say) {
  std::vector<std::string> releases = series.releases;
  const bool old_libc = !series.libc.empty() && older(libc_version(), series.libc);
  if (old_libc) releases.emplace_back(series.libc_release);
  const Packages packages(cache() / "apt" / series.name, releases, say);
  const std::string version = newest(packages, series);
  Kernel kernel = unpacked(series, version);
  if (fs::exists(kernel.image)) return kernel;

  say("fetching " + kernel.name);
  const fs::path root = kernel.directory / "root";
  fs::remove_all(kernel.directory);
  std::vector<std::string> names;
  for (const std::string_view name : {series.image, series.headers, series.common})
    names.push_back(with_version(name, version));
  for (const std::string_view name : series.tools) names.push_back(with_version(name, version));
  packages.unpack(names, root);
  relocate_headers(kernel.headers, root / "usr" / "src" / with_version(series.common, version));
  if (old_libc) {
    packages.unpack({"libc6/" + std::string(series.libc_release)}, kernel.directory / "libc");
    run_with_libc(root, kernel.directory / "libc");
  }
  fs::rename(only_match(root, "vmlinuz"), kernel.image);  // last: it says that all is there
  return kernel;
}

}  // namespace pasid::conform::vm
