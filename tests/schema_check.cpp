// schema_check SCHEMA FILE…: is each file what the JSON Schema says? Schemas that it refers to lie beside it.
// Prints the first mistake of each file that is not, and then exits with 1.
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/utils/nlohmann_json_utils.hpp>
#include <valijson/validator.hpp>

namespace {

using valijson::adapters::NlohmannJsonAdapter;

nlohmann::json read(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path + " cannot be read");
  return nlohmann::json::parse(in);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "schema_check SCHEMA FILE...\n";
    return 3;
  }
  try {
    const std::string path = argv[1];
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    const nlohmann::json text = read(path);
    valijson::Schema schema;
    valijson::SchemaParser parser;
    parser.populateSchema(
        NlohmannJsonAdapter(text), schema,
        [&](const std::string& uri) {
          return std::make_unique<nlohmann::json>(read(folder + uri.substr(uri.rfind('/') + 1))).release();
        },
        [](const nlohmann::json* document) { delete document; });
    int bad = 0;
    for (int i = 2; i < argc; ++i) {
      const nlohmann::json file = read(argv[i]);
      valijson::Validator validator;
      valijson::ValidationResults results;
      if (validator.validate(schema, NlohmannJsonAdapter(file), &results)) continue;
      valijson::ValidationResults::Error error;
      std::cout << argv[i] << ":";
      if (results.popError(error)) {
        for (const auto& part : error.context) std::cout << " " << part;
        std::cout << ": " << error.description;
      }
      std::cout << "\n";
      ++bad;
    }
    return bad == 0 ? 0 : 1;
  } catch (const std::exception& e) {
    std::cerr << "schema_check: " << e.what() << "\n";
    return 3;
  }
}
