#include "src/review/shell_commands.hpp"

#include <algorithm>
#include <sstream>

#include "src/review/shell_tables.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/names.hpp"
#include "src/trace/steps.hpp"

namespace pasid::review {

struct ShellCommands::Command {
  std::string_view name;
  std::string_view arguments;
  std::string_view meaning;
  void (ShellCommands::*run)(const Words&, ShellAnswer&);
  std::size_t least = 0;
  std::size_t most = std::string::npos;  ///< words after the name
};

const std::vector<ShellCommands::Command>& ShellCommands::table() {
  using C = ShellCommands;
  static const std::vector<Command> all{
      {"steps", "[LABEL]", "what can happen here, numbered", &C::steps, 0, 1},
      {"blocked", "[LABEL]", "what cannot, and the guard at which it got furthest", &C::blocked, 0, 1},
      {"step", "N | LABEL [NAME=VALUE...]", "take a step; arguments left out must leave one step", &C::step, 1},
      {"undo", "", "back by one", &C::undo, 0, 0},
      {"redo", "", "forward again", &C::redo, 0, 0},
      {"jump", "N", "to the state after step N of the history; 0 is the start", &C::jump, 1, 1},
      {"history", "", "the steps so far", &C::history, 0, 0},
      {"state", "", "what is there, as tables", &C::state, 0, 0},
      {"holds", "CONDITION", "is it true here?", &C::holds, 1},
      {"run", "CONDITION", "the fewest steps from here to where it is true, and take them", &C::go, 1},
      {"reach", "CONDITION", "can it be reached from the start? by search, else by proof", &C::reach, 1},
      {"take", "", "world and steps of what reach found, as the history", &C::take, 0, 0},
      {"scope", "[SORT=N | any-width | only-mms ...]", "how many of everything; starts again", &C::scope},
      {"world", "[N [FACT=VALUE ...]]", "world N of the scope, with these facts; starts again", &C::world},
      {"grain", "[call | step]", "calls run to completion, or every rule on its own", &C::grain, 0, 1},
      {"load", "FILE", "world and steps of a trace in ITF", &C::load, 1, 1},
      {"save", "FILE", "the steps so far in ITF", &C::save, 1, 1},
      {"source", "FILE", "do what a script says", &C::source, 1, 1},
      {"save-script", "FILE", "a script that leads to where this session is", &C::save_script, 1, 1},
      {"help", "[COMMAND]", "this", &C::help, 0, 1},
      {"quit", "", "leave", &C::quit, 0, 0},
  };
  return all;
}

std::vector<std::string> ShellCommands::names() {
  std::vector<std::string> out;
  for (const Command& c : table()) out.emplace_back(c.name);
  return out;
}

namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> out;
  for (std::string w; in >> w;) out.push_back(w);
  return out;
}

/// All but the command.
std::string condition_text(const std::vector<std::string>& words) {
  return trace::joined(std::span(words).subspan(1), " ");
}

/// How many states a search looks at: some 40 MiB, and seconds.
constexpr std::size_t most_here = 20'000;

}  // namespace

