#include "src/conform/vector_file.hpp"

#include <algorithm>
#include <set>

#include "src/conform/replay.hpp"
#include "src/conform/vectors/digest.hpp"
#include "src/conform/wire.hpp"
#include "src/conform/words.hpp"
#include "src/conform/world_json.hpp"
#include "src/io/design.hpp"

namespace pasid::conform {
namespace {

using io::Json;
using nlohmann::ordered_json;

constexpr std::string_view algorithm = "PASID";
constexpr std::string_view schema = "pasid_vectors_v1.schema.json";
constexpr std::string_view group_type = "PasidSequence";

void must_say(const Json& object, std::string_view name, std::string_view what, std::string_view value) {
  const Json given = object.member(name, what);
  if (given.text() != value) given.fail("this is " + io::in_quotes(given.text()), io::in_quotes(value));
}

/// Reads the tests of one world.
class TestReader {
 public:
  /// `listed`: whose calls give the answers that are listed.
  TestReader(const Catalogue& asked, const Catalogue& listed, const Catalogue& catalogue, const World& world)
      : asked_(asked), listed_(listed), catalogue_(catalogue), wire_(asked, world), checker_(listed, world) {}

  VectorTest read(std::uint64_t id, const Json& json) {
    constexpr std::string_view what = "a test";
    VectorTest out;
    out.id = id;
    out.comment = json.member("comment", what).text();
    names_in(json.member("flags", what));
    const Json result = json.member("result", what);
    const std::string valid = result.text();
    if (valid != "valid" && valid != "acceptable" && valid != "invalid")
      result.fail("this is " + io::in_quotes(valid), "valid, acceptable or invalid");
    const Json calls = json.member("calls", what);
    const Json answers = json.member("answers", what);
    const auto asked = calls.elements();
    const auto given = answers.elements();
    if (asked.empty()) calls.fail("this test has no calls", "one at least");
    if (given.size() != asked.size())
      answers.fail("these are " + std::to_string(given.size()) + " answers",
                   std::to_string(asked.size()) + ", one for each call");
    checker_.reset();
    bool checking = valid == "valid";
    for (std::size_t i = 0; i < asked.size(); ++i) {
      Call call = wire_.read_call(asked[i]);
      const CallKind& kind = asked_[call.kind];
      out.answers.push_back(wire_.read_answer(kind, given[i]));
      checking = checking && check(asked[i], given[i], call, out.answers.back());
      call.kind = catalogue_.named(kind.name);
      if (call.kind < 0 && out.lacks.empty()) out.lacks = kind.name;
      out.calls.push_back(call);
    }
    if (const auto digest = json.find("digest"); digest && checking) check(*digest);
    return out;
  }

 private:
  /// Is this what the model answers to the next call? False: from here on that cannot be said.
  bool check(const Json& asked, const Json& given, Call call, const Answer& answer) {
    const CallKind& kind = asked_[call.kind];
    call.kind = listed_.named(kind.name);
    if (call.kind < 0) asked.fail("nobody asks for this call where the device is the implementation's own", "another");
    switch (checker_.step(call, answer)) {
      case Checker::Result::ok: return true;
      case Checker::Result::overflow: return false;
      case Checker::Result::not_given: asked.fail("this call has no meaning here", "one that has");
      case Checker::Result::disallowed: break;
    }
    std::string right;
    for (const Allowed& a : expected(checker_, call))
      right += (right.empty() ? "" : " or ") + words(checker_.stepper().world(), kind, a.answer);
    given.fail("the answer is not the model's", right);
  }

  void check(const Json& given) {
    std::string right;
    for (const spec::NativeState& state : checker_.states()) {
      right = vectors::digest(asked_.tree(), checker_.stepper().world(), state);
      if (right == given.text()) return;
    }
    given.fail("this is not the digest of the state at the end", right);
  }

