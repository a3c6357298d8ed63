// Is every one of these JSON texts what the schema says? schema_check SCHEMA FILE…: a file holds
// one text, or, where its name ends in .jsonl, one a line. "-" is standard input, by lines. Prints what is wrong with
// the first; exits with 1 then, and with 3 where nothing could be checked.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace {

using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

json read(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path + ": cannot be read");
  return json::parse(in);
}

int check(const valijson::Schema& schema, const std::string& name, const json& text) {
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(schema, Adapter(text), &results)) return 0;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    std::cout << name << ": ";
    for (const auto& part : error.context) std::cout << part;
    std::cout << ": " << error.description << '\n';
  }
  return 1;
}

int run(const std::string& schema_path, const std::vector<std::string>& files) {
  const auto folder = std::filesystem::path(schema_path).parent_path();
  const auto fetch = [&](const std::string& uri) -> const json* {
    return new json(read((folder / std::filesystem::path(uri).filename()).string()));
  };
  const json document = read(schema_path);
  valijson::Schema schema;
  valijson::SchemaParser parser;
  parser.populateSchema(Adapter(document), schema, fetch, [](const json* fetched) { delete fetched; });
  std::size_t checked = 0;
  for (const std::string& file : files) {
    if (file != "-" && !file.ends_with(".jsonl")) {
      ++checked;
      if (check(schema, file, read(file)) != 0) return 1;
      continue;
    }
    std::ifstream from_file(file);
    std::istream& in = file == "-" ? std::cin : from_file;
    if (!in) throw std::runtime_error(file + ": cannot be read");
    std::size_t number = 0;
    for (std::string line; std::getline(in, line); ++checked) {
      if (check(schema, file + ":" + std::to_string(++number), json::parse(line)) != 0) return 1;
    }
    if (number == 0) throw std::runtime_error(file + ": there is no text");
  }
  std::cout << checked << " texts are as the schema says\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 3) throw std::runtime_error("usage: schema_check SCHEMA FILE…");
    return run(argv[1], {argv + 2, argv + argc});
  } catch (const std::exception& e) {
    std::cout << e.what() << '\n';
    return 3;
  }
}
