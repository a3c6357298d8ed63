#include "tests/faults/switch.hpp"

#include <cstdio>
#include <cstdlib>

namespace pasid::faults {

int chosen = 0;

bool choose(std::string_view id) {
  int number = 0;
  if (!id.empty()) {
    for (const Fault& f : all()) {
      ++number;
      if (f.id == id) return chosen = number, true;
    }
    return false;
  }
  chosen = 0;
  return true;
}

namespace {

[[maybe_unused]] const bool from_environment = [] {
  const char* const id = std::getenv("PASID_FAULT");
  if (id != nullptr && !choose(id)) {
    std::fprintf(stderr, "PASID_FAULT=%s: there is no such fault\n", id);
    std::exit(3);
  }
  return true;
}();

}  // namespace
}  // namespace pasid::faults
