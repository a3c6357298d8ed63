#include "src/conform/vectors/history.hpp"

#include <algorithm>
#include <unordered_set>

namespace pasid::conform::vectors {
namespace {

/// The rules with a bug in them: compiled where the bug leaves them alone.
class Wrong {
 public:
  Wrong(const lang::Tree& right, const World& world, const io::Bug& bug)
      : tree_(io::with_bug(right, bug)), reading_(explore::edited_reading(tree_, right)),
        facts_(with_bug(right, world, bug)) {
    catalogue_.emplace(tree_, reading_, facts_);
    asking_.emplace(*catalogue_, facts_);
  }
  Wrong(const Wrong&) = delete;
  Wrong& operator=(const Wrong&) = delete;

  Asking& asking() { return *asking_; }

 private:
  static spec::NativeFacts with_bug(const lang::Tree& tree, World world, const io::Bug& bug) {
    world.facts = io::with_bug(tree, world.facts, bug);
    tell_highest(world);
    return world.facts;
  }
  lang::Tree tree_;
  explore::Reading reading_;
  spec::NativeFacts facts_;
  std::optional<Catalogue> catalogue_;
  std::optional<Asking> asking_;
};

/// Does a tester hear the same?
bool sound_alike(const CallKind& call, const Asked& a, const CallKind& other, const Asked& b) {
  if (a.kind.says != b.kind.says || a.kind.err != b.kind.err || call.results.size() != other.results.size())
    return false;
  for (std::size_t i = 0; i < call.results.size(); ++i)
    if (a.args[call.results[i]] != b.args[other.results[i]]) return false;
  return true;
}

/// One search, level by level, through what the right and the wrong rules have answered alike so far.
class Product {
 public:
  Product(Asking& right, Asking& wrong, const std::vector<std::string>& among) : right_(right), wrong_(wrong) {
    if (among.empty()) return;
    for (const CallKind& c : right.catalogue().calls())
      only_.push_back(std::ranges::find(among, c.name) != among.end());
  }

  struct Found {
    std::vector<Asked> calls;
    std::string wrong;
  };
  std::optional<Found> always;
  std::optional<Found> may;

  /// Sequences of fewer calls than `below`. False: it ended at the limit.
  bool search(std::size_t below, std::size_t most) {
    nodes_.push_back({Asking::start(), Asking::start(), 0, {}, 0});
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      if (nodes_[n].depth + 1 >= below) return true;
      if (n == most) return false;
      if (!look(n)) return true;
    }
    return true;
  }

 private:
  struct Node {
    Belief right;
    Belief wrong;
    std::size_t parent;
    Asked by;
    std::size_t depth;
  };

  bool look(std::size_t n) {
    const Belief from = nodes_[n].right;
    const Belief wrong_from = nodes_[n].wrong;
    right_.each(
        from,
        [&](const Asked& asked, Belief&& after) {
          const CallKind& call = right_.catalogue()[asked.kind.call];
          const int other = wrong_.catalogue().named(call.name);
          if (other < 0) return true;
          const CallKind& wrong_call = wrong_.catalogue()[other];
          bool meaningless = false;
          const auto heard = wrong_.hear(wrong_from, other, inputs_for(call, asked.args, wrong_call), meaningless);
          if (meaningless) return true;
          Belief agreeing;
          const Asking::Heard* different = nullptr;
          for (const auto& h : heard) {
            if (sound_alike(call, asked, wrong_call, h.asked))
              agreeing.insert(agreeing.end(), h.after.begin(), h.after.end());
            else different = &h;
          }
          const auto found = [&] { return Found{sequence(n, asked), words(different, asked)}; };
          if (agreeing.empty()) {
            always = found();
            return false;
          }
          if (different != nullptr && !may) may = found();
          add({std::move(after), std::move(agreeing), n, asked, nodes_[n].depth + 1});
          return true;
        },
        only_);
    return !always;
  }

  [[nodiscard]] static std::string words(const Asking::Heard* h, const Asked& right) {
    if (h == nullptr) return "no number that there is";
    const bool both_ok = h->asked.kind.says == Answer::Kind::ok && right.kind.says == Answer::Kind::ok;
    return both_ok ? "another number" : answer_name(h->asked.kind);
  }

  [[nodiscard]] std::vector<Asked> sequence(std::size_t n, const Asked& last) const {
    std::vector<Asked> out{last};
    for (; n != 0; n = nodes_[n].parent) out.push_back(nodes_[n].by);
    std::ranges::reverse(out);
    return out;
  }

  void add(Node&& node) {
    std::string key;
    for (const Belief* b : {&node.right, &node.wrong}) {
      key.append(reinterpret_cast<const char*>(b->data()), b->size() * sizeof(spec::NativeState));
      key += '|';
    }
    if (seen_.insert(std::hash<std::string>{}(key)).second) nodes_.push_back(std::move(node));
  }

  Asking& right_;
  Asking& wrong_;
  std::vector<bool> only_;  ///< calls of the right rules; empty: all
  std::vector<Node> nodes_;
  std::unordered_set<std::size_t> seen_;
};

}  // namespace

Told told(const Catalogue& catalogue, const std::vector<const World*>& worlds, const io::Bug& bug, std::size_t nodes) {
  const lang::Tree& tree = catalogue.tree();
  Told out{bug, true, {}, 0, true, {}, {}};
  if (!bug.untold.empty()) {
    out.why_not = bug.untold;
    return out;
  }
  out.concerns = !worlds.empty() && concerns(tree, worlds.front()->facts, bug);
  if (!out.concerns) {
    out.why_not = "not a bug of this design: its rules never were these";
    return out;
  }
  constexpr std::size_t longest = 16;
  std::size_t shortest = longest;
  bool complete = true;
  std::optional<Product::Found> may;
  std::size_t may_world = 0;
  std::optional<Product::Found> always;
  const auto search = [&](std::size_t w, const std::vector<std::string>& among, std::size_t most) {
    Asking right(catalogue, worlds[w]->facts);
    Wrong wrong(tree, *worlds[w], bug);
    Product product(right, wrong.asking(), among);
    complete = product.search(shortest, most) && complete;
    if (product.always) {
      always = product.always;
      shortest = always->calls.size();
      out.world = w;
    }
    if (product.may && (!may || product.may->calls.size() < may->calls.size())) may = product.may, may_world = w;
  };
  for (std::size_t w = 0; w < worlds.size(); ++w) search(w, {}, bug.among.empty() ? nodes : nodes / 4);
  // What takes longer is looked for among the calls that matter, in one world after another.
  if (!bug.among.empty())
    for (std::size_t w = 0; w < worlds.size() && !always; ++w) search(w, bug.among, 20 * nodes);
  if (!always && may) {
    always = may;
    out.world = may_world;
    out.always = false;
  }
  if (!always) {
    out.why_not = complete ? "no sequence of fewer than 16 calls tells it in these worlds"
                           : "unknown: the search ended at its limit";
    return out;
  }
  out.wrong = always->wrong;
  out.test =
      Test{std::string(bug.id) + ": " + std::string(bug.effect), {"history", std::string(bug.id)}, always->calls};
  return out;
}

}  // namespace pasid::conform::vectors
