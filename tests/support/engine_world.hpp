// Three devices to call the engine about.
#pragma once

#include "tests/support/engine_host.hpp"

namespace pasid::engine {

/// Device 0 has a shared queue 0, a dedicated queue 1 and a kernel queue 2; device 1 a shared queue 3; device 2,
/// without PASIDs, a user queue 4 and a kernel queue 5. Each device is its own group.
inline Config three_devices() {
  Config c;
  c.devices = {{.group = Group{0}}, {.group = Group{1}, .max_pasids = 8}, {.group = Group{2}, .max_pasids = 0}};
  c.queues = {{.device = Device{0}},
              {.device = Device{0}, .shared = false},
              {.device = Device{0}, .kernel = true},
              {.device = Device{1}},
              {.device = Device{2}, .shared = false},
              {.device = Device{2}, .shared = false, .kernel = true}};
  return c;
}

struct World {
  std::shared_ptr<TestHost> host = std::make_shared<TestHost>();
  Engine e;
  explicit World(const Config& c = three_devices()) : e(c, host) {}
  Thread process() { return e.create_process().value; }
  AddressSpace domain(Kind kind = Kind::kernel_dma) { return e.create_domain({.kind = kind}).value; }
  Bond open(Thread t, unsigned queue) { return std::move(e.open(t, Queue{queue}).value); }
};

}  // namespace pasid::engine
