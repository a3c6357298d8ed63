#include "src/conform/linux/build.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

#include "src/conform/linux/cache.hpp"
#include "src/conform/linux/initramfs.hpp"
#include "src/conform/linux/shell.hpp"
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

}  // namespace

Build build_for(const Kernel& kernel) {
  Build out{kernel, {}, {}};
  for (const auto* folder : {"agent", "module"})
    for (const auto& entry : fs::directory_iterator(fs::path(io::data_root()) / here / folder))
      out.sources[std::string(here) + folder + '/' + entry.path().filename().string()] = read(entry.path());
  std::string all = output_of(std::string(compiler) + " --version");
  for (const auto& [name, text] : out.sources) all += name + '\n' + std::to_string(text.size()) + '\n' + text;
  out.directory = kernel.directory / "builds" / smt::sha256(all).substr(0, 16);
  return out;
}

void make(const Build& build, const Say& say) {
  if (build.complete()) return;
  say("building the module and the agent for " + build.kernel.name);
  fs::remove_all(build.directory);
  for (const auto& [name, text] : build.sources) {
    fs::create_directories((build.directory / name).parent_path());
    std::ofstream(build.directory / name, std::ios::binary) << text;
  }
  const fs::path log = build.directory / "build.log";
  const fs::path sources = build.directory / here;
  const std::string root = build.directory.string();
  // A compiler that is older than the kernel's own has no such option; and the headers do not have all of vmlinux.
  run("the module cannot be built",
      command({"make", "-C", build.kernel.headers.string(), "M=" + (sources / "module").string(), "PASID_ROOT=" + root,
               "PASID_SERIES=" + file_name(*build.kernel.series), "CC=" + std::string(compiler),
               "CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=", "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules"}),
      log);
  std::vector<std::string> compile{
      std::string(compiler),      "-std=gnu11", "-O2", "-D_GNU_SOURCE", "-static", "-I", root, "-o",
      (sources / "init").string()};
  for (const auto& [name, text] : build.sources)
    if (name.starts_with(std::string(here) + "agent/") && name.ends_with(".c"))
      compile.push_back((build.directory / name).string());
  run("the agent cannot be built", command(compile), log);
  const fs::path unfinished = build.directory / "initramfs.unfinished";
  std::vector<fs::path> modules = build.kernel.modules;
  modules.push_back(sources / "module" / "pasid_mock.ko");
  write_initramfs(unfinished, sources / "init", modules);
  fs::rename(unfinished, build.initramfs());
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
