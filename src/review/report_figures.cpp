// The report's page of what was measured.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "src/base/count.hpp"
#include "src/review/addresses.hpp"
#include "src/review/page.hpp"
#include "src/review/report.hpp"
#include "src/trace/markup.hpp"

namespace pasid::review {
namespace {

/// Marks of the scale to each side of the goal; each is a factor of two.
constexpr int marks = 5;

/// Three digits that count, or all before the point.
std::string in_digits(double x) {
  if (x >= 1000) return count(static_cast<std::size_t>(std::llround(x)));
  const int whole = x == 0 ? 1 : static_cast<int>(std::floor(std::log10(std::abs(x)))) + 1;
  return fmt::format(std::locale::classic(), "{:.{}f}", x, std::clamp(3 - whole, 0, 3));
}

std::string in_words(const Figure& f) {
  const double times = f.times_better();
  if (times == 1) return "as good as the goal";
  if (std::isinf(times)) return "better than the goal";
  if (times == 0) return "worse than the goal";
  return times > 1 ? in_digits(times) + " times better than the goal"
                   : in_digits(1 / times) + " times worse than the goal";
}

/// From the goal, in the middle, to the right where the figure is better, else to the left; what is beyond the last
/// mark ends there.
std::string bar(const Figure& f) {
  constexpr int mark = 16;
  constexpr int width = 2 * marks * mark;
  const double places = std::clamp(std::log2(f.times_better()), -1.0 * marks, 1.0 * marks) * mark;
  std::string out =
      fmt::format("<svg class=\"bar\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {} 20\" width=\"{}\" height=\"20\">",
                  in_words(f), width, width);
  for (int i = 0; i <= 2 * marks; ++i)
    out += fmt::format("<line class=\"{}\" x1=\"{}\" x2=\"{}\" y1=\"0\" y2=\"20\"/>", i == marks ? "goal" : "mark",
                       i * mark, i * mark);
  return out + fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"5\" width=\"{:.1f}\" height=\"10\"/></svg>",
                           f.met() ? "good" : "bad", width / 2.0 + std::min(places, 0.0),
                           std::max(std::abs(places), 1.0));
}

std::string row(const Figure& f) {
  const std::string goal =
      f.goal ? std::string(f.goal->at_least ? "at least " : "at most ") + in_digits(f.goal->value) : std::string();
  const std::string met = !f.goal   ? std::string()
                          : f.met() ? element("strong", "met", "class=\"proved\"")
                                    : element("strong", "missed", "class=\"violated\"");
  return fmt::format(
      "<tr data-figure=\"{0}\" data-value=\"{1}\" data-met=\"{2}\"><td>{0}</td><td>{3}</td><td>{4}</td><td>{5}</td><td>{6}</td>"
      "</tr>\n",
      trace::markup(f.what), f.value,
      !f.goal   ? ""
      : f.met() ? "yes"
                : "no",
      trace::markup(in_digits(f.value) + (f.unit.empty() ? "" : " " + f.unit)), goal, met, f.goal ? bar(f) : "");
}

}  // namespace

std::string figures_page(const Reported& reported) {
  std::string body =
      "<p>What benchmarks measured in one run: as written by <code>tests/bench/run --json FILE</code>, and taken along by "
      "<code>pasid report --figures FILE</code>. A bar goes from the goal to the right where the figure is better, and to "
      "the left where it is worse; each mark is a factor of two.</p>\n";
  if (!reported.figures)
    return page("Figures", address::index, body + "<p><strong>No such file was given.</strong></p>\n");
  const Figures& figures = *reported.figures;
  const auto missed = std::ranges::count_if(figures.all, [](const Figure& f) { return !f.met(); });
  const auto asked = std::ranges::count_if(figures.all, [](const Figure& f) { return f.goal.has_value(); });
  body += fmt::format("<p>{}, on a machine with {} processors: {} figures, {} with a goal, {} missed.</p>\n",
                      element("code", std::filesystem::path(figures.file).filename().string()), figures.processors,
                      figures.all.size(), asked, missed);
  for (auto f = figures.all.begin(); f != figures.all.end();) {
    body +=
        "<section>\n" + element("h2", f->part, "class=\"said\"") +
        "\n<div class=\"wide\" tabindex=\"0\"><table class=\"figures\">\n<thead><tr><th>what</th><th>figure</th><th>goal</th>"
        "<th></th><th></th></tr></thead>\n<tbody>\n";
    for (const std::string part = f->part; f != figures.all.end() && f->part == part; ++f) body += row(*f);
    body += "</tbody></table></div>\n</section>\n";
  }
  return page("Figures", address::index, body);
}

}  // namespace pasid::review
