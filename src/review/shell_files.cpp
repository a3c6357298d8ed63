// What a session reads and writes: traces and scripts; and what can be completed.
#include <algorithm>
#include <sstream>

#include "src/io/error.hpp"
#include "src/io/file.hpp"
#include "src/review/shell_commands.hpp"
#include "src/trace/itf.hpp"

namespace pasid::review {
namespace {

std::string read(const std::string& file) {
  try {
    return io::read_file(file);
  } catch (const io::InputError& e) {
    throw std::invalid_argument(e.what());
  }
}

/// Scripts within scripts.
constexpr std::size_t most_scripts = 8;

}  // namespace

void ShellCommands::load(const Words& words, ShellAnswer& out) {
  const std::string text = read(words[1]);
  try {
    session_.load(trace::read_itf(session_.tree(), text));
  } catch (const std::runtime_error& e) {
    throw std::invalid_argument(words[1] + ": " + e.what());
  } catch (const std::invalid_argument& e) {
    throw std::invalid_argument(words[1] + ": " + e.what());
  }
  out.text = "at " + std::to_string(session_.at()) + '\n';
  say_where(out);
}

void ShellCommands::save(const Words& words, ShellAnswer& out) {
  io::write_file("save", words[1], trace::to_itf(session_.tree(), session_.trace()).dump(2) + '\n');
  out.text = std::to_string(session_.at()) + " steps in " + words[1] + '\n';
  out.json["steps"] = session_.at();
}

std::string ShellCommands::script() const {
  std::string out = "# pasid shell " + session_.design().name + " --script FILE\n";
  for (const std::string& line : session_.world().lines()) out += line + '\n';
  std::string grain;
  for (const auto& [step, of] : session_.grains()) {
    if (of != grain) out += "grain " + (grain = of) + '\n';
    out += "step " + step_command(session_.tree(), session_.names(), step) + '\n';
  }
  const std::string now = session_.grain() == explore::Grain::call ? "call" : "step";
  if (now != grain) out += "grain " + now + '\n';
  return out;
}

void ShellCommands::save_script(const Words& words, ShellAnswer& out) {
  io::write_file("save-script", words[1], script());
  out.text = std::to_string(session_.at()) + " steps in " + words[1] + '\n';
  out.json["steps"] = session_.at();
}

void ShellCommands::run_script(const std::string& file, const std::function<void(const ShellAnswer&)>& each) {
  if (sourcing_ == most_scripts) throw std::invalid_argument(file + ": too many scripts within scripts");
  ++sourcing_;
  struct Leave {
    std::size_t& depth;
    ~Leave() { --depth; }
  } leave{sourcing_};
  std::istringstream in(read(file));
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    try {
      const ShellAnswer answer = run(line);
      if (answer.quit) return;
      if (!answer.json.is_null()) each(answer);
    } catch (const ScriptError&) {
      throw;
    } catch (const std::invalid_argument& e) {
      throw ScriptError(file + ':' + std::to_string(number) + ": " + e.what());
    }
  }
}

void ShellCommands::source(const Words& words, ShellAnswer& out) {
  out.json["answers"] = Json::array();
  run_script(words[1], [&](const ShellAnswer& a) {
    out.text += a.text;
    out.json["answers"].push_back(a.json);
  });
}

std::vector<std::string> ShellCommands::completions(const std::string& line) {
  std::istringstream in(line);
  Words words;
  for (std::string w; in >> w;) words.push_back(w);
  const bool fresh = line.empty() || line.back() == ' ';
  const std::string last = fresh || words.empty() ? "" : words.back();
  const std::size_t place = words.size() - (fresh || words.empty() ? 0 : 1);
  std::vector<std::string> all;
  const std::string first = words.empty() ? "" : words[0];
  if (place == 0 || (place == 1 && first == "help")) {
    for (const std::string& name : names()) all.push_back(name);
  } else if (place == 1 && (first == "step" || first == "steps" || first == "blocked")) {
    all = session_.steps().labels();
  } else if (first == "step") {
    const auto labels = session_.steps().labels();
    if (std::ranges::find(labels, words[1]) == labels.end()) return {};
    for (const auto& [name, sort] : session_.steps().parameters(words[1]))
      for (const std::string& value : session_.names().all(sort)) all.push_back(name + '=' + value);
  } else if (first == "grain") {
    all = {"call", "step"};
  } else if (first == "run" || first == "reach" || first == "holds") {
    for (const lang::CellInfo& c : session_.tree().cells) all.emplace_back(c.name);
    for (const lang::Formula& f : session_.tree().formulas)
      if (f.kind == lang::FormulaKind::property) all.emplace_back(f.name);
  }
  std::erase_if(all, [&](const std::string& s) { return !s.starts_with(last); });
  std::ranges::sort(all);
  return all;
}

}  // namespace pasid::review
