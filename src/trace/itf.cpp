#include "src/trace/itf.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>

#include "spec/lang/memory.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/names.hpp"
#include "src/trace/steps.hpp"

namespace pasid::trace {
namespace {

using Json = nlohmann::ordered_json;
using lang::CellInfo;
using lang::SortInfo;
using lang::SortKind;

constexpr std::string_view action_taken = "mbt::actionTaken";
constexpr std::string_view nondet_picks = "mbt::nondetPicks";

/// Every parameter name of the rules that fired.
std::vector<std::string_view> parameters(const lang::Tree& tree, const Trace& trace) {
  std::vector<std::string_view> out;
  for (const Step& step : trace.steps)
    for (const Argument& a : arguments(tree, step))
      if (std::ranges::find(out, a.name) == out.end()) out.push_back(a.name);
  return out;
}

class Writer {
 public:
  Writer(const lang::Tree& tree, const Trace& trace) : tree_(tree), trace_(trace), names_(tree, trace.facts) {}

  Json document() const {
    Json out;
    const lang::Formula* property = tree_.formula_named(trace_.property);
    out["#meta"] = {
        {"format", "ITF"},
        {"format-description", "https://apalache-mc.org/docs/adr/015adr-trace.html"},
        {"source", trace_.design},
        {"description", trace_.property + (property == nullptr ? "" : ": " + std::string(property->meaning))},
        {"property", trace_.property},
        {"grain", trace_.grain},
        {"sizes", Json::object()}};
    out["params"] = Json::array();
    out["vars"] = Json::array();
    for (const SortInfo* s : entity_sorts(tree_)) {
      out["#meta"]["sizes"][std::string(s->name)] = {{"#bigint", std::to_string(lang::size_of(trace_.facts, s))}};
      out["params"].push_back(s->name);
    }
    for (const CellInfo& cell : tree_.cells) out[cell.rigid ? "params" : "vars"].push_back(cell.name);
    out["vars"].push_back(action_taken);
    out["vars"].push_back(nondet_picks);

    const auto picks = parameters(tree_, trace_);
    out["states"] = Json::array();
    out["states"].push_back(state(nullptr, trace_.initial, 0, picks));
    for (std::size_t i = 0; i < trace_.steps.size(); ++i)
      out["states"].push_back(state(&trace_.steps[i], trace_.steps[i].after, i + 1, picks));
    return out;
  }

 private:
  Json value(const SortInfo* sort, std::uint8_t v) const {
    if (sort->kind == SortKind::boolean) return v != 0;
    return names_(sort, v);
  }

  Json cell(const CellInfo& c, const spec::NativeState& s) const {
    const std::uint8_t* const bytes = holder(c, trace_.facts, s);
    if (c.index.empty()) return value(c.value, bytes[c.offset]);
    Json entries = Json::array();
    lang::each_index(trace_.facts, c, [&](std::span<const std::uint8_t> index) {
      const std::uint8_t v = bytes[lang::place(c, index)];
      if (v == 0) return;
      Json key = Json::array();
      for (std::size_t k = 0; k < index.size(); ++k) key.push_back(value(c.index[k], index[k]));
      Json entry = Json::array();
      if (index.size() == 1) entry.push_back(key[0]);
      else entry.push_back({{"#tup", std::move(key)}});
      entry.push_back(value(c.value, v));
      entries.push_back(std::move(entry));
    });
    return {{"#map", std::move(entries)}};
  }

  Json section(const Firing& f) const {
    Json args = Json::object();
    for (const Argument& a : arguments(tree_, f)) args[std::string(a.name)] = value(a.sort, a.value);
    return {{"rule", tree_.rules.at(static_cast<std::size_t>(f.rule)).label}, {"arguments", std::move(args)}};
  }

