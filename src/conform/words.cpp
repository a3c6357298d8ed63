#include "src/conform/words.hpp"

#include <cstring>

namespace pasid::conform {

std::string words(const Catalogue& catalogue, const trace::Names& names, const Call& call) {
  const CallKind& kind = catalogue[call.kind];
  std::string out(kind.name);
  for (const std::uint8_t k : kind.inputs) {
    const Parameter& p = kind.params[k];
    if (p.sort->kind == lang::SortKind::enumeration && call.args[k] <= 1) continue;
    out.append(" ").append(p.name).append("=").append(names(p.sort, call.args[k]));
  }
  return out;
}

std::string words(const CallKind& kind, const Answer& answer) {
  switch (answer.kind) {
    case Answer::Kind::ok: {
      std::string out = "ok";
      for (std::size_t i = 0; i < kind.results.size(); ++i)
        out.append(" ").append(kind.params[kind.results[i]].name).append("=").append(std::to_string(answer.results[i]));
      return out;
    }
    case Answer::Kind::error: {
      const char* const name = strerrorname_np(answer.err);
      return name == nullptr ? "errno " + std::to_string(answer.err) : name;
    }
    case Answer::Kind::would_block: return "would block";
    case Answer::Kind::gp_fault: return "#GP";
    case Answer::Kind::unsupported: return "unsupported";
    case Answer::Kind::failure: return answer.what.empty() ? "no answer" : answer.what;
  }
  return {};
}

}  // namespace pasid::conform
