#include "spec/lang/call.hpp"

#include <algorithm>
#include <string>

namespace pasid::lang {
namespace {

[[noreturn]] void fail(std::string_view call, const std::string& what) {
  throw RuleError("call '" + std::string(call) + "': " + what);
}

std::string quoted(std::string_view name) { return "'" + std::string(name) + "'"; }

int rule_of(const Tree& tree, std::string_view call, std::string_view label) {
  const int rule = tree.rule_named(label);
  if (rule < 0) fail(call, "no rule " + quoted(label));
  return rule;
}

/// "rule", "rule?", "rule*", each with "/undo" or without.
CallSection section(const Tree& tree, std::string_view call, std::string_view text) {
  CallSection out{};
  const auto slash = text.find('/');
  std::string_view rule = text.substr(0, slash);
  if (rule.ends_with('?')) out.optional = true;
  if (rule.ends_with('*')) out.repeated = true;
  if (out.optional || out.repeated) rule.remove_suffix(1);
  out.rule = rule_of(tree, call, rule);
  if (slash != std::string_view::npos) out.undo = rule_of(tree, call, text.substr(slash + 1));
  return out;
}

/// Adds the parameters of a rule that are not there yet.
void add(const Tree& tree, std::string_view call, int rule, std::vector<Param>& to) {
  for (const Param& p : tree.rules[static_cast<std::size_t>(rule)].params) {
    const auto known = std::ranges::find(to, p.name, &Param::name);
    if (known == to.end()) to.push_back(p);
    else if (known->sort != p.sort) fail(call, "parameter " + quoted(p.name) + " has two sorts");
  }
}

}  // namespace

CallParams params_of(const Tree& tree, const CallTree& call) {
  CallParams out{};
  for (const CallSection& s : call.sections)
    if (!s.repeated) add(tree, call.label, s.rule, out.all);
  out.loops_from = out.all.size();
  for (const CallSection& s : call.sections)
    if (s.repeated) add(tree, call.label, s.rule, out.all);
  return out;
}

CallTree parse_call(const Tree& tree, std::string_view label, std::string_view text) {
  CallTree out{label, {}};
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(' '));
    text = part.size() == text.size() ? std::string_view{} : text.substr(part.size() + 1);
    const CallSection s = section(tree, label, part);
    if (std::ranges::find(out.sections, s.rule, &CallSection::rule) != out.sections.end())
      fail(label, "rule " + quoted(tree.rules[static_cast<std::size_t>(s.rule)].label) + " stands twice");
    out.sections.push_back(s);
  }
  if (out.sections.empty()) fail(label, "has no sections");
  const CallParams params = params_of(tree, out);
  for (const CallSection& s : out.sections) {
    if (s.undo < 0) continue;
    const auto& own = tree.rules[static_cast<std::size_t>(s.rule)];
    const auto& undo = tree.rules[static_cast<std::size_t>(s.undo)];
    for (const Param& p : undo.params) {
      const auto at = std::ranges::find(params.all, p.name, &Param::name);
      if (at == params.all.end())
        fail(label, "no section has parameter " + quoted(p.name) + " of " + quoted(undo.label));
      if (at->sort != p.sort) fail(label, "parameter " + quoted(p.name) + " has two sorts");
      // Which element of a loop is to be undone is known only where the section has that element too.
      const bool loop = static_cast<std::size_t>(at - params.all.begin()) >= params.loops_from;
      if (loop && std::ranges::find(own.params, p.name, &Param::name) == own.params.end())
        fail(label, quoted(undo.label) + " is for an element of a loop that " + quoted(own.label) + " has not");
    }
  }
  return out;
}

}  // namespace pasid::lang
