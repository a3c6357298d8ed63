// Jobs: what a key depends on, what of a folder is believed, and the files for those who run jobs.
#include <filesystem>
#include <utility>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "proofs/model.hpp"
#include "src/base/shell.hpp"
#include "src/io/error.hpp"
#include "src/io/file.hpp"
#include "src/jobs/folder.hpp"
#include "src/jobs/scripts.hpp"
#include "tests/support/directory.hpp"

using namespace pasid;
using Json = nlohmann::ordered_json;

namespace {

const lang::Tree& model() { return proofs::model(); }

jobs::Work work_of(const char* design) {
  return {"check", {design, "--trace=none"}, {{design, io::load_design(model(), design)}}, {}};
}

jobs::Job job_of(jobs::Work work) {
  jobs::Job out{"check-it", std::move(work), {}};
  out.key = jobs::key(model(), out.work);
  return out;
}

}  // namespace

TEST_CASE("jobs: a key is of the work, the design and the rules it has, and not of reasons and places") {
  const jobs::Work work = work_of("linux-7.3");
  const std::string key = jobs::key(model(), work);
  CHECK(key.size() == 64);
  CHECK(jobs::key(model(), work) == key);
  const auto changed = [&](const auto& edit) {
    jobs::Work other = work;
    edit(other);
    return jobs::key(model(), other) != key;
  };
  CHECK(changed([](jobs::Work& w) { w.command = "prove"; }));
  CHECK(changed([](jobs::Work& w) { w.arguments.emplace_back("--expect"); }));
  CHECK(changed([](jobs::Work& w) { w.arguments = {"linux-7.3--trace=none"}; }));
  CHECK(changed([](jobs::Work& w) { w.designs.front().design.name = "another"; }));
  CHECK(changed([](jobs::Work& w) { w.designs.front().design.knobs.front().value = "linux_6_12"; }));
  CHECK(changed([](jobs::Work& w) { w.designs.front().design.orders.front().value.pop_back(); }));
  CHECK(changed([](jobs::Work& w) { w.designs.front().design.expectations.pop_back(); }));
  CHECK(changed([](jobs::Work& w) { w.files.push_back({"x", "0"}); }));
  CHECK_FALSE(changed([](jobs::Work& w) { w.designs.front().design.knobs.front().reason = "another"; }));
  CHECK_FALSE(changed([](jobs::Work& w) { w.designs.front().asked = "/elsewhere/linux-7.3.toml"; }));
}

TEST_CASE("jobs: a rule that the design has not may change, and one that it has may not") {
  const jobs::Work work = work_of("linux-6.1-x86-stable");  // every bind is refused at once
  const std::string key = jobs::key(model(), work);
  const auto without_guard = [&](std::string_view rule) {
    lang::Tree tree = model();
    for (lang::RuleTree& r : tree.rules)
      if (r.label == rule) r.guards.pop_back();
    return jobs::key(tree, work);
  };
  CHECK(without_guard("no.such") == key);
  CHECK(without_guard("process.fork") != key);
  CHECK(without_guard("bind.reserve_6_6") == key);
}

TEST_CASE("jobs: work comes back from JSON as it was, and designs as they were resolved") {
  jobs::Work work = work_of("linux-7.3-mended");
  work.files.push_back({"/a/b", "0123"});
  const io::JsonDocument document("job", to_json(work).dump());
  const jobs::Work back = jobs::read_work(model(), document.root());
  CHECK(back.arguments == work.arguments);
  CHECK(back.files.front().hash == "0123");
  CHECK(jobs::key(model(), back) == jobs::key(model(), work));
  CHECK(back.design("linux-7.3-mended").bases == work.designs.front().design.bases);
  CHECK_THROWS_AS((void)back.design("linux-7.3"), std::invalid_argument);
}