std::size_t ShellCommands::number(const std::string& who, const std::string& text) {
  if (text.empty() || text.size() > 9 || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
    throw std::invalid_argument(who + ": '" + text + "' is no number");
  return std::stoul(text);
}

ShellAnswer ShellCommands::run(const std::string& line) {
  ShellAnswer out;
  const Words words = words_of(line);
  if (words.empty() || words[0].starts_with('#')) return out;
  const auto command = std::ranges::find(table(), words[0], &Command::name);
  if (command == table().end()) throw std::invalid_argument("there is no command '" + words[0] + "'; help lists them");
  if (words.size() - 1 < command->least || words.size() - 1 > command->most)
    throw std::invalid_argument(words[0] + ": expected " + words[0] +
                                (command->arguments.empty() ? "" : " " + std::string(command->arguments)));
  out.json["command"] = line;
  (this->*command->run)(words, out);
  return out;
}

void ShellCommands::help(const Words& words, ShellAnswer& out) {
  Json list = Json::array();
  for (const Command& c : table()) {
    if (words.size() > 1 && c.name != words[1]) continue;
    list.push_back({{"name", c.name}, {"arguments", c.arguments}, {"meaning", c.meaning}});
    const std::string head = "  " + std::string(c.name) + ' ' + std::string(c.arguments);
    constexpr std::size_t column = 30;
    out.text += trace::width(head) + 2 > column ? head + '\n' + trace::spaces(column) : trace::padded(head, column);
    out.text += trace::wrapped_words(c.meaning, column, columns_) + '\n';
  }
  if (list.empty()) throw std::invalid_argument("help: there is no command '" + words[1] + "'");
  if (words.size() == 1)
    out.text += trace::wrapped_words(
                    "A CONDITION is a formula as `pasid rules` prints it, over what `state` and `world` show, or the "
                    "name of a property: then its violation. Elements have names: msr(T1) == p2 && shared(wq1).",
                    0, columns_) +
                '\n';
  out.json["commands"] = std::move(list);
}

void ShellCommands::state(const Words&, ShellAnswer& out) {
  out.text = state_tables(session_.tree(), session_.facts(), session_.state(), columns_);
  out.json["state"] = Json::object();
  const trace::Names names = session_.names();
  for (const trace::Change& c :
       trace::changes(session_.tree(), session_.facts(), spec::NativeState{}, session_.state()))
    out.json["state"][trace::cell_text(names, *c.cell, c.index)] = names(c.cell->value, c.to);
  say_where(out);
}

void ShellCommands::scope(const Words& words, ShellAnswer& out) {
  if (words.size() > 1) session_.set_scope({words.begin() + 1, words.end()});
  out.text = trace::wrapped_words(session_.world().scope_text(), 0, columns_) + '\n' +
             std::to_string(session_.world().topologies().size()) + " worlds\n";
  out.json["scope"] = session_.world().scope_text();
  out.json["worlds"] = session_.world().topologies().size();
}

void ShellCommands::world(const Words& words, ShellAnswer& out) {
  if (words.size() > 1) session_.set_world(number("world", words[1]), {words.begin() + 2, words.end()});
  out.json["lines"] = session_.world().lines();
  for (const std::string& line : session_.world().lines()) out.text += trace::wrapped_words(line, 2, columns_) + '\n';
  out.text += fact_tables(session_.tree(), session_.facts(), columns_);
}

void ShellCommands::grain(const Words& words, ShellAnswer& out) {
  if (words.size() > 1) {
    if (words[1] != "call" && words[1] != "step") throw std::invalid_argument("grain: expected call or step");
    session_.set_grain(words[1] == "call" ? explore::Grain::call : explore::Grain::step);
  }
  const bool calls = session_.grain() == explore::Grain::call;
  out.json["grain"] = calls ? "call" : "step";
  out.text = calls ? "call: calls run to completion\n" : "step: every rule on its own\n";
}

void ShellCommands::holds(const Words& words, ShellAnswer& out) {
  const auto c = read_condition(session_.tree(), session_.facts(), condition_text(words));
  const bool yes = review::holds(c, session_.facts(), session_.state());
  out.json["holds"] = yes;
  out.text = yes ? "true here\n" : "false here\n";
}

void ShellCommands::go(const Words& words, ShellAnswer& out) {
  const auto c = read_condition(session_.tree(), session_.facts(), condition_text(words));
  ShellRun found = run_to(session_.steps(), c, session_.facts(), session_.state(), most_here);
  out.json["found"] = found.steps.has_value();
  out.json["states"] = found.states;
  if (!found.steps) {
    out.json["everything"] = found.everything;
    const std::string n = std::to_string(found.states);
    out.text = found.everything ? "no: these are all " + n + " states that can be reached from here in this world\n"
                                : "unknown: not among the first " + n + " states from here in this world\n";
    return;
  }
  out.json["steps"] = Json::array();
  for (trace::Step& s : *found.steps) {
    out.json["steps"].push_back(step_json(s));
    session_.take(std::move(s));
    ShellAnswer one;
    say_last_step(one);
    out.text += one.text;
  }
  if (found.steps->empty()) out.text = "true here\n";
  say_where(out);
}

void ShellCommands::quit(const Words&, ShellAnswer& out) { out.quit = true; }

}  // namespace pasid::review
