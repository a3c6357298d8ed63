#include "src/smt/precedents.hpp"

#include <algorithm>
#include <unordered_map>

namespace pasid::smt {

using lang::Node;
using lang::NodeId;

namespace {

/// Writes terms down, each node once, with variables numbered as they are met; and keeps a hash of what it wrote.
class Digest {
 public:
  explicit Digest(const lang::Tree& tree) : tree_(tree) {}

  void write(NodeId id) { take(number(id)); }
  [[nodiscard]] Fingerprint hash() const { return {a_, b_}; }

 private:
  std::uint64_t number(NodeId id) {
    if (const auto it = seen_.find(id); it != seen_.end()) return it->second;
    const Node& n = tree_[id];
    std::vector<std::uint64_t> args;
    for (const NodeId a : n.args) args.push_back(number(a));
    const bool serial = n.op == lang::Op::variable || n.op == lang::Op::forall || n.op == lang::Op::exists;
    take(static_cast<std::uint64_t>(n.op) | args.size() << 8);
    take(reinterpret_cast<std::uintptr_t>(n.sort));
    take(serial ? 0 : static_cast<std::uint64_t>(n.ref));  // a variable is known by where it was met first
    for (const std::uint64_t a : args) take(a);
    return seen_.emplace(id, seen_.size()).first->second;
  }

  void take(std::uint64_t word) {
    a_ = (a_ ^ word) * 0x9e3779b97f4a7c15;
    a_ ^= a_ >> 32;
    b_ = (b_ + word) * 0xd6e8feb86659fd93;
    b_ ^= b_ >> 29;
  }

  const lang::Tree& tree_;
  std::unordered_map<NodeId, std::uint64_t> seen_;
  std::uint64_t a_ = 1;
  std::uint64_t b_ = 2;
};

}  // namespace

Fingerprint fingerprint(const lang::Tree& tree, const std::vector<NodeId>& formulas) {
  Digest out(tree);
  for (const NodeId f : formulas) out.write(f);
  return out.hash();
}

std::optional<std::set<Fingerprint>> Precedents::find(const Fingerprint& question,
                                                      const std::set<Fingerprint>& assumable) const {
  const std::lock_guard lock(mutex_);
  if (const auto it = proofs_.find(question); it != proofs_.end())
    for (const auto& leaned_on : it->second)
      if (std::ranges::includes(assumable, leaned_on)) return leaned_on;
  return std::nullopt;
}

void Precedents::add(const Fingerprint& question, std::set<Fingerprint> leaned_on) {
  const std::lock_guard lock(mutex_);
  proofs_[question].insert(std::move(leaned_on));
}

}  // namespace pasid::smt
