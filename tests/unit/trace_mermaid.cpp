#include <regex>
#include <set>
#include <sstream>

#include "src/trace/mermaid.hpp"
#include "tests/unit/trace_example.hpp"

namespace {

using namespace pasid;
namespace example = trace::example;

/// A line that Mermaid's grammar of sequence diagrams does not have, or that names a participant never declared; "".
/// Text after a colon must not contain ';' or '#' but for entities.
std::string bad_line(const std::string& diagram) {
  static const std::regex participant(R"(  participant (\w+)( as .+)?)");
  static const std::regex message(R"(  (\w+)->>(\w+): (.+))");
  static const std::regex note(R"( *Note over (\w+)(?:,(\w+))?: (.+))");
  static const std::regex entity(R"(#\w+;)");
  std::set<std::string> known{""};
  int open = 0;
  std::istringstream in(diagram);
  std::string line;
  std::getline(in, line);
  if (line != "sequenceDiagram") return line;
  const auto plain = [](const std::string& text) {
    return std::regex_replace(text, entity, "").find_first_of("#;") == std::string::npos;
  };
  while (std::getline(in, line)) {
    std::smatch m;
    if (line == "  autonumber") continue;
    if (line.starts_with("  rect rgb(")) {
      ++open;
    } else if (line == "  end") {
      if (--open < 0) return line;
    } else if (std::regex_match(line, m, participant)) {
      if (!plain(m[2]) || !known.insert(m[1]).second) return line;
    } else if (std::regex_match(line, m, message) || std::regex_match(line, m, note)) {
      if (!plain(m[3]) || !known.contains(m[1]) || !known.contains(m[2])) return line;
    } else {
      return line;
    }
  }
  return open == 0 ? "" : "rect without end";
}

TEST_CASE("mermaid: messages run from the process to its device, and the violation is at the end") {
  const std::string out = trace::mermaid(example::tree(), example::two_pasids());
  CHECK(bad_line(out) == "");
  CHECK(out.find(
            "  participant A as A (mm)\n  participant dev1 as dev1 (group1)\n  participant dev2 as dev2 (group2)\n") !=
        std::string::npos);
  CHECK(out.find("  A->>A: process.create(thread=T1)\n") != std::string::npos);
  CHECK(out.find("  A->>dev2: bind(thread=T1, wq=wq2, file=file2, pasid=p2, group=group2)\n") != std::string::npos);
  CHECK(out.find("bond_wq(file2): - → wq2<br/>… and 5 more\n") != std::string::npos);
  CHECK(out.ends_with(
      "  rect rgb(255, 205, 205)\n"
      "    Note over A,dev2: OnePasidPerMm is violated for file1, file2<br/>expected bond_pasid(file1) == "
      "bond_pasid(file2)<br/>found bond_pasid(file1) = p1, bond_pasid(file2) = p2\n  end\n"));
}

TEST_CASE("mermaid: every rule of a longer trace has its arrow") {
  trace::Trace t = example::with_unbind();
  example::step(t, "portal.map", {{"portal.map", {1, 1}}});
  example::step(t, "cdev.write", {{"cdev.write", {1, 1, 1, 1}}});
  example::step(t, "work.complete", {{"work.complete", {1, 1}}});
  example::step(t, "rid.attach", {{"rid.attach", {2, 3}}});
  example::step(t, "kernel.alloc_pasid", {{"kernel.alloc_pasid", {2, 3, 1}}});
  const std::string out = trace::mermaid(example::tree(), t);
  CHECK(bad_line(out) == "");
  CHECK(out.find("  B->>dev2: unbind(file=file3)\n") != std::string::npos);
  CHECK(out.find("  dev2->>B: iommu.walk(pasid=p3)\n") != std::string::npos);
  CHECK(out.find("  A->>dev1: cdev.write(thread=T1, file=file1, work=work1)\n") != std::string::npos);
  CHECK(out.find("  dev1->>A: work.complete(work=work1)\n") != std::string::npos);
  CHECK(out.find("  dev2->>K1: kernel.alloc_pasid(pasid=p1)\n") != std::string::npos);
}

TEST_CASE("mermaid: characters that would end or break a line are escaped") {
  trace::Trace t = example::two_pasids();
  t.steps[1].label = "bind; #1 <x>";
  const std::string out = trace::mermaid(example::tree(), t);
  CHECK(bad_line(out) == "");
  CHECK(out.find("bind#59; #35;1 #lt;x#gt;(thread=T1") != std::string::npos);
}

TEST_CASE("mermaid: the check of these tests notices what Mermaid would refuse") {
  const std::string good = trace::mermaid(example::tree(), example::two_pasids());
  CHECK(bad_line(good + "  A->>: nothing\n") != "");
  CHECK(bad_line(good + "  A->>dev1: one; two\n") != "");
  CHECK(bad_line(good + "  A->>dev9: who\n") != "");
  CHECK(bad_line(good + "  end\n") != "");
  CHECK(bad_line(good + "  rect rgb(1, 2, 3)\n") != "");
}

TEST_CASE("mermaid: a trace without steps is still a diagram") {
  const std::string out = trace::mermaid(example::tree(), example::start("OnePasidPerMm", "call"));
  CHECK(out == "sequenceDiagram\n  autonumber\n  participant kernel\n");
}

}  // namespace
