#include <cerrno>

#include "src/trace/itf.hpp"
#include "src/trace/json.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/mermaid.hpp"
#include "src/trace/text.hpp"
#include "tests/unit/trace_example.hpp"

namespace {

using namespace pasid;
namespace example = trace::example;

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_CASE("trace text: the whole of a short trace") {
  const std::string expected = R"(design    per-device-user-pasids
property  OnePasidPerMm: two live bonds of one mm carry one PASID, on any devices
topology  dev1 (group1, iommu1, space1)  dev2 (group2, iommu2, space2)
          wq1 (dev1, shared)             wq2 (dev2, shared)
          user_range = {p1, p2, p3}
          fits = {p1, p2, p3}

1  process.create  thread=T1 mm=A
     mm_at(A):     - → live
     task_mm(T1):  - → A

2  bind  thread=T1 wq=wq1 file=file1 pasid=p1 group=group1 member=dev1
     = pasid, reserve, attach.program, publish
     owner(space1, p1):    - → A       bond_at(file1):         - → live
     pasid_of(space1, A):  - → p1      slot(group1, p1):       - → A
     bond_mm(file1):       - → A       published(group1, p1):  set
     bond_wq(file1):       - → wq1     entry(dev1, p1):        - → A
     bond_pasid(file1):    - → p1

3  bind  thread=T1 wq=wq2 file=file2 pasid=p2 group=group2 member=dev2
     = pasid, reserve, attach.program, publish
     owner(space2, p2):    - → A       bond_at(file2):         - → live
     pasid_of(space2, A):  - → p2      slot(group2, p2):       - → A
     bond_mm(file2):       - → A       published(group2, p2):  set
     bond_wq(file2):       - → wq2     entry(dev2, p2):        - → A
     bond_pasid(file2):    - → p2

OnePasidPerMm is violated for file1, file2
  since     bond_mm(file1) = A, bond_mm(file2) = A
  expected  bond_pasid(file1) == bond_pasid(file2)
  found     bond_pasid(file1) = p1, bond_pasid(file2) = p2
)";
  CHECK(trace::text(example::tree(), example::two_pasids()) == expected);
}

TEST_CASE("trace text: a call names its sections, and an unbind what it cleared") {
  const std::string text = trace::text(example::tree(), example::with_unbind());
  CHECK(has(text, "4  unbind  file=file3\n     = stop, drain, clear, flush_iotlb, release\n"));
  CHECK(has(text, "iotlb(dev2, p3, B):     cleared"));
  CHECK(has(text, "entry(dev2, p3):        B → -"));
}

TEST_CASE("trace text: a call that is refused says by which guard, with which errno, and how far it got") {
  trace::Trace t = example::start("", "call");
  example::step(t, "process.create", {{"process.create", {1, 1}}});
  constexpr auto no_memory = static_cast<std::uint8_t>(spec::Memory::none_for_handle);
  example::step(t, "bind", {{"bind.pasid", {1, 1, 1, 1, no_memory}}, {"bind.undo", {1}}});
  t.steps.back().refused = {
      {example::tree().rule_named("bind.reserve"), {1, no_memory, 1}}, 1, ENOMEM, "bind.memory-for-handle"};
  CHECK(has(trace::text(example::tree(), t),
            "2  bind  thread=T1 wq=wq1 file=file1 pasid=p1 memory=none_for_handle group=group1\n"
            "         -> -ENOMEM (bind.memory-for-handle)\n     = pasid, reserve refused; undone by undo\n"));
  CHECK(has(trace::mermaid(example::tree(), t),
            "memory=none_for_handle, group=group1) -#gt; -ENOMEM (bind.memory-for-handle)"));
  const auto json = trace::to_json(example::tree(), t);
  CHECK(json["steps"][0]["error"].is_null());
  CHECK(json["steps"][1]["error"].dump() ==
        R"({"errno":"ENOMEM","guard":"bind.memory-for-handle","section":"bind.reserve","after":1})");
  const trace::Trace back = trace::read_itf(example::tree(), trace::to_itf(example::tree(), t).dump());
  CHECK(trace::text(example::tree(), back) == trace::text(example::tree(), t));
  CHECK(trace::to_itf(example::tree(), back) == trace::to_itf(example::tree(), t));
  t.property = "FailedCallChangesNothing";  // the mm has kept its PASID
  CHECK(has(trace::text(example::tree(), t), "FailedCallChangesNothing is violated for "));
  t.property.clear();
  example::bind(t, 1, 1, 1, 1);
  const std::string text = trace::text(example::tree(), t);
  CHECK(has(text, "     = pasid, reserve, attach.program, publish\n"));
  CHECK_FALSE(has(text, "violated"));
}

