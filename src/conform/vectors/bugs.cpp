#include "src/conform/vectors/bugs.hpp"

#include <algorithm>
#include <stdexcept>

#include "src/io/design.hpp"
#include "src/io/names.hpp"
#include "src/io/orders.hpp"

namespace pasid::conform::vectors {
namespace {

constexpr std::string_view caches = "what the IOMMU and devices cache shows in no answer: nothing is read by DMA here";
constexpr std::string_view memory = "a use after free in the driver, of an object that the rules do not have";
constexpr std::string_view deadlock = "a deadlock between locks, which the rules do not have";

}  // namespace

const std::vector<Bug>& bugs() {
  static const std::vector<Bug> all{
      {.id = "G01",
       .title = "mm/fork: clear PASID for new mm, 82e69a121be4 (5.12)",
       .effect = "a forked mm starts with its parent's PASID",
       .knobs = {{"fork_copies_pasid", "on"}}},
      {.id = "G02",
       .title = "Force disable ENQCMD, 9bfecd058339 (5.13)",
       .effect = "a bind sends the PASID to CPUs, where any thread may get it",
       .knobs = {{"msr_fill", "broadcast"}},
       .where = {{"msr_fill", "mm_value"}, {"enqcmd", "on"}}},
      {.id = "G03",
       .title = "iommu/vt-d: Fix PASID reference leak, 62ef907a045e (5.14)",
       .effect = "one put for many gets: the number stays taken after the last unbind",
       .knobs = {{"put_per_unbind", "off"}},
       .where = {{"free_point", "last_unbind"}},
       .among = {"process.create", "bind", "unbind"}},
      {.id = "G04",
       .title = "iommu/vt-d: Fix PASID leak in intel_svm_unbind_mm(), a21518cb23a3 (5.15)",
       .effect = "the mm's number is forgotten before it is freed by it",
       .drops = {"unbind.release/owner"},
       .where = {{"free_point", "last_unbind"}}},
      {.id = "G05",
       .title = "iommu/vt-d: Fix incomplete cache flush in intel_pasid_tear_down_entry(), 8798d3641119 (5.14)",
       .effect = "the flush does not match the kind of entry",
       .untold = caches},
      {.id = "G06",
       .title = "iommu/vt-d: Fix a deadlock in intel_svm_drain_prq(), 6ef0505158f7 (5.15)",
       .effect = "the drain waits for work that needs the lock it holds",
       .untold = deadlock},
      {.id = "G07",
       .title = "mm: Fix PASID use-after-free issue, 2667ed10d9f0 (5.18)",
       .effect =
           "the number is free when the last user of the address space goes, while files still hold the mm struct",
       .knobs = {{"free_point", "mm_put"}},
       .where = {{"free_point", "mm_drop"}}},
      {.id = "G08",
       .title = "iommu/arm-smmu-v3-sva: Fix mm use-after-free, cbd23144f766, CVE-2022-49426 (5.18)",
       .effect = "a bond holds no reference on the mm struct",
       .drops = {"drop.no-bond-holds-it"}},
      {.id = "G09",
       .title = "iommu/sva: Fix signedness bug in iommu_sva_alloc_pasid(), c20ecf7bb615 (6.5)",
       .effect = "an mm takes the errno for its number where none is free",
       .drops = {"bind.pasid-free"}},
      {.id = "G11",
       .title = "iommu: Return right value in iommu_sva_bind_device(), 89e8a2366e3b (6.10)",
       .effect = "the function that stands in for it returns NULL, where callers look for an error pointer",
       .untold = "of kernels built without SVA; the rules are those of kernels with it"},
      {.id = "G13",
       .title = "iommu/vt-d: Fix incorrect cache invalidation for mm notification, e7ad6c2a4b1a (6.7)",
       .effect = "a changed page is not invalidated",
       .untold = caches},
      {.id = "G14",
       .title = "iommu: Validate the PASID in iommu_attach_device_pasid(), c404f55c26fc (6.9)",
       .effect = "an attach takes a number beyond the device's table",
       .knobs = {{"width_check", "off"}},
       .where = {{"width_check", "on"}}},
      {.id = "G17",
       .title = "iommu: Prevent pasid attach if no ops->remove_dev_pasid, fb3de9f9b085 (6.14)",
       .effect = "a detach does nothing",
       .drops = {"user.detach/slot", "user.detach/published", "user.detach/entry"},
       .where = {{"user_chosen", "on"}}},
      {.id = "G18",
       .title = "iommu: Swap the order of setting group->pasid_array and calling attach op, 5e9f822c9c68 (6.15)",
       .effect = "the handle is visible before the attach has succeeded",
       .untold = "it shows in the middle of a call only; vectors ask for one call after another"},
      {.id = "G19",
       .title = "iommu/vt-d: Avoid draining PRQ in sva mm release path (6.13)",
       .effect = "a drain that sleeps inside the notifier",
       .untold = deadlock},
      {.id = "G20",
       .title = "iommu/vt-d: Fix UAF on sva unbind with pending IOPFs, f0b9d31c6edd, CVE-2025-38594 (6.16)",
       .effect = "an unbind goes on while page requests of the PASID are pending",
       .without = {"drain_faults"},
       .where = {{"page_requests", "on"}},
       .among = {"process.create", "bind", "portal.map", "portal.unmap", "enqcmd.submit", "movdir64b.submit",
                 "request.raise", "unbind"}},
      {.id = "G21",
       .title = "iommu/vt-d: Clear Present bit before tearing down PASID entry, 75ed00055c05, CVE-2026-45894",
       .effect = "the device reads a half-written entry",
       .untold = "an entry changes as a whole in the rules"},
      {.id = "G22",
       .title = "iommu/vt-d: Fix race condition during PASID entry replacement, c3b1edea3791, CVE-2026-45945",
       .effect = "the device reads a half-written entry",
       .untold = "an entry changes as a whole in the rules"},
      {.id = "G23",
       .title = "iommu/sva: stale kernel translations, 72f98ef9a4be, e37d5a2d60a3 (6.19), CVE-2025-71089",
       .effect = "page-table pages of the kernel are freed while the IOMMU has them cached",
       .untold = caches},
      {.id = "G25",
       .title = "iommufd: Fix IOPF group ownership UAF, CVE-2026-74520",
       .effect = "a fault group stands in two lists",
       .untold = memory},
      {.id = "G27",
       .title =
           "dmaengine: idxd: Do not enable user type Work Queue without Shared Virtual Addressing, 0ec8ce073944 (6.1)",
       .effect = "a user queue on a device without PASIDs is enabled",
       .knobs = {{"queue_without_sva", "opened"}},
       .where = {{"queue_without_sva", "refused"}}},
      {.id = "G29",
       .title = "iommu/vt-d: PASID directory pointer coherency, 194b3348bdbb (6.2), 8a3b8e63f837 (6.6)",
       .effect = "the hardware reads a directory that is still in the CPU's cache",
       .untold = caches},
      {.id = "G30",
       .title = "iommu/riscv: IOTINVAL after DDT/PDT update, CVE-2026-53057",
       .effect = "no invalidation after a directory entry changed",
       .untold = caches},
      {.id = "G31",
       .title = "x86/mm, iommu/sva: Make LAM and SVA mutually exclusive, 23e5d9ec2bab (6.4)",
       .effect = "an mm with tagged pointers is bound, or gets them once it is",
       .drops = {"bind.no-lam", "lam.no-pasid"},
       .where = {{"series", "linux_7_3"}}},
      {.id = "G32",
       .title = "PCI: Enable PASID only when ACS RR & UF enabled on upstream path, 201007ef707a (6.2)",
       .effect = "requests with PASID go from device to device past the IOMMU",
       .untold = "the PCI hierarchy above a device is not in the rules"},
      {.id = "G33",
       .title = "x86/fpu: Clear PASID when copying fpstate, dc7507ddce59 (5.18)",
       .effect = "a child starts with its parent's IA32_PASID",
       .knobs = {{"fork_copies_msr", "on"}},
       .where = {{"enqcmd", "on"}, {"fork_copies_msr", "off"}},
       .among = {"process.create", "process.fork", "bind", "unbind", "portal.map", "portal.unmap", "enqcmd.submit"}},
      {.id = "G34",
       .title =
           "iommu: Move global PASID allocation from SVA to core, 2dcebc7ddce7 (6.6; wrong since 701fac40384f, 5.18)",
       .effect = "an mm whose PASID is the highest that the device takes is refused when it asks a second time",
       .knobs = {{"reuse_check", "exclusive"}},
       .where = {{"reuse_check", "inclusive"}}},
  };
  return all;
}

namespace {

const io::Knob& knob_named(const std::vector<io::Knob>& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &io::Knob::name);
  if (found == all.end()) throw std::logic_error("there is no knob '" + std::string(name) + "'");
  return *found;
}

std::uint8_t value_named(const io::Knob& knob, std::string_view value) {
  const auto found = std::ranges::find(knob.values, value);
  if (found == knob.values.end())
    throw std::logic_error("knob '" + std::string(knob.name) + "' has no value '" + std::string(value) + "'");
  return static_cast<std::uint8_t>(found - knob.values.begin() + 1);
}

}  // namespace

