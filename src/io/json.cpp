#include "src/io/json.hpp"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <iterator>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "src/io/file.hpp"

namespace pasid::io {
namespace {

/// Line and column of a byte.
Position position_of(std::string_view text, std::size_t at) {
  at = std::min(at, text.size());
  Position out{1, 1};
  for (std::size_t i = 0; i < at; ++i) {
    if (text[i] == '\n') out = {out.line + 1, 1};
    else if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U) ++out.column;
  }
  return out;
}

/// Goes through the text for the parser, and knows how far it has got.
class Counting {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  Counting(const char* at, const char** seen) : at_(at), seen_(seen) {}
  reference operator*() const { return *at_; }
  Counting& operator++() {
    ++at_;
    if (seen_ != nullptr) *seen_ = at_;
    return *this;
  }
  Counting operator++(int) {
    Counting old = *this;
    ++*this;
    return old;
  }
  friend bool operator==(const Counting& a, const Counting& b) { return a.at_ == b.at_; }
  friend bool operator!=(const Counting& a, const Counting& b) { return a.at_ != b.at_; }

 private:
  const char* at_;
  const char** seen_;
};

}  // namespace

/// Takes what the parser finds into the document's list of values.
class JsonBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  JsonBuilder(JsonDocument& document, const JsonDocument::Limits& limits) : document_(document), limits_(limits) {}
  const char* seen = nullptr;  ///< one past what the parser has read

  bool null() override { return scalar(Type::null); }
  bool boolean(bool value) override { return scalar(value ? Type::yes : Type::no); }
  bool number_integer(number_integer_t) override { return scalar(Type::integer); }
  bool number_unsigned(number_unsigned_t) override { return scalar(Type::integer); }
  bool number_float(number_float_t, const string_t&) override { return scalar(Type::real); }
  bool string(string_t&) override { return add(Type::string, string_start()); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Type::object); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Type::array); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    const std::size_t at = string_start();
    if (!open_.back().names.insert(name).second)
      fail(at, "the name " + in_quotes(name) + " stands here for the second time", "each name once in an object");
    return add(Type::string, at, true);
  }
  bool parse_error(std::size_t at, const std::string&, const nlohmann::json::exception& e) override {
    const std::string_view all = e.what();
    const auto comma = all.rfind("; ");  // "[json.exception…] parse error at line 1, column 2: … - …; last read: …"
    const auto colon = all.find(": ", all.find("column"));
    std::string why(all.substr(colon == std::string_view::npos ? 0 : colon + 2));
    (void)comma;
    fail(at == 0 ? 0 : at - 1, "this is not JSON (" + on_one_line(why).substr(0, 120) + ")", "a JSON text");
    return false;
  }

 private:
  using Type = JsonDocument::Type;
  struct Open {
    std::uint32_t number;
    std::unordered_set<std::string> names;
  };

  [[noreturn]] void fail(std::size_t at, const std::string& wrong, const std::string& expected) const {
    throw InputError(document_.file_, position_of(document_.text_, at), wrong, expected);
  }
  [[nodiscard]] std::size_t read() const { return static_cast<std::size_t>(seen - document_.text_.data()); }

  /// The parser has just read a string's last quote.
  [[nodiscard]] std::size_t string_start() const {
    const std::string& text = document_.text_;
    std::size_t at = read() - 2;  // before the last quote
    while (true) {
      at = text.rfind('"', at);
      std::size_t slashes = 0;
      while (slashes < at && text[at - slashes - 1] == '\\') ++slashes;
      if (slashes % 2 == 0) return at;
      --at;
    }
  }

  /// The parser has just read a scalar, and of a number what follows.
  bool scalar(Type type) {
    const std::string& text = document_.text_;
    const auto part = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == 'E' || c == '+' || c == '-' || c == '.';
    };
    std::size_t at = std::min(read(), text.size());
    while (at > 0 && !part(text[at - 1])) --at;
    while (at > 0 && part(text[at - 1])) --at;
    return add(type, at);
  }

  bool add(Type type, std::size_t at, bool name = false) {
    auto& values = document_.values_;
    if (values.size() >= limits_.values)
      fail(at, "this has too many values", "at most " + std::to_string(limits_.values));
    if (!open_.empty() && !name) ++values[open_.back().number].children;
    values.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(values.size() + 1), 0, type});
    return true;
  }
  bool open(Type type) {
    if (open_.size() >= limits_.depth)
      fail(read() - 1, "this nests too deep", "at most " + std::to_string(limits_.depth) + " levels");
    add(type, read() - 1);
    open_.push_back({static_cast<std::uint32_t>(document_.values_.size() - 1), {}});
    return true;
  }
  bool close() {
    document_.values_[open_.back().number].after = static_cast<std::uint32_t>(document_.values_.size());
    open_.pop_back();
    return true;
  }

  JsonDocument& document_;
  const JsonDocument::Limits& limits_;
  std::vector<Open> open_;
};

