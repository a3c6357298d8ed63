#include "src/conform/linux/packages.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>

#include "src/conform/linux/shell.hpp"

namespace pasid::conform::vm {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// The archive that has this release, as the machine's own sources spell it: Debian's, or its security archive.
std::string archive_of(const std::string& release) {
  const bool security = release.ends_with("-security");
  const std::string text =
      output_of("apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(ORIGIN)' 'Created-By: Packages'");
  for (const std::string& line : lines_of(text)) {
    const auto space = line.find(' ');
    if (space == line.npos || !line.ends_with(" Debian")) continue;
    if (line.ends_with("-security Debian") == security) return line.substr(0, space);
  }
  throw Unavailable("apt knows no " + std::string(security ? "security " : "") +
                    "archive of Debian here: packages for " + release + " cannot be had");
}

bool fresh(const fs::path& file) {
  std::error_code error;
  const auto written = fs::last_write_time(file, error);
  return !error && fs::file_time_type::clock::now() - written < std::chrono::hours(24);
}

}  // namespace

Packages::Packages(fs::path directory, const std::vector<std::string>& releases, const Say& say)
    : directory_(std::move(directory)), log_(directory_ / "apt.log") {
  fs::create_directories(directory_ / "lists" / "partial");
  fs::create_directories(directory_ / "cache");
  std::string sources;
  for (const std::string& release : releases)
    sources += "deb [signed-by=" + std::string(keyring) + "] " + archive_of(release) + ' ' + release + " main\n";
  std::ofstream(directory_ / "sources.list") << sources;
  const std::string here = directory_.string();
  std::ofstream(directory_ / "apt.conf") << "Dir::State::lists \"" << here << "/lists\";\n"
                                         << "Dir::Etc::sourcelist \"" << here << "/sources.list\";\n"
                                         << "Dir::Etc::sourceparts \"/dev/null\";\n"
                                         << "Dir::Cache \"" << here << "/cache\";\n"
                                         << "Dir::Cache::pkgcache \"pkgcache.bin\";\n"
                                         << "Dir::Cache::srcpkgcache \"srcpkgcache.bin\";\n"
                                         << "Acquire::Languages \"none\";\n"
                                         << "APT::Sandbox::User \"\";\n"
                                         << "Debug::NoLocking \"true\";\n";
  const fs::path stamp = directory_ / "updated";
  if (fresh(stamp)) return;
  say("fetching package lists");
  run("package lists cannot be fetched", apt("apt-get") + " update --error-on=any", log_);
  std::ofstream(stamp) << sources;
}

std::string Packages::apt(const std::string& program) const {
  return "APT_CONFIG=" + shell_word((directory_ / "apt.conf").string()) + ' ' + program;
}

std::vector<std::string> Packages::names(const std::string& prefix) const {
  return lines_of(output_of(apt("apt-cache") + " pkgnames " + shell_word(prefix)));
}

std::string Packages::version(const std::string& name) const {
  for (const std::string& line : lines_of(output_of(apt("apt-cache") + " show --no-all-versions " + shell_word(name))))
    if (line.starts_with("Version: ")) return line.substr(9);
  return {};
}

void Packages::unpack_files(const fs::path& from, const fs::path& root) const {
  fs::create_directories(root);
  for (const auto& file : fs::directory_iterator(from))
    if (file.path().extension() == ".deb")
      run("a package cannot be unpacked", command({"dpkg-deb", "-x", file.path().string(), root.string()}), log_);
  fs::remove_all(from);
}

void Packages::unpack(const std::vector<std::string>& packages, const fs::path& root) const {
  const fs::path files = directory_ / "download";
  fs::remove_all(files);
  fs::create_directories(files);
  run("packages cannot be fetched",
      "cd " + shell_word(files.string()) + " && " + apt("apt-get") + " download " + command(packages), log_);
  unpack_files(files, root);
}

void Packages::unpack_all(const std::vector<std::string>& packages, const fs::path& root) const {
  const fs::path files = directory_ / "cache" / "archives";
  fs::remove_all(files);
  fs::create_directories(files / "partial");
  run("packages cannot be fetched",
      apt("apt-get") + " install --download-only --yes --no-install-recommends " + command(packages), log_);
  unpack_files(files, root);
}

}  // namespace pasid::conform::vm