  Json state(const Step* step, const spec::NativeState& s, std::size_t number,
             const std::vector<std::string_view>& picks) const {
    Json out;
    out["#meta"] = {{"index", number}};
    if (step != nullptr) {
      Json sections = Json::array();
      for (const Firing& f : step->firings) sections.push_back(section(f));
      out["#meta"]["firings"] = std::move(sections);
      if (step->refused)
        out["#meta"]["refused"] = {{"section", section(step->refused->section)},
                                   {"after", step->refused->at},
                                   {"errno", strerrorname_np(step->refused->err)},
                                   {"guard", step->refused->guard}};
    } else {
      for (const SortInfo* sort : entity_sorts(tree_)) out[std::string(sort->name)] = {{"#set", names_.all(sort)}};
    }
    for (const CellInfo& c : tree_.cells)
      if (!c.rigid || step == nullptr) out[std::string(c.name)] = cell(c, s);
    out[std::string(action_taken)] = step == nullptr ? "init" : step->label;
    Json record = Json::object();
    for (const std::string_view name : picks)
      record[std::string(name)] = {{"tag", "None"}, {"value", {{"#tup", Json::array()}}}};
    if (step != nullptr)
      for (const Argument& a : arguments(tree_, *step))
        record[std::string(a.name)] = {{"tag", "Some"}, {"value", value(a.sort, a.value)}};
    out[std::string(nondet_picks)] = std::move(record);
    return out;
  }

  const lang::Tree& tree_;
  const Trace& trace_;
  Names names_;
};

/// A value with its place in the document, for messages.
class At {
 public:
  At(const Json& json, std::string place) : json_(json), place_(std::move(place)) {}

  [[noreturn]] void fail(std::string_view expected) const {
    throw std::runtime_error("ITF trace: " + (place_.empty() ? "the document" : place_) + ": expected " +
                             std::string(expected));
  }
  [[nodiscard]] bool has(std::string_view key) const { return json_.is_object() && json_.contains(key); }
  [[nodiscard]] At operator[](std::string_view key) const {
    const std::string name(key);
    if (!json_.is_object()) fail("an object with '" + name + "'");
    const auto found = json_.find(name);
    if (found == json_.end()) fail("'" + name + "', which is missing");
    return {*found, place_.empty() ? name : place_ + "." + name};
  }
  [[nodiscard]] std::vector<At> list() const {
    if (!json_.is_array()) fail("a list");
    std::vector<At> out;
    for (std::size_t k = 0; k < json_.size(); ++k) out.emplace_back(json_[k], place_ + "[" + std::to_string(k) + "]");
    return out;
  }
  [[nodiscard]] std::string string() const {
    if (!json_.is_string()) fail("a string");
    return json_.get<std::string>();
  }
  [[nodiscard]] bool boolean() const {
    if (!json_.is_boolean()) fail("true or false");
    return json_.get<bool>();
  }
  /// A count from 0 to 255, as an integer or {"#bigint": "n"}.
  [[nodiscard]] std::uint8_t count() const {
    if (json_.is_number_unsigned() && json_.get<std::uint64_t>() <= 255) return json_.get<std::uint8_t>();
    const std::string digits = json_.is_object() ? (*this)["#bigint"].string() : "";
    std::uint8_t out = 0;
    const auto end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, out);
    if (digits.empty() || error != std::errc{} || stop != end) fail(R"(a count like {"#bigint": "2"})");
    return out;
  }

 private:
  const Json& json_;
  std::string place_;
};

class Reader {
 public:
  Reader(const lang::Tree& tree, const Json& json) : tree_(tree), document_(json, "") {}

  Trace read() {
    Trace t;
    const At meta = document_["#meta"];
    if (meta["format"].string() != "ITF") meta["format"].fail("\"ITF\"");
    t.design = meta["source"].string();
    t.property = meta["property"].string();
    t.grain = meta["grain"].string();

    const auto states = document_["states"].list();
    if (states.empty()) document_["states"].fail("at least the initial state");
    elements(meta["sizes"], states[0], t.facts);
    for (const CellInfo& c : tree_.cells)
      if (c.rigid) cell(c, states[0][c.name], reinterpret_cast<std::uint8_t*>(&t.facts));
    t.initial = state(states[0]);
    for (std::size_t i = 1; i < states.size(); ++i) {
      const At step = states[i]["#meta"];
      t.steps.push_back({states[i][action_taken].string(), firings(step["firings"]), state(states[i]), {}});
      if (step.has("refused")) t.steps.back().refused = refused(step["refused"], t.steps.back().firings.size());
    }
    return t;
  }

