// Where obligations cannot be written.
#include <stdexcept>

#include <doctest/doctest.h>

#include "proofs/model.hpp"
#include "src/smt/prove.hpp"
#include "tests/support/designs.hpp"

using namespace pasid;
using namespace pasid::test;

TEST_CASE("dump: a directory that cannot be written to is an error") {
  smt::ProveOptions options;
  options.dump_dir = "/nonexistent/pasid";
  CHECK_THROWS_AS((void)smt::prove(proofs::model(), linux_7_3_in_short(), options), std::runtime_error);
}
