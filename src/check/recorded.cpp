#include "src/check/recorded.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "src/io/shipped.hpp"

namespace pasid::check {

std::string recorded_file(const std::string& name) {
  return (std::filesystem::path(io::data_root()) / "proofs" / name).string();
}

std::optional<std::string> recorded(const std::string& name) {
  std::ifstream in(recorded_file(name));
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

void record(const std::string& file, const std::string& text, const std::string& option) {
  const std::string draft = file + ".new";
  std::ofstream out(draft);
  out << text;
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(draft, file, error);
  if (!out || error) throw std::invalid_argument(option + ": cannot write '" + file + "'");
}

}  // namespace pasid::check
