#include "src/io/shipped.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "src/io/names.hpp"

#ifndef PASID_SOURCE_DIR
#define PASID_SOURCE_DIR "."
#endif

namespace pasid::io {
namespace {

namespace fs = std::filesystem;

fs::path directory(Folder folder) { return fs::path(data_root()) / "spec" / name_of(folder); }

bool is_path(std::string_view text) { return text.find('/') != text.npos || text.ends_with(".toml"); }

/// "design", "claim" or "bug"
std::string kind(Folder folder) {
  if (folder == Folder::history) return "bug";
  std::string out(name_of(folder));
  out.pop_back();
  return out;
}

Source shipped_source(Folder folder, const std::string& name, std::string_view asked_by, Position at) {
  const auto names = shipped(folder);
  if (std::ranges::find(names, name) != names.end()) return {(directory(folder) / (name + ".toml")).string(), true};
  const std::vector<std::string_view> views(names.begin(), names.end());
  throw InputError(asked_by, at, "no shipped " + kind(folder) + " is called " + in_quotes(name),
                   "the path of a .toml file or " + one_of(views, name));
}

}  // namespace

std::string data_root() {
  const char* const root = std::getenv("PASID_DATA");
  return root != nullptr && *root != '\0' ? root : PASID_SOURCE_DIR;
}

std::optional<std::string> data_text(const std::string& path) {
  std::ifstream in(fs::path(data_root()) / path);
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> shipped(Folder folder) {
  const auto where = directory(folder);
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator it(where, error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".toml") names.push_back(it->path().stem().string());
  const auto fail = [&](const std::string& what, const std::string& expected) {
    throw InputError(
        where.string(), {}, what,
        expected + std::string(name_of(folder)) + " there (PASID_DATA names the directory that has spec/)");
  };
  if (error) fail("cannot be listed: " + error.message(), "the shipped ");
  if (names.empty()) fail("there is nothing in it", "at least one of the shipped ");
  std::ranges::sort(names, comes_before);
  return names;
}

Source locate(Folder folder, const std::string& name_or_path) {
  if (is_path(name_or_path)) return {name_or_path, false};
  return shipped_source(folder, name_or_path, on_one_line(name_or_path), {});
}

Source locate(Folder folder, const std::string& name_or_path, const std::string& from, Position at) {
  if (!is_path(name_or_path)) return shipped_source(folder, name_or_path, from, at);
  const auto file = (fs::path(from).parent_path() / name_or_path).string();
  std::error_code error;
  if (file.find('\0') != file.npos || !fs::exists(file, error))
    throw InputError(from, at, "there is no file " + in_quotes(file), "the path of a " + kind(folder));
  return {file, false};
}

std::string stem(const std::string& file) { return fs::path(file).stem().string(); }

bool is_name(std::string_view text) {
  return !text.empty() && !is_path(text) && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

}  // namespace pasid::io
