#include "src/io/names.hpp"

#include <cstring>
#include <vector>

#include "src/io/error.hpp"

namespace pasid::io {
namespace {

/// How many letters must be changed, added, left out or swapped with their neighbour.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

/// The name that `given` was probably meant to be; empty where none is near.
std::string_view nearest(std::span<const std::string_view> names, std::string_view given) {
  std::string_view best;
  std::size_t fewest = given.size() / 3 + 2;
  for (const auto name : names) {
    if (name.size() > given.size() + fewest || given.size() > name.size() + fewest) continue;
    const auto changes = distance(name, given);
    if (changes >= fewest || changes >= name.size()) continue;
    fewest = changes;
    best = name;
  }
  return best;
}

}  // namespace

std::string one_of(std::span<const std::string_view> names, std::string_view given) {
  if (names.empty()) return "none at all";
  std::string out = names.size() == 1 ? "" : "one of ";
  for (std::size_t i = 0; i < names.size(); ++i) out.append(i == 0 ? "" : ", ").append(names[i]);
  if (const auto guess = nearest(names, given); !guess.empty())
    out.append(" (did you mean ").append(in_quotes(guess)).append("?)");
  return out;
}

std::string verdict_words(spec::Verdict verdict) {
  std::string out(name_of(verdict));
  std::ranges::replace(out, '_', ' ');
  return out;
}

bool comes_before(const std::string& a, const std::string& b) {
  const bool linux_a = a.starts_with("linux-");
  const bool linux_b = b.starts_with("linux-");
  return linux_a != linux_b ? linux_a : strverscmp(a.c_str(), b.c_str()) < 0;
}

}  // namespace pasid::io
