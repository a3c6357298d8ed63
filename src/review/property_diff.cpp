#include "src/review/property_diff.hpp"

#include <algorithm>

#include "src/base/parallel.hpp"

namespace pasid::review {
namespace {

using spec::Verdict;
using Change = PropertyDifference::Change;

Change change(Verdict a, Verdict b) {
  if (a == b) return Change::kept;
  for (const Verdict undecided : {Verdict::not_applicable, Verdict::unknown})
    if (a == undecided || b == undecided) return Change::other;
  if (b == Verdict::proved) return Change::gained;
  if (a == Verdict::proved) return Change::lost;
  return Change::other;
}

}  // namespace

PropertyDifferences differing_properties(const Side& a, const Side& b, check::Options options) {
  PropertyDifferences out;
  options.precedents = std::make_shared<smt::Precedents>();
  const unsigned threads = options.threads;
  options.threads = std::max(1U, threads / 2);
  in_parallel(2, threads, [&](std::size_t i, unsigned) {
    const Side& side = i == 0 ? a : b;
    check::Options own = options;
    own.reading = side.reading;
    (i == 0 ? out.a : out.b) = check::check(*side.tree, side.design, own);
  });
  for (const check::PropertyResult& of_a : out.a.properties) {
    PropertyDifference d;
    d.property = of_a.property;
    if (const lang::Formula* f = a.tree->formula_named(d.property)) d.meaning = f->meaning;
    d.a = of_a;
    d.b = *out.b.find(d.property);
    d.change = change(d.a.verdict, d.b.verdict);
    if (d.change != Change::kept && d.b.trace) d.parts = parting(*d.b.trace, b, a);
    else if (d.change != Change::kept && d.a.trace) d.parts = parting(*d.a.trace, a, b);
    out.all.push_back(std::move(d));
  }
  return out;
}

}  // namespace pasid::review
