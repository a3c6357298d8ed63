#include "src/conform/hello.hpp"

#include <algorithm>

#include "src/conform/catalogue.hpp"
#include "src/conform/wire.hpp"
#include "src/io/names.hpp"

namespace pasid::conform {
namespace {

/// The least that a program may say it takes in a line.
constexpr std::size_t least_line_bytes = 16384;

constexpr const char* what_cannot = "what it cannot be told, and why";

/// All names that hello gives are the model's.
void must_be_of(const lang::Tree& model, const io::Json& hello) {
  const Vocabulary legal(model);
  must_be_among(legal.calls, hello.find("calls"), "call");
  must_be_among(legal.cells, hello.find("observes"), "cell");
  const std::vector<std::string_view> choices(legal.environment.begin(), legal.environment.end());
  must_be_among(choices, hello.find("environment"), "choice of the environment");
  if (const auto cannot = hello.find("cannot"))
    for (const auto& [choice, why] : cannot->members(what_cannot))
      if (std::ranges::find(choices, choice) == choices.end())
        why.fail("there is no choice of the environment " + io::in_quotes(choice), io::one_of(choices, choice));
}

}  // namespace

Hello read_hello(const io::Json& hello, const lang::Tree* model) {
  constexpr std::string_view whose = "the answer to hello";
  const io::Json version = hello.member("protocol", whose);
  if (version.number(0, UINT32_MAX, "a number") != protocol)
    version.fail("this is another protocol", std::to_string(protocol));
  Hello out;
  Capabilities& c = out.has;
  c.name = hello.member("name", whose).text();
  c.calls = names_in(hello.member("calls", whose));
  c.observes = names_in(hello.find("observes"));
  c.environment = names_in(hello.find("environment"));
  if (const auto cannot = hello.find("cannot"))
    for (const auto& [choice, why] : cannot->members(what_cannot)) c.cannot[choice] = why.text("a reason");
  if (model != nullptr) must_be_of(*model, hello);
  c.device = device_in(hello.find("device"));
  if (const auto limits = hello.find("limits")) {
    const auto flag = [&](std::string_view name, bool& value) {
      if (const auto given = limits->find(name)) value = given->boolean();
    };
    flag("several_units", c.several_units);
    flag("grouped_devices", c.grouped_devices);
    flag("narrow_devices", c.narrow_devices);
    flag("reserved_numbers", c.reserved_numbers);
    flag("exact", c.exact);
    if (const auto bytes = limits->find("line_bytes"))
      out.line_bytes = static_cast<std::size_t>(bytes->number(least_line_bytes, UINT32_MAX, "at least 16384"));
  }
  return out;
}

}  // namespace pasid::conform
