#include "src/check/recorded.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

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

}  // namespace pasid::check
