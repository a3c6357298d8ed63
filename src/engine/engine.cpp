#include <pasid/engine.hpp>

#include "src/engine/core.hpp"

namespace pasid::engine {

std::string_view name(Error e) noexcept {
  switch (e) {
    case Error::ok: return "ok";
    case Error::eperm: return "EPERM";
    case Error::enxio: return "ENXIO";
    case Error::eagain: return "EAGAIN";
    case Error::enomem: return "ENOMEM";
    case Error::ebusy: return "EBUSY";
    case Error::enodev: return "ENODEV";
    case Error::einval: return "EINVAL";
    case Error::enospc: return "ENOSPC";
    case Error::eoverflow: return "EOVERFLOW";
    case Error::would_block: return "would block";
    case Error::gp_fault: return "#GP";
    case Error::misuse: return "misuse";
    case Error::bad_handle: return "bad handle";
  }
  return "unknown";
}

Engine::Engine(const Config& config, std::shared_ptr<Host> host)
    : core_(std::make_shared<detail::Core>(config, std::move(host))) {}
Engine::~Engine() = default;

bool Engine::finished(Ticket ticket) const noexcept { return core_->finished(ticket); }
void Engine::wait(Ticket ticket) const noexcept { core_->wait(ticket); }
void Engine::wait_until_quiet() const noexcept { core_->wait_until_quiet(); }
std::uint64_t Engine::changes() const noexcept { return core_->changes(); }
void Engine::wait_for_change(std::uint64_t seen) const noexcept { core_->wait_for_change(seen); }

}  // namespace pasid::engine
