#include "src/jobs/folder.hpp"

#include <filesystem>
#include <unistd.h>

#include "src/io/file.hpp"
#include "src/jobs/scripts.hpp"
#include "src/smt/digest.hpp"

namespace pasid::jobs {
namespace {

using Json = nlohmann::ordered_json;

std::string path_in(const std::string& folder, const std::string& name) {
  return (std::filesystem::path(folder) / name).string();
}

/// Leaves alone what is there already: who runs jobs goes by the time of the last change.
void write(const std::string& path, const std::string& text) {
  std::error_code error;
  if (std::filesystem::exists(path, error) && io::read_file(path) == text) return;
  io::write_file("--out", path, text);
}

std::string seal(const std::string& key, const Json& result) { return smt::sha256(key + '\n' + result.dump()); }

}  // namespace

void write_folder(const std::string& folder, const Plan& plan, const std::vector<Job>& jobs,
                  const std::string& program) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw std::invalid_argument("--out: cannot make '" + folder + "': " + error.message());
  for (const Job& job : jobs)
    write(path_in(folder, job.name() + std::string(job_ending)),
          Json{{"job", job.title}, {"key", job.key}, {"work", to_json(job.work)}}.dump(2) + '\n');
  const std::string absolute = std::filesystem::absolute(folder).lexically_normal().string();
  write(path_in(folder, "jobs.txt"), list_of(plan.jobs));
  write(path_in(folder, "build.ninja"), ninja_of(plan.jobs, program));
  write(path_in(folder, "array.sh"), array_of(plan.whole.command, plan.jobs.size(), absolute, program));
  write(path_in(folder, "jobs.json"),
        Json{{"whole", to_json(plan.whole)}, {"jobs", plan.jobs}}.dump(2) + '\n');  // last: what it names is there
}

Plan read_plan(const lang::Tree& tree, const std::string& folder) {
  const auto document = io::JsonDocument::read(path_in(folder, "jobs.json"));
  Plan out;
  out.whole = read_work(tree, document.root().member("whole", "a list of jobs"));
  const io::Json jobs = document.root().member("jobs", "a list of jobs");
  for (const io::Json& j : jobs.elements()) out.jobs.push_back(j.text());
  if (out.jobs.empty()) jobs.fail("there is no job", "one at least");
  return out;
}

Job read_job(const lang::Tree& tree, const std::string& file) {
  const auto document = io::JsonDocument::read(file);
  Job out;
  out.title = document.root().member("job", "a job").text();
  out.work = read_work(tree, document.root().member("work", "a job"));
  out.key = key(tree, out.work);
  const io::Json said = document.root().member("key", "a job");
  if (said.text() != out.key || !file.ends_with(out.name() + std::string(job_ending)))
    said.fail("this is another job by now, or what it rests on has changed",
              "a job as `pasid jobs --for " + out.work.command + "` of this program writes it");
  return out;
}

void write_result(const std::string& folder, const Job& job, const Json& result) {
  const Json out{{"job", job.title}, {"key", job.key}, {"seal", seal(job.key, result)}, {"result", result}};
  // A draft of its own: the same job may be running twice.
  const std::string path = path_in(folder, job.name() + std::string(result_ending));
  const std::string draft = path + '.' + std::to_string(getpid());
  io::write_file("--run", draft, out.dump(1) + '\n');
  std::error_code error;
  std::filesystem::rename(draft, path, error);
  if (error) throw std::invalid_argument("--run: cannot write '" + path + "': " + error.message());
}

std::optional<Json> read_result(const std::string& folder, const Job& job) {
  const std::string path = path_in(folder, job.name() + std::string(result_ending));
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  const auto document = io::JsonDocument::read(path);
  const io::Json key = document.root().member("key", "a result");
  if (key.text() != job.key) key.fail("it is the result of another job", "one of " + job.title);
  const io::Json sealed = document.root().member("seal", "a result");
  (void)document.root().member("result", "a result");
  Json out = std::move(Json::parse(document.text())["result"]);
  if (sealed.text() != seal(job.key, out))
    sealed.fail("the result is not as it was written",
                "a result as `pasid jobs --run` writes it; without the file it does the job anew");
  return out;
}

}  // namespace pasid::jobs
