// A script of a session, but for commands that read and write files, and those that search or make worlds: what they
// are asked for may take as long as one likes.
#include <set>
#include <sstream>

#include "proofs/model.hpp"
#include "src/review/shell_commands.hpp"
#include "tests/fuzz/input.hpp"

using namespace pasid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const io::Design design = io::load_design(proofs::model(), "linux-7.3");
  static const std::set<std::string> left_out{"load", "save",  "source", "save-script",
                                              "run",  "reach", "scope",  "world"};
  constexpr int most_lines = 20;
  review::ShellSession session(proofs::model(), explore::native_reading(), design);
  review::ShellCommands commands(session, 80);
  std::istringstream script{std::string(fuzz::text(data, size))};
  std::string line;
  for (int i = 0; i < most_lines && std::getline(script, line); ++i) {
    std::string word;
    std::istringstream(line) >> word;
    if (!left_out.contains(word)) fuzz::read([&] { (void)commands.run(line); });
  }
  return 0;
}
