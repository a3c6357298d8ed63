// Calls and answers in words.
#pragma once

#include <string>

#include "src/conform/backend.hpp"
#include "src/trace/names.hpp"

namespace pasid::conform {

/// "bind thread=T1 wq=wq1 file=file1"; the ordinary outcome of the environment goes without saying.
std::string words(const Catalogue& catalogue, const trace::Names& names, const Call& call);

/// "ok pasid=3", "ENOSPC", "would block", "#GP".
std::string words(const CallKind& kind, const Answer& answer);

}  // namespace pasid::conform
