// Which candidates are invariants: Houdini. All are assumed; what some rule does not preserve is dropped, and what
// leaned on it is asked again. A property that follows from the lemmas in every state need not be asked of any rule.
#include <algorithm>

#include "src/smt/proving.hpp"

namespace pasid::smt {
namespace {
/// A step that breaks something is found with few; that there is none is not worth more here.
constexpr unsigned few_conflicts = 100;
/// Where there was one in another design.
constexpr unsigned hinted_conflicts = 120;
/// Where obligations have a rule's name: that of a property that follows from the lemmas.
constexpr auto lemmas = "lemmas";
}  // namespace

using lang::NodeId;

void Proving::suspect() {
  if (!options_.hints) return;
  for (const std::string& design : options_.like) {
    const Hints::Falls* falls = options_.hints->falls(design);
    if (falls == nullptr) continue;
    suspected_ = *falls;
    on_record_ = true;
    return;
  }
  suspected_ = options_.hints->falls();
}

/// What is to be shown of a property that holds wherever the lemmas do.
Question Proving::consequence(const Candidate& property) const {
  Question out{{}, property.body};
  out.from_lemmas = true;
  out.hinted = solving_.hinted(lemmas, property.name);
  return out;
}

/// Drops until nothing falls.
class Proving::Houdini {
 public:
  explicit Houdini(Proving& proving)
      : p_(proving), init_(proving.theory_.rules.size()), asked_(init_ + 1, std::vector<Asked>(candidates().size())),
        follows_(candidates().size()) {
    for (const Candidate& c : candidates()) items_.push_back({c.name, c.kind, Status::proved, {}});
  }

  void run() {
    find_suspects();
    if (p_.on_record_) set_aside();
    else drop_suspects(hinted_conflicts);
    follow_hinted();
    match_at_first();
    if (p_.on_record_) take_back();
    do {
      fallen_ = false;
      for (std::size_t r = 0; r <= init_; ++r) {
        match(r, those(r, State::open), Reach::near);
        drop_fallen(r, State::unmatched, few_conflicts);
        match(r, unsuspected(those(r, State::unmatched)), Reach::far);
        drop_fallen(r, State::hard, SmallWorld::most_conflicts);
      }
      for (std::size_t r = 0; r <= init_; ++r) {
        match(r, those(r, State::unmatched), Reach::far);
        drop_fallen(r, State::hard, SmallWorld::most_conflicts);
      }
      if (!fallen_) ask_at_length();
    } while (fallen_);
  }

  void report(Proof& proof) {
    const std::vector<std::size_t> kept = p_.solving_.alive();
    for (const std::size_t c : kept)
      if (follows_[c])
        proof.obligations.push_back(
            p_.obligation(lemmas, candidates()[c].name, *follows_[c], p_.consequence(candidates()[c])));
    for (std::size_t r = 0; r <= init_; ++r)
      for (const std::size_t c : kept)
        if (!follows_[c]) proof.obligations.push_back(p_.obligation(r, candidates()[c], asked_[r][c].result));
    proof.items = std::move(items_);
  }

 private:
  /// How far the question has got whether a rule keeps a candidate.
  enum class State : std::uint8_t { open, unmatched, hard, done };
  struct Asked {
    State state = State::open;
    Result result;
  };
  struct Suspect {
    std::size_t rule;
    std::size_t candidate;
  };

  [[nodiscard]] const std::vector<Candidate>& candidates() const { return p_.theory_.candidates; }

  /// What is still asked of the rule and has got so far.
  [[nodiscard]] std::vector<std::size_t> those(std::size_t rule, State state) const {
    std::vector<std::size_t> out;
    for (const std::size_t c : p_.solving_.alive())
      if (asked_[rule][c].state == state && !follows_[c] && !aside_.contains(c)) out.push_back(c);
    return out;
  }

  /// Without those that fell at some rule in some design before: a long look at an earlier rule may be in vain.
  [[nodiscard]] std::vector<std::size_t> unsuspected(std::vector<std::size_t> some) const {
    std::erase_if(some, [&](std::size_t c) { return std::ranges::count(suspects_, c, &Suspect::candidate) > 0; });
    return some;
  }

