// The main program of every doctest executable.
#define DOCTEST_CONFIG_IMPLEMENT
#include <cstdlib>

#include <doctest/doctest.h>

int main(int argc, char** argv) {
  // RapidCheck draws from this seed, so that a test gives the same answer every time; another: RC_PARAMS="seed=42".
  setenv("RC_PARAMS", "seed=1", /*overwrite=*/0);
  return doctest::Context(argc, argv).run();
}
