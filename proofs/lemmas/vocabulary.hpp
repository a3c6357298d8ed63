// What lemmas are written in: the vocabulary of the rules.
#pragma once

#include "spec/designs.hpp"
#include "spec/effects.hpp"
#include "spec/state.hpp"

namespace pasid::proofs::lemma {

using namespace pasid::spec;  // NOLINT(google-build-using-namespace): the vocabulary of the rules

}  // namespace pasid::proofs::lemma
