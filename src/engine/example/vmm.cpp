// A VMM that embeds the engine: processes of two guests share three devices behind one IOMMU. It opens queues for them,
// lets them submit, prints the PASID tables as the hardware finds them in memory, walks them as the hardware does, and
// takes everything down again with invalidations that complete a while after they were asked for.
#include <array>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include <pasid/engine.hpp>

namespace {

using namespace pasid::engine;

constexpr Device accelerator{0};  // shared and dedicated queue, 20 bits of PASID
constexpr Device network{1};      // shared queue, 10 bits
constexpr Device crypto{2};       // shared queue, 16 bits
constexpr Queue accelerator_shared{0}, accelerator_dedicated{1}, network_queue{2}, crypto_queue{3};

const char* name_of(CommandKind kind) {
  switch (kind) {
    case CommandKind::drain_work: return "drain work";
    case CommandKind::drain_queue: return "drain queue";
    case CommandKind::flush_pasid_cache: return "flush PASID-cache";
    case CommandKind::flush_iotlb: return "flush IOTLB";
    case CommandKind::flush_dev_tlb: return "flush device TLB";
    case CommandKind::drain_page_requests: return "drain page requests";
  }
  return "?";
}

/// An invalidation queue: commands wait in it until the VMM's loop gets to them.
class InvalidationQueue : public Host {
 public:
  void execute(const Command& command, const Completion& completion) noexcept override {
    const std::scoped_lock lock(lock_);
    queue_.emplace_back(command, completion);
  }

  /// Carries out what is queued, and what comes of that.
  void run() {
    for (;;) {
      std::pair<Command, Completion> next;
      {
        const std::scoped_lock lock(lock_);
        if (queue_.empty()) return;
        next = queue_.front();
        queue_.pop_front();
      }
      const Command& c = next.first;
      std::printf("    %-20s device %u, PASID %u, domain id %u\n", name_of(c.kind), static_cast<unsigned>(c.device),
                  c.pasid, c.domain_id);
      next.second.done();
    }
  }

 private:
  std::mutex lock_;
  std::deque<std::pair<Command, Completion>> queue_;
};

/// What the hardware does with a request: directory, table, entry (VT-d 3.4.3), by physical addresses alone. In this
/// program they are the process's own.
Entry walk(const Directory& directory, Pasid p) {
  constexpr std::uint64_t pointer = ~std::uint64_t{0xfff};
  if (p / 64 >= directory.size) return {};
  const auto* const entries = reinterpret_cast<const std::uint64_t*>(directory.address);
  const std::uint64_t table = entries[p / 64];
  if ((table & 1) == 0) return {};
  const auto* const words = reinterpret_cast<const std::uint64_t*>(table & pointer) + (p % 64) * 8;
  EntryBits bits{};
  for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = words[i];
  return decode(bits);
}

void dump(const Engine& engine, Device device) {
  const Directory directory = *engine.directory(device);
  std::printf("  device %u: directory of %zu entries\n", static_cast<unsigned>(device), directory.size);
  for (Pasid p = 0; p < directory.size * 64; ++p) {
    const EntryBits bits = engine.entry_bits(device, p);
    if (bits == EntryBits{}) continue;
    std::printf("    %4u: %016" PRIx64 " %016" PRIx64 " %016" PRIx64 "\n", p, bits[0], bits[1], bits[2]);
  }
}

void require(bool condition, const char* what) {
  if (condition) return;
  std::printf("unexpected: %s\n", what);
  std::exit(1);
}

/// The answer's value, which must be there.
template <class T>
T get(Result<T> answer, const char* what) {
  if (!answer) std::printf("%s: %s\n", what, name(answer.error).data());
  require(static_cast<bool>(answer), what);
  return std::move(answer.value);
}

struct Process {
  const char* name;
  std::uint64_t root;
  Thread thread{};
  std::vector<Bond> bonds{};
};

}  // namespace

