#include "src/conform/reference.hpp"

#include <algorithm>
#include <stdexcept>

#include "spec/lang/memory.hpp"
#include "src/conform/reference_calls.hpp"

namespace pasid::conform {
namespace {

template <class S>
using Id = lang::Id<S>;
template <class S>
int count(const spec::NativeFacts& f) {
  return f.count[static_cast<std::size_t>(S::index)];
}

struct Orders {
  spec::Memory memory = spec::Memory::enough;
  spec::Queue queue = spec::Queue::accepts;
};
thread_local Orders orders;

/// The knobs that the engine is built for; a reason where a design has others.
std::string foreign_knob(const spec::NativeFacts& f) {
  using namespace spec;  // NOLINT(google-build-using-namespace): the vocabulary of the rules
  const auto is = [](auto knob, auto value) { return knob == std::remove_cvref_t<decltype(knob)>(value); };
  if (!is(f.series(), Series::linux_7_3)) return "another series than linux_7_3";
  if (!is(f.user_scope(), UserScope::global)) return "a scope of users' numbers that is not global";
  if (!is(f.kernel_scheme(), KernelScheme::shared_pool) && !is(f.kernel_scheme(), KernelScheme::none))
    return "kernel numbers from elsewhere than the users' pool";
  if (!is(f.free_point(), FreePoint::mm_drop)) return "numbers that are freed before the mm is dropped";
  if (!is(f.occupancy_check(), Switch::on) || !is(f.width_check(), Switch::on)) return "an attach without checks";
  if (!is(f.reuse_check(), ReuseCheck::inclusive)) return "a highest number that no mm may use again";
  if (!is(f.fork_copies_pasid(), Switch::off) || !is(f.fork_copies_msr(), Switch::off)) return "fork copying numbers";
  if (!is(f.enqcmd(), Switch::on) || !is(f.pasid_source(), PasidSource::msr)) return "no ENQCMD";
  if (!is(f.msr_fill(), MsrFill::mm_value)) return "another #GP handler";
  if (!is(f.exec_keeps_activated(), Switch::on)) return "exec that clears pasid_activated";
  if (!is(f.queue_without_sva(), QueueWithoutSva::enabled))
    return "another look at a device before its queues are enabled";
  if (!is(f.portal_check(), Switch::on)) return "portals for any mm";
  if (!is(f.cache_tag(), CacheTag::vtd)) return "another IOMMU than VT-d";
  if (!is(f.mm_release(), MmRelease::clear)) return "another mm release than VT-d's";
  if (!is(f.sva(), Switch::on)) return "SVA switched off";
  if (!is(f.device_reset(), DeviceReset::restores) && !is(f.device_reset(), DeviceReset::unknown))
    return "another way back from a reset";
  for (int a = 1; a <= count<As>(f); ++a)
    if (is(f.kind(Id<As>{static_cast<std::uint8_t>(a)}), Kind::init_mm)) return "supervisor SVA";
  return {};
}

engine::Config config_of(const World& world) {
  const spec::NativeFacts& f = world.facts;
  engine::Config c;
  c.units.clear();
  for (std::uint8_t u = 1; u <= count<spec::Unit>(f); ++u) c.units.push_back({.svm = f.svm(Id<spec::Unit>{u})});
  for (std::uint8_t d = 1; d <= count<spec::Dev>(f); ++d) {
    const Id<spec::Dev> dev{d};
    c.devices.push_back({.unit = engine::Unit{f.unit_of(dev).v - 1U},
                         .group = engine::Group{f.group_of(dev).v - 1U},
                         .max_pasids = max_pasids(world, d),
                         .ats = f.ats(dev),
                         .privileged = f.privileged(dev)});
  }
  for (std::uint8_t w = 1; w <= count<spec::Wq>(f); ++w) {
    const Id<spec::Wq> wq{w};
    c.queues.push_back(
        {.device = engine::Device{f.wq_dev(wq).v - 1U}, .shared = f.shared(wq), .kernel = f.kernel_queue(wq)});
  }
  for (const auto& [first, last] : reserved(world)) c.reserved.push_back({first, last});
  c.rid_change = f.rid_change() == Id<spec::RidChange>(spec::RidChange::leaves) ? engine::RidChange::leaves
                                                                                : engine::RidChange::refused;
  c.queue_disable = f.queue_disable() == Id<spec::QueueDisable>(spec::QueueDisable::keeps)
                        ? engine::QueueDisable::keeps
                        : engine::QueueDisable::forgets;
  return c;
}

bool is_mm(const spec::NativeFacts& f, std::uint8_t as) {
  return Id<spec::Kind>(f.kind(Id<spec::As>{as})) == Id<spec::Kind>(spec::Kind::mm);
}

}  // namespace

void ObedientHost::obey(spec::Memory memory, spec::Queue queue) noexcept { orders = {memory, queue}; }

bool ObedientHost::may_allocate(engine::Allocation what) noexcept {
  switch (orders.memory) {
    case spec::Memory::enough: return true;
    case spec::Memory::none_for_mm_data: return what != engine::Allocation::mm_data;
    case spec::Memory::none_for_handle: return what != engine::Allocation::handle;
    case spec::Memory::none_for_slot: return what != engine::Allocation::slot;
    case spec::Memory::none_for_table: return what != engine::Allocation::table;
    case spec::Memory::none_for_later_table: return what != engine::Allocation::later_table;
  }
  return true;
}

bool ObedientHost::accepts(engine::Queue) noexcept { return orders.queue == spec::Queue::accepts; }

ReferenceBackend::ReferenceBackend(const Catalogue& catalogue, std::shared_ptr<engine::Host> host)
    : catalogue_(catalogue), host_(host ? std::move(host) : std::make_shared<ObedientHost>()),
      operations_(catalogue.calls().size()) {
  capabilities_.name = "pasid-engine";
  for (const ReferenceCall& call : reference_calls()) {
    const int kind = catalogue.named(call.name);
    if (kind < 0) continue;
    Operation& op = operations_[static_cast<std::size_t>(kind)];
    const auto& params = catalogue[kind].params;
    const auto number = [&](std::string_view name) {
      const auto found = std::ranges::find(params, name, &Parameter::name);
      return found == params.end() ? -1 : static_cast<int>(found - params.begin());
    };
    op.run = call.run;
    for (std::size_t k = 0; k < call.params.size(); ++k) {
      op.from[k] = call.params[k].empty() ? -1 : number(call.params[k]);
      if (!call.params[k].empty() && op.from[k] < 0)
        throw std::logic_error("call '" + std::string(call.name) + "' has no parameter '" +
                               std::string(call.params[k]) + "' any more");
    }
    op.memory = number("memory");
    op.queue = number("queue");
    capabilities_.calls.emplace_back(call.name);
  }
  capabilities_.observes = {"task_mm",   "msr",     "activated",  "lam",     "owner",      "pasid_of", "kernel_pasid",
                            "bond_mm",   "bond_wq", "bond_pasid", "portal",  "disabled",   "wq_pasid", "slot",
                            "published", "entry",   "resetting",  "desc_wq", "desc_pasid", "desc_from"};
  for (const auto* sort : {&lang::sort_info<spec::Memory>, &lang::sort_info<spec::Queue>})
    for (std::size_t v = 1; v < sort->enumerators.size(); ++v)
      capabilities_.environment.push_back((sort == &lang::sort_info<spec::Memory> ? "memory." : "queue.") +
                                          std::string(sort->enumerators[v]));
}

ReferenceBackend::~ReferenceBackend() = default;

Ready ReferenceBackend::reset(const World& world) {
  for (auto& b : bonds_) b = {};
  engine_.reset();
  world_ = &world;
  threads_ = {};
  spaces_ = {};
  works_ = {};
  if (auto why = foreign_knob(world.facts); !why.empty()) return {Ready::Kind::unsupported, std::move(why)};
  engine_ = std::make_unique<engine::Engine>(config_of(world), host_);
  for (std::uint8_t a = 1; a <= count<spec::As>(world.facts); ++a)
    if (!is_mm(world.facts, a)) spaces_[a] = engine_->create_domain(domain(a)).value;
  return {};
}

void ReferenceBackend::apply(std::span<const Call> calls, std::span<Answer> answers) {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const Operation& op = operations_[static_cast<std::size_t>(calls[i].kind)];
    Answer& answer = answers[i];
    answer.err = 0;
    answer.results = {};
    answer.what.clear();
    if (engine_ == nullptr || op.run == nullptr) {
      answer.kind = engine_ == nullptr ? Answer::Kind::failure : Answer::Kind::unsupported;
      continue;
    }
    Picked picked{};
    for (std::size_t k = 0; k < picked.size() && op.from[k] >= 0; ++k)
      picked[k] = calls[i].args[static_cast<std::size_t>(op.from[k])];
    const auto told = [&](int param) {
      return param < 0 ? std::uint8_t{1} : calls[i].args[static_cast<std::size_t>(param)];
    };
    ObedientHost::obey(static_cast<spec::Memory>(told(op.memory)), static_cast<spec::Queue>(told(op.queue)));
    op.run(*this, picked, answer);
  }
}

