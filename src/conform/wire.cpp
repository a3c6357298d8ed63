#include "src/conform/wire.hpp"

#include <algorithm>
#include <cstring>

#include "src/io/names.hpp"

namespace pasid::conform {

std::vector<std::string> names_in(const std::optional<io::Json>& list) {
  std::vector<std::string> out;
  if (list)
    for (const io::Json& each : list->elements("a list of names")) out.push_back(each.text("a name"));
  return out;
}

void must_be_among(std::span<const std::string_view> legal, const std::optional<io::Json>& names,
                   std::string_view what) {
  if (!names) return;
  for (const io::Json& each : names->elements("a list of names"))
    if (const std::string name = each.text("a name"); std::ranges::find(legal, name) == legal.end())
      each.fail("there is no " + std::string(what) + " " + io::in_quotes(name), io::one_of(legal, name));
}

Device device_in(const std::optional<io::Json>& device) {
  if (!device) return Device::asked;
  const std::string given = device->text();
  if (given != "itself" && given != "asked") device->fail("this is " + io::in_quotes(given), "\"itself\" or \"asked\"");
  return given == "itself" ? Device::itself : Device::asked;
}

namespace {

constexpr const lang::SortInfo* pasid_sort = &lang::sort_info<spec::Pasid>;

struct Bare {
  Answer::Kind kind;
  std::string_view key;
};
/// Whose a refusal is.
Answer::By by_in(const io::Json& json, Answer::Kind kind) {
  const std::string name = json.text("whose refusal it is");
  std::vector<std::string_view> legal;
  if (kind != Answer::Kind::error && kind != Answer::Kind::would_block)
    json.fail("nobody refuses here", "\"by\" of an error, or of would_block");
  for (const auto by : {Answer::By::core, Answer::By::driver}) {
    legal.push_back(name_of(by));
    if (name == legal.back()) return by;
  }
  json.fail("this is " + io::in_quotes(name), io::one_of(legal, name));
}

/// Answers that say no more than their name.
constexpr std::array bare{Bare{Answer::Kind::would_block, "would_block"}, Bare{Answer::Kind::gp_fault, "gp_fault"},
                          Bare{Answer::Kind::unsupported, "unsupported"}};

int errno_named(std::string_view name) {
  for (int err = 1; err < 200; ++err)
    if (const char* known = strerrorname_np(err); known != nullptr && name == known) return err;
  return 0;
}

}  // namespace

Wire::Wire(const Catalogue& catalogue, const World& world) : catalogue_(catalogue), world_(world) {
  const trace::Names names(catalogue.tree(), world.facts);
  const auto known = [&](const lang::SortInfo* sort) {
    const auto found = std::ranges::find(sorts_, sort, &Spelled::sort);
    if (found != sorts_.end()) return static_cast<std::size_t>(found - sorts_.begin());
    Spelled out{sort, {"null"}, {"-"}};
    for (int v = 1; v <= lang::size_of(world.facts, sort); ++v) {
      const auto value = static_cast<std::uint8_t>(v);
      out.names.push_back(sort == pasid_sort ? std::to_string(world.number(value)) : names(sort, value));
      out.json.push_back(sort == pasid_sort                      ? out.names.back()
                         : sort->kind == lang::SortKind::boolean ? "true"
                                                                 : '"' + out.names.back() + '"');
    }
    sorts_.push_back(std::move(out));
    return sorts_.size() - 1;
  };
  for (const CallKind& kind : catalogue.calls()) {
    Prepared p{R"({"call":")" + std::string(kind.name) + '"', {}};
    for (const std::uint8_t k : kind.inputs)
      p.inputs.push_back({",\"" + std::string(kind.params[k].name) + "\":", known(kind.params[k].sort), k});
    calls_.push_back(std::move(p));
  }
  for (const lang::CellInfo& cell : catalogue.tree().cells) {
    if (cell.rigid) continue;
    known(cell.value);
    for (const lang::SortInfo* s : cell.index) known(s);
  }
}

std::uint8_t Wire::element(const lang::SortInfo* sort, std::string_view name) const {
  const auto& names = std::ranges::find(sorts_, sort, &Spelled::sort)->names;
  const auto found = std::find(names.begin() + 1, names.end(), name);
  return found == names.end() ? 0 : static_cast<std::uint8_t>(found - names.begin());
}

void Wire::append(std::string& out, const Call& call) const {
  const Prepared& p = calls_[static_cast<std::size_t>(call.kind)];
  out += p.head;
  for (const auto& input : p.inputs) {
    out += input.key;
    out += sorts_[input.spelled].json[call.args[input.number]];
  }
  out += '}';
}

void Wire::append(std::string& out, const CallKind& kind, const Answer& answer) const {
  switch (answer.kind) {
    case Answer::Kind::ok:
      out += R"({"ok":{)";
      for (std::size_t i = 0; i < kind.results.size(); ++i) {
        if (i > 0) out += ',';
        out += '"' + std::string(kind.params[kind.results[i]].name) + "\":" + std::to_string(answer.results[i]);
      }
      out += "}}";
      return;
    case Answer::Kind::error: out += R"({"error":")" + std::string(strerrorname_np(answer.err)) + "\"}"; return;
    default: break;
  }
  for (const Bare& b : bare)
    if (b.kind == answer.kind) out += "{\"" + std::string(b.key) + "\":true}";
}