TEST_CASE("jobs: a folder has its jobs, and a result is believed only where it is the job's and as it was written") {
  const test::Directory folder;
  const std::string path = folder / "work";
  const jobs::Job job = job_of(work_of("linux-7.3"));
  const jobs::Job other = job_of(work_of("linux-6.1"));
  jobs::write_folder(path, {job.work, {job.name(), other.name()}}, {job, other}, "/bin/pasid");
  const jobs::Plan plan = jobs::read_plan(model(), path);
  CHECK(plan.jobs == std::vector<std::string>{job.name(), other.name()});
  CHECK(jobs::key(model(), plan.whole) == job.key);
  CHECK(jobs::read_job(model(), path + '/' + job.name() + ".job.json").key == job.key);

  // What is as it would be written is left alone.
  const auto old =
      std::chrono::floor<std::chrono::seconds>(std::filesystem::file_time_type::clock::now()) - std::chrono::hours(1);
  for (const auto& file : std::filesystem::directory_iterator(path)) std::filesystem::last_write_time(file, old);
  jobs::write_folder(path, {job.work, {job.name(), other.name()}}, {job, other}, "/bin/pasid");
  for (const auto& file : std::filesystem::directory_iterator(path))
    CHECK(std::filesystem::last_write_time(file) == old);

  CHECK_FALSE(jobs::read_result(path, job));
  const Json result{{"exit_code", 1}, {"text", "violated\n"}};
  jobs::write_result(path, job, result);
  CHECK(jobs::read_result(path, job) == result);
  CHECK_FALSE(jobs::read_result(path, other));
  const std::string file = path + '/' + job.name() + ".result.json";
  const std::string kept = io::read_file(file);
  const std::string foreign = path + '/' + other.name() + ".result.json";
  io::write_file("--out", foreign, kept);
  CHECK_THROWS_WITH_AS((void)jobs::read_result(path, other),
                       doctest::Contains("it is the result of another job; expected one of check-it"), io::InputError);
  std::string tampered = kept;
  tampered.replace(tampered.find("violated"), 8, "proved  ");
  for (const std::string& text : {tampered, kept.substr(0, kept.size() / 2), std::string(), std::string("{}")}) {
    io::write_file("--out", file, text);
    CHECK_THROWS_AS((void)jobs::read_result(path, job), io::InputError);
  }
}

TEST_CASE("jobs: one that was edited, or has another name, is no job") {
  const test::Directory folder;
  const std::string path = folder / "work";
  const jobs::Job job = job_of(work_of("linux-7.3"));
  jobs::write_folder(path, {job.work, {job.name()}}, {job}, "/bin/pasid");
  const std::string file = path + '/' + job.name() + ".job.json";
  std::string text = io::read_file(file);
  io::write_file("--out", path + "/other.job.json", text);
  CHECK_THROWS_AS((void)jobs::read_job(model(), path + "/other.job.json"), io::InputError);
  text.replace(text.find("--trace=none"), 12, "--trace=text");
  io::write_file("--out", file, text);
  CHECK_THROWS_WITH_AS((void)jobs::read_job(model(), file), doctest::Contains("this is another job by now"),
                       io::InputError);
  CHECK_THROWS_AS((void)jobs::read_plan(model(), folder / "none"), io::InputError);
}

TEST_CASE("jobs: files for Ninja, Slurm and a shell take whatever is in a path") {
  CHECK(jobs::list_of({"a", "b"}) == "a.job.json\nb.job.json\n");
  CHECK(jobs::ninja_of({"check-a:b $c"}, "/o'clock/$1/pasid") ==
        "rule job\n  command = '/o'\\''clock/$$1/pasid' jobs --run $in\n  description = $in\n"
        "build check-a$:b$ $$c.result.json: job check-a$:b$ $$c.job.json\n");
  const std::string array = jobs::array_of("check", 7, "/a b's", "/bin/$p");
  for (const char* const line :
       {"#!/bin/sh\n", "#SBATCH --array=1-7\n", "cd '/a b'\\''s' || exit 3\n", "program='/bin/$p'\n", "-le 7 ]"})
    CHECK_MESSAGE(array.find(line) != std::string::npos, line);
  CHECK(shell_word("it's") == "'it'\\''s'");
}
