#include "src/conform/vectors/plans.hpp"

#include <algorithm>

#include "src/explore/topology.hpp"

namespace pasid::conform::vectors {

namespace {

/// One process of one thread, which opens one file.
Plan of_one(Plan plan) {
  plan.threads = plan.files = plan.mms = 1;
  return plan;
}

}  // namespace

std::vector<Plan> plans() {
  const std::uint32_t top = (1U << 20) - 1;
  std::vector<Plan> out;
  out.push_back({.name = "one shared queue", .why = "processes, and a queue that several of them open"});
  out.push_back({.name = "one dedicated queue", .why = "one client at a time", .queues = {{.shared = false}}});
  out.push_back(of_one({.name = "kernel DMA",
                        .why = "two domains, the number that a driver holds, and its queues",
                        .queues = {{}, {.kernel = true}, {.shared = false, .kernel = true}},
                        .kernel_domains = 1,
                        .pass_through = true}));
  out.push_back(of_one({.name = "kernel DMA without privileged mode",
                        .why = "which queues ask for it",
                        .devices = {{.privileged = false}},
                        .queues = {{.shared = false, .kernel = true}, {.kernel = true}, {.shared = false}},
                        .kernel_domains = 1}));
  out.push_back(of_one(
      {.name = "tables of user space", .why = "numbers that the caller chooses, beside a process's", .tables = 2}));
  out.push_back({.name = "two devices",
                 .why = "one number for a process on both, one attachment each",
                 .devices = {{}, {.unit = 2}},
                 .svm = {true, true},
                 .queues = {{}, {.dev = 2, .shared = false}}});
  out.push_back({.name = "a group of two devices",
                 .why = "attached together, undone together",
                 .devices = {{.group = 1}, {.group = 1}},
                 .queues = {{}, {.dev = 2}},
                 .threads = 1,
                 .files = 2,
                 .mms = 1,
                 .kernel_domains = 1,
                 .tables = 1});
  out.push_back({.name = "a group with a narrow device",
                 .why = "a number that does not fit every member",
                 .devices = {{.group = 1}, {.max_pasids = 2, .group = 1}},
                 .queues = {{}, {.dev = 2}},
                 .kernel_domains = 1,
                 .tables = 1});
  out.push_back(of_one({.name = "a group with a device without PASIDs",
                        .why = "members that are passed over",
                        .devices = {{.group = 1}, {.max_pasids = 0, .group = 1}},
                        .queues = {{}, {.dev = 2}},
                        .kernel_domains = 1,
                        .tables = 1}));
  out.push_back(of_one({.name = "a group with a device without ATS",
                        .why = "who is asked for it, and whose reset blocks the group",
                        .devices = {{.group = 1}, {.group = 1, .ats = false}},
                        .queues = {{}, {.dev = 2}},
                        .kernel_domains = 1,
                        .pass_through = true,
                        .tables = 2}));
  out.push_back({.name = "a device one bit wide",
                 .why = "one number, and it is gone at once",
                 .devices = {{.max_pasids = 2}, {}},
                 .queues = {{}, {.dev = 2}},
                 .kernel_domains = 1,
                 .tables = 1,
                 .numbers = {1, 2}});
  out.push_back({.name = "a device two bits wide",
                 .why = "the last number of three, and the first beyond",
                 .devices = {{.max_pasids = 4}},
                 .threads = 3,
                 .mms = 4,
                 .tables = 1,
                 .numbers = {1, 2, 3, 4}});
  out.push_back({.name = "a device three bits wide, most numbers reserved",
                 .why = "7 is the last number, and what lies between is nobody's",
                 .devices = {{.max_pasids = 8}},
                 .threads = 3,
                 .mms = 3,
                 .tables = 1,
                 .numbers = {1, 6, 7, 8}});
  out.push_back({.name = "the top of the number space",
                 .why = "numbers up to 2^20 - 1",
                 .threads = 2,
                 .mms = 3,
                 .tables = 1,
                 .numbers = {top - 2, top - 1, top}});
  out.push_back(of_one({.name = "a device without PASIDs",
                        .why = "what fails from the start",
                        .devices = {{.max_pasids = 0}},
                        .kernel_domains = 1,
                        .tables = 1}));
  out.push_back(of_one(
      {.name = "a device without ATS", .why = "what SVA asks of a device", .devices = {{.ats = false}}, .tables = 1}));
  out.push_back({.name = "a unit that walks no process tables",
                 .why = "what SVA asks of a unit, beside one that has it",
                 .devices = {{}, {.unit = 2}},
                 .svm = {false, true},
                 .queues = {{}, {.dev = 2}},
                 .threads = 1,
                 .files = 2,
                 .mms = 1});
  out.push_back(of_one({.name = "a group of two devices with kernel queues",
                        .why = "a driver each, and work of one while the other stops",
                        .devices = {{.group = 1}, {.group = 1}},
                        .queues = {{.kernel = true}, {.dev = 2, .kernel = true}},
                        .kernel_domains = 1}));
  out.push_back({.name = "a number that nobody hands out",
                 .why = "the device takes it, and no allocator has it",
                 .devices = {{.max_pasids = 4}},
                 .threads = 3,
                 .mms = 3,
                 .kernel_domains = 1,
                 .tables = 1,
                 .numbers = {1, 2, 3},
                 .nobodys = {1}});
  out.push_back(of_one({.name = "devices without ATS that lack more",
                        .why = "what is asked first: of a unit that walks no process tables, of the first of a group",
                        .devices = {{.group = 1, .ats = false}, {.group = 1}, {.unit = 2, .group = 2, .ats = false}},
                        .svm = {true, false},
                        .queues = {{.dev = 2}, {.dev = 3}}}));
  out.push_back({.name = "everything at once",
                 .why = "calls of all kinds, side by side",
                 .devices = {{}, {.unit = 2}},
                 .svm = {true, true},
                 .queues = {{}, {.dev = 2, .shared = false}, {.kernel = true}},
                 .kernel_domains = 1,
                 .pass_through = true,
                 .tables = 2});
  return out;
}

namespace {

/// How many numbers users and kernel have, on all devices.
int generosity(const spec::NativeFacts& f) {
  int out = 0;
  for (int p = 1; p <= f.size<spec::Pasid>(); ++p) {
    const lang::Id<spec::Pasid> number{static_cast<std::uint8_t>(p)};
    out += f.user_range(number) ? 4 : 0;
    for (int d = 1; d <= f.size<spec::Dev>(); ++d)
      out += f.kernel_set(lang::Id<spec::Dev>{static_cast<std::uint8_t>(d)}, number) ? 1 : 0;
  }
  return out;
}

/// Users can be given a number.
bool serves_users(const spec::NativeFacts& f) {
  bool out = false;
  for (std::uint8_t p = 1; p <= f.size<spec::Pasid>(); ++p) out = out || f.user_range(lang::Id<spec::Pasid>{p});
  return out;
}

/// No allocator has it.
bool is_nobodys(const spec::NativeFacts& f, lang::Id<spec::Pasid> p) {
  bool out = !f.user_range(p);
  for (std::uint8_t d = 1; d <= f.size<spec::Dev>(); ++d) out = out && !f.kernel_set(lang::Id<spec::Dev>{d}, p);
  return out;
}

}  // namespace

std::optional<World> world_of(const lang::Tree& tree, const spec::NativeFacts& knobs, const Plan& plan) {
  explore::Scope scope;
  const auto size = [&](std::string_view sort, std::size_t n) { scope.set(tree, sort, static_cast<int>(n)); };
  std::vector<std::uint8_t> kinds;
  const auto add = [&](spec::Kind kind, int n) {
    kinds.insert(kinds.end(), static_cast<std::size_t>(n), static_cast<std::uint8_t>(kind));
  };
  add(spec::Kind::mm, plan.mms);
  add(spec::Kind::kernel_dma, plan.kernel_domains);
  add(spec::Kind::pass_through, plan.pass_through ? 1 : 0);
  add(spec::Kind::user_managed, plan.tables);
  std::vector<std::uint8_t> group_of, unit_of, capable, ats, privileged, fits, svm, wq_dev, shared, kernel_queue;
  std::uint8_t groups = 0;
  for (const DevicePlan& d : plan.devices) {
    group_of.push_back(d.group == 0 ? static_cast<std::uint8_t>(groups + 1) : d.group);
    groups = std::max(groups, group_of.back());
    unit_of.push_back(d.unit);
    capable.push_back(d.max_pasids > 0 ? 1 : 0);
    ats.push_back(d.ats ? 1 : 0);
    privileged.push_back(d.privileged ? 1 : 0);
    fits.push_back(0);
    for (const std::uint32_t n : plan.numbers) fits.push_back(n < d.max_pasids ? 1 : 0);
  }
  for (const bool can : plan.svm) svm.push_back(can ? 1 : 0);
  for (const QueuePlan& q : plan.queues) {
    wq_dev.push_back(q.dev);
    shared.push_back(q.shared ? 1 : 0);
    kernel_queue.push_back(q.kernel ? 1 : 0);
  }
  size("As", kinds.size());
  size("Task", plan.threads);
  size("Dev", plan.devices.size());
  size("Group", groups);
  size("Unit", plan.svm.size());
  size("Space", 2 * plan.devices.size());
  size("Wq", plan.queues.size());
  size("Pasid", plan.numbers.size() + 1);
  size("Bond", plan.files);
  size("Desc", plan.works);
  scope.pin("kind", kinds);
  scope.pin("rid_pasid", {1});
  scope.pin("group_of", group_of);
  scope.pin("unit_of", unit_of);
  scope.pin("capable", capable);
  scope.pin("ats", ats);
  scope.pin("privileged", privileged);
  scope.pin("fits", fits);
  scope.pin("highest", {0});
  scope.pin("svm", svm);
  scope.pin("wq_dev", wq_dev);
  scope.pin("shared", shared);
  scope.pin("kernel_queue", kernel_queue);
  auto all = explore::topologies(tree, knobs, scope);
  for (std::size_t i = 0; i < plan.numbers.size(); ++i) {
    const lang::Id<spec::Pasid> p{static_cast<std::uint8_t>(i + 2)};
    if (std::ranges::find(plan.nobodys, plan.numbers[i]) != plan.nobodys.end())
      std::erase_if(all, [&](const spec::NativeFacts& f) { return !is_nobodys(f, p); });
  }
  const auto best = std::ranges::max_element(all, {}, generosity);
  if (best == all.end() || !serves_users(*best)) return std::nullopt;
  World out{*best, {}};
  for (std::size_t i = 0; i < plan.numbers.size(); ++i) out.numbers[i + 2] = plan.numbers[i];
  tell_highest(out);
  return out;
}

}  // namespace pasid::conform::vectors
