#include "src/conform/linux/build.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "src/conform/linux/cache.hpp"
#include "src/conform/linux/initramfs.hpp"
#include "src/conform/linux/shell.hpp"
#include "src/io/error.hpp"
#include "src/io/shipped.hpp"
#include "src/smt/digest.hpp"

namespace pasid::conform::vm {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view compiler = "gcc";
constexpr std::string_view here = "src/conform/linux/";
constexpr std::size_t most_builds = 4;  ///< of one kernel; each has a machine's memory in it

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// "7_3": what is a series' own in the module has it in its name.
std::string file_name(const Series& series) {
  std::string out(series.name);
  std::ranges::replace(out, '.', '_');
  return out;
}

bool in_use(const fs::path& build) {
  return std::ranges::any_of(fs::directory_iterator(build), [](const auto& entry) {
    return entry.path().filename().string().starts_with("console") && !Lock::if_free(entry.path());
  });
}

/// How the modules of a directory are built. A compiler that is older than the kernel's own has no such option; and the
/// headers do not have all of vmlinux.
std::string modules_command(const Kernel& kernel, const fs::path& directory, std::vector<std::string> more) {
  std::vector<std::string> words{"make",
                                 "-j" + std::to_string(std::max(std::thread::hardware_concurrency(), 1U)),
                                 "-C",
                                 kernel.headers.string(),
                                 "M=" + directory.string(),
                                 "CC=" + std::string(compiler),
                                 "CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=",
                                 "CONFIG_DEBUG_INFO_BTF_MODULES="};
  std::ranges::move(more, std::back_inserter(words));
  words.emplace_back("modules");
  return command(words);
}

/// The mock, of sources below `root`.
std::string module_command(const Kernel& kernel, const fs::path& root) {
  return modules_command(kernel, root / here / "module",
                         {"PASID_ROOT=" + root.string(), "PASID_SERIES=" + file_name(*kernel.series)});
}

std::string agent_command(const std::map<std::string, std::string>& sources, const fs::path& root) {
  std::vector<std::string> words{std::string(compiler), "-std=gnu11", "-O2",
                                 "-D_GNU_SOURCE",       "-static",    "-I",
                                 root.string(),         "-o",         (root / here / "init").string()};
  for (const auto& [name, text] : sources)
    if (name.starts_with(std::string(here) + "agent/") && name.ends_with(".c")) words.push_back((root / name).string());
  return command(words);
}

/// What a machine loads, in this order.
std::vector<fs::path> modules(const Kernel& kernel, const fs::path& root) {
  std::vector<fs::path> out = kernel.modules;
  out.push_back(root / here / "module" / "pasid_mock.ko");
  return out;
}

}  // namespace

Build build_for(const Kernel& kernel) {
  Build out{kernel, {}, {}};
  for (const auto* folder : {"agent", "module"})
    for (const auto& entry : fs::directory_iterator(fs::path(io::data_root()) / here / folder))
      out.sources[std::string(here) + folder + '/' + entry.path().filename().string()] = read(entry.path());
  std::string all = output_of(std::string(compiler) + " --version");
  for (const auto& [name, text] : out.sources) all += name + '\n' + std::to_string(text.size()) + '\n' + text;
  all += module_command(kernel, {}) + '\n' + agent_command(out.sources, {});
  for (const fs::path& module : modules(kernel, {})) all += '\n' + module.string();
  for (const auto* file : {"include/generated/autoconf.h", "Module.symvers"}) all += read(kernel.headers / file);
  out.directory = kernel.directory / "builds" / smt::sha256(all).substr(0, 16);
  return out;
}

void make(const Build& build, const Say& say) {
  if (build.complete()) return;
  say("building the module and the agent for " + build.kernel.name);
  const fs::path& root = build.directory;
  fs::remove_all(root);
  for (const auto& [name, text] : build.sources) {
    fs::create_directories((root / name).parent_path());
    std::ofstream(root / name, std::ios::binary) << text;
  }
  const fs::path log = root / "build.log";
  run("the module cannot be built", module_command(build.kernel, root), log);
  run("the agent cannot be built", agent_command(build.sources, root), log);
  const fs::path unfinished = root / "initramfs.unfinished";
  write_initramfs(unfinished, root / here / "init", modules(build.kernel, root));
  fs::rename(unfinished, build.initramfs());
}

Extra add_module(const Build& build, const fs::path& source, const std::string& place, const Say& say) {
  if (source.extension() != ".c" || !fs::is_regular_file(source))
    throw std::invalid_argument("a module is one file of C, and " + io::in_quotes(source.string()) + " is none");
  const std::string stem = source.stem().string();
  if (stem.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != stem.npos)
    throw std::invalid_argument("a module's name has letters, digits, '-' and '_', and that of " +
                                io::in_quotes(source.string()) + " has others");
  say("building " + source.string() + " for " + build.kernel.name);
  const fs::path root = build.directory / ("extra-" + place);
  fs::remove_all(root);
  fs::create_directories(root);
  fs::copy_file(source, root / source.filename());
  std::ofstream(root / "Kbuild") << "obj-m := " << stem << ".o\n";
  run(source.string() + " cannot be built for " + build.kernel.name, modules_command(build.kernel, root, {}),
      root / "build.log");
  Extra out{stem, root / "initramfs"};
  std::ranges::replace(out.name, '-', '_');
  std::vector<fs::path> all = modules(build.kernel, build.directory);
  all.push_back(root / (stem + ".ko"));
  write_initramfs(out.initramfs, build.directory / here / "init", all);
  return out;
}

fs::path console(const Build& build, int number) {
  return build.directory / ("console-" + std::to_string(number) + ".log");
}

void remove_old(const Build& current) {
  fs::last_write_time(current.directory, fs::file_time_type::clock::now());
  std::vector<std::pair<fs::file_time_type, fs::path>> builds;
  for (const auto& entry : fs::directory_iterator(current.directory.parent_path()))
    builds.emplace_back(entry.last_write_time(), entry.path());
  std::ranges::sort(builds, std::greater<>{});
  for (std::size_t i = most_builds; i < builds.size(); ++i)
    if (!in_use(builds[i].second)) fs::remove_all(builds[i].second);
}

}  // namespace pasid::conform::vm
