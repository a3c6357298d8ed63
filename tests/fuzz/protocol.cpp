// What a program under test says: what it offers, or an answer to apply or to observe in a world of two devices.
#include "proofs/model.hpp"
#include "src/conform/hello.hpp"
#include "src/conform/order.hpp"
#include "src/conform/wire.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/support/conform_calls.hpp"

using namespace pasid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const conform::Wire wire(test::catalogue(), test::shared_world());
  return fuzz::read([&] {
    const io::JsonDocument document("its answer", std::string(fuzz::text(data, size)), {});
    const io::Json root = document.root();
    if (root.find("protocol")) (void)conform::read_hello(root, &proofs::model());
    if (const auto answers = root.find("answers")) {
      const auto given = answers->elements();
      for (std::size_t i = 0; i < given.size(); ++i)
        (void)wire.read_told_answer(test::catalogue()[static_cast<int>(i % test::catalogue().calls().size())],
                                    given[i]);
    }
    if (const auto state = root.find("state")) (void)wire.read_view(*state);
    if (const auto order = root.find("order")) {
      conform::Order law(test::shared_world());
      for (const conform::Came& came : wire.read_order(*order))
        if (const std::string wrong = law.take(came); !wrong.empty()) {
          fuzz::one_line(wrong);
          break;
        }
    }
    if (const auto calls = root.find("calls"))
      for (const io::Json& call : calls->elements()) (void)wire.read_call(call);
  });
}
