// What a program under test says that it offers.
#pragma once

#include "src/conform/backend.hpp"
#include "src/io/json.hpp"

namespace pasid::conform {

/// Of the protocol that programs are spoken to in.
inline constexpr int protocol = 1;

struct Hello {
  Capabilities has;
  std::size_t line_bytes = 65536;  ///< the longest line that it takes
};

/// Reads the answer to hello. Throws io::InputError for what is none, and where it names a call, a cell or a choice of
/// the environment that `model` has not; null: any names will do.
Hello read_hello(const io::Json& hello, const lang::Tree* model);

}  // namespace pasid::conform
