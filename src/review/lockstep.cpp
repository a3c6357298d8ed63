#include "src/review/lockstep.hpp"

#include <algorithm>
#include <cstring>

namespace pasid::review {

using conform::Answer;
using conform::CallKind;
using conform::vectors::Asked;
using conform::vectors::Asking;

Correspondence::Correspondence(const spec::NativeFacts& a, bool same) {
  for (std::uint8_t p = 1; p < to_a_.size(); ++p)
    if (same || p == a.rid_pasid().v) match(p, p);
}

bool Correspondence::match(std::uint8_t a, std::uint8_t b) {
  if (to_b_[a] == 0 && to_a_[b] == 0) {
    to_b_[a] = b;
    to_a_[b] = a;
  }
  return to_b_[a] == b && to_a_[b] == a;
}

std::uint8_t Correspondence::given(std::uint8_t number, bool from_a) const {
  const std::uint8_t known = from_a ? to_b_[number] : to_a_[number];
  if (known != 0) return known;
  return (from_a ? to_a_[number] : to_b_[number]) == 0 ? number : std::uint8_t{0};
}

Lockstep::Lockstep(Asking& a, Asking& b, bool same_numbers) : a_(a), b_(b) {
  add({Asking::start(), Asking::start(), Correspondence(a.facts(), same_numbers), 0, {}, 0});
}

void Lockstep::narrow(const std::vector<std::string>& calls, std::atomic<std::size_t>& shortest) {
  const auto among = [&](const conform::Catalogue& catalogue) {
    std::vector<bool> out;
    for (const CallKind& c : catalogue.calls()) out.push_back(std::ranges::find(calls, c.name) != calls.end());
    return out;
  };
  only_a_ = among(a_.catalogue());
  only_b_ = among(b_.catalogue());
  shortest_ = &shortest;
}

void Lockstep::search(std::size_t most) {
  std::size_t n = 0;
  for (; n < nodes_.size() && n < most; ++n) {
    depth_ = nodes_[n].depth;
    if (shortest_ != nullptr && (depth_ >= *shortest_ || !differences_.empty())) break;
    std::vector<Question> rest;
    std::vector<Question> differ;
    for (const Question& q : questions_at(nodes_[n])) {
      if (ordinary(q) != q) rest.push_back(q);
      else if (ask(n, q, true)) differ.push_back(q);
    }
    for (const Question& q : rest) ask(n, q, std::ranges::find(differ, ordinary(q)) == differ.end());
  }
  exhausted_ = n == nodes_.size();
  if (exhausted_) ++depth_;
}

/// The same question where the environment does the ordinary thing.
Question Lockstep::ordinary(const Question& question) const {
  Question out = question;
  const auto settle = [](const CallKind& call, explore::Arguments& args) {
    for (const std::uint8_t k : call.inputs)
      if (call.params[k].sort->kind == lang::SortKind::enumeration) args[k] = 1;
  };
  settle(a_.catalogue()[out.a], out.args_a);
  settle(b_.catalogue()[out.b], out.args_b);
  return out;
}

/// The question as the other design is asked it. Nothing: it has not the call, or a number that the caller chooses
/// stands for another one there.
std::optional<Question> Lockstep::put(const Question& question, bool from_a, const Correspondence& numbers) const {
  const auto& here = (from_a ? a_ : b_).catalogue();
  const auto& there = (from_a ? b_ : a_).catalogue();
  Question out = question;
  const CallKind& call = here[from_a ? out.a : out.b];
  const int other = there.named(call.name);
  if (other < 0) return std::nullopt;
  explore::Arguments args = from_a ? out.args_a : out.args_b;
  for (const std::uint8_t k : call.inputs) {
    if (call.params[k].sort != &lang::sort_info<spec::Pasid>) continue;
    args[k] = numbers.given(args[k], from_a);
    if (args[k] == 0) return std::nullopt;
  }
  args = conform::vectors::inputs_for(call, args, there[other]);
  for (const std::uint8_t k : there[other].inputs)
    if (args[k] == 0) return std::nullopt;
  (from_a ? out.b : out.a) = other;
  (from_a ? out.args_b : out.args_a) = args;
  return out;
}

/// What may be asked of one of them is asked of both, each question once.
std::vector<Question> Lockstep::questions_at(const Node& node) {
  std::vector<Question> out;
  for (const bool from_a : {true, false}) {
    const auto visit = [&](int call, const explore::Arguments& args) {
      const CallKind& kind = (from_a ? a_ : b_).catalogue()[call];
      explore::Arguments inputs{};
      for (const std::uint8_t k : kind.inputs) inputs[k] = args[k];
      Question q;
      (from_a ? q.a : q.b) = call;
      (from_a ? q.args_a : q.args_b) = inputs;
      const auto both = put(q, from_a, node.numbers);
      if (both && std::ranges::find(out, *both) == out.end()) out.push_back(*both);
    };
    (from_a ? a_ : b_).questions(from_a ? node.a : node.b, visit, from_a ? only_a_ : only_b_);
  }
  return out;
}

bool Lockstep::alike(const Heard& a, const Heard& b, Correspondence& numbers) const {
  const CallKind& call_a = a_.catalogue()[a.asked.kind.call];
  const CallKind& call_b = b_.catalogue()[b.asked.kind.call];
  if (a.asked.kind.says != b.asked.kind.says || a.asked.kind.err != b.asked.kind.err ||
      call_a.results.size() != call_b.results.size())
    return false;
  if (a.asked.kind.says != Answer::Kind::ok) return true;
  for (std::size_t i = 0; i < call_a.results.size(); ++i)
    if (!numbers.match(a.asked.args[call_a.results[i]], b.asked.args[call_b.results[i]])) return false;
  return true;
}

bool Lockstep::ask(std::size_t node, const Question& question, bool of_interest) {
  bool meaningless_a = false;
  bool meaningless_b = false;
  const auto a = a_.hear(nodes_[node].a, question.a, question.args_a, meaningless_a);
  const auto b = b_.hear(nodes_[node].b, question.b, question.args_b, meaningless_b);
  if (meaningless_a || meaningless_b || a.empty() || b.empty()) return false;
  ++questions_;
  std::vector<bool> alike_a(a.size());
  std::vector<bool> alike_b(b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t k = 0; k < b.size(); ++k) {
      Correspondence numbers = nodes_[node].numbers;
      if (!alike(a[i], b[k], numbers)) continue;
      alike_a[i] = alike_b[k] = true;
      add({a[i].after, b[k].after, numbers, node, {question, a[i].asked, b[k].asked}, nodes_[node].depth + 1});
    }
  return differ(node, question, a, b, alike_a, alike_b, of_interest);
}

namespace {

/// What tells kinds of answers apart: not the numbers in them.
std::string key(const Asked& asked) {
  return std::to_string(static_cast<int>(asked.kind.says)) + ' ' + std::to_string(asked.kind.err) + ' ' +
         std::string(asked.kind.guard) + ';';
}

}  // namespace

bool Lockstep::differ(std::size_t node, const Question& question, const std::vector<Heard>& a,
                      const std::vector<Heard>& b, const std::vector<bool>& alike_a, const std::vector<bool>& alike_b,
                      bool of_interest) {
  Difference out{{}, question, {}, {}, {}, {}};
  std::string kind = std::string(a_.catalogue()[question.a].name) + ": ";
  for (std::size_t i = 0; i < a.size(); ++i) {
    out.a.push_back(a[i].asked);
    if (alike_a[i]) continue;
    out.only_a.push_back(a[i].asked);
    kind += key(a[i].asked);
  }
  kind += '|';
  for (std::size_t k = 0; k < b.size(); ++k) {
    out.b.push_back(b[k].asked);
    if (alike_b[k]) continue;
    out.only_b.push_back(b[k].asked);
    kind += key(b[k].asked);
  }
  if (out.only_a.empty() && out.only_b.empty()) return false;
  if (!of_interest || !kinds_.insert(kind).second) return true;
  for (std::size_t n = node; n != 0; n = nodes_[n].parent) out.steps.push_back(nodes_[n].by);
  std::ranges::reverse(out.steps);
  differences_.push_back(std::move(out));
  if (shortest_ != nullptr)
    for (std::size_t known = *shortest_; nodes_[node].depth + 1 < known;)
      if (shortest_->compare_exchange_weak(known, nodes_[node].depth + 1)) break;
  return true;
}

void Lockstep::add(Node&& node) {
  std::string key;
  for (const Belief* belief : {&node.a, &node.b}) {
    key.append(reinterpret_cast<const char*>(belief->data()), belief->size() * sizeof(spec::NativeState));
    key += '|';
  }
  key.append(reinterpret_cast<const char*>(&node.numbers), sizeof node.numbers);
  if (seen_.insert(std::move(key)).second) nodes_.push_back(std::move(node));
}

}  // namespace pasid::review
