#include "src/review/knob_diff.hpp"

#include "src/trace/layout.hpp"

namespace pasid::review {
namespace {

io::KnobValue in_words(const io::KnobValue& knob) { return knob; }
io::KnobValue in_words(const io::StepOrder& order) {
  return {order.knob, trace::joined(order.value, ", "), order.origin, order.reason};
}

template <class Value>
void compare(const std::vector<io::Chosen<Value>>& a, const std::vector<io::Chosen<Value>>& b,
             std::vector<KnobDifference>& out) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i].value != b[i].value) out.push_back({a[i].knob, in_words(a[i]), in_words(b[i])});
}

}  // namespace

std::vector<KnobDifference> differing_knobs(const io::Design& a, const io::Design& b) {
  std::vector<KnobDifference> out;
  compare(a.knobs, b.knobs, out);
  compare(a.orders, b.orders, out);
  return out;
}

}  // namespace pasid::review
