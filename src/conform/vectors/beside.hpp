// What makes no difference: an answer again, while something goes wrong that the call does not get to.
#pragma once

#include "src/conform/vectors/covering.hpp"

namespace pasid::conform::vectors {

/// For each kind of answer that `tests`, of one world, end with, and each outcome of the environment (an allocation
/// that fails, a device that is not ready) which does not change it: the first of these tests where that holds, with
/// that outcome. They tell the order of guards: a call that asks for memory too early answers something else there.
/// Flagged as the tests that they come from, and "beside".
std::vector<Test> beside(const std::vector<Test>& tests, Asking& asking);

}  // namespace pasid::conform::vectors