JsonDocument::JsonDocument(std::string file, std::string text, const Limits& limits)
    : file_(std::move(file)), text_(std::move(text)) {
  if (text_.size() > std::min<std::size_t>(limits.bytes, UINT32_MAX))
    throw InputError(file_, {}, "this is too large", "at most " + std::to_string(limits.bytes >> 20U) + " MiB");
  JsonBuilder builder(*this, limits);
  builder.seen = text_.data();
  nlohmann::json::sax_parse(Counting(text_.data(), &builder.seen), Counting(text_.data() + text_.size(), nullptr),
                            &builder);
}

JsonDocument JsonDocument::read(const std::string& path, const Limits& limits) {
  if (path == "-") return {"standard input", read_all(std::cin, "standard input", limits.bytes), limits};
  return {path, read_file(path, limits.bytes), limits};
}

Json JsonDocument::root() const { return {*this, 0}; }

std::optional<Json> Json::find(std::string_view name) const {
  if (!is_object()) return std::nullopt;
  const auto& values = document_->values_;
  for (std::uint32_t i = number_ + 1; i < value().after; i = values[i + 1].after) {
    const std::string_view rest = std::string_view(document_->text_).substr(values[i].at + 1);
    const bool plain = rest.substr(0, rest.find('"')).find('\\') == std::string_view::npos;
    const bool same = plain ? rest.substr(0, name.size()) == name && rest.substr(name.size(), 1) == "\""
                            : Json(*document_, i).text() == name;
    if (same) return Json(*document_, i + 1);
  }
  return std::nullopt;
}

Json Json::member(std::string_view name, std::string_view what) const {
  must_be(Type::object, what);
  if (const auto found = find(name)) return *found;
  fail(std::string(what) + " has no \"" + std::string(name) + "\"", "one");
}

Json Json::only(std::string_view name, std::string_view what) const {
  const Json out = member(name, what);
  if (size() != 1) fail(std::string(what) + " has " + std::to_string(size()) + " members", "one alone");
  return out;
}

std::string Json::text(std::string_view expected) const {
  must_be(Type::string, expected);
  const std::string& text = document_->text_;
  std::size_t end = value().at + 1;
  bool plain = true;
  for (; text[end] != '"'; ++end) {
    if (text[end] != '\\') continue;
    plain = false;
    ++end;
  }
  if (plain) return text.substr(value().at + 1, end - value().at - 1);
  return nlohmann::json::parse(text.substr(value().at, end - value().at + 1)).get<std::string>();
}

bool Json::boolean(std::string_view expected) const {
  if (value().type != Type::yes && value().type != Type::no) must_be(Type::yes, expected);
  return is_true();
}

double Json::real(std::string_view expected) const {
  if (!is_integer() && value().type != Type::real) fail(type_name(), expected);
  const std::string& text = document_->text_;
  double out = 0;
  if (std::from_chars(text.data() + value().at, text.data() + text.size(), out).ec != std::errc())
    fail("a number beyond what a double holds", expected);
  return out;
}

std::uint64_t Json::number(std::uint64_t least, std::uint64_t most, std::string_view expected) const {
  must_be(Type::integer, expected);
  const std::string& text = document_->text_;
  std::uint64_t out = 0;
  std::size_t digits = 0;
  for (std::size_t i = value().at; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, ++digits)
    out = out > (UINT64_MAX - 9) / 10 ? UINT64_MAX : out * 10 + static_cast<std::uint64_t>(text[i] - '0');
  if (digits == 0 || out < least || out > most) {
    const auto end = text.find_first_not_of("-0123456789", value().at);
    fail("this is " + text.substr(value().at, std::min<std::size_t>(end - value().at, 30)), expected);
  }
  return out;
}

std::vector<Json> Json::elements(std::string_view expected) const {
  must_be(Type::array, expected);
  std::vector<Json> out;
  out.reserve(value().children);
  for (std::uint32_t i = number_ + 1; i < value().after; i = document_->values_[i].after)
    out.push_back(Json(*document_, i));
  return out;
}

std::vector<Json::Member> Json::members(std::string_view expected) const {
  must_be(Type::object, expected);
  std::vector<Member> out;
  out.reserve(value().children);
  for (std::uint32_t i = number_ + 1; i < value().after; i = document_->values_[i + 1].after)
    out.push_back({Json(*document_, i).text(), Json(*document_, i + 1)});
  return out;
}

Position Json::position() const { return position_of(document_->text_, value().at); }

std::string_view Json::type_name() const {
  switch (value().type) {
    case Type::null: return "null";
    case Type::yes:
    case Type::no: return "a Boolean";
    case Type::integer: return "an integer";
    case Type::real: return "a number with a fraction or exponent";
    case Type::string: return "a string";
    case Type::array: return "an array";
    case Type::object: return "an object";
  }
  return "";
}

void Json::fail(std::string_view wrong, std::string_view expected) const {
  throw InputError(document_->file_, position(), wrong, expected);
}

void Json::must_be(Type type, std::string_view expected) const {
  if (value().type != type) fail("this is " + std::string(type_name()), expected);
}

}  // namespace pasid::io
