#include "src/io/toml.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

namespace pasid::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_bytes = std::size_t{1} << 20;
constexpr std::ptrdiff_t max_dots = 128;  // a.b.c = 1 nests three deep

std::string bytes_of(const std::string& file) {
  constexpr std::string_view expected = "a TOML file";
  if (file.find('\0') != std::string::npos) throw InputError(file, {}, "no file has such a name", expected);
  std::error_code error;
  const auto status = fs::status(file, error);
  if (status.type() == fs::file_type::not_found) throw InputError(file, {}, "no such file", expected);
  if (error) throw InputError(file, {}, "cannot be read: " + error.message(), expected);
  if (status.type() == fs::file_type::directory) throw InputError(file, {}, "is a directory", expected);

  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string bytes(max_bytes + 1, '\0');
  if (in) in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!in.is_open() || in.bad()) {
    const auto reason = std::generic_category().message(errno != 0 ? errno : EIO);
    throw InputError(file, {}, "cannot be read: " + reason, expected);
  }
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  if (bytes.size() > max_bytes) throw InputError(file, {}, "is larger than 1 MiB", expected);
  return bytes;
}

/// toml++ builds a table for each part of a dotted key and takes them down by recursion: bound it.
void refuse_deep_keys(const std::string& file, std::string_view bytes) {
  std::uint32_t line = 1;
  while (!bytes.empty()) {
    const auto end = std::min(bytes.find('\n'), bytes.size());
    if (std::ranges::count(bytes.substr(0, end), '.') > max_dots)
      throw InputError(file, {line, 1}, "more than " + std::to_string(max_dots) + " dots in one line", "shorter lines");
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    ++line;
  }
}

toml::table parse(const std::string& file) {
  const auto bytes = bytes_of(file);
  refuse_deep_keys(file, bytes);
  try {
    return toml::parse(std::string_view(bytes));
  } catch (const toml::parse_error& e) {
    // "Error while parsing X: expected a, saw b", or without "expected"
    std::string_view wrong = e.description();
    std::string_view expected = "TOML 1.0";
    if (const auto at = wrong.find(": expected "); at != wrong.npos) {
      expected = wrong.substr(at + std::string_view(": expected ").size());
      wrong = wrong.substr(0, at);
    }
    throw InputError(file, position(e.source()), "malformed TOML: " + std::string(wrong), expected);
  }
}

}  // namespace

Document::Document(std::string file) : file_(std::move(file)), root_(parse(file_)) {}

void Document::fail(Position at, std::string_view wrong, std::string_view expected) const {
  throw InputError(file_, at, wrong, expected);
}

std::string_view type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "an array";
    case toml::node_type::string: return "a string";
    case toml::node_type::integer: return "an integer";
    case toml::node_type::floating_point: return "a floating-point number";
    case toml::node_type::boolean: return "a Boolean";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time: return "a date or time";
    case toml::node_type::none: break;
  }
  return "nothing";
}

Section::Section(const Document& document, const toml::node& node, std::string what)
    : document_(&document), table_(node.as_table()), what_(std::move(what)) {
  if (table_ == nullptr) document.fail(position(node), what_ + " is " + std::string(type_name(node)), "a table");
}

std::vector<Field> Section::fields() const {
  std::vector<Field> out;
  for (const auto& [key, value] : *table_) out.push_back({key.str(), position(key.source()), &value});
  std::ranges::sort(out, {}, [](const Field& f) { return std::pair(f.at.line, f.at.column); });
  return out;
}

void Section::allow(std::span<const std::string_view> keys) const {
  for (const auto& f : fields())
    if (std::ranges::find(keys, f.key) == keys.end())
      document_->fail(f.at, what_ + " has no key " + quoted(f.key), one_of(keys, f.key));
}

const toml::node& Section::require(std::string_view key, std::string_view expected) const {
  const auto* const node = find(key);
  if (node == nullptr) document_->fail(at(), what_ + " lacks " + quoted(key), expected);
  return *node;
}

std::string Section::optional_text(std::string_view key) const {
  const auto* const node = find(key);
  if (node == nullptr) return {};
  const auto* const text = node->as_string();
  if (text == nullptr) document_->fail(position(*node), quoted(key) + " is " + std::string(type_name(*node)), "a string");
  return text->get();
}

std::string Section::text(std::string_view key) const {
  const auto& node = require(key, "a string");
  auto out = optional_text(key);
  if (out.empty()) document_->fail(position(node), quoted(key) + " is empty", "a string that says something");
  return out;
}

std::string Section::choice(std::string_view key, std::span<const std::string_view> names) const {
  const auto& node = require(key, one_of(names, ""));
  auto out = optional_text(key);
  if (std::ranges::find(names, out) == names.end())
    document_->fail(position(node), quoted(key) + " has no value " + quoted(out), one_of(names, out));
  return out;
}

std::vector<Section> Section::sections(std::string_view key) const {
  std::vector<Section> out;
  const auto* const node = find(key);
  if (node == nullptr) return out;
  const auto* const array = node->as_array();
  if (array == nullptr) document_->fail(position(*node), quoted(key) + " is " + std::string(type_name(*node)), "[[" + std::string(key) + "]]");
  for (const auto& element : *array) out.emplace_back(*document_, element, "[[" + std::string(key) + "]]");
  return out;
}

}  // namespace pasid::io
