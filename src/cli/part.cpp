#include "src/cli/part.hpp"

#include <iostream>

#include <nlohmann/json.hpp>

namespace pasid::cli {
namespace {

void print_text(const Session& session, std::string text) {
  text += '\n';
  if (session.part != nullptr) session.part->json = std::move(text);
  else std::cout << text;
}

}  // namespace

io::Design load_design(const Session& session, const lang::Tree& tree, const std::string& asked) {
  return session.part != nullptr ? session.part->work.design(asked) : io::load_design(tree, asked);
}

void print_json(const Session& session, const nlohmann::json& json) { print_text(session, json.dump(2)); }
void print_json(const Session& session, const nlohmann::ordered_json& json) { print_text(session, json.dump(2)); }

}  // namespace pasid::cli
