#include "src/review/design_tests.hpp"

#include <algorithm>

#include "src/check/hints.hpp"
#include "src/conform/vectors/file.hpp"
#include "src/conform/words.hpp"

namespace pasid::review {
namespace {

using conform::Catalogue;
namespace vectors = conform::vectors;

ShownTest shown(const Catalogue& catalogue, const vectors::WorldTests& in, const vectors::Test& test) {
  ShownTest out{in.plan.name, {}};
  const auto calls = vectors::calls_of(catalogue, test);
  const auto answers = vectors::answers_of(catalogue, in.world, test);
  for (std::size_t i = 0; i < calls.size(); ++i)
    out.calls.push_back(words(catalogue, in.world, calls[i]) + " \u2192 " +
                        words(in.world, catalogue[calls[i].kind], answers[i]));
  return out;
}

/// A shortest test that ends in an answer of this kind, whatever the number.
ShownTest shortest(const Catalogue& catalogue, const vectors::Generated& made, const vectors::Kind& kind) {
  const vectors::WorldTests* in = nullptr;
  const vectors::Test* best = nullptr;
  for (const vectors::WorldTests& w : made.worlds)
    for (const vectors::Test& t : w.tests) {
      vectors::Kind last = t.calls.back().kind;
      last.number = vectors::Lies::anywhere;
      if (last != kind || (best != nullptr && best->calls.size() <= t.calls.size())) continue;
      in = &w;
      best = &t;
    }
  return best == nullptr ? ShownTest{} : shown(catalogue, *in, *best);
}

TestedBug tested(const Catalogue& catalogue, const vectors::Generated& made, const vectors::Told& told) {
  TestedBug out{told.bug.id, {}, told.wrong, told.why_not};
  if (told.test) out.test = shown(catalogue, made.worlds[told.world], *told.test);
  return out;
}

}  // namespace

DesignTests tests_of(const lang::Tree& tree, const io::Design& design, unsigned threads,
                     const std::function<void(const std::string&)>& progress) {
  const spec::NativeFacts knobs = io::facts_of(tree, design);
  const explore::Reading reading = explore::native_reading();
  const Catalogue catalogue(tree, reading, knobs);
  vectors::GenerateOptions options;
  options.threads = threads;
  options.prove.hints = check::proof_hints();
  options.prove.like = check::like(design);
  options.progress = [&](const std::string& what) { progress(design.name + ": " + what); };
  const vectors::Generated made = vectors::generate(catalogue, knobs, options);

  DesignTests out;
  out.design = design.name;
  out.tests = made.tests();
  out.worlds = made.worlds.size();
  for (const vectors::Row& row : made.table.rows)
    out.answers.push_back({std::string(catalogue[row.kind.call].name), vectors::answer_name(row.kind),
                           std::string(row.kind.guard), row.tests, row.never, shortest(catalogue, made, row.kind)});
  for (const vectors::Told& t : made.told)
    if (t.concerns) out.bugs.push_back(tested(catalogue, made, t));
  progress(design.name + ": walks that meet its guards");
  out.coverage = cover(tree, design);
  return out;
}

}  // namespace pasid::review
