#include "src/io/file.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "src/io/error.hpp"

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

std::string read_all(std::istream& in, const std::string& name, std::size_t most) {
  std::string text;
  std::array<char, 65536> piece{};
  while (in.read(piece.data(), piece.size()), in.gcount() > 0) {
    text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > most)
      throw InputError(name, {}, "this is too large", "at most " + std::to_string(most >> 20U) + " MiB");
  }
  if (in.bad()) throw InputError(name, {}, "this cannot be read", "a file");
  return text;
}

std::string read_file(const std::string& path, std::size_t most) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw InputError(path, {}, "this cannot be opened", "a file that can be read");
  return read_all(in, path, most);
}

void write_file(const std::string& option, const std::string& path, const std::string& text) {
  std::error_code error;
  const bool other = std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error);
  if (!(other ? write(path, text) : replace(path, text)))
    throw std::invalid_argument(option + ": cannot write '" + path + "'");
}

}  // namespace pasid::io
