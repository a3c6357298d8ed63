#include "src/conform/words.hpp"

#include <algorithm>
#include <cstring>

#include "src/trace/names.hpp"

namespace pasid::conform {
namespace {

using lang::Id;
using lang::none;
using spec::NativeFacts;
using spec::NativeState;

/// "1 (p2)": the number, and the name of its atom where the world has one.
std::string number_text(const World& world, std::uint32_t number) {
  const std::uint8_t atom = world.atom(number);
  return std::to_string(number) +
         (atom == 0 ? "" : " (" + std::string(lang::sort_info<spec::Pasid>.prefix) + std::to_string(atom) + ")");
}

/// The argument of that sort among the inputs of the call; none: it has no such.
template <class S>
Id<S> argument(const CallKind& kind, const Call& call) {
  for (const std::uint8_t k : kind.inputs)
    if (kind.params[k].sort == &lang::sort_info<S>) return Id<S>{call.args[k]};
  return {};
}

bool is_reserved(const World& world, std::uint32_t number) {
  return std::ranges::any_of(reserved(world), [&](const auto& r) { return r.first <= number && number <= r.second; });
}

}  // namespace

std::string words(const Catalogue& catalogue, const World& world, const Call& call) {
  const trace::Names names(catalogue.tree(), world.facts);
  const CallKind& kind = catalogue[call.kind];
  std::string out(kind.name);
  for (const std::uint8_t k : kind.inputs) {
    const Parameter& p = kind.params[k];
    if (p.sort->kind == lang::SortKind::enumeration && call.args[k] <= 1) continue;
    const bool pasid = p.sort == &lang::sort_info<spec::Pasid>;
    out.append(" ").append(p.name).append("=").append(pasid ? number_text(world, world.number(call.args[k]))
                                                            : names(p.sort, call.args[k]));
  }
  return out;
}

std::string words(const World& world, const CallKind& kind, const Answer& answer) {
  switch (answer.kind) {
    case Answer::Kind::ok: {
      std::string out = "ok";
      for (std::size_t i = 0; i < kind.results.size(); ++i)
        out.append(" ")
            .append(kind.params[kind.results[i]].name)
            .append("=")
            .append(number_text(world, answer.results[i]));
      return out;
    }
    case Answer::Kind::error: {
      const char* const name = strerrorname_np(answer.err);
      return name == nullptr ? "errno " + std::to_string(answer.err) : name;
    }
    case Answer::Kind::would_block: return "would block";
    case Answer::Kind::gp_fault: return "#GP";
    case Answer::Kind::unsupported: return "unsupported";
    case Answer::Kind::failure: return answer.what.empty() ? "no answer" : answer.what;
  }
  return {};
}

std::string legend(const Catalogue& catalogue, const World& world) {
  const trace::Names names(catalogue.tree(), world.facts);
  std::string out;
  for (std::uint8_t p = 1; p <= world.facts.count[spec::Pasid::index]; ++p)
    out += (p > 1 ? ", " : "") + names(&lang::sort_info<spec::Pasid>, p) + " is " + std::to_string(world.number(p));
  return out;
}

std::string about_pick(const Catalogue& catalogue, const World& world, const NativeState& state, const Call& call,
                       std::uint32_t number) {
  const trace::Names names(catalogue.tree(), world.facts);
  const NativeFacts& f = world.facts;
  const CallKind& kind = catalogue[call.kind];
  const auto name = [&]<class S>(Id<S> id) { return names(&lang::sort_info<S>, id.v); };
  const std::string it = number_text(world, number);

  // A process's number comes from the users' space of the device, a driver's from the kernel's.
  const auto wq = argument<spec::Wq>(kind, call);
  const auto task = argument<spec::Task>(kind, call);
  const Id<spec::Dev> dev = wq == none ? argument<spec::Dev>(kind, call) : Id<spec::Dev>(f.wq_dev(wq));
  if (dev == none) return {};
  const Id<spec::Space> space = task == none ? Id<spec::Space>(f.kernel_space(dev)) : Id<spec::Space>(f.space_of(dev));
  if (task != none) {
    const Id<spec::As> mm = state.task_mm(task);
    const Id<spec::Pasid> has = mm == none ? Id<spec::Pasid>{} : Id<spec::Pasid>(state.pasid_of(space, mm));
    if (has != none && world.number(has.v) != number)
      return name(mm) + " has a number already, " + number_text(world, world.number(has.v));
  }
  if (number == 0) return "0 is the number of requests without a PASID";
  if (number >= max_pasids(world, dev.v))
    return it + " does not fit " + name(dev) + ", which has " + std::to_string(max_pasids(world, dev.v)) + " PASIDs";
  if (world.atom(number) == 0 || is_reserved(world, number)) return it + " is reserved";
  const Id<spec::Pasid> p{world.atom(number)};
  if (const Id<spec::As> holder = state.owner(space, p); holder != none) return it + " is held by " + name(holder);
  for (std::uint8_t lower = 1; lower < p.v; ++lower) {
    const Id<spec::Pasid> q{lower};
    const std::uint32_t n = world.number(lower);
    if (n != 0 && !is_reserved(world, n) && Id<spec::As>(state.owner(space, q)) == none)
      return it + " is free, but so is " + number_text(world, n) + ", which is lower";
  }
  return {};
}

}  // namespace pasid::conform
