// Makes the engine with faults: a copy of its sources in which each function that tests/faults/engine/ has faults of
// stands once more for each, chosen at run time (tests/faults/switch.hpp).
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

#include <CLI/CLI.hpp>
#include <toml++/toml.h>

#include "tests/faults/text.hpp"

namespace {

namespace fs = std::filesystem;
using pasid::faults::Span;

constexpr std::size_t most_in_a_function = 5;
/// What an engineer did wrong.
const std::set<std::string> classes = {
    "errno",        // the right refusal, the wrong number
    "guard",        // a check is missing, in the wrong place, or too weak
    "order",        // of a teardown's steps, or what they name
    "lifetime",     // a reference not taken, not given back, given back twice; something outlives its owner or does not
    "concurrency",  // a lock not taken, given up early; a wait that misses its end; done too early or twice
    "arith",        // a bound or an index beside the right one
    "state",        // something is not recorded, or not reset
    "table",        // a table entry's bits
};

struct Fault {
  std::string id, kind, file, function, good, bad, why, survives;
  std::string where;  ///< for messages
  int number = 0;
  Span place;  ///< of `good` in the source
};

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw std::runtime_error(where + ": " + what);
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) refuse(path.string(), "cannot be read");
  return text.str();
}

void write(const fs::path& path, const std::string& text) {
  if (std::ofstream out(path, std::ios::binary); !(out << text)) refuse(path.string(), "cannot be written");
}

std::string line_of(const fs::path& path, const toml::node& node) {
  return path.string() + ":" + std::to_string(node.source().begin.line);
}

Fault read_fault(const fs::path& path, const toml::node& node, const std::string& file) {
  const toml::table* const table = node.as_table();
  const std::string where = line_of(path, node);
  if (table == nullptr) refuse(where, "a fault is a table: [[fault]]");
  Fault f;
  f.where = where;
  f.file = file;
  const std::map<std::string_view, std::string*> keys = {
      {"id", &f.id},   {"class", &f.kind}, {"function", &f.function}, {"good", &f.good},
      {"bad", &f.bad}, {"why", &f.why},    {"survives", &f.survives}};
  for (const auto& [key, value] : *table) {
    const auto known = keys.find(key.str());
    if (known == keys.end()) refuse(line_of(path, value), "unknown key '" + std::string(key.str()) + "'");
    if (!value.is_string()) refuse(line_of(path, value), "'" + std::string(key.str()) + "' is a string");
    *known->second = *value.value<std::string>();
  }
  for (const std::string_view key : {"id", "class", "function", "good", "why"})
    if (keys.at(key)->empty()) refuse(where, "a fault needs '" + std::string(key) + "'");
  if (!table->contains("bad")) refuse(where, "a fault needs 'bad', which may be empty");
  if (!classes.contains(f.kind)) refuse(where, "there is no class '" + f.kind + "'");
  return f;
}

std::vector<Fault> read_faults(const std::vector<std::string>& paths) {
  std::vector<Fault> out;
  std::map<std::string, std::string> ids;
  for (const std::string& path : paths) {
    toml::table all;
    try {
      all = toml::parse_file(path);
    } catch (const toml::parse_error& e) {
      refuse(path + ":" + std::to_string(e.source().begin.line), std::string(e.description()));
    }
    const auto file = all["file"].value<std::string>();
    const toml::array* const faults = all["fault"].as_array();
    if (!file || faults == nullptr) refuse(path, "expected file = \"…\" and [[fault]]");
    for (const toml::node& node : *faults) {
      Fault f = read_fault(path, node, *file);
      if (const auto [before, added] = ids.emplace(f.id, f.where); !added)
        refuse(f.where, "the id '" + f.id + "' is used at " + before->second);
      f.number = static_cast<int>(out.size()) + 1;
      out.push_back(std::move(f));
    }
  }
  if (out.empty()) refuse("faults", "there is none");
  return out;
}

/// The function's body, once as it is and once for each fault.
std::string variants(const std::string& text, Span body, const std::vector<const Fault*>& faults) {
  std::string out = "{\n";
  for (const Fault* f : faults) {
    out += "if (pasid_fault(" + std::to_string(f->number) + ")) ";
    out += text.substr(body.begin, f->place.begin - body.begin) + f->bad;
    out += text.substr(f->place.end, body.end - f->place.end) + " else\n";
  }
  return out + text.substr(body.begin, body.end - body.begin) + "\n}";
}

