#include "src/io/toml.hpp"

#include <algorithm>
#include <array>
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
  std::string bytes;
  std::array<char, 16384> chunk{};
  while (in && bytes.size() <= max_bytes) {
    in.read(chunk.data(), chunk.size());
    bytes.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (!in.is_open() || in.bad())
    throw InputError(file, {}, "cannot be read: " + std::generic_category().message(errno != 0 ? errno : EIO),
                     expected);
  if (bytes.size() > max_bytes) throw InputError(file, {}, "is larger than 1 MiB", expected);
  return bytes;
}

/// How many bytes the UTF-8 character at the start of `bytes` has; 0: it is not one.
std::size_t character(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xc2 && first < 0xe0   ? 2
                             : first >= 0xe0 && first < 0xf0 ? 3
                             : first >= 0xf0 && first < 0xf5 ? 4
                                                             : 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  // Not overlong, not a surrogate, not past U+10FFFF.
  const bool wrong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) >= 0xa0) ||
                     (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) >= 0x90);
  return wrong ? 0 : length;
}

/// toml++ checks this too, but is vague about the place.
void refuse_bad_utf8(const std::string& file, std::string_view bytes) {
  Position at{1, 1};
  while (!bytes.empty()) {
    const auto length = character(bytes);
    if (length == 0) throw InputError(file, at, "a byte that is not UTF-8", "UTF-8 text");
    if (bytes.front() == '\n') at = {at.line + 1, 1};
    else ++at.column;
    bytes.remove_prefix(length);
  }
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

toml::table parse(const std::string& file, std::string_view bytes) {
  refuse_bad_utf8(file, bytes);
  refuse_deep_keys(file, bytes);
  try {
    return toml::parse(bytes);
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

Document::Document(std::string file) : file_(std::move(file)), root_(parse(file_, bytes_of(file_))) {}

Document::Document(std::string file, std::string_view text) : file_(std::move(file)), root_(parse(file_, text)) {}

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
      document_->fail(f.at, what_ + " has no key " + in_quotes(f.key), one_of(keys, f.key));
}

const toml::node& Section::require(std::string_view key, std::string_view expected) const {
  const auto* const node = find(key);
  if (node == nullptr) document_->fail(at(), what_ + " lacks " + in_quotes(key), expected);
  return *node;
}

std::string Section::optional_text(std::string_view key) const {
  const auto* const node = find(key);
  if (node == nullptr) return {};
  const auto* const text = node->as_string();
  if (text == nullptr)
    document_->fail(position(*node), in_quotes(key) + " is " + std::string(type_name(*node)), "a string");
  return text->get();
}

std::string Section::text(std::string_view key) const {
  const auto& node = require(key, "a string");
  auto out = optional_text(key);
  if (out.empty()) document_->fail(position(node), in_quotes(key) + " is empty", "a string that says something");
  return out;
}

std::string Section::choice(std::string_view key, std::span<const std::string_view> names) const {
  const auto& node = require(key, one_of(names, ""));
  auto out = optional_text(key);
  if (std::ranges::find(names, out) == names.end())
    document_->fail(position(node), in_quotes(key) + " has no value " + in_quotes(out), one_of(names, out));
  return out;
}

std::vector<std::string> Section::texts(std::string_view key) const {
  const auto* const node = find(key);
  if (node == nullptr) return {};
  const auto* const list = node->as_array();
  if (list == nullptr)
    document_->fail(position(*node), in_quotes(key) + " is " + std::string(type_name(*node)), "an array of strings");
  std::vector<std::string> out;
  for (const auto& element : *list) {
    const auto* const text = element.as_string();
    if (text == nullptr || text->get().empty())
      document_->fail(position(element), "an element of " + in_quotes(key) + " says nothing", "a string");
    if (std::ranges::find(out, text->get()) != out.end())
      document_->fail(position(element), in_quotes(key) + " has " + in_quotes(text->get()) + " twice",
                      "each at most once");
    out.push_back(text->get());
  }
  return out;
}

std::vector<Section> Section::sections(std::string_view key) const {
  std::vector<Section> out;
  const auto* const node = find(key);
  if (node == nullptr) return out;
  const auto* const array = node->as_array();
  if (array == nullptr)
    document_->fail(position(*node), in_quotes(key) + " is " + std::string(type_name(*node)),
                    "[[" + std::string(key) + "]]");
  for (const auto& element : *array) out.emplace_back(*document_, element, "[[" + std::string(key) + "]]");
  return out;
}

}  // namespace pasid::io
