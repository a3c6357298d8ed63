// Two designs asked the same, call by call: where one can answer what the other cannot.
#pragma once

#include <array>
#include <atomic>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "src/conform/vectors/asking.hpp"

namespace pasid::review {

/// A call as both designs are asked it. Arguments are of each catalogue's call.
struct Question {
  int a = -1;  ///< in A's catalogue
  int b = -1;
  explore::Arguments args_a{};
  explore::Arguments args_b{};
  friend bool operator==(const Question&, const Question&) = default;
};

/// A question, and the answer that both gave.
struct Step {
  Question question;
  conform::vectors::Asked a;
  conform::vectors::Asked b;
};

/// After the steps, which both answer alike, the question is answered by one in a way that the other cannot. Of a
/// question that comes with a choice of the environment only where it is not so with the ordinary one.
struct Difference {
  std::vector<Step> steps;
  Question question;
  std::vector<conform::vectors::Asked> a;  ///< all that may be heard of A
  std::vector<conform::vectors::Asked> b;
  std::vector<conform::vectors::Asked> only_a;  ///< of these, what B cannot answer
  std::vector<conform::vectors::Asked> only_b;
};

/// Numbers are names: what an allocator picks here and there is alike where all numbers so far correspond one to one.
class Correspondence {
 public:
  /// `same`: the worlds have the same numbers for everybody, so that each number is itself. Else the RID's is.
  Correspondence(const spec::NativeFacts& a, bool same);

  /// B's number for one of A's; 0: none yet.
  [[nodiscard]] std::uint8_t to_b(std::uint8_t a) const { return to_b_[a]; }
  [[nodiscard]] std::uint8_t to_a(std::uint8_t b) const { return to_a_[b]; }
  /// They correspond from here on. False: one of them does to another.
  bool match(std::uint8_t a, std::uint8_t b);
  /// What somebody else chooses: itself, where neither design has given it another name.
  [[nodiscard]] std::uint8_t given(std::uint8_t number, bool from_a) const;

  friend auto operator<=>(const Correspondence&, const Correspondence&) = default;

 private:
  std::array<std::uint8_t, spec::Pasid::capacity + 1> to_a_{};
  std::array<std::uint8_t, spec::Pasid::capacity + 1> to_b_{};
};

/// Goes through what both can be asked, level by level, from nothing, through all that they answer alike: the sets of
/// states that each may be in for what was heard of it, side by side. Calls that only one has are not asked.
class Lockstep {
 public:
  /// Everything must outlive it. `same_numbers` as for Correspondence.
  Lockstep(conform::vectors::Asking& a, conform::vectors::Asking& b, bool same_numbers);

  /// From now on asks for these calls alone, by name; and looks for a difference of no more than `shortest` calls,
  /// which is lowered where one is found. Several searches may share it: the shortest of all is found whatever their
  /// order.
  void narrow(const std::vector<std::string>& calls, std::atomic<std::size_t>& shortest);

  /// Looks at so many pairs of sets at most. Of each kind of difference (call, what only one answers) the first is
  /// kept: no shorter sequence of questions shows it.
  void search(std::size_t most);

  [[nodiscard]] const std::vector<Difference>& differences() const { return differences_; }
  [[nodiscard]] std::size_t questions() const { return questions_; }
  /// All sequences of so many questions were asked, but for what Asking::questions() leaves out.
  [[nodiscard]] std::size_t depth() const { return depth_; }
  /// There are no longer ones.
  [[nodiscard]] bool exhausted() const { return exhausted_; }

 private:
  using Belief = conform::vectors::Belief;
  using Heard = conform::vectors::Asking::Heard;
  struct Node {
    Belief a;
    Belief b;
    Correspondence numbers;
    std::size_t parent;
    Step by;
    std::size_t depth;
  };

  [[nodiscard]] std::vector<Question> questions_at(const Node& node);
  [[nodiscard]] Question ordinary(const Question& question) const;
  [[nodiscard]] std::optional<Question> put(const Question& question, bool from_a, const Correspondence& numbers) const;
  /// True: they differ.
  bool ask(std::size_t node, const Question& question, bool of_interest);
  bool differ(std::size_t node, const Question& question, const std::vector<Heard>& a, const std::vector<Heard>& b,
              const std::vector<bool>& alike_a, const std::vector<bool>& alike_b, bool of_interest);
  [[nodiscard]] bool alike(const Heard& a, const Heard& b, Correspondence& numbers) const;
  void add(Node&& node);

  conform::vectors::Asking& a_;
  conform::vectors::Asking& b_;
  std::vector<Node> nodes_;
  std::unordered_set<std::string> seen_;
  std::unordered_set<std::string> kinds_;
  std::vector<Difference> differences_;
  std::vector<bool> only_a_;  ///< by call; empty: all
  std::vector<bool> only_b_;
  std::atomic<std::size_t>* shortest_ = nullptr;
  std::size_t questions_ = 0;
  std::size_t depth_ = 0;
  bool exhausted_ = false;
};

}  // namespace pasid::review