 private:
  void elements(const At& sizes, const At& initial, spec::NativeFacts& facts) {
    for (const SortInfo* s : entity_sorts(tree_)) {
      const At size = sizes[s->name];
      const std::uint8_t n = size.count();
      if (n > s->capacity) size.fail("at most " + std::to_string(s->capacity));
      facts.count.at(static_cast<std::size_t>(s->index)) = n;
      const At set = initial[s->name]["#set"];
      auto& names = names_[s];
      for (const At& name : set.list()) {
        if (std::ranges::find(names, name.string()) != names.end()) name.fail("every name once");
        names.push_back(name.string());
      }
      if (names.size() != n) set.fail(std::to_string(n) + " names, as #meta.sizes says");
    }
  }

  /// A value that may be none: a knob that was not chosen, an argument that was not given.
  std::uint8_t optional_value(const SortInfo* sort, const At& at) const {
    return sort->kind != SortKind::boolean && at.string() == "-" ? std::uint8_t{0} : value(sort, at);
  }

  std::uint8_t value(const SortInfo* sort, const At& at) const {
    if (sort->kind == SortKind::boolean) return at.boolean() ? 1 : 0;
    const std::string name = at.string();
    std::vector<std::string> known;
    if (sort->kind == SortKind::enumeration) known.assign(sort->enumerators.begin(), sort->enumerators.end());
    else known = names_.at(sort);
    const auto found = std::ranges::find(known, name);
    if (found == known.end()) at.fail("one of " + joined(known, ", ") + ", not '" + name + "'");
    return static_cast<std::uint8_t>(found - known.begin() + 1);
  }

  void cell(const CellInfo& c, const At& at, std::uint8_t* bytes) const {
    if (c.index.empty()) {
      bytes[c.offset] = optional_value(c.value, at);
      return;
    }
    for (const At& entry : at["#map"].list()) {
      const auto pair = entry.list();
      if (pair.size() != 2) entry.fail("a pair of key and value");
      const auto keys = c.index.size() == 1 ? std::vector<At>{pair[0]} : pair[0]["#tup"].list();
      if (keys.size() != c.index.size()) pair[0].fail(std::to_string(c.index.size()) + " indices");
      std::vector<std::uint8_t> index;
      for (std::size_t k = 0; k < keys.size(); ++k) index.push_back(value(c.index[k], keys[k]));
      bytes[lang::place(c, index)] = value(c.value, pair[1]);
    }
  }

  spec::NativeState state(const At& at) const {
    spec::NativeState out{};
    for (const CellInfo& c : tree_.cells)
      if (!c.rigid) cell(c, at[c.name], reinterpret_cast<std::uint8_t*>(&out));
    return out;
  }

  std::vector<Firing> firings(const At& at) const {
    std::vector<Firing> out;
    for (const At& section : at.list()) out.push_back(firing(section));
    return out;
  }

  Firing firing(const At& section) const {
    const At label = section["rule"];
    Firing f{tree_.rule_named(label.string()), {}};
    if (f.rule < 0) label.fail("the label of a rule, not '" + label.string() + "'");
    const auto& params = tree_.rules[static_cast<std::size_t>(f.rule)].params;
    for (std::size_t k = 0; k < params.size(); ++k)
      f.args.at(k) = optional_value(params[k].sort, section["arguments"][params[k].name]);
    return f;
  }

  Refused refused(const At& at, std::size_t firings) const {
    Refused out{firing(at["section"]), at["after"].count(), 0, at["guard"].string()};
    if (out.at > firings) at["after"].fail("no more than the " + std::to_string(firings) + " firings");
    const std::string name = at["errno"].string();
    for (int err = 1; err < 256 && out.err == 0; ++err)
      if (const char* known = strerrorname_np(err); known != nullptr && name == known) out.err = err;
    if (out.err == 0) at["errno"].fail("the name of an errno, not '" + name + "'");
    return out;
  }

  const lang::Tree& tree_;
  At document_;
  std::map<const SortInfo*, std::vector<std::string>> names_;
};

}  // namespace

Json to_itf(const lang::Tree& tree, const Trace& trace) { return Writer(tree, trace).document(); }

Trace from_itf(const lang::Tree& tree, const Json& document) { return Reader(tree, document).read(); }

Trace read_itf(const lang::Tree& tree, std::string_view text) {
  Json document;
  try {
    document = Json::parse(text);
  } catch (const Json::parse_error& e) {
    throw std::runtime_error(std::string("ITF trace: not JSON: ") + e.what());
  }
  return from_itf(tree, document);
}

}  // namespace pasid::trace