  void match(std::size_t rule, const std::vector<std::size_t>& some, Reach reach) {
    match(p_.solving_, rule, some, reach);
  }
  void match(Solving& solving, std::size_t rule, const std::vector<std::size_t>& some, Reach reach) {
    for (const std::size_t c : some) {
      Asked& a = asked_[rule][c];
      a.result = solving.kept(rule, solving.theory().candidates[c], reach);
      a.state = a.result.answer == Answer::unsat ? State::done : reach == Reach::near ? State::unmatched : State::hard;
    }
  }

  /// What every rule keeps, as far as is soon seen.
  void match_at_first() {
    p_.each_rule([&](Solving& solving, std::size_t r) { match(solving, r, those(r, State::open), Reach::near); });
    if (p_.others_.empty()) return;  // else some of it was shown by others
    for (std::size_t r = 0; r <= init_; ++r)
      for (const std::size_t c : those(r, State::done)) p_.solving_.learn(r, c, asked_[r][c].result);
  }

  /// Drops what a small world shows to fall at the rule.
  void drop_fallen(std::size_t rule, State among, unsigned conflicts) {
    for (auto left = those(rule, among); rule < init_ && !left.empty(); left = those(rule, among))
      if (!drop_fallen(rule, left, conflicts)) return;
  }
  /// The same for some candidates. False if none of them fell.
  bool drop_fallen(std::size_t rule, const std::vector<std::size_t>& among, unsigned conflicts) {
    const auto falls = p_.world_.step_out(p_.knobs_, rule, among, conflicts);
    // Lemmas first: a property may follow from those that are left.
    for (std::size_t i = falls.size(); i-- > 0;) fall(rule, falls[i], Status::dropped);
    return !falls.empty();
  }

  void find_suspects() {
    for (const auto& [rule, formula] : p_.suspected_) {
      const auto r = std::ranges::find(p_.theory_.rules, rule, &lang::RuleTree::label);
      const auto c = std::ranges::find(candidates(), formula, &Candidate::name);
      if (r != p_.theory_.rules.end() && c != candidates().end())
        suspects_.push_back({static_cast<std::size_t>(r - p_.theory_.rules.begin()),
                             static_cast<std::size_t>(c - candidates().begin())});
    }
  }

  /// Drops what falls where it fell before: nothing that is not to stay is assumed for long. One fall may make way for
  /// another.
  void drop_suspects(unsigned conflicts) {
    const auto is_left = [&](std::size_t c) { return p_.solving_.alive(c) && !follows_[c]; };
    for (bool any = true; any;) {
      any = false;
      for (auto from = suspects_.begin(), to = from; from != suspects_.end(); from = to) {
        to = std::find_if(from, suspects_.end(), [&](const Suspect& s) { return s.rule != from->rule; });
        std::vector<std::size_t> some;
        for (auto s = from; s != to; ++s)
          if (is_left(s->candidate)) some.push_back(s->candidate);
        while (!some.empty() && drop_fallen(from->rule, some, conflicts)) {
          any = true;
          std::erase_if(some, [&](std::size_t c) { return !is_left(c); });
        }
      }
    }
  }

  /// Proves the others first, without what will hardly stay.
  void set_aside() {
    for (const Suspect& s : suspects_) aside_.insert(s.candidate);
    for (const std::size_t c : aside_) p_.solving_.set_aside(c, true);
  }
  void take_back() {
    drop_suspects(SmallWorld::most_conflicts);
    for (const std::size_t c : aside_) p_.solving_.set_aside(c, false);
    aside_.clear();
  }
  /// Asks first whether a property follows from the lemmas where one did in some design before.
  void follow_hinted() {
    for (const std::size_t c : p_.solving_.alive())
      if (!p_.consequence(candidates()[c]).hinted.empty()) follow(c);
  }