std::uint8_t Wire::value(const lang::SortInfo* sort, const io::Json& json) const {
  if (sort == pasid_sort) {
    const auto number = json.number(0, pasid_numbers - 1, "a PASID, 0 to 1048575");
    const std::uint8_t atom = world_.atom(static_cast<std::uint32_t>(number));
    if (atom == 0) json.fail("PASID " + std::to_string(number) + " is none of the world's", "one of its pasids");
    return atom;
  }
  const std::string name = json.text("a name");
  const std::uint8_t found = element(sort, name);
  if (found == 0) {
    const auto& names = std::ranges::find(sorts_, sort, &Spelled::sort)->names;
    const std::vector<std::string_view> legal(names.begin() + 1, names.end());
    json.fail("the world has no " + io::in_quotes(name), io::one_of(legal, name));
  }
  return found;
}

Call Wire::read_call(const io::Json& json) const {
  const io::Json name = json.member("call", "a call");
  Call out{catalogue_.named(name.text("the name of a call")), {}};
  if (out.kind < 0) {
    std::vector<std::string_view> legal;
    for (const CallKind& k : catalogue_.calls()) legal.push_back(k.name);
    name.fail("there is no call " + io::in_quotes(name.text()), io::one_of(legal, name.text()));
  }
  const CallKind& kind = catalogue_[out.kind];
  std::size_t used = 1;
  for (const std::uint8_t k : kind.inputs) {
    const Parameter& p = kind.params[k];
    const auto given = json.find(p.name);
    if (given) ++used;
    // The ordinary outcome of the environment may be left unsaid.
    if (!given && p.sort->kind == lang::SortKind::enumeration) out.args[k] = 1;
    else out.args[k] = value(p.sort, json.member(p.name, kind.name));
  }
  if (json.size() == used) return out;
  for (const auto& [key, at] : json.members()) {
    const auto known = std::ranges::any_of(kind.inputs, [&](std::uint8_t k) { return kind.params[k].name == key; });
    if (key != "call" && !known)
      at.fail(std::string(kind.name) + " has no parameter " + io::in_quotes(key), "its parameters only");
  }
  return out;
}

Answer Wire::read_told_answer(const CallKind& kind, const io::Json& json) const {
  const auto by = json.find("by");
  Answer out = read_answer(kind, json, by ? 2 : 1);
  if (by) out.by = by_in(*by, out.kind);
  return out;
}

