#include <algorithm>

#include "src/trace/names.hpp"
#include "src/trace/steps.hpp"
#include "tests/unit/trace_example.hpp"

namespace {

using namespace pasid;
namespace example = trace::example;
using example::id;

TEST_CASE("names: elements by sort, address spaces by kind") {
  spec::NativeFacts f = example::facts();
  f.count[spec::As::index] = 4;
  f.kind(id<spec::As>(2)) = spec::Kind::kernel_dma;
  f.kind(id<spec::As>(4)) = spec::Kind::mm;
  const trace::Names names(example::tree(), f);
  const auto* const as = &lang::sort_info<spec::As>;
  CHECK(names.all(as) == std::vector<std::string>{"A", "K1", "K2", "B"});
  CHECK(names(as, 0) == "-");
  CHECK(names(&lang::sort_info<spec::Task>, 2) == "T2");
  CHECK(names(&lang::sort_info<spec::Unit>, 1) == "iommu1");
  CHECK(names(&lang::sort_info<spec::Step>, 2) == "live");
  CHECK(names(&lang::sort_info<bool>, 1) == "set");
  CHECK(names.value(as, "K2") == 3);
  CHECK(names.value(as, "C") == std::nullopt);
  CHECK(names.value(&lang::sort_info<spec::Dev>, "dev3") == std::nullopt);  // beyond the scope
}

TEST_CASE("names: an address space whose kind is not known keeps its number") {
  spec::NativeFacts f = example::facts();
  f.kind(id<spec::As>(2)) = lang::none;
  CHECK(trace::Names(example::tree(), f).all(&lang::sort_info<spec::As>) == std::vector<std::string>{"A", "as2", "K1"});
}

TEST_CASE("names: every element of every sort has its own") {
  const spec::NativeFacts f = example::facts();
  const trace::Names names(example::tree(), f);
  std::vector<std::string> seen;
  for (const lang::SortInfo* sort : trace::entity_sorts(example::tree()))
    for (const std::string& name : names.all(sort)) {
      CHECK_MESSAGE(std::ranges::find(seen, name) == seen.end(), name);
      seen.push_back(name);
      CHECK(names(sort, names.value(sort, name).value_or(0)) == name);
    }
  CHECK(seen.size() == 1 + 3 + 2 + 2 + 2 + 2 + 2 + 2 + 3 + 4);
}

TEST_CASE("steps: sections of a call share their arguments") {
  const trace::Trace t = example::two_pasids();
  const auto args = trace::arguments(example::tree(), t.steps[1]);
  REQUIRE(args.size() == 7);
  CHECK(args[5].name == "group");
  CHECK(args[6].name == "member");
  CHECK(args[0].name == "thread");
  CHECK(args[2].name == "file");
  CHECK(trace::notable(args[0]));
  CHECK_FALSE(trace::notable(args[4]));  // there is enough memory
  CHECK(trace::changes(example::tree(), t.facts, t.initial, t.initial).empty());
  CHECK(trace::changes(example::tree(), t.facts, t.initial, t.steps[0].after).size() == 2);
}

}  // namespace
