// The main program of every doctest executable.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>

int main(int argc, char** argv) {
  // RapidCheck draws from this seed, so that a test gives the same answer every time; another: RC_PARAMS="seed=42".
  setenv("RC_PARAMS", "seed=1", /*overwrite=*/0);
  return doctest::Context(argc, argv).run();
}
