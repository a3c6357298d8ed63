// Writing a design with everything its bases gave it.
#include <ostream>
#include <sstream>

#include "src/io/design.hpp"
#include "src/io/toml.hpp"

namespace pasid::io {
namespace {

/// On one line, as a basic string or a list of them.
std::string spelled(const std::string& text) {
  std::ostringstream out;
  out << toml::toml_formatter{toml::value<std::string>(text), toml::format_flags::allow_unicode_strings};
  return out.str();
}
std::string spelled(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& text : list) out += (out.empty() ? "" : ", ") + spelled(text);
  return "[" + out + "]";
}

template <class Value>
void write(std::ostream& out, const Chosen<Value>& chosen) {
  out << chosen.knob << " = ";
  if (chosen.reason.empty()) out << spelled(chosen.value);
  else out << "{ value = " << spelled(chosen.value) << ", reason = " << spelled(chosen.reason) << " }";
  out << "  # from " << on_one_line(chosen.origin) << '\n';
}

}  // namespace

void write_resolved(std::ostream& out, const Design& design) {
  out << "# " << on_one_line(design.name) << ", resolved";
  for (const auto& base : design.bases)
    out << (&base == &design.bases.front() ? "; based on " : ", ") << on_one_line(base);
  out << "\nname = " << spelled(design.name) << '\n';
  if (!design.title.empty()) out << "title = " << spelled(design.title) << '\n';
  out << "\n[knobs]\n";
  for (const auto& knob : design.knobs) write(out, knob);
  for (const auto& order : design.orders) write(out, order);
  if (design.expectations.empty()) return;
  out << "\n[expected]\n";
  for (const auto& e : design.expectations)
    out << e.property << " = { verdict = " << spelled(std::string(name_of(e.verdict)))
        << ", reason = " << spelled(e.reason) << " }\n";
}

std::string settings_text(const Design& design) {
  std::string out;
  for (const KnobValue& k : design.knobs) out += k.knob + '=' + k.value + '\n';
  for (const StepOrder& o : design.orders) {
    out += o.knob + '=';
    for (const std::string& step : o.value) out += step + ',';
    out += '\n';
  }
  return out;
}

std::string to_toml(const Design& design) {
  std::ostringstream out;
  write_resolved(out, design);
  return out.str();
}

}  // namespace pasid::io
