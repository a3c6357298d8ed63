#include "src/conform/vectors/covering.hpp"

#include <algorithm>
#include <numeric>

#include "src/conform/endings.hpp"

namespace pasid::conform::vectors {
namespace {

/// How many of the things that one call is about the other is about too.
int in_common(const Asking& asking, const Asked& a, const Asked& b) {
  const auto& p = asking.catalogue()[a.kind.call].transition;
  const auto& q = asking.catalogue()[b.kind.call].transition;
  int out = 0;
  for (std::size_t i = 0; i < p.loops_from; ++i)
    for (std::size_t j = 0; j < q.loops_from; ++j)
      if (p.params[i] == q.params[j] && p.params[i]->kind == lang::SortKind::entity && a.args[i] != 0 &&
          a.args[i] == b.args[j])
        ++out;
  return out;
}

class Covering {
 public:
  Covering(const Survey& survey, Asking& asking, Kinds& kinds)
      : survey_(survey), asking_(asking), kinds_(kinds), met_(kinds.count(), std::vector<bool>(kinds.count())),
        looks_(kinds.count()) {}

  std::vector<Test> run() {
    const auto& nodes = survey_.nodes();
    for (const Survey::Way& w : nodes[0].ways)
      out_.push_back({said(asking_.catalogue(), w.asked.kind) + ", as the first call", {"covering"}, {w.asked}});
    std::vector<std::size_t> order(nodes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t n) { return nodes[n].depth; });
    for (const std::size_t n : order)
      for (const Survey::Way& w : nodes[n].ways) after(n, w);
    return std::move(out_);
  }

 private:
  /// Tests for what has not been met right after this way.
  void after(std::size_t node, const Survey::Way& way) {
    std::vector<std::size_t> wanted;
    for (const Survey::Way& next : survey_.nodes()[way.to].ways)
      if (!met_[way.kind][next.kind]) wanted.push_back(next.kind);
    // Where the survey did not look, a few looks at what follows each kind.
    const bool unseen = !survey_.nodes()[way.to].looked_at && looks_[way.kind] < most_looks;
    if (unseen) ++looks_[way.kind];
    if (wanted.empty() && !unseen) return;
    Belief belief;
    asking_.ask(survey_.nodes()[node].belief, way.asked.kind.call, way.asked.args, belief);
    if (unseen) {
      asking_.each(belief, [&](const Asked& next, Belief&&) {
        const std::size_t kind = kinds_.number(next.kind);
        if (kind >= met_.size()) return true;  // one that the survey has nowhere met
        if (!met_[way.kind][kind] && std::ranges::find(wanted, kind) == wanted.end()) wanted.push_back(kind);
        return true;
      });
      if (wanted.empty()) return;
    }
    std::vector<std::pair<int, Asked>> best(wanted.size(), {-1, {}});
    asking_.each(belief, [&](const Asked& next, Belief&&) {
      const auto at = std::ranges::find(wanted, kinds_.number(next.kind)) - wanted.begin();
      if (static_cast<std::size_t>(at) == wanted.size()) return true;
      const int common = in_common(asking_, way.asked, next);
      auto& b = best[static_cast<std::size_t>(at)];
      if (common > b.first) b = {common, next};
      return true;
    });
    const std::vector<Asked> path = survey_.path(node);
    for (const auto& [common, next] : best) {
      if (common < 0) continue;
      met_[way.kind][kinds_.number(next.kind)] = true;
      Test test{said(asking_.catalogue(), next.kind) + ", right after " + said(asking_.catalogue(), way.asked.kind),
                {"covering"},
                path};
      test.calls.push_back(way.asked);
      test.calls.push_back(next);
      out_.push_back(std::move(test));
    }
  }

  const Survey& survey_;
  Asking& asking_;
  Kinds& kinds_;
  static constexpr std::size_t most_looks = 32;
  std::vector<std::vector<bool>> met_;
  std::vector<std::size_t> looks_;  ///< by kind
  std::vector<Test> out_;
};

std::string_view number_text(Lies number) {
  switch (number) {
    case Lies::anywhere: return "";
    case Lies::rid: return ", the RID's number";
    case Lies::only: return ", the only number";
    case Lies::first: return ", the first number";
    case Lies::last: return ", the last number";
    case Lies::beyond: return ", a number beyond the device's";
  }
  return "";
}

}  // namespace

std::vector<Test> covering(const Survey& survey, Asking& asking, Kinds& kinds) {
  return Covering(survey, asking, kinds).run();
}

std::string answer_name(const Kind& kind) { return conform::answer_name(kind.says, kind.err); }

std::string said(const Catalogue& catalogue, const Kind& kind) {
  std::string out(catalogue[kind.call].name);
  out += ": " + answer_name(kind);
  if (!kind.guard.empty()) out += " (" + std::string(kind.guard) + ")";
  return out + std::string(number_text(kind.number));
}

std::string disagreement(Asking& asking, const Test& test) {
  Belief belief = asking.start();
  for (std::size_t i = 0; i < test.calls.size(); ++i) {
    Belief after;
    const Asked& expected = test.calls[i];
    const auto heard = asking.ask(belief, expected.kind.call, expected.args, after);
    if (!heard) return "call " + std::to_string(i + 1) + " has no one answer";
    if (!(*heard == expected))
      return "call " + std::to_string(i + 1) + " answers " + said(asking.catalogue(), heard->kind) + ", not " +
             said(asking.catalogue(), expected.kind);
    belief = std::move(after);
  }
  return {};
}

}  // namespace pasid::conform::vectors