std::uint8_t ReferenceBackend::named(engine::AddressSpace a) const {
  if (!a) return 0;
  for (std::size_t i = 1; i < spaces_.size(); ++i)
    if (spaces_[i] == a) return static_cast<std::uint8_t>(i);
  return foreign;
}

std::uint8_t ReferenceBackend::named(engine::Pasid p) const {
  const std::uint8_t atom = world_->atom(p);
  return atom == 0 ? foreign : atom;
}

std::optional<View> ReferenceBackend::observe() {
  if (engine_ == nullptr) return std::nullopt;
  const engine::Engine& e = *engine_;
  const spec::NativeFacts& f = world_->facts;
  const lang::Tree& tree = catalogue_.tree();
  View out;
  const auto show = [&](std::string_view cell, std::uint8_t value, std::uint8_t i, std::uint8_t j = 0) {
    if (value != 0) out.push_back({tree.cell_named(cell), {i, j, 0, 0}, value});
  };
  for (std::uint8_t t = 1; t <= count<spec::Task>(f); ++t)
    if (const auto info = e.thread(threads_[t])) {
      show("task_mm", named(info->mm), t);
      if (info->msr) show("msr", named(*info->msr), t);
      show("activated", info->activated ? 1 : 0, t);
    }
  for (std::uint8_t a = 1; a <= count<spec::As>(f); ++a)
    if (const auto info = e.mm(spaces_[a])) {
      show("lam", info->lam ? 1 : 0, a);
      if (info->pasid) show("pasid_of", named(*info->pasid), 1, a);
    }
  for (std::uint8_t b = 1; b <= count<spec::Bond>(f); ++b)
    if (const auto info = e.bond(bonds_[b].id())) {
      show("bond_mm", named(info->mm), b);
      show("bond_wq", static_cast<std::uint8_t>(static_cast<unsigned>(info->queue) + 1), b);
      show("bond_pasid", named(info->pasid), b);
      show("portal", info->portal ? 1 : 0, b, named(info->mm));
    }
  for (std::uint8_t w = 1; w <= count<spec::Wq>(f); ++w) {
    show("disabled", e.disabled(engine::Queue{w - 1U}) ? 1 : 0, w);
    if (const auto p = e.queue_pasid(engine::Queue{w - 1U})) show("wq_pasid", named(*p), w);
  }
  for (std::uint8_t x = 1; x <= count<spec::Desc>(f); ++x)
    if (const auto info = e.work(works_[x])) {
      show("desc_wq", static_cast<std::uint8_t>(static_cast<unsigned>(info->queue) + 1), x);
      show("desc_pasid", named(info->pasid), x);
      show("desc_from", named(info->from), x);
    }
  for (std::uint8_t d = 1; d <= count<spec::Dev>(f); ++d) {
    show("resetting", e.resetting(engine::Device{d - 1U}) ? 1 : 0, d);
    for (std::uint8_t a = 1; a <= count<spec::As>(f); ++a)
      if (const auto p = e.kernel_pasid(engine::Device{d - 1U}, spaces_[a])) show("kernel_pasid", named(*p), d, a);
  }
  for (std::uint8_t p = 1; p <= count<spec::Pasid>(f); ++p) {
    const engine::Pasid number = world_->number(p);
    if (const auto a = e.owner(number)) show("owner", named(*a), 1, p);
    for (std::uint8_t g = 1; g <= count<spec::Group>(f); ++g)
      if (const auto s = e.slot(engine::Group{g - 1U}, number)) {
        show("slot", named(s->attached), g, p);
        show("published", s->published ? 1 : 0, g, p);
      }
    for (std::uint8_t d = 1; d <= count<spec::Dev>(f); ++d) {
      const auto told = e.entry(engine::Device{d - 1U}, number);
      const auto walked = walk(engine::Device{d - 1U}, number);
      const std::uint8_t found = walked ? walked->leads_to : std::uint8_t{0};
      const bool odd = (told ? named(*told) : 0) != found || left_over(engine::Device{d - 1U}, number);
      show("entry", odd ? foreign : found, d, p);
    }
  }
  return out;
}

}  // namespace pasid::conform
