#include "src/check/ledger_check.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <deque>
#include <set>

#include "src/base/parallel.hpp"
#include "src/io/names.hpp"
#include "src/smt/seeds.hpp"

namespace pasid::check {
namespace {

using smt::Answer;

constexpr const char* nothing = "no obligation was checked";

std::string said(const ProofOf& of, const smt::Obligation& o, const std::string& what) {
  return of.design + ": " + o.name() + ": " + what;
}

std::string word(Answer a) { return std::string(io::name_of(a)); }

unsigned rounded_ms(double seconds) {
  constexpr double grain = 10;
  return static_cast<unsigned>(std::lround(seconds * 1000 / grain) * std::lround(grain));
}

/// What the second solver says of all that is not in the ledger.
void ask_for_new(LedgerCheck& out, const std::vector<ProofOf>& proofs,
                 std::set<std::pair<std::size_t, std::size_t>> added, smt::SecondOptions second) {
  if (added.empty()) return;
  second.wanted = [&](std::size_t p, std::size_t o) { return added.contains({p, o}); };
  std::vector<const smt::Proof*> all;
  for (const ProofOf& of : proofs) all.push_back(of.proof);
  std::optional<smt::SecondOpinion> opinion;
  try {
    opinion = smt::second_opinion(all, second);
  } catch (const smt::NoSecondSolver& e) {
    out.without = e.what();
  }
  for (const auto& [p, o] : added) {
    const smt::Obligation& obligation = proofs[p].proof->obligations[o];
    const Answer answer = opinion ? opinion->answers[p][o].value() : Answer::unknown;
    if (answer == Answer::sat)
      out.disagreements.push_back(said(proofs[p], obligation, opinion->solver + " finds a counterexample"));
    if (answer == Answer::unknown)
      out.unknown.push_back(said(proofs[p], obligation, opinion ? opinion->solver + " gave up" : "not asked"));
  }
}

}  // namespace

LedgerCheck check_ledger(const Ledger& ledger, const std::vector<ProofOf>& proofs, const smt::SecondOptions& second) {
  const LedgerIndex index(ledger);
  LedgerCheck out;
  std::set<const LedgerEntry*> met;
  std::set<std::pair<std::size_t, std::size_t>> added;
  for (std::size_t p = 0; p < proofs.size(); ++p) {
    for (std::size_t i = 0; i < proofs[p].proof->obligations.size(); ++i) {
      const smt::Obligation& o = proofs[p].proof->obligations[i];
      if (!o.script) {
        ++out.by_frame;
        continue;
      }
      ++out.obligations;
      const LedgerEntry* entry = index.find(*proofs[p].proof, o);
      if (entry == nullptr) {
        added.insert({p, i});
        continue;
      }
      ++out.known;
      met.insert(entry);
      if (entry->z3 != o.answer)
        out.disagreements.push_back(
            said(proofs[p], o, "Z3 says " + word(o.answer) + " now, the ledger has " + word(entry->z3)));
      else if (entry->cvc5 == Answer::sat)
        out.disagreements.push_back(said(proofs[p], o, "cvc5 denies it, by the ledger"));
      else if (entry->cvc5 == Answer::unknown) out.unknown.push_back(said(proofs[p], o, "cvc5 gave up, by the ledger"));
    }
  }
  if (out.obligations == 0) throw std::invalid_argument(nothing);
  out.added = added.size();
  out.gone = ledger.entries.size() - met.size();
  ask_for_new(out, proofs, std::move(added), second);
  return out;
}

Ledger record_ledger(const std::vector<ProofOf>& proofs, const RecordOptions& options) {
  Ledger out{{smt::first_solver(), smt::second_solver(options.second)}, {}};
  // Entries stay where they are while the index points at them.
  std::deque<LedgerEntry> entries;
  std::vector<std::string> texts;
  LedgerIndex index;
  std::set<std::string> too_little;  // texts whose proof wants an axiom of something that does not occur
  for (const ProofOf& of : proofs) {
    for (const smt::Obligation& o : of.proof->obligations) {
      if (!o.script || index.find(*of.proof, o) != nullptr) continue;
      std::string text = ledger_text(of.proof->scripts, *o.script, false);
      if (!too_little.contains(text) &&
          smt::ask_with_seeds(text, 1, options.second.timeout_ms).answer != smt::Answer::unsat)
        too_little.insert(text);
      const bool all_axioms = too_little.contains(text);
      if (all_axioms) text = ledger_text(of.proof->scripts, *o.script, true);
      texts.push_back(std::move(text));
      LedgerEntry e{of.design, o.name(), ledger_hash(texts.back()), {}, all_axioms};
      for (const std::size_t i : o.script->core) e.from.push_back(of.proof->scripts.names[i]);
      entries.push_back(std::move(e));
      index.add(entries.back());
    }
  }
  if (entries.empty()) throw std::invalid_argument(nothing);
  std::atomic<std::size_t> done{0};
  in_parallel(entries.size(), options.second.threads, [&](std::size_t i, unsigned) {
    LedgerEntry& e = entries[i];
    const smt::Seeded z3 = smt::ask_with_seeds(texts[i], options.seeds, options.second.timeout_ms);
    const smt::TimedAnswer cvc5 = smt::ask_second(texts[i], options.second);
    e.z3 = z3.answer;
    e.z3_ms = rounded_ms(z3.seconds);
    e.seeds = z3.seeds;
    e.changed = z3.changed;
    e.cvc5 = cvc5.answer;
    e.cvc5_ms = rounded_ms(cvc5.seconds);
    if (const std::size_t n = ++done; options.second.progress) options.second.progress(n, entries.size());
  });
  out.entries.assign(entries.begin(), entries.end());
  return out;
}

}  // namespace pasid::check
