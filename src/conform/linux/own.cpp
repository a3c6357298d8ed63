#include "src/conform/linux/own.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "src/conform/linux/cache.hpp"
#include "src/io/error.hpp"
#include "src/smt/digest.hpp"

namespace pasid::conform::vm {
namespace {

namespace fs = std::filesystem;

/// Built in: a machine has no disk to load them from.
constexpr std::array needed{"BLK_DEV_INITRD", "DEVTMPFS",  "IOMMU_SVA",           "KPROBES",        "MODULES",
                            "PCI_ATS",        "PCI_PASID", "SERIAL_8250_CONSOLE", "VIRTIO_CONSOLE", "VIRTIO_PCI"};

constexpr std::string_view uts_release = "include/generated/utsrelease.h";

/// Of a bzImage ("7.3.4"): its header, which starts with "HdrS" at 0x202, says where its version is
/// (Documentation/arch/x86/boot.rst). "": that is no bzImage.
std::string release_of(const fs::path& image) {
  constexpr std::size_t header = 0x202;
  constexpr std::size_t version = 0x20e;
  std::ifstream in(image, std::ios::binary);
  std::string begins(0x10200, '\0');
  in.read(begins.data(), static_cast<std::streamsize>(begins.size()));
  begins.resize(static_cast<std::size_t>(in.gcount()));
  if (begins.size() < version + 2 || begins.compare(header, 4, "HdrS") != 0) return {};
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(begins[at]); };
  const std::size_t at = 0x200U + byte(version) + 256U * byte(version + 1);
  return at >= begins.size() ? std::string() : begins.substr(at, begins.find_first_of(std::string(" \0", 2), at) - at);
}

/// #define UTS_RELEASE "7.3.4"
std::string release_of_headers(const fs::path& headers) {
  std::ifstream in(headers / uts_release);
  std::string define;
  std::string name;
  std::string release;
  while (in >> define >> name >> release)
    if (name == "UTS_RELEASE" && release.size() > 2) return release.substr(1, release.size() - 2);
  return {};
}

std::string missing(const fs::path& configuration) {
  std::ifstream in(configuration);
  const std::string all = '\n' + std::string(std::istreambuf_iterator<char>(in), {});
  for (const auto* option : needed)
    if (all.find("\nCONFIG_" + std::string(option) + "=y\n") == all.npos) return option;
  return {};
}

}  // namespace

Kernel own_kernel(const fs::path& image, const fs::path& headers) {
  if (!fs::is_regular_file(image)) throw std::invalid_argument("there is no kernel " + io::in_quotes(image.string()));
  const std::string release = release_of(image);
  if (release.empty())
    throw std::invalid_argument(io::in_quotes(image.string()) + " is no kernel of x86; expected a bzImage");
  if (headers.empty())
    throw std::invalid_argument("--headers is missing: the directory that " + io::in_quotes(image.string()) +
                                " was built in, or its headers");
  const std::string of_headers = release_of_headers(headers);
  if (of_headers.empty() || !fs::exists(headers / "Makefile"))
    throw std::invalid_argument("--headers: modules cannot be built in " + io::in_quotes(headers.string()) +
                                "; expected Makefile and " + std::string(uts_release) + " there");
  if (of_headers != release)
    throw std::invalid_argument("--headers: " + io::in_quotes(headers.string()) + " is of Linux " + of_headers +
                                ", and the image of Linux " + release);
  const Series* like = series_of(release);
  if (like == nullptr)
    throw std::invalid_argument("there is no module for Linux " + release + "; expected a kernel like " +
                                names_of_series());
  if (const std::string lacks = missing(headers / "include" / "config" / "auto.conf"); !lacks.empty())
    throw std::invalid_argument("Linux " + release + " was built without CONFIG_" + lacks +
                                "=y, which a machine under test needs");
  const fs::path where = fs::canonical(headers);
  return {"Linux " + release,   like,  cache() / "linux" / "own" / smt::sha256(where.string()).substr(0, 16),
          fs::canonical(image), where, {}};
}

}  // namespace pasid::conform::vm