/// The text of a source with its faults; what is wrong with them is added to `wrong`, a line each.
std::string seeded(const std::string& name, std::string text, std::vector<Fault>& faults,
                   std::vector<std::string>& wrong) {
  struct Function {
    Span body;
    std::vector<const Fault*> faults;
  };
  std::map<std::size_t, Function, std::greater<>> functions;  // the last first: what lies before stays where it is
  for (Fault& f : faults) {
    if (f.file != name) continue;
    const auto bodies = pasid::faults::bodies(text, f.function);
    if (bodies.size() != 1) {
      wrong.push_back(f.where + ": " + name + " defines " + std::to_string(bodies.size()) + " functions '" +
                      f.function + "'");
      continue;
    }
    const auto places = pasid::faults::places(text, bodies.front(), f.good);
    if (places.size() != 1) {
      wrong.push_back(f.where + ": '" + f.id + "': its text stands " + std::to_string(places.size()) + " times in " +
                      f.function + " of " + name + ", not once: " + f.good);
      continue;
    }
    f.place = places.front();
    Function& function = functions[bodies.front().begin];
    function.body = bodies.front();
    function.faults.push_back(&f);
    if (function.faults.size() == most_in_a_function + 1)
      wrong.push_back(f.where + ": " + f.function + " of " + name + " has more than 5 faults");
  }
  for (const auto& [begin, function] : functions)
    text.replace(begin, function.body.end - begin, variants(text, function.body, function.faults));
  return "#include \"tests/faults/switch.hpp\"\n" + text;
}

std::string quoted(const std::string& text) { return "R\"_(" + text + ")_\""; }

std::string table(const std::vector<Fault>& faults) {
  std::string out =
      "#include \"tests/faults/switch.hpp\"\n\nnamespace pasid::faults {\n\nstatic constexpr Fault table[] = {\n";
  for (const Fault& f : faults) {
    out += "    {";
    for (const std::string* s : {&f.id, &f.kind, &f.file, &f.function, &f.good, &f.bad, &f.why, &f.survives})
      out += quoted(*s) + ", ";
    out += "},\n";
  }
  return out + "};\nstd::span<const Fault> all() { return table; }\n\n}  // namespace pasid::faults\n";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Seeds faults into a copy of the engine's sources.\n"
      "Example: seed --source src/engine --out build/tests/faults/engine tests/faults/engine/*.toml");
  std::string source;
  std::string out;
  std::vector<std::string> paths;
  app.add_option("--source", source, "The engine's sources")->required()->check(CLI::ExistingDirectory);
  app.add_option("--out", out, "Where the copy goes, as src/engine/, and table.cpp")->required();
  app.add_option("faults", paths, "Files of faults")->required()->check(CLI::ExistingFile);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 3;
  }
  try {
    std::vector<Fault> faults = read_faults(paths);
    std::map<fs::path, std::string> files;
    std::vector<std::string> wrong;
    for (const auto& file : fs::directory_iterator(source)) {
      const std::string name = file.path().filename().string();
      if (name.ends_with(".cpp") || name.ends_with(".hpp"))
        files[name] = seeded(name, read(file.path()), faults, wrong);
    }
    for (const Fault& f : faults)
      if (!files.contains(f.file)) wrong.push_back(f.where + ": there is no " + f.file + " in " + source);
    for (const std::string& line : wrong) std::cerr << line << '\n';
    if (!wrong.empty()) return 3;
    fs::create_directories(fs::path(out) / "src/engine");
    for (const auto& [name, text] : files) write(fs::path(out) / "src/engine" / name, text);
    write(fs::path(out) / "table.cpp", table(faults));
    std::map<std::string, int> count;
    for (const Fault& f : faults) ++count[f.kind];
    std::cout << faults.size() << " faults:";
    for (const auto& [kind, n] : count) std::cout << ' ' << kind << ' ' << n;
    std::cout << '\n';
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 3;
  }
}
