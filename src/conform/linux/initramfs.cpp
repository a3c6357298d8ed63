#include "src/conform/linux/initramfs.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

namespace pasid::conform::vm {
namespace {

constexpr unsigned directory_mode = 040755;
constexpr unsigned program_mode = 0100755;
constexpr unsigned file_mode = 0100644;

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read '" + file.string() + "'");
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Headers and contents each end at a multiple of four bytes.
class Archive {
 public:
  explicit Archive(const std::filesystem::path& file) : out_(file, std::ios::binary) {}

  void add(const std::string& name, unsigned mode, const std::string& data = {}) {
    put(fmt::format("070701{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}", ++inode_,
                    mode, 0, 0, 1, 0, data.size(), 0, 0, 0, 0, name.size() + 1, 0) +
        name + '\0');
    put(data);
  }

  bool finish() {
    add("TRAILER!!!", 0);
    out_.close();
    return !out_.fail();
  }

 private:
  void put(const std::string& bytes) { out_ << bytes << std::string(-bytes.size() % 4, '\0'); }

  std::ofstream out_;
  unsigned inode_ = 0;
};

}  // namespace

void write_initramfs(const std::filesystem::path& file, const std::filesystem::path& init,
                     const std::vector<std::filesystem::path>& modules) {
  Archive archive(file);
  for (const auto* name : {"dev", "sys", "modules"}) archive.add(name, directory_mode);
  archive.add("init", program_mode, content(init));
  for (std::size_t i = 0; i < modules.size(); ++i)
    archive.add(fmt::format("modules/{:02}-{}", i, modules[i].filename().string()), file_mode, content(modules[i]));
  if (!archive.finish()) throw std::runtime_error("cannot write '" + file.string() + "'");
}

}  // namespace pasid::conform::vm
