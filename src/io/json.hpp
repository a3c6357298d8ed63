// Reading JSON with positions: every value knows where it stands in its file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/io/error.hpp"

namespace pasid::io {

class Json;

/// A parsed file, or line. Memory is a small multiple of its size, whatever it holds.
class JsonDocument {
 public:
  /// What is read at most: bytes, values, and how deep arrays and objects nest.
  struct Limits {
    std::size_t bytes = std::size_t{256} << 20;
    std::size_t values = std::size_t{16} << 20;
    std::size_t depth = 32;
  };

  /// `file` is what messages call it. Throws InputError where the text is not JSON (RFC 8259), is over a limit, or an
  /// object has a name twice.
  JsonDocument(std::string file, std::string text, const Limits& limits);
  JsonDocument(std::string file, std::string text) : JsonDocument(std::move(file), std::move(text), Limits{}) {}

  /// Reads a file; "-" is standard input. Throws InputError also where it cannot be read.
  static JsonDocument read(const std::string& path, const Limits& limits);
  static JsonDocument read(const std::string& path) { return read(path, Limits{}); }

  [[nodiscard]] Json root() const;
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  friend class Json;
  friend class JsonBuilder;
  enum class Type : std::uint8_t { null, yes, no, integer, real, string, array, object };
  /// Values in the order of the text; the name of a member stands before its value, as a string.
  struct Value {
    std::uint32_t at;        ///< where it begins in the text, in bytes
    std::uint32_t after;     ///< number of the value after it and all that is in it
    std::uint32_t children;  ///< array, object: elements or members
    Type type;
  };

  std::string file_;
  std::string text_;
  std::vector<Value> values_;
};

/// A value of a document, which must outlive it. Values that are not what is asked for throw InputError.
class Json {
 public:
  [[nodiscard]] bool is_object() const { return value().type == Type::object; }
  [[nodiscard]] bool is_array() const { return value().type == Type::array; }
  [[nodiscard]] bool is_string() const { return value().type == Type::string; }
  [[nodiscard]] bool is_integer() const { return value().type == Type::integer; }
  [[nodiscard]] bool is_null() const { return value().type == Type::null; }
  [[nodiscard]] bool is_true() const { return value().type == Type::yes; }

  /// Of an object; nothing where it has no such member, or this is no object.
  [[nodiscard]] std::optional<Json> find(std::string_view name) const;
  /// Of an object that must have it. `what` is what messages call the object.
  [[nodiscard]] Json member(std::string_view name, std::string_view what) const;
  /// Of an object that must have it and nothing else.
  [[nodiscard]] Json only(std::string_view name, std::string_view what) const;

  /// `expected` is what messages say should stand here.
  [[nodiscard]] std::string text(std::string_view expected = "a string") const;
  [[nodiscard]] bool boolean(std::string_view expected = "true or false") const;
  /// Within these bounds, inclusive.
  [[nodiscard]] std::uint64_t number(std::uint64_t least, std::uint64_t most, std::string_view expected) const;
  /// Any number, with or without a fraction.
  [[nodiscard]] double real(std::string_view expected = "a number") const;
  /// The elements of an array.
  [[nodiscard]] std::vector<Json> elements(std::string_view expected = "an array") const;
  /// Elements of an array or members of an object; 0 for anything else.
  [[nodiscard]] std::size_t size() const { return is_array() || is_object() ? value().children : 0; }
  struct Member;
  /// The members of an object, in the order of the text.
  [[nodiscard]] std::vector<Member> members(std::string_view expected = "an object") const;

  [[nodiscard]] Position position() const;
  /// "an object", "a string", …
  [[nodiscard]] std::string_view type_name() const;
  [[noreturn]] void fail(std::string_view wrong, std::string_view expected) const;

 private:
  friend class JsonDocument;
  using Type = JsonDocument::Type;
  Json(const JsonDocument& document, std::uint32_t number) : document_(&document), number_(number) {}
  [[nodiscard]] const JsonDocument::Value& value() const { return document_->values_[number_]; }
  void must_be(Type type, std::string_view expected) const;

  const JsonDocument* document_;
  std::uint32_t number_;
};

struct Json::Member {
  std::string name;
  Json value;
};

}  // namespace pasid::io