int main() {
  Config config;
  config.devices = {
      {.group = Group{0}}, {.group = Group{1}, .max_pasids = 1u << 10}, {.group = Group{2}, .max_pasids = 1u << 16}};
  config.queues = {
      {.device = accelerator}, {.device = accelerator, .shared = false}, {.device = network}, {.device = crypto}};
  const auto host = std::make_shared<InvalidationQueue>();
  Engine engine(config, host);

  std::printf("Processes open queues:\n");
  std::array<Process, 4> processes{{{"guest A, process 1", 0x1000000},
                                    {"guest A, process 2", 0x2000000},
                                    {"guest B, process 1", 0x3000000},
                                    {"guest B, process 2", 0x4000000}}};
  const std::vector<std::vector<Queue>> opens{{accelerator_shared, network_queue},
                                              {accelerator_dedicated},
                                              {accelerator_shared, crypto_queue},
                                              {network_queue, crypto_queue}};
  for (std::size_t i = 0; i < processes.size(); ++i) {
    Process& p = processes[i];
    p.thread = get(engine.create_process(p.root), "a process");
    for (const Queue queue : opens[i]) {
      p.bonds.push_back(get(engine.open(p.thread, queue), "an open queue"));
      require(static_cast<bool>(engine.map_portal(p.thread, p.bonds.back().id())), "a portal");
      std::printf("  %s: queue %u under PASID %u\n", p.name, static_cast<unsigned>(queue), p.bonds.back().pasid());
    }
  }
  const auto second = engine.open(processes[3].thread, accelerator_dedicated);
  std::printf("  %s: the dedicated queue is open: %s\n", processes[3].name, name(second.error).data());

  std::printf("A process submits with ENQCMD:\n");
  const BondId bond = processes[0].bonds[0].id();
  std::printf("  %s", name(engine.enqcmd(processes[0].thread, bond).error).data());
  require(static_cast<bool>(engine.fixup_gp(processes[0].thread)), "the handler fills the MSR");
  const Work work = get(engine.enqcmd(processes[0].thread, bond), "work");
  std::printf(", then work under PASID %u\n", engine.work(work)->pasid);

  std::printf("Tables:\n");
  for (const Device d : {accelerator, network, crypto}) dump(engine, d);

  std::printf("Walks:\n");
  for (const Process& p : processes)
    for (const Bond& b : p.bonds) {
      const BondInfo info = *engine.bond(b.id());
      const Entry e = walk(*engine.directory(info.device), info.pasid);
      std::printf("  device %u, PASID %u: page table at %#" PRIx64 ", domain id %u\n",
                  static_cast<unsigned>(info.device), info.pasid, e.first_stage_root, e.domain_id);
      require(e.present && e.first_stage_root == p.root, "the walk leads to the process's page table");
    }

  std::printf("Guest A's first process ends while its work is in flight:\n");
  const Status ended = engine.exit(processes[0].thread);
  require(static_cast<bool>(ended) && !engine.finished(ended.ticket), "its entries are being flushed");
  host->run();
  require(engine.finished(ended.ticket), "they have been flushed");
  const Status closed = processes[0].bonds[0].close();
  std::printf("  close: %s; the work finishes; ", name(closed.error).data());
  require(static_cast<bool>(engine.finish(work)), "the work finishes");
  const Pasid number = processes[0].bonds[0].pasid();
  std::printf("the files are closed:\n");
  processes[0].bonds.clear();
  host->run();
  require(!engine.owner(number), "the number is free");
  require(!walk(*engine.directory(accelerator), number).present, "its entry is gone");
  std::printf("  PASID %u is free\n", number);

  std::printf("The VMM ends:\n");
  for (Process& p : processes) {
    if (!p.bonds.empty()) require(static_cast<bool>(engine.exit(p.thread)), "exit");
    p.bonds.clear();
  }
  host->run();
  std::printf("  %zu numbers are free, as at the start\n", engine.available());
  require(engine.available() == (1u << 20) - 1, "nothing leaked");
  return 0;
}
