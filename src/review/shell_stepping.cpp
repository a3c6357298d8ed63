// Steps of a session: listed, taken by number or by name, undone, and told.
#include <algorithm>
#include <cstring>

#include "src/review/shell_commands.hpp"
#include "src/trace/formula.hpp"
#include "src/trace/layout.hpp"
#include "src/trace/steps.hpp"

namespace pasid::review {

ShellCommands::Json ShellCommands::step_json(const trace::Step& step) const {
  Json out{{"label", step.label}, {"arguments", Json::object()}};
  const trace::Names names = session_.names();
  for (const trace::Argument& a : trace::arguments(session_.tree(), step))
    out["arguments"][std::string(a.name)] = names(a.sort, a.value);
  if (step.refused) out["refused"] = {{"guard", step.refused->guard}, {"errno", strerrorname_np(step.refused->err)}};
  return out;
}

void ShellCommands::steps(const Words& words, ShellAnswer& out) {
  const NextSteps& next = session_.next();
  const std::size_t digits = std::to_string(next.enabled.size()).size();
  out.json["steps"] = Json::array();
  for (std::size_t i = 0; i < next.enabled.size(); ++i) {
    const trace::Step& s = next.enabled[i];
    if (words.size() > 1 && s.label != words[1]) continue;
    const std::string n = std::to_string(i + 1);
    std::string text = step_command(session_.tree(), session_.names(), s);
    if (s.refused) text += ' ' + trace::error_text(*s.refused);
    out.text +=
        trace::spaces(digits - n.size() + 2) + n + "  " + trace::wrapped_words(text, digits + 6, columns_) + '\n';
    Json item = step_json(s);
    item["number"] = i + 1;
    out.json["steps"].push_back(std::move(item));
  }
  if (out.text.empty()) out.text = words.size() > 1 ? words[1] + " cannot happen here\n" : "nothing can happen here\n";
}

std::string ShellCommands::guard_text(const BlockedStep& b) const {
  const lang::RuleTree& rule = session_.tree().rules.at(static_cast<std::size_t>(b.section.rule));
  for (const trace::RulePart& part : trace::guard_parts(session_.tree(), rule))
    if (part.label == b.guard) return part.text;
  return "";
}

ShellCommands::Json ShellCommands::blocked_json(const BlockedStep& b) const {
  const lang::RuleTree& rule = session_.tree().rules.at(static_cast<std::size_t>(b.section.rule));
  Json out{{"label", b.label}, {"rule", rule.label}, {"guard", b.guard}, {"text", guard_text(b)}};
  out["errno"] = b.err == 0 ? Json(nullptr) : Json(strerrorname_np(b.err));
  out["arguments"] = Json::object();
  const trace::Names names = session_.names();
  for (const trace::Argument& a : trace::arguments(session_.tree(), b.section))
    out["arguments"][std::string(a.name)] = names(a.sort, a.value);
  return out;
}

void ShellCommands::blocked(const Words& words, ShellAnswer& out) {
  out.json["blocked"] = Json::array();
  const trace::Names names = session_.names();
  for (const BlockedStep& b : session_.next().blocked) {
    if (words.size() > 1 && b.label != words[1]) continue;
    std::string args;
    for (const trace::Argument& a : trace::arguments(session_.tree(), b.section))
      if (trace::notable(a)) args += ' ' + std::string(a.name) + '=' + names(a.sort, a.value);
    out.text += "  " + trace::wrapped_words(b.label + ": " + b.guard, 4, columns_) + '\n';
    out.text += trace::spaces(6) + trace::wrapped_words(guard_text(b), 8, columns_) + '\n';
    if (!args.empty()) out.text += trace::spaces(6) + trace::wrapped_words("with" + args, 8, columns_) + '\n';
    out.json["blocked"].push_back(blocked_json(b));
  }
  if (out.text.empty()) out.text = words.size() > 1 ? words[1] + " is not blocked here\n" : "nothing is blocked here\n";
}

void ShellCommands::say_where(ShellAnswer& out) {
  out.json["at"] = session_.at();
  out.json["violated"] = session_.violated();
  for (const std::string& p : session_.violated()) out.text += p + " is violated here\n";
}

void ShellCommands::say_last_step(ShellAnswer& out) {
  const trace::Step& step = session_.history()[session_.at() - 1];
  const trace::Names names = session_.names();
  const trace::Trace trace = session_.trace();
  std::string head = std::to_string(session_.at()) + "  " + step_command(session_.tree(), names, step);
  if (step.refused) head += ' ' + trace::error_text(*step.refused);
  out.text += trace::wrapped_words(head, 4, columns_) + '\n';
  std::vector<std::string> changes;
  for (const trace::Change& c :
       trace::changes(session_.tree(), session_.facts(), trace.before(session_.at() - 1), step.after))
    changes.push_back(trace::cell_text(names, *c.cell, c.index) + ": " + names(c.cell->value, c.from) + " → " +
                      names(c.cell->value, c.to));
  if (!changes.empty()) out.text += trace::spaces(4) + trace::wrapped(changes, ", ", 4, columns_ - 1) + '\n';
  out.json["step"] = step_json(step);
  out.json["changes"] = changes;
}

trace::Step ShellCommands::numbered_step(const std::string& text) {
  const std::size_t n = number("step", text);
  const auto& enabled = session_.next().enabled;
  if (n < 1 || n > enabled.size())
    throw std::invalid_argument("step: there are steps 1 to " + std::to_string(enabled.size()) + " here");
  return enabled[n - 1];
}

NamedArguments ShellCommands::arguments_of(const Words& words) {
  const trace::Names names = session_.names();
  const auto params = session_.steps().parameters(words[1]);
  NamedArguments args;
  for (const std::string& w : std::span(words).subspan(2)) {
    const auto eq = w.find('=');
    const auto param = std::ranges::find(params, w.substr(0, eq), [](const auto& p) { return p.first; });
    if (eq == std::string::npos || param == params.end())
      throw std::invalid_argument("step: '" + w + "' is no argument of " + words[1]);
    const auto value = names.value(param->second, w.substr(eq + 1));
    if (!value)
      throw std::invalid_argument("step: '" + w.substr(eq + 1) + "' is no " + trace::sort_word(param->second));
    if (!args.emplace(param->first, *value).second)
      throw std::invalid_argument("step: '" + param->first + "' stands twice");
  }
  return args;
}

trace::Step ShellCommands::named_step(const Words& words) {
  const NamedArguments args = arguments_of(words);
  NextSteps found = session_.steps().with(session_.facts(), session_.state(), words[1], args);
  auto& ways = found.enabled;
  // What the environment does is ordinary where nothing else is said.
  const auto ordinary = [&](const trace::Step& s) {
    return std::ranges::all_of(trace::arguments(session_.tree(), s), [&](const trace::Argument& a) {
      return args.contains(a.name) || a.sort->kind == lang::SortKind::entity || a.value == 1;
    });
  };
  if (std::ranges::any_of(ways, ordinary)) std::erase_if(ways, [&](const trace::Step& s) { return !ordinary(s); });
  std::vector<std::string> texts;
  for (const trace::Step& s : ways) texts.push_back(step_command(session_.tree(), session_.names(), s));
  std::ranges::sort(texts);
  texts.erase(std::ranges::unique(texts).begin(), texts.end());
  if (ways.empty()) {
    const std::string why = found.blocked.empty() ? std::string("nothing of it can happen")
                                                  : found.blocked[0].guard + ": " + guard_text(found.blocked[0]);
    throw std::invalid_argument("step: " + words[1] + " is blocked by " + why);
  }
  if (texts.size() > 1)
    throw std::invalid_argument("step: that could be " + std::to_string(texts.size()) + " steps, as in " + texts[0] +
                                " and " + texts[1]);
  return std::move(ways.front());
}

void ShellCommands::step(const Words& words, ShellAnswer& out) {
  const bool by_number =
      words.size() == 2 && std::ranges::all_of(words[1], [](char c) { return c >= '0' && c <= '9'; });
  session_.take(by_number ? numbered_step(words[1]) : named_step(words));
  say_last_step(out);
  say_where(out);
}

void ShellCommands::undo(const Words&, ShellAnswer& out) {
  session_.undo();
  out.text = "at " + std::to_string(session_.at()) + '\n';
  say_where(out);
}

void ShellCommands::redo(const Words&, ShellAnswer& out) {
  session_.redo();
  say_last_step(out);
  say_where(out);
}

void ShellCommands::jump(const Words& words, ShellAnswer& out) {
  session_.jump(number("jump", words[1]));
  out.text = "at " + std::to_string(session_.at()) + '\n';
  say_where(out);
}

void ShellCommands::history(const Words&, ShellAnswer& out) {
  out.json["at"] = session_.at();
  out.json["steps"] = Json::array();
  const trace::Names names = session_.names();
  for (std::size_t i = 0; i < session_.history().size(); ++i) {
    const trace::Step& s = session_.history()[i];
    std::string text = std::to_string(i + 1) + "  " + step_command(session_.tree(), names, s);
    if (s.refused) text += ' ' + trace::error_text(*s.refused);
    out.text += (i + 1 == session_.at() ? "* " : "  ") + trace::wrapped_words(text, 8, columns_) + '\n';
    out.json["steps"].push_back(step_json(s));
  }
  if (session_.history().empty()) out.text = "nothing was done yet\n";
}

}  // namespace pasid::review
