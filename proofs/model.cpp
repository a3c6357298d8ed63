#include "proofs/model.hpp"

#include <array>

#include "proofs/lemmas.hpp"
#include "spec/lang/record.hpp"
#include "spec/model.hpp"

namespace pasid::proofs {
namespace {

using lang::Ast;

struct LemmaEntry {
  std::string_view name;
  lang::Truth (*body)(const spec::Facts<Ast>&, const spec::State<Ast>&);
};

#define LEMMA(name) \
  LemmaEntry { #name, lemma::name < Ast> }
constexpr std::array lemmas{
    LEMMA(thread_has_live_mm),
    LEMMA(thread_state_needs_thread),
    LEMMA(msr_needs_enqcmd),
    LEMMA(live_mm_exists),
    LEMMA(pasid_is_owned),
    LEMMA(owner_has_pasid),
    LEMMA(pasid_needs_mm),
    LEMMA(user_pasid_in_user_range),
    LEMMA(user_pasid_in_device_space),
    LEMMA(kernel_pasid_is_owned),
    LEMMA(kernel_pasid_unique),
    LEMMA(bond_is_whole),
    LEMMA(absent_bond_is_empty),
    LEMMA(bond_carries_mm_pasid),
    LEMMA(one_unbind_at_a_time),
    LEMMA(portal_needs_open_file),
    LEMMA(bond_has_slot),
    LEMMA(bond_has_entry),
    LEMMA(user_slot_has_bond),
    LEMMA(kernel_slot_is_held),
    LEMMA(entry_has_slot),
    LEMMA(cleared_bond_has_no_entry),
    LEMMA(cached_has_slot),
    LEMMA(cached_equals_entry),
    LEMMA(work_is_whole),
    LEMMA(user_work_has_undrained_bond),
    LEMMA(kernel_work_has_slot),
};
#undef LEMMA

}  // namespace

const lang::Tree& model() {
  static const lang::Tree whole = [] {
    lang::Tree tree;
    spec::build(tree);
    lang::Builder builder(tree);
    spec::Facts<Ast> facts;
    spec::State<Ast> state;
    facts.builder = &builder;
    lang::connect(builder, facts);
    lang::connect(builder, state);
    for (const auto& l : lemmas)
      tree.formulas.push_back(
          {lang::FormulaKind::lemma, l.name, "", tree.truth(true), l.body(facts, state).in(builder)});
    return tree;
  }();
  return whole;
}

}  // namespace pasid::proofs