spec::NativeFacts with_bug(const lang::Tree& tree, spec::NativeFacts facts, const Bug& bug) {
  const auto all = io::knobs(tree);
  for (const KnobChange& c : bug.knobs) {
    const io::Knob& knob = knob_named(all, c.knob);
    reinterpret_cast<std::uint8_t*>(&facts)[knob.offset] = value_named(knob, c.value);
  }
  if (bug.without.empty()) return facts;
  const spec::NativeFacts& before = facts;
  std::vector<spec::Step> steps;
  for (auto at = before.next(spec::Step::live); !(at == lang::none); at = before.next(at))
    if (std::ranges::find(bug.without, io::name_of(static_cast<spec::Step>(at.v))) == bug.without.end())
      steps.push_back(static_cast<spec::Step>(at.v));
  facts.next = {};
  facts.done = {};
  std::ranges::find(io::orders(), "teardown", &io::Order::knob)->set(facts, steps);
  return facts;
}

bool concerns(const lang::Tree& tree, const spec::NativeFacts& facts, const Bug& bug) {
  const auto all = io::knobs(tree);
  return std::ranges::all_of(bug.where, [&](const KnobChange& c) {
    const io::Knob& knob = knob_named(all, c.knob);
    return reinterpret_cast<const std::uint8_t*>(&facts)[knob.offset] == value_named(knob, c.value);
  });
}

}  // namespace pasid::conform::vectors
