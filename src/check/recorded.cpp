#include "src/check/recorded.hpp"

#include <filesystem>

#include "src/io/shipped.hpp"

namespace pasid::check {

std::string recorded_file(const std::string& name) {
  return (std::filesystem::path(io::data_root()) / "proofs" / name).string();
}

std::optional<std::string> recorded(const std::string& name) { return io::data_text("proofs/" + name); }

}  // namespace pasid::check
