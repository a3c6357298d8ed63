// Calls and answers in words. PASIDs are what was on the wire, with the name that traces have for them beside it.
#pragma once

#include <string>

#include "src/conform/backend.hpp"

namespace pasid::conform {

/// "bind thread=T1 wq=wq1 file=file1", "user.attach dev=dev1 pasid=3 (p4) …"; the ordinary outcome of the environment
/// goes without saying.
std::string words(const Catalogue& catalogue, const World& world, const Call& call);

/// "ok pasid=3 (p4)", "ENOSPC", "would block", "#GP".
std::string words(const World& world, const CallKind& kind, const Answer& answer);

/// "p1 is 0, p2 is 1": the names that traces have for PASIDs.
std::string legend(const Catalogue& catalogue, const World& world);

/// What is wrong with a number that the implementation picked in this state, where that can be told in words: "1 (p2)
/// is held by A". Empty: it cannot.
std::string about_pick(const Catalogue& catalogue, const World& world, const spec::NativeState& state, const Call& call,
                       std::uint32_t number);

}  // namespace pasid::conform
