// Designs by hand, for tests of the parts below the reading of design files.
#pragma once

#include <string>
#include <vector>

#include "spec/lang/memory.hpp"
#include "spec/model.hpp"
#include "tests/support/worlds.hpp"

namespace pasid::test {

/// The knobs of spec/designs/linux-7.3.toml.
inline NativeFacts linux_7_3() {
  using namespace spec;  // NOLINT(google-build-using-namespace): the vocabulary of the rules
  NativeFacts f;
  f.user_scope() = UserScope::global;
  f.kernel_scheme() = KernelScheme::shared_pool;
  f.sets_disjoint() = Switch::on;
  f.pasid_source() = PasidSource::msr;
  f.msr_fill() = MsrFill::mm_value;
  f.cache_tag() = CacheTag::vtd;
  f.free_point() = FreePoint::mm_drop;
  f.occupancy_check() = Switch::on;
  f.fork_copies_pasid() = Switch::off;
  f.fork_copies_msr() = Switch::off;
  set_teardown(f, {Step::stop, Step::drain, Step::clear, Step::flush_iotlb, Step::release});
  return f;
}

/// Knobs of the tree that these facts leave open (a knob added to the model belongs into the designs above).
inline std::vector<std::string> open_knobs(const lang::Tree& tree, const NativeFacts& f) {
  std::vector<std::string> out;
  for (const auto& cell : tree.cells)
    if (lang::is_knob(cell) && cell.index.empty() && reinterpret_cast<const std::uint8_t*>(&f)[cell.offset] == 0)
      out.emplace_back(cell.name);
  return out;
}

}  // namespace pasid::test
