// Lemmas: facts about every reachable state that the properties rest on. The prover starts from all of them and drops
// those a design does not preserve, so none is tied to a design.
#pragma once

#include "proofs/lemmas/attachments.hpp"
#include "proofs/lemmas/bonds.hpp"
#include "proofs/lemmas/caches.hpp"
#include "proofs/lemmas/endings.hpp"
#include "proofs/lemmas/kernel_numbers.hpp"
#include "proofs/lemmas/threads.hpp"
#include "proofs/lemmas/user_numbers.hpp"
#include "proofs/lemmas/work.hpp"
