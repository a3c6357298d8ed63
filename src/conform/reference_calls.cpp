#include "src/conform/reference_calls.hpp"

namespace pasid::conform {

namespace {

engine::Device device(std::uint8_t d) { return engine::Device{d - 1U}; }
engine::Queue queue(std::uint8_t w) { return engine::Queue{w - 1U}; }
engine::Group group(std::uint8_t g) { return engine::Group{g - 1U}; }

/// An answer counts once nothing of the call is outstanding.
void set(engine::Engine& e, Answer& a, const engine::Status& status) {
  if (status.ticket != 0) e.wait(status.ticket);
  switch (status.error) {
    case engine::Error::ok: a.kind = Answer::Kind::ok; return;
    case engine::Error::would_block: a.kind = Answer::Kind::would_block; return;
    case engine::Error::gp_fault: a.kind = Answer::Kind::gp_fault; return;
    case engine::Error::misuse:
    case engine::Error::bad_handle:
      a.kind = Answer::Kind::failure;
      a.what = "the engine answers \"" + std::string(engine::name(status.error)) + '"';
      return;
    default: a.kind = Answer::Kind::error; a.err = static_cast<int>(status.error);
  }
}

}  // namespace

/// Each takes its arguments in the order of the table below.
struct ReferenceCalls {
  using B = ReferenceBackend;
  using P = ReferenceBackend::Picked;

  static void made(B& b, const engine::Result<engine::Thread>& r, std::uint8_t thread, std::uint8_t mm, Answer& a) {
    set(*b.engine_, a, r);
    if (!r) return;
    b.threads_[thread] = r.value;
    if (mm != 0) b.spaces_[mm] = b.engine_->thread(r.value)->mm;
  }
  static void create(B& b, const P& p, Answer& a) { made(b, b.engine_->create_process(B::root(p[1])), p[0], p[1], a); }
  static void fork(B& b, const P& p, Answer& a) {
    made(b, b.engine_->fork(b.threads_[p[0]], B::root(p[2])), p[1], p[2], a);
  }
  static void clone(B& b, const P& p, Answer& a) { made(b, b.engine_->clone(b.threads_[p[0]]), p[1], 0, a); }
  static void exec(B& b, const P& p, Answer& a) {
    const auto r = b.engine_->exec(b.threads_[p[0]], B::root(p[1]));
    set(*b.engine_, a, r);
    if (r) b.spaces_[p[1]] = r.value;
  }
  static void exit(B& b, const P& p, Answer& a) { set(*b.engine_, a, b.engine_->exit(b.threads_[p[0]])); }
  static void enable_lam(B& b, const P& p, Answer& a) { set(*b.engine_, a, b.engine_->enable_lam(b.threads_[p[0]])); }

  static void bind(B& b, const P& p, Answer& a) {
    auto r = b.engine_->open(b.threads_[p[0]], queue(p[1]));
    set(*b.engine_, a, r);
    if (!r) return;
    a.results[0] = r.value.pasid();
    b.bonds_[p[2]] = std::move(r.value);
  }
  static void unbind(B& b, const P& p, Answer& a) { set(*b.engine_, a, b.bonds_[p[0]].close()); }
  static void map(B& b, const P& p, Answer& a) {
    set(*b.engine_, a, b.engine_->map_portal(b.threads_[p[0]], b.bonds_[p[1]].id()));
  }
  static void unmap(B& b, const P& p, Answer& a) {
    set(*b.engine_, a, b.engine_->unmap_portal(b.threads_[p[0]], b.bonds_[p[1]].id()));
  }
  static void disable(B& b, const P& p, Answer& a) { set(*b.engine_, a, b.engine_->disable(queue(p[0]))); }
  static void enable(B& b, const P& p, Answer& a) { set(*b.engine_, a, b.engine_->enable(queue(p[0]))); }

  static void submitted(B& b, const engine::Result<engine::Work>& r, std::uint8_t work, Answer& a) {
    set(*b.engine_, a, r);
    if (r) b.works_[work] = r.value;
  }
  /// A fault is handled once, as the CPU's user would see it.
  static void enqcmd(B& b, const P& p, Answer& a) {
    auto r = b.engine_->enqcmd(b.threads_[p[0]], b.bonds_[p[1]].id());
    if (r.error == engine::Error::gp_fault && b.engine_->fixup_gp(b.threads_[p[0]]))
      r = b.engine_->enqcmd(b.threads_[p[0]], b.bonds_[p[1]].id());
    submitted(b, r, p[2], a);
  }
  static void movdir64b(B& b, const P& p, Answer& a) {
    submitted(b, b.engine_->movdir64b(b.threads_[p[0]], b.bonds_[p[1]].id()), p[2], a);
  }
  static void write(B& b, const P& p, Answer& a) {
    submitted(b, b.engine_->write(b.threads_[p[0]], b.bonds_[p[1]].id()), p[2], a);
  }
  static void submit_kernel(B& b, const P& p, Answer& a) {
    submitted(b, b.engine_->submit_kernel(queue(p[0]), b.spaces_[p[1]]), p[2], a);
  }
  static void submit_user(B& b, const P& p, Answer& a) {
    const auto dev = b.world_->facts.wq_dev(lang::Id<spec::Wq>{p[0]});
    submitted(b, b.engine_->submit_user(queue(p[0]), b.world_->number(p[1]), attached(b, dev.v, p[1])), p[2], a);
  }
  static void finish(B& b, const P& p, Answer& a) { set(*b.engine_, a, b.engine_->finish(b.works_[p[0]])); }
  static void raise(B& b, const P& p, Answer& a) { set(*b.engine_, a, b.engine_->raise_page_request(b.works_[p[0]])); }
  static void resolve(B& b, const P& p, Answer& a) {
    set(*b.engine_, a, b.engine_->resolve_page_request(device(p[0]), b.world_->number(p[1])));
  }

