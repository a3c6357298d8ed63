#include "src/io/file.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace pasid::io {
namespace {

bool write(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  return !out.fail();
}

/// By way of a draft beside it.
bool replace(const std::string& path, const std::string& text) {
  const std::string draft = path + ".new";
  std::error_code error;
  if (write(draft, text)) {
    std::filesystem::rename(draft, path, error);
    if (!error) return true;
  }
  std::filesystem::remove(draft, error);
  return false;
}

}  // namespace

void write_file(const std::string& option, const std::string& path, const std::string& text) {
  std::error_code error;
  const bool other = std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error);
  if (!(other ? write(path, text) : replace(path, text)))
    throw std::invalid_argument(option + ": cannot write '" + path + "'");
}

}  // namespace pasid::io
