// Reading TOML with positions: the wall round toml++. Included by this folder's .cpp files only.
#pragma once

// With the limit on dots in a line (toml.cpp) this bounds how deep a table can nest, and so the stack its destructor
// takes.
#define TOML_MAX_NESTED_VALUES 16
#include <span>
#include <string>
#include <string_view>
#include <vector>

// toml++ 3.3 takes for granted that whatever it reads as a key begins as keys begin. Spoiled files do not: an abort in
// Debug, undefined in Release. It refuses such a key a few lines further on, so nothing is to be taken for granted.
#include <toml++/impl/preprocessor.h>
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT_ASSUME(expr) static_assert(true)

#include <toml++/toml.h>

#include "src/io/error.hpp"
#include "src/io/names.hpp"

namespace pasid::io {

/// A parsed file.
class Document {
 public:
  /// Throws InputError where the file cannot be read, is larger than 1 MiB, or is not TOML.
  explicit Document(std::string file);

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const toml::table& root() const { return root_; }
  [[noreturn]] void fail(Position at, std::string_view wrong, std::string_view expected) const;

 private:
  std::string file_;
  toml::table root_;
};

inline Position position(const toml::source_region& region) { return {region.begin.line, region.begin.column}; }
inline Position position(const toml::node& node) { return position(node.source()); }

/// "an integer", "a table", ...
std::string_view type_name(const toml::node& node);

struct Field {
  std::string_view key;
  Position at;  ///< of the key
  const toml::node* value;
};

/// A table of a document, and what messages call it.
class Section {
 public:
  Section(const Document& document, const toml::table& table, std::string what)
      : document_(&document), table_(&table), what_(std::move(what)) {}
  /// Throws InputError where the value is not a table.
  Section(const Document& document, const toml::node& node, std::string what);

  [[nodiscard]] const Document& document() const { return *document_; }
  [[nodiscard]] const std::string& what() const { return what_; }
  [[nodiscard]] Position at() const { return position(*table_); }

  /// Throws InputError at the first key that is none of these.
  void allow(std::span<const std::string_view> keys) const;
  void allow(std::initializer_list<std::string_view> keys) const { allow(std::span(keys.begin(), keys.size())); }

  /// In the order of the file.
  [[nodiscard]] std::vector<Field> fields() const;
  [[nodiscard]] const toml::node* find(std::string_view key) const { return table_->get(key); }
  /// Throws InputError where there is no such key.
  [[nodiscard]] const toml::node& require(std::string_view key, std::string_view expected) const;

  /// A string that must be there and say something.
  [[nodiscard]] std::string text(std::string_view key) const;
  /// A string that may be missing.
  [[nodiscard]] std::string optional_text(std::string_view key) const;
  /// A string that must be there and be one of `names`.
  [[nodiscard]] std::string choice(std::string_view key, std::span<const std::string_view> names) const;

  /// An array of strings that say something, each at most once; empty where there is none.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;

  /// Array of tables; empty where there is none.
  [[nodiscard]] std::vector<Section> sections(std::string_view key) const;

 private:
  const Document* document_;
  const toml::table* table_;
  std::string what_;
};

}  // namespace pasid::io
