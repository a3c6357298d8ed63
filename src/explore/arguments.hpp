// Arguments of a rule or call, one tuple after another, with jumps over those that would end like one tried before.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "src/explore/guard_reads.hpp"
#include "src/explore/symmetry.hpp"

namespace pasid::explore {

/// Goes through the values of some parameters in lexicographic order. An attempt says what it depended on. Where none
/// of those with one value of an entity parameter did on that parameter, its other values would give the same again; of
/// an enumeration, one of the values that no attempt tells apart stands for all of them. Of twins only the first that
/// earlier parameters have not named is tried.
template <std::size_t N>
class ArgumentWalk {
 public:
  using Tuple = std::array<std::uint8_t, N>;

  /// Everything must outlive the walk; at most N parameters.
  ArgumentWalk(const lang::Domain<lang::Native>& domain, std::span<const lang::SortInfo* const> params,
               const Twins& twins)
      : domain_(domain), params_(params), twins_(twins) {
    for (const lang::SortInfo* s : params) enumerations_ = enumerations_ || s->kind != lang::SortKind::entity;
    enter(0);
  }

  /// Calls `attempt(tuple)`, which gives a ReadsOf<N>. Without parameters there is one tuple, of a sort without
  /// elements none.
  template <class Attempt>
  void each(Attempt attempt) {
    if (params_.empty()) return (void)attempt(args_);
    for (std::size_t k = 0;;) {
      if (!next_value(k)) {
        if (k-- == 0) return;
        tried(k, read_[k + 1], told_[k + 1]);
      } else if (k + 1 == params_.size()) {
        const ReadsOf<N>& reads = attempt(args_);
        tried(k, reads.params, reads.told);
      } else {
        enter(++k);
      }
    }
  }

 private:
  /// Before the first value of parameter k. A search comes here for every rule in every state, so what is not used is
  /// not cleared either.
  void enter(std::size_t k) {
    args_[k] = 0;
    read_[k] = 0;
    if (!enumerations_) return;
    told_[k].fill(0);
    others_tried_[k] = false;
  }

  /// The next value of parameter k that is to be tried.
  bool next_value(std::size_t k) {
    const lang::SortInfo& sort = *params_[k];
    std::uint8_t x = args_[k];
    if (sort.kind != lang::SortKind::entity) {
      while (++x <= sort.capacity && others_tried_[k] && (told_[k][k] >> x & 1U) == 0) {
      }
      args_[k] = x;
      return x <= sort.capacity;
    }
    if (x > 0 && (read_[k] >> k & 1U) == 0) return false;
    const auto s = static_cast<std::size_t>(sort.index);
    while (++x <= domain_.count[s] && twins_[s][x] != 0 && !named_before(k, twins_[s][x])) {
    }
    args_[k] = x;
    return x <= domain_.count[s];
  }

  /// Have the parameters before k named all elements of this set?
  [[nodiscard]] bool named_before(std::size_t k, std::uint16_t set) const {
    for (std::size_t i = 0; i < k; ++i)
      if (params_[i] == params_[k]) set = static_cast<std::uint16_t>(set & ~(1U << args_[i]));
    return set == 0;
  }

  /// With what the attempts with this value of parameter k depended on.
  void tried(std::size_t k, ParamSet read, const std::array<ValueSet, N>& told) {
    read_[k] |= read;
    if (!enumerations_) return;
    for (std::size_t i = 0; i < N; ++i) told_[k][i] = static_cast<ValueSet>(told_[k][i] | told[i]);
    if (params_[k]->kind != lang::SortKind::entity && (told[k] >> args_[k] & 1U) == 0) others_tried_[k] = true;
  }

  const lang::Domain<lang::Native>& domain_;
  std::span<const lang::SortInfo* const> params_;
  const Twins& twins_;
  bool enumerations_ = false;  ///< some parameter is one; otherwise nobody asks what values were told apart
  Tuple args_{};
  /// By parameter: what all attempts with the values of the parameters before it depended on.
  std::array<ParamSet, N> read_;
  std::array<std::array<ValueSet, N>, N> told_;
  std::array<bool, N> others_tried_;  ///< an enumeration: a value that no attempt with it told apart
};

}  // namespace pasid::explore