  const Catalogue& asked_;
  const Catalogue& listed_;
  const Catalogue& catalogue_;
  Wire wire_;
  Checker checker_;
};

constexpr std::string_view what = "a vector file";

/// Empty, or that the file's answers are from another model than this one.
std::string other_model(const Json& root, const lang::Tree& tree, const spec::NativeFacts& knobs) {
  const auto stored = root.find("model");
  if (!stored) return {};
  const std::string here = vectors::digest(tree, knobs);
  if (stored->text() == here) return {};
  return "the file is of another model: its digest is " + stored->text() + ", and here " + here;
}

}  // namespace

VectorFile::VectorFile(const std::string& path, const lang::Tree& tree, const explore::Reading& reading,
                       Device device) {
  const io::JsonDocument document = io::JsonDocument::read(path);
  path_ = document.file();
  const Json root = document.root();
  must_say(root, "algorithm", what, algorithm);
  must_say(root, "schema", what, schema);
  const Json design = root.member("design", what);
  design_ = design.text();
  spec::NativeFacts knobs;
  try {
    knobs = io::facts_of(tree, io::load_design(tree, design_));
  } catch (const io::InputError& e) {
    design.fail("this design cannot be used (" + std::string(e.what()) + ")", "a shipped design, or a file's path");
  }
  asked_ = std::make_unique<Catalogue>(tree, reading, knobs, Device::asked);
  itself_ = std::make_unique<Catalogue>(tree, reading, knobs, Device::itself);
  catalogue_ = device == Device::asked ? asked_.get() : itself_.get();

  for (const Json& each : root.member("testGroups", what).elements()) read_group(each, knobs, root);
  const Json count = root.member("numberOfTests", what);
  if (count.number(0, UINT32_MAX, "a number") != tests())
    count.fail("numberOfTests is another number", std::to_string(tests()) + ", which is how many there are");
}

void VectorFile::read_group(const Json& json, const spec::NativeFacts& knobs, const Json& root) {
  constexpr std::string_view group_what = "a test group";
  const lang::Tree& tree = asked_->tree();
  must_say(json, "type", group_what, group_type);
  VectorGroup& group = groups_.emplace_back();
  group.catalogue = catalogue_;
  const auto needs = json.find("requires");
  if (needs) {
    group.calls = names_in(needs->find("calls"));
    group.environment = names_in(needs->find("environment"));
    group.observes = names_in(needs->find("observes"));
  }
  const Catalogue& listed =
      device_in(needs ? needs->find("device") : std::nullopt) == Device::asked ? *asked_ : *itself_;
  const Json world = json.member("world", group_what);
  try {
    group.world = read_world(tree, knobs, world);
  } catch (const io::InputError& e) {
    throw e.with(other_model(root, tree, knobs));
  }
  TestReader reader(*asked_, listed, *catalogue_, group.world);
  for (const Json& test : json.member("tests", group_what).elements()) {
    const Json id = test.member("tcId", "a test");
    const std::uint64_t number = id.number(1, UINT32_MAX, "a number from 1");
    if (!ids_.insert(number).second) id.fail("this tcId stands here for the second time", "another for each test");
    try {
      group.tests.push_back(reader.read(number, test));
    } catch (const io::InputError& e) {
      const std::string other = other_model(root, tree, knobs);
      throw e.with("test " + std::to_string(number) + (other.empty() ? "" : "; " + other));
    }
  }
}

std::string vector_text(const lang::Tree& tree, const std::string& design, const Catalogue& catalogue, Device device,
                        const World& world, const VectorTest& test, std::string_view flag, std::string_view note) {
  const Wire wire(catalogue, world);
  std::set<std::string> calls;
  std::set<std::string> environment;
  ordered_json asked = ordered_json::array();
  ordered_json answers = ordered_json::array();
  for (std::size_t i = 0; i < test.calls.size(); ++i) {
    const CallKind& kind = catalogue[test.calls[i].kind];
    calls.emplace(kind.name);
    for (const std::uint8_t k : kind.inputs) {
      const Parameter& p = kind.params[k];
      const auto value = test.calls[i].args[k];
      if (p.sort->kind == lang::SortKind::enumeration && value > 1) environment.insert(choice_name(p, value));
    }
    std::string text;
    wire.append(text, test.calls[i]);
    asked.push_back(ordered_json::parse(text));
    text.clear();
    wire.append(text, kind, test.answers[i]);
    answers.push_back(ordered_json::parse(text));
  }
  const ordered_json out{
      {"algorithm", algorithm},
      {"schema", schema},
      {"generatorVersion", "1"},
      {"numberOfTests", 1},
      {"header", {"A sequence on which an implementation and the design differ, as short as it could be made."}},
      {"design", design},
      {"model", vectors::digest(tree, world.facts)},
      {"notes", {{std::string(flag), {{"bugType", "FOUND"}, {"description", std::string(note)}}}}},
      {"testGroups", ordered_json::array({{{"type", group_type},
                                           {"world", world_json(tree, world)},
                                           {"requires",
                                            {{"calls", calls},
                                             {"environment", environment},
                                             {"device", device == Device::asked ? "asked" : "itself"}}},
                                           {"tests", ordered_json::array({{{"tcId", test.id},
                                                                           {"comment", test.comment},
                                                                           {"flags", {std::string(flag)}},
                                                                           {"calls", asked},
                                                                           {"answers", answers},
                                                                           {"result", "valid"}}})}}})}};
  return out.dump(1) + "\n";
}

}  // namespace pasid::conform
