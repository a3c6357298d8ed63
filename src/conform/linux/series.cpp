#include "src/conform/linux/series.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include "src/io/error.hpp"

namespace pasid::conform::vm {
namespace {

const std::array all{
    Series{"6.1",
           "6.1.",
           "linux-6.1-x86-stable",
           {"bookworm", "bookworm-security"},
           "linux-image-6.1.$-cloud-amd64",
           "linux-headers-6.1.$-cloud-amd64",
           "linux-headers-6.1.$-common",
           {"linux-kbuild-6.1"},
           {"virtio/virtio_ring.ko", "virtio/virtio.ko", "virtio/virtio_pci_legacy_dev.ko",
            "virtio/virtio_pci_modern_dev.ko", "virtio/virtio_pci.ko", "char/virtio_console.ko"}},
    Series{"6.12",
           "6.12.",
           "linux-6.12-x86-stable",
           {"bookworm-backports", "bookworm-security"},
           "linux-image-6.12.$-cloud-amd64",
           "linux-headers-6.12.$-cloud-amd64",
           "linux-headers-6.12.$-common",
           {"linux-kbuild-6.12.$"}},
    Series{"7.3",
           "7.",
           "linux-7.3",
           {"trixie-backports"},
           "linux-binary-7.3.$-cloud-amd64",
           "linux-headers-7.3.$-cloud-amd64",
           "linux-headers-7.3.$-common",
           {"linux-kbuild-7.3.$"},
           {},
           "trixie",
           "2.38"},
};

bool digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::span<const Series> series() { return all; }

std::string names_of_series() {
  std::string out;
  for (const Series& s : all) out += (out.empty() ? "" : ", ") + std::string(s.name);
  return out;
}

const Series& series_named(std::string_view name) {
  const auto found = std::ranges::find(all, name, &Series::name);
  if (found != all.end()) return *found;
  throw std::invalid_argument("there is no kernel series " + io::in_quotes(name) + "; expected " + names_of_series() +
                              ", or a kernel's path with a '/'");
}

const Series* series_of(std::string_view release) {
  const auto found = std::ranges::find_if(all, [&](const Series& s) { return release.starts_with(s.like); });
  return found == all.end() ? nullptr : &*found;
}

bool older(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (digit(a.front()) && digit(b.front())) {
      unsigned long x = 0;
      unsigned long y = 0;
      const auto after_x = std::from_chars(a.data(), a.data() + a.size(), x).ptr;
      const auto after_y = std::from_chars(b.data(), b.data() + b.size(), y).ptr;
      if (x != y) return x < y;
      a.remove_prefix(static_cast<std::size_t>(after_x - a.data()));
      b.remove_prefix(static_cast<std::size_t>(after_y - b.data()));
    } else if (a.front() != b.front()) {
      return a.front() < b.front();
    } else {
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return a.size() < b.size();
}

}  // namespace pasid::conform::vm
