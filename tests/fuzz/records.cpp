// What lies line by line beside the proofs: hints, places and falls, reasons, texts of rules; and the second solver's
// answers, of which no line but a good one counts. Every input is put to each reader.
#include "src/check/places.hpp"
#include "src/mutate/reasons.hpp"
#include "src/mutate/texts.hpp"
#include "src/smt/answers.hpp"
#include "src/smt/hints.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/support/directory.hpp"

using namespace pasid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text(data, size));
  fuzz::read([&] {
    const std::string written = smt::Hints::parse(text).text();
    if (smt::Hints::parse(written).text() != written) std::abort();
  });
  fuzz::read([&] {
    const std::string written = check::Places::parse(text).text();
    if (check::Places::parse(written).text() != written) std::abort();
  });
  fuzz::read([&] {
    const std::string written = mutate::to_text(mutate::read_texts(text));
    if (mutate::to_text(mutate::read_texts(written)) != written) std::abort();
  });
  fuzz::read([&] { (void)mutate::read_reasons(text, "linux-7.3"); });
  static const test::Directory folder;
  std::ofstream(folder / "answers", std::ios::binary | std::ios::trunc) << text;
  (void)smt::Answers(folder.path().string(), "cvc5 1.0.3").find("0");
  return 0;
}
