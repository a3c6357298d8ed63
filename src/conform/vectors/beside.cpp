#include "src/conform/vectors/beside.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace pasid::conform::vectors {
namespace {

/// What is believed before the last call.
Belief before_last(Asking& asking, const Test& test) {
  Belief belief = Asking::start();
  for (std::size_t i = 0; i + 1 < test.calls.size(); ++i) {
    Belief after;
    asking.ask(belief, test.calls[i].kind.call, test.calls[i].args, after);
    belief = std::move(after);
  }
  return belief;
}

}  // namespace

std::vector<Test> beside(const std::vector<Test>& tests, Asking& asking) {
  using Key = std::tuple<int, Answer::Kind, int, std::string_view, Lies, std::uint8_t, std::uint8_t>;
  std::set<Key> met;
  std::vector<Test> out;
  for (const Test& test : tests) {
    const Asked& last = test.calls.back();
    const CallKind& call = asking.catalogue()[last.kind.call];
    Belief belief;
    for (const std::uint8_t k : call.inputs) {
      const Parameter& param = call.params[k];
      if (param.sort->kind != lang::SortKind::enumeration) continue;
      for (std::uint8_t x = 1; x <= lang::size_of(asking.facts(), param.sort); ++x) {
        const Key key{last.kind.call, last.kind.says, last.kind.err, last.kind.guard, last.kind.number, k, x};
        if (x == last.args[k] || met.contains(key)) continue;
        if (belief.empty()) belief = before_last(asking, test);
        Asked other = last;
        other.args[k] = x;
        Belief after;
        if (asking.ask(belief, last.kind.call, other.args, after) != std::optional(other)) continue;
        met.insert(key);
        Test made = test;
        made.calls.back() = other;
        made.comment += ", beside " + choice_name(param, x);
        made.flags.emplace_back("beside");
        out.push_back(std::move(made));
      }
    }
  }
  return out;
}

}  // namespace pasid::conform::vectors