  void ask_at_length() {
    for (std::size_t r = 0; r <= init_; ++r)
      for (const std::size_t c : those(r, State::hard)) {
        if (!p_.solving_.alive(c) || follows_[c]) continue;
        // From less a step out may be found that was not there before.
        const bool falls = r < init_ && !p_.world_.step_out(p_.knobs_, r, {c}, SmallWorld::most_conflicts).empty();
        Answer answer = Answer::sat;
        if (!falls && !follow(c)) {
          asked_[r][c] = {State::done, p_.solving_.by_search(p_.solving_.question(r, candidates()[c]))};
          answer = asked_[r][c].result.answer;
        }
        if (answer == Answer::unsat || follows_[c]) continue;
        fall(r, c, answer == Answer::sat ? Status::dropped : Status::unknown);
      }
  }

  /// Does a property hold wherever the lemmas do? Then nothing of it need be asked of the rules.
  bool follow(std::size_t c) {
    follows_[c].reset();
    if (candidates()[c].kind != lang::FormulaKind::property) return false;
    const Question question = p_.consequence(candidates()[c]);
    if (p_.world_.possible(p_.theory_.tree.negate(question.goal), p_.solving_.assumable(question))) return false;
    Result result = p_.solving_.by_matching(question, Reach::far);
    if (result.answer == Answer::unsat) follows_[c] = std::move(result);
    return follows_[c].has_value();
  }

  /// A step was found that does not keep it, or no proof that all do.
  void fall(std::size_t rule, std::size_t candidate, Status status) {
    fallen_ = true;
    if (follow(candidate)) return;
    items_[candidate].status = status;
    items_[candidate].fell_at = p_.theory_.rule_name(rule);
    items_[candidate].fell = ++falls_;
    p_.solving_.drop(candidate);
    p_.world_.forget(candidates()[candidate].body);
    for (auto& row : asked_)
      for (Asked& a : row)
        if (a.state == State::done && a.result.leans_on.contains(candidate)) a = {};
    for (std::size_t c = 0; c < follows_.size(); ++c)
      if (follows_[c] && follows_[c]->leans_on.contains(candidate)) follow(c);
  }

  Proving& p_;
  std::size_t init_;                            ///< the initial state, counted as a rule after the last
  std::vector<std::vector<Asked>> asked_;       ///< by rule and candidate
  std::vector<std::optional<Result>> follows_;  ///< by candidate: that it follows from the lemmas
  std::vector<Item> items_;
  std::vector<Suspect> suspects_;
  std::set<std::size_t> aside_;  ///< neither asked about nor assumed now
  std::size_t falls_ = 0;
  bool fallen_ = false;
};

void Proving::prove_states(Proof& proof) {
  Houdini houdini(*this);
  houdini.run();
  houdini.report(proof);
}

/// Properties of steps: one obligation for each rule, from the invariants that stood.
void Proving::prove_steps(Proof& proof) {
  std::vector<std::vector<Result>> near(theory_.rules.size());
  each_rule([&](Solving& solving, std::size_t r) {
    if (r == near.size()) return;
    for (const Candidate& property : solving.theory().of_steps)
      near[r].push_back(solving.kept(r, property, Reach::near));
  });
  for (std::size_t p = 0; p < theory_.of_steps.size(); ++p) {
    const Candidate& property = theory_.of_steps[p];
    Item item{property.name, lang::FormulaKind::property, Status::proved, {}, property.judges};
    std::vector<Obligation> shown;
    for (std::size_t r = 0; r < theory_.rules.size(); ++r) {
      Result result = near[r][p];
      if (result.answer != Answer::unsat) {
        result = solving_.by_matching(solving_.question(r, property), Reach::far);
        result.seconds += near[r][p].seconds;
        if (result.answer != Answer::unsat && world_.step_out(knobs_, r, property)) result.answer = Answer::sat;
        if (result.answer == Answer::unknown) result = solving_.by_search(solving_.question(r, property));
      }
      if (result.answer != Answer::unsat) {
        item.status = result.answer == Answer::sat ? Status::dropped : Status::unknown;
        item.fell_at = theory_.rule_name(r);
        break;
      }
      shown.push_back(obligation(r, property, result));
    }
    if (item.status == Status::proved) proof.obligations.insert(proof.obligations.end(), shown.begin(), shown.end());
    proof.items.push_back(std::move(item));
  }
}

}  // namespace pasid::smt
