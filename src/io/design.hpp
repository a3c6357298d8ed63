// Designs: every knob by name, each with where its value comes from, and what is expected of every property.
#pragma once

#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "spec/lang/tree.hpp"
#include "spec/model.hpp"
#include "spec/verdict.hpp"
#include "src/io/error.hpp"

namespace pasid::io {

/// A knob as the tree declares it: a rigid cell without indices whose values are an enumeration.
struct Knob {
  std::string_view name;
  std::span<const std::string_view> values;  ///< the machine value of the first is 1
  std::size_t offset;                        ///< in spec::NativeFacts
};

/// In the order of Facts. Orders of steps are chosen like knobs, but are lists: see src/io/orders.hpp.
std::vector<Knob> knobs(const lang::Tree& tree);

/// The knob's value in these facts; empty: it has none.
std::string_view value_of(const spec::NativeFacts& facts, const Knob& knob);
/// Throws std::logic_error where the knob has no such value.
void set_value(spec::NativeFacts& facts, const Knob& knob, std::string_view value);

template <class Value>
struct Chosen {
  std::string knob;
  Value value;
  std::string origin;  ///< the name of the design that set it
  std::string reason;  ///< may be empty
  friend bool operator==(const Chosen&, const Chosen&) = default;
};
using KnobValue = Chosen<std::string>;
using StepOrder = Chosen<std::vector<std::string>>;

struct Expectation {
  std::string property;
  spec::Verdict verdict;
  std::string reason;
  std::string origin;  ///< the name of the design that expects it; only shipped designs expect what their base does
  Position position;   ///< in the design's file
};

struct Design {
  std::string name;
  std::string title;
  std::string file;
  std::vector<std::string> bases;  ///< names, nearest first
  std::vector<KnobValue> knobs;    ///< all of them, in the order of Facts
  std::vector<StepOrder> orders;   ///< all of them, in the order of io::orders()
  std::vector<Expectation>
      expectations;  ///< in the order of the tree's properties; a user's own design may leave some out
};

/// What a [knobs] table sets.
struct Settings {
  std::vector<KnobValue> knobs;  ///< in the order of Facts
  std::vector<StepOrder> orders;
};

/// Names of the designs that come with the program, linux-* first. Throws InputError where there are none to be found.
std::vector<std::string> shipped_designs();

/// Reads a shipped design by name, or a file by its path (it has a '/' or ends in .toml), with all its bases.
/// Throws InputError for whatever is wrong with any of these files.
Design load_design(const lang::Tree& tree, const std::string& name_or_path);

/// Reads what to_toml() wrote: a design that chooses everything itself, which stands in `file`.
/// Throws InputError for whatever is wrong with it.
Design design_in(const lang::Tree& tree, const std::string& file, const std::string& text);

/// The design with other settings. A setting without a reason that changes nothing keeps the old reason.
void apply(Design& design, const Settings& settings);

/// The design's rigid facts: knobs and orders of steps. The rest (topology, sizes) is none.
spec::NativeFacts facts_of(const lang::Tree& tree, const Design& design);

/// What it chooses, a line each: "knob=value", and of an order of steps "order=step,step,".
std::string settings_text(const Design& design);

/// The resolved design as TOML, with each value's reason, and its origin as a comment. It loads as the same design,
/// apart from origins.
std::string to_toml(const Design& design);
void write_resolved(std::ostream& out, const Design& design);

}  // namespace pasid::io