  static void attach_rid(B& b, const P& p, Answer& a) {
    set(*b.engine_, a, b.engine_->attach_rid(group(p[0]), b.spaces_[p[1]]));
  }
  static void kernel_enable(B& b, const P& p, Answer& a) {
    const auto r = b.engine_->attach_kernel_dma(device(p[0]), b.spaces_[p[1]]);
    set(*b.engine_, a, r);
    if (r) a.results[0] = r.value;
  }
  static void kernel_disable(B& b, const P& p, Answer& a) {
    set(*b.engine_, a, b.engine_->detach_kernel_dma(device(p[0]), b.spaces_[p[1]]));
  }
  /// To the domain that the RID has by now.
  static void kernel_replace(B& b, const P& p, Answer& a) {
    const auto domain = b.engine_->entry(device(p[0]), engine::rid_pasid);
    set(*b.engine_, a,
        b.engine_->replace_kernel_dma(device(p[0]), b.spaces_[p[1]], domain.value_or(engine::AddressSpace{})));
  }
  static void user_attach(B& b, const P& p, Answer& a) {
    set(*b.engine_, a, b.engine_->attach_user(device(p[0]), b.world_->number(p[1]), b.spaces_[p[2]]));
  }
  /// Whatever table is attached there.
  static engine::AddressSpace attached(B& b, std::uint8_t dev, std::uint8_t pasid) {
    const auto g = b.world_->facts.group_of(lang::Id<spec::Dev>{dev});
    const auto slot = b.engine_->slot(group(g.v), b.world_->number(pasid));
    return slot ? slot->attached : engine::AddressSpace{};
  }
  static void user_detach(B& b, const P& p, Answer& a) {
    set(*b.engine_, a, b.engine_->detach_user(device(p[0]), b.world_->number(p[1]), attached(b, p[0], p[1])));
  }
  static void user_replace(B& b, const P& p, Answer& a) {
    set(*b.engine_, a, b.engine_->replace_user(device(p[0]), b.world_->number(p[1]), b.spaces_[p[2]]));
  }
  static void reset_prepare(B& b, const P& p, Answer& a) { set(*b.engine_, a, b.engine_->begin_reset(device(p[0]))); }
  static void reset_done(B& b, const P& p, Answer& a) { set(*b.engine_, a, b.engine_->end_reset(device(p[0]))); }
};

std::span<const ReferenceCall> reference_calls() {
  using C = ReferenceCalls;
  static constexpr std::array table{
      ReferenceCall{"process.create", {"thread", "mm"}, C::create},
      ReferenceCall{"process.fork", {"parent", "child", "mm"}, C::fork},
      ReferenceCall{"process.clone", {"parent", "child"}, C::clone},
      ReferenceCall{"exec", {"thread", "new"}, C::exec},
      ReferenceCall{"process.thread_exit", {"thread"}, C::exit},
      ReferenceCall{"exit", {"thread"}, C::exit},
      ReferenceCall{"process.enable_lam", {"thread"}, C::enable_lam},
      ReferenceCall{"bind", {"thread", "wq", "file"}, C::bind},
      ReferenceCall{"unbind", {"file"}, C::unbind},
      ReferenceCall{"portal.map", {"thread", "file"}, C::map},
      ReferenceCall{"portal.unmap", {"thread", "file"}, C::unmap},
      ReferenceCall{"queue.disable", {"wq"}, C::disable},
      ReferenceCall{"queue.enable", {"wq"}, C::enable},
      ReferenceCall{"enqcmd.submit", {"thread", "file", "work"}, C::enqcmd},
      ReferenceCall{"movdir64b.submit", {"thread", "file", "work"}, C::movdir64b},
      ReferenceCall{"cdev.write", {"thread", "file", "work"}, C::write},
      ReferenceCall{"kernel.submit", {"wq", "domain", "work"}, C::submit_kernel},
      ReferenceCall{"user.work", {"wq", "pasid", "work"}, C::submit_user},
      ReferenceCall{"work.reap", {"work"}, C::finish},
      ReferenceCall{"request.raise", {"work"}, C::raise},
      ReferenceCall{"request.resolve", {"dev", "pasid"}, C::resolve},
      ReferenceCall{"rid.attach", {"group", "domain"}, C::attach_rid},
      ReferenceCall{"rid.change", {"group", "domain"}, C::attach_rid},
      ReferenceCall{"kernel.enable", {"dev", "domain"}, C::kernel_enable},
      ReferenceCall{"kernel.disable", {"dev", "domain"}, C::kernel_disable},
      ReferenceCall{"kernel.replace", {"dev", "old"}, C::kernel_replace},
      ReferenceCall{"user.attach", {"dev", "pasid", "table"}, C::user_attach},
      ReferenceCall{"user.detach", {"dev", "pasid"}, C::user_detach},
      ReferenceCall{"user.replace", {"dev", "pasid", "table"}, C::user_replace},
      ReferenceCall{"reset.prepare", {"dev"}, C::reset_prepare},
      ReferenceCall{"reset.done", {"dev"}, C::reset_done},
  };
  return table;
}

}  // namespace pasid::conform
