#include "src/cli/trace_output.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "src/cli/help.hpp"
#include "src/io/file.hpp"
#include "src/trace/itf.hpp"
#include "src/trace/json.hpp"
#include "src/trace/mermaid.hpp"
#include "src/trace/text.hpp"

namespace pasid::cli {

void TraceOutput::add_options(CLI::App& command) {
  command.add_option("--trace", form_, "how to print a trace: text, mermaid (for mails), itf (JSON) or none")
      ->check(quietly(CLI::IsMember({"text", "mermaid", "itf", "none"})))
      ->type_name("FORM")
      ->capture_default_str();
  command.add_option("--save-traces", folder_, "write each trace there as .txt, .mmd and .itf.json")->type_name("DIR");
}

std::string TraceOutput::text(const Session& session, const lang::Tree& tree, const trace::Trace& trace) const {
  if (form_ == "none") return "";
  if (form_ == "mermaid") return trace::mermaid(tree, trace) + '\n';
  if (form_ == "itf") return trace::to_itf(tree, trace).dump(2) + "\n\n";
  return trace::text(tree, trace, {session.colour, session.columns}) + '\n';
}

void TraceOutput::print(const Session& session, const lang::Tree& tree, const trace::Trace& trace) const {
  std::cout << text(session, tree, trace);
}

void TraceOutput::save(const lang::Tree& tree, const trace::Trace& trace) const {
  if (folder_.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) throw std::invalid_argument("--save-traces: cannot make '" + folder_ + "': " + error.message());
  std::string name = trace.design + "--" + trace.property;
  std::ranges::replace(name, ' ', '_');
  std::ranges::replace(name, '/', '_');
  const auto path = std::filesystem::path(folder_) / name;
  io::write_file("--save-traces", path.string() + ".txt", trace::text(tree, trace));
  io::write_file("--save-traces", path.string() + ".mmd", trace::mermaid(tree, trace));
  io::write_file("--save-traces", path.string() + ".itf.json", trace::to_itf(tree, trace).dump(2) + '\n');
}

nlohmann::ordered_json trace_json(const lang::Tree& tree, const trace::Trace& trace) {
  return trace::to_json(tree, trace);
}

}  // namespace pasid::cli