Answer Wire::read_answer(const CallKind& kind, const io::Json& json, std::size_t members) const {
  Answer out;
  const auto no_answer = [&](const std::string& wrong) {
    json.fail(wrong,
              R"({"ok": {…}}, {"error": "E…"}, {"would_block": true}, {"gp_fault": true} or {"unsupported": true})");
  };
  if (!json.is_object()) no_answer("this is " + std::string(json.type_name()));
  if (json.size() != members) no_answer("this has " + std::to_string(json.size()) + " members");
  if (const auto ok = json.find("ok")) {
    for (std::size_t i = 0; i < kind.results.size(); ++i)
      out.results[i] = static_cast<std::uint32_t>(
          ok->member(kind.params[kind.results[i]].name, "the result of " + std::string(kind.name))
              .number(0, pasid_numbers - 1, "a PASID, 0 to 1048575"));
    if (!ok->is_object() || ok->size() != kind.results.size())
      ok->fail(std::string(kind.name) + " has no such results", std::to_string(kind.results.size()) + " of them");
    return out;
  }
  if (const auto error = json.find("error")) {
    out.kind = Answer::Kind::error;
    out.err = errno_named(error->text("the name of an errno"));
    if (out.err == 0) error->fail(io::in_quotes(error->text()) + " is no errno", "a name such as \"EBUSY\"");
    return out;
  }
  for (const Bare& b : bare) {
    const auto flag = json.find(b.key);
    if (!flag || !flag->is_true()) continue;
    out.kind = b.kind;
    return out;
  }
  no_answer("this is no answer");
  return out;
}

View Wire::read_view(const io::Json& json) const {
  View out;
  for (const auto& [name, at] : json.members("the cells shown")) {
    const int cell = catalogue_.tree().cell_named(name);
    if (cell < 0 || catalogue_.tree().cells[static_cast<std::size_t>(cell)].rigid)
      at.fail("there is no cell " + io::in_quotes(name), "a cell of the state");
    Shown shown{cell, {}, 0};
    read_cell(cell, 0, shown, at, out);
  }
  return out;
}

std::vector<Came> Wire::read_order(const io::Json& json) const {
  const std::vector<std::string_view> steps = step_names();
  std::vector<Came> out;
  for (const io::Json& each : json.elements("a list of steps")) {
    const io::Json step = each.member("step", "a step");
    const std::string name = step.text("the name of a step");
    const auto found = std::ranges::find(steps, name);
    if (found == steps.end()) step.fail("there is no step " + io::in_quotes(name), io::one_of(steps, name));
    Came& came = out.emplace_back(static_cast<Came::Step>(1 + (found - steps.begin())));
    came.number =
        static_cast<std::uint32_t>(each.member("pasid", name).number(0, pasid_numbers - 1, "a PASID, 0 to 1048575"));
    if (came.step != Came::Step::free) came.dev = value(&lang::sort_info<spec::Dev>, each.member("dev", name));
    if (came.step == Came::Step::set) came.as = value(&lang::sort_info<spec::As>, each.member("owner", name));
  }
  return out;
}

/// An object for each index, then the value, or true for one that is not told; what is none or false may be left out.
void Wire::read_cell(int cell, std::size_t depth, Shown& shown, const io::Json& json, View& out) const {
  const lang::CellInfo& info = catalogue_.tree().cells[static_cast<std::size_t>(cell)];
  if (depth < info.index.size()) {
    for (const auto& [name, at] : json.members("an object by " + std::string(info.index[depth]->prefix))) {
      const std::uint8_t index = element(info.index[depth], name);
      shown.index[depth] = index == 0 ? foreign : index;
      read_cell(cell, depth + 1, shown, at, out);
    }
    return;
  }
  if (info.value->kind == lang::SortKind::boolean) {
    if (!json.boolean()) return;
    shown.value = 1;
  } else if (json.is_null()) {
    return;
  } else if (json.is_true()) {
    shown.value = something;
  } else if (info.value == pasid_sort) {
    const auto number = json.number(0, UINT32_MAX, "a PASID");
    const std::uint8_t atom = number < pasid_numbers ? world_.atom(static_cast<std::uint32_t>(number)) : 0;
    shown.value = atom == 0 ? foreign : atom;
  } else {
    const std::uint8_t found = element(info.value, json.text("a name"));
    shown.value = found == 0 ? foreign : found;
  }
  out.push_back(shown);
}

}  // namespace pasid::conform
