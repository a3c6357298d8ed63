// JSON that commands write and others read: a ledger of proofs, a table of mutants, a run of tests. Every input is put
// to each reader.
#include "src/check/ledger.hpp"
#include "src/mutate/table.hpp"
#include "src/review/test_run.hpp"
#include "tests/fuzz/input.hpp"

using namespace pasid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text(data, size));
  fuzz::read([&] {
    const std::string written = check::text(check::read_ledger(io::JsonDocument("a ledger", text)));
    if (check::text(check::read_ledger(io::JsonDocument("a ledger", written))) != written) std::abort();
  });
  fuzz::read([&] { (void)mutate::read_table(fuzz::file(text, ".json"), "linux-7.3"); });
  fuzz::read([&] { (void)review::read_test_run(fuzz::file(text, ".json")); });
  return 0;
}