TEST_CASE("trace text: no line is wider than asked, and every change survives in a narrow column") {
  for (const std::size_t columns : {60U, 80U, 100U}) {
    const std::string text = trace::text(example::tree(), example::with_unbind(), {false, columns});
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
      const std::string line = text.substr(at, text.find('\n', at) - at);
      CHECK_MESSAGE(trace::width(line) <= columns, line);
      CHECK_MESSAGE((line.empty() || line.back() != ' '), line);
    }
    std::size_t arrows = 0;
    for (std::size_t at = text.find("→"); at != std::string::npos; at = text.find("→", at + 1)) ++arrows;
    CHECK(arrows == 2 + 8 + 6 + 2 + 8 + 8);
  }
}

TEST_CASE("trace text: colour changes nothing but escapes") {
  const std::string plain = trace::text(example::tree(), example::with_unbind());
  std::string coloured = trace::text(example::tree(), example::with_unbind(), {true, 92});
  CHECK(plain.find('\x1b') == std::string::npos);
  CHECK(coloured != plain);
  for (std::size_t at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b'))
    coloured.erase(at, coloured.find('m', at) - at + 1);
  CHECK(coloured == plain);
}

TEST_CASE("trace text: facts that matter are told, others not") {
  trace::Trace t = example::two_pasids();
  t.facts.shared(example::id<spec::Wq>(2)) = false;
  t.facts.svm(example::id<spec::Unit>(2)) = false;
  t.facts.user_range(example::id<spec::Pasid>(3)) = false;
  t.facts.kernel_set(example::id<spec::Dev>(1), example::id<spec::Pasid>(1)) = false;
  std::string text = trace::text(example::tree(), t);
  CHECK(has(text, "wq2 (dev2, dedicated)"));
  CHECK(has(text, "svm = {iommu1}"));
  CHECK_FALSE(has(text, "capable"));  // every device is
  CHECK_FALSE(has(text, "kernel_queue"));
  CHECK(has(text, "user_range = {p1, p2}"));
  CHECK_FALSE(has(text, "kernel_set"));  // no rule of the trace reads it

  example::step(t, "rid.attach", {{"rid.attach", {1, 3}}});
  example::step(t, "kernel.alloc_pasid", {{"kernel.alloc_pasid", {1, 3, 2}}});
  text = trace::text(example::tree(), t);
  CHECK(has(text, "\n          kernel_set(dev1) = {p2, p3}  kernel_set(dev2) = {p1, p2, p3}\n"));
  CHECK_FALSE(has(text, "kernel_space"));  // it is the users'

  t.facts.space_of(example::id<spec::Dev>(2)) = example::id<spec::Space>(1);
  text = trace::text(example::tree(), t);
  CHECK(has(
      text,
      "dev1 (group1, iommu1, kernel_space space1)\n          dev2 (group2, iommu2, kernel_space space2)\n"));  // users
                                                                                                               // have
                                                                                                               // one
                                                                                                               // space
}

TEST_CASE("trace text: a trace that starts in the middle shows where") {
  trace::Trace t = example::start("OnePasidPerMm", "step");
  t.initial = example::two_pasids().steps[1].after;
  example::step(t, "portal.map", {{"portal.map", {1, 1}}});
  const std::string text = trace::text(example::tree(), t);
  CHECK(has(text, "from the state\n  A       mm_at = live\n  T1      task_mm = A\n"));
  CHECK(has(text, "  file1   bond_mm = A, bond_wq = wq1, bond_pasid = p1, bond_at = live\n"));
  CHECK(has(text, "1  portal.map  thread=T1 file=file1\n     portal(file1, A):  set\n"));
}

TEST_CASE("state table: what is there, by element") {
  const trace::Trace t = example::two_pasids();
  CHECK(trace::state_table(example::tree(), t.facts, t.last()) == R"(A       mm_at = live
T1      task_mm = A
space1  owner(p1) = A, pasid_of(A) = p1
space2  owner(p2) = A, pasid_of(A) = p2
file1   bond_mm = A, bond_wq = wq1, bond_pasid = p1, bond_at = live
file2   bond_mm = A, bond_wq = wq2, bond_pasid = p2, bond_at = live
group1  slot(p1) = A, published(p1)
group2  slot(p2) = A, published(p2)
dev1    entry(p1) = A
dev2    entry(p2) = A
)");
  CHECK(trace::state_table(example::tree(), t.facts, t.initial) == "nothing is there yet\n");
}

}  // namespace
