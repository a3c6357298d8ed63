// Is it reachable? Answered by search and, where that finds nothing, by proof; what neither tells is unknown.
#include "src/review/any_elements.hpp"
#include "src/review/shell_commands.hpp"
#include "src/trace/layout.hpp"

namespace pasid::review {
namespace {

/// States that a search looks at: of one world; or in each of some scopes.
constexpr std::size_t most = 20'000;
/// Before a proof is tried: what is near the start is found sooner than a proof fails.
constexpr std::size_t first = 500;

}  // namespace

void ShellCommands::reach(const Words& words, ShellAnswer& out) {
  const std::string text = trace::joined(std::span(words).subspan(1), " ");
  const auto c = read_condition(session_.tree(), session_.facts(), text);
  const auto in_this_world = [&](std::size_t most) {
    const std::string grain = session_.grain() == explore::Grain::call ? "call" : "step";
    ShellRun run = run_to(session_.steps(), c, session_.facts(), {}, most);
    Reached out{std::nullopt, run.states, run.everything, grain, "this world"};
    if (run.steps) out.trace = trace::Trace{session_.design().name, "", grain, session_.facts(), {}, *run.steps};
    return out;
  };
  const auto search = [&](std::size_t most) {
    return c.names_elements ? in_this_world(most) : reach_in_scopes(c, session_.reading(), session_.design(), most);
  };
  Reached found = search(first);
  const bool never = !found.trace && proved_never(of_any_elements(c, session_.facts()), session_.design());
  if (!found.trace && !never && !found.everything) found = search(most);
  const bool calls = found.grain == "call";
  out.json["grain"] = found.grain;
  out.json["scope"] = found.scope;
  out.json["states"] = found.states;
  const auto say = [&](const std::string& verdict, const std::string& sentence) {
    out.json["verdict"] = verdict;
    out.text += trace::wrapped_words(sentence, 0, columns_) + '\n';
  };
  if (found.trace) {
    const std::size_t n = found.trace->steps.size();
    say("reachable", "reachable, by " + std::to_string(n) + (calls ? " call" : " single step") + (n == 1 ? "" : "s") +
                         " and no fewer; take makes this the history. Scope: " + found.scope);
    out.json["steps"] = Json::array();
    const trace::Names names(session_.tree(), found.trace->facts);
    for (std::size_t i = 0; i < n; ++i) {
      const std::string step = step_command(session_.tree(), names, found.trace->steps[i]);
      out.json["steps"].push_back(step);
      out.text += "  " + trace::wrapped_words(std::to_string(i + 1) + "  " + step, 6, columns_) + '\n';
    }
    reached_ = std::move(found.trace);
    return;
  }
  if (never) {
    say("unreachable", c.names_elements
                           ? "never: proved, for any elements with these facts and any number of processes and devices"
                           : "never: proved, for any number of processes and devices");
    return;
  }
  const std::string proof = "beyond that it is unknown: no proof was found";
  const std::string states = std::to_string(found.states) + (calls ? " states between calls" : " states");
  if (found.everything)
    say("unreachable in scope", "not among all " + states + "; " + proof + ". Scope: " + found.scope);
  else say("unknown", "unknown: not among the first " + states + "; " + proof + ". Scope: " + found.scope);
}

void ShellCommands::take(const Words&, ShellAnswer& out) {
  if (!reached_) throw std::invalid_argument("take: reach has found nothing yet");
  session_.load(*reached_);
  out.text = "at " + std::to_string(session_.at()) + '\n';
  say_where(out);
}

}  // namespace pasid::review
