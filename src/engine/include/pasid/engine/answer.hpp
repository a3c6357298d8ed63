/// What a call came to. Part of <pasid/engine.hpp>.
#pragma once

#include <cerrno>
#include <cstdint>
#include <string_view>

namespace pasid::engine {

/// What a call came to.
enum class Error : std::int16_t {
  ok = 0,
  eperm = EPERM,
  enxio = ENXIO,
  eagain = EAGAIN,
  enomem = ENOMEM,
  ebusy = EBUSY,
  enodev = ENODEV,
  einval = EINVAL,
  enospc = ENOSPC,
  eoverflow = EOVERFLOW,
  would_block = -1,  ///< not now: something must end first, which will; nothing was done (Engine::blocking() waits)
  gp_fault = -2,     ///< ENQCMD with an invalid IA32_PASID: #GP
  misuse = -3,       ///< the call has no meaning for these arguments or in this state; nothing was done
  bad_handle = -4,   ///< stale, of another engine, or not in the configuration; nothing was done
};

/// "EBUSY", "would block", …
[[nodiscard]] std::string_view name(Error e) noexcept;

/// An operation whose invalidations are outstanding; 0: none.
using Ticket = std::uint64_t;

struct [[nodiscard]] Status {
  Error error = Error::ok;
  Ticket ticket = 0;  ///< not 0: `error` is final, but the caches still have something of what the call took away
  [[nodiscard]] explicit operator bool() const noexcept { return error == Error::ok; }
};

template <class T>
struct [[nodiscard]] Result : Status {
  T value{};
};

}  // namespace pasid::engine
