#include "src/review/figures.hpp"

#include <filesystem>
#include <limits>

#include "src/io/json.hpp"
#include "src/io/shipped.hpp"

namespace pasid::review {
namespace {

/// {"part", "what", "value", "unit"}, and with a goal {"goal", "at"}
Figure read_figure(const io::Json& json) {
  constexpr auto what = "a figure";
  Figure out{json.member("part", what).text(), json.member("what", what).text(), json.member("value", what).real(),
             json.member("unit", what).text(), std::nullopt};
  const auto goal = json.find("goal");
  if (!goal) return out;
  const io::Json at = json.member("at", what);
  if (at.text() != "least" && at.text() != "most") at.fail("'" + at.text() + "'", "least or most");
  out.goal = Figure::Goal{goal->real(), at.text() == "least"};
  return out;
}

}  // namespace

bool Figure::met() const {
  if (!goal) return true;
  return goal->at_least ? value >= goal->value : value <= goal->value;
}

double Figure::times_better() const {
  const double good = goal->at_least ? value : goal->value;
  const double bad = goal->at_least ? goal->value : value;
  if (good == bad) return 1;
  return bad == 0 ? std::numeric_limits<double>::infinity() : good / bad;
}

Figures read_figures(const std::string& file) {
  const io::JsonDocument document = io::JsonDocument::read(file);
  const io::Json root = document.root();
  constexpr auto what = "what tests/bench/run --json writes";
  Figures out{file, root.member("machine", what).member("processors", "a machine").number(1, 1 << 20, "how many"), {}};
  const io::Json figures = root.member("figures", what);
  for (const io::Json& figure : figures.elements()) out.all.push_back(read_figure(figure));
  if (out.all.empty()) figures.fail("nothing was measured", "at least one figure");
  return out;
}

std::string recorded_figures() {
  const auto file = std::filesystem::path(io::data_root()) / "tests" / "bench" / "figures.json";
  std::error_code error;
  return std::filesystem::is_regular_file(file, error) ? file.string() : std::string();
}

}  // namespace pasid::review
