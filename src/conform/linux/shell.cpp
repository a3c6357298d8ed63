#include "src/conform/linux/shell.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>

namespace pasid::conform::vm {

std::string command(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + shell_word(word);
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    if (end > from) out.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return out;
}

void run(const std::string& what, const std::string& command, const std::filesystem::path& log) {
  std::filesystem::create_directories(log.parent_path());
  std::error_code none_yet;
  const auto before = std::filesystem::file_size(log, none_yet);
  const std::string all = "( " + command + " ) >>" + shell_word(log.string()) + " 2>&1 </dev/null";
  if (std::system(all.c_str()) == 0) return;
  std::ifstream in(log);
  if (!none_yet) in.seekg(static_cast<std::streamoff>(before));
  std::string why = "it said nothing";
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    why = line;
    // What went wrong first; make's farewells follow.
    if (line.find(" error: ") != line.npos || line.find("ERROR: ") != line.npos || line.find("*** ") != line.npos)
      break;
  }
  throw Unavailable(what + ": " + why + " (" + log.string() + ")");
}

std::string output_of(const std::string& command) {
  std::string out;
  const auto close = [](std::FILE* file) { pclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> pipe(popen((command + " 2>/dev/null").c_str(), "r"), close);
  if (pipe == nullptr) return out;
  std::array<char, 4096> piece{};
  while (const std::size_t n = std::fread(piece.data(), 1, piece.size(), pipe.get())) out.append(piece.data(), n);
  return out;
}

}  // namespace pasid::conform::vm
