#include <algorithm>
#include <chrono>

#include "src/conform/fuzz.hpp"
#include "src/conform/leaving_out.hpp"

namespace pasid::conform {
namespace {

/// Judges shorter and plainer sequences until its time is up.
class Shrinking {
 public:
  Shrinking(const Catalogue& catalogue, const World& world, Backend& backend, double seconds)
      : catalogue_(catalogue), world_(world), backend_(backend),
        until_(std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                                      std::chrono::duration<double>(seconds))) {
    options_.batch = 1;
  }

  /// The part of the sequence that fails; nothing where it does not. Calls that have lost their meaning are left out.
  std::optional<std::vector<Call>> failing(std::vector<Call> calls) const {
    while (!calls.empty()) {
      const Verdict v = replay(catalogue_, world_, calls, backend_, options_);
      if (v.wrong()) {
        calls.resize(v.calls());
        return calls;
      }
      if (v.kind != Verdict::Kind::not_asked || v.where != Verdict::Where::call) return std::nullopt;
      calls.erase(calls.begin() + static_cast<std::ptrdiff_t>(v.at));
    }
    return std::nullopt;
  }

  bool leave_out(std::vector<Call>& calls) const {
    return conform::leave_out(calls, [&](std::vector<Call> shorter) -> std::optional<std::vector<Call>> {
      if (late()) return std::nullopt;
      return failing(std::move(shorter));
    });
  }

  /// Arguments become the first of their sort: one at a time, then one for another in all calls.
  bool simplify(std::vector<Call>& calls) const {
    bool better = false;
    for (std::size_t i = 0; i < calls.size(); ++i)
      for (const std::uint8_t p : catalogue_[calls[i].kind].inputs)
        for (std::uint8_t v = 1; i < calls.size() && v < calls[i].args[p] && !late(); ++v) {
          std::vector<Call> plainer = calls;
          plainer[i].args[p] = v;
          better = take(plainer, calls) || better;
          plainer = calls;
          exchange(plainer, catalogue_[calls[i].kind].params[p].sort, calls[i].args[p], v);
          better = take(plainer, calls) || better;
        }
    return better;
  }

  [[nodiscard]] bool late() const { return std::chrono::steady_clock::now() > until_; }

 private:
  /// A value that is less by the first argument that differs, in as few calls.
  static bool take(const std::vector<Call>& plainer, std::vector<Call>& calls, const Shrinking& s) {
    if (plainer == calls) return false;
    const auto less = [](const Call& a, const Call& b) { return a.args < b.args; };
    const auto fails = s.failing(plainer);
    if (!fails || fails->size() > calls.size()) return false;
    if (fails->size() == calls.size() && !std::ranges::lexicographical_compare(*fails, calls, less)) return false;
    calls = *fails;
    return true;
  }
  bool take(const std::vector<Call>& plainer, std::vector<Call>& calls) const { return take(plainer, calls, *this); }

  void exchange(std::vector<Call>& calls, const lang::SortInfo* sort, std::uint8_t a, std::uint8_t b) const {
    for (Call& call : calls)
      for (const std::uint8_t p : catalogue_[call.kind].inputs) {
        if (catalogue_[call.kind].params[p].sort != sort) continue;
        auto& value = call.args[p];
        if (value == a) value = b;
        else if (value == b) value = a;
      }
  }

  const Catalogue& catalogue_;
  const World& world_;
  Backend& backend_;
  ReplayOptions options_;
  std::chrono::steady_clock::time_point until_;
};

}  // namespace

Found shrink(const Catalogue& catalogue, const Found& found, Backend& backend, double seconds) {
  const Shrinking shrinking(catalogue, *found.world, backend, seconds);
  auto calls = shrinking.failing(found.calls);
  if (!calls) return found;
  while (!shrinking.late() && (shrinking.leave_out(*calls) || shrinking.simplify(*calls))) {
  }
  return {found.world, *calls, found.what};
}

}  // namespace pasid::conform
