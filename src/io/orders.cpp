#include "src/io/orders.hpp"

#include <array>

namespace pasid::io {
namespace {

using spec::NativeFacts;
using spec::Step;

constexpr auto step_names = lang::sort_info<Step>.enumerators;
constexpr std::string_view named(Step s) { return step_names[static_cast<std::size_t>(s) - 1]; }

constexpr std::array teardown_steps{
    named(Step::stop),        named(Step::drain),         named(Step::clear),        named(Step::flush_pasid_cache),
    named(Step::flush_iotlb), named(Step::flush_dev_tlb), named(Step::drain_faults), named(Step::release)};
constexpr std::array exit_steps{named(Step::clear), named(Step::flush_pasid_cache), named(Step::flush_iotlb),
                                named(Step::flush_dev_tlb), named(Step::release)};

void set_teardown(NativeFacts& f, std::span<const Step> order) {
  Step at = Step::live;
  for (std::size_t i = 0; i < order.size(); ++i) {
    f.next(at) = order[i];
    for (std::size_t k = 0; k <= i; ++k) f.done(order[i], order[k]) = true;
    at = order[i];
  }
}

void set_exit(NativeFacts& f, std::span<const Step> order) {
  Step at = Step::stop;
  for (std::size_t i = 0; i < order.size(); ++i) {
    f.exit_next(at) = order[i];
    for (std::size_t k = 0; k <= i; ++k) f.exit_done(order[i], order[k]) = true;
    f.exit_done(Step::dropped, order[i]) = true;
    at = order[i];
  }
}

constexpr std::array table{Order{"teardown", "the teardown", teardown_steps, set_teardown},
                           Order{"exit", "the exit", exit_steps, set_exit}};

}  // namespace

std::span<const Order> orders() { return table; }

}  // namespace pasid::io
