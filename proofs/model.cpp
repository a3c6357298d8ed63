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
  std::string_view meaning;
  lang::Truth (*body)(const spec::Facts<Ast>&, const spec::State<Ast>&);
};

// clang-format off
#define LEMMA(name, meaning) LemmaEntry{#name, meaning, lemma::name<Ast>}
// clang-format on
constexpr std::array lemmas{
    LEMMA(thread_has_live_mm, "the mm a thread runs in is in use"),
    LEMMA(thread_state_needs_thread, "an absent thread has no register state"),
    LEMMA(msr_needs_enqcmd, "where ENQCMD is not used no MSR is ever filled"),
    LEMMA(live_mm_exists, "an mm in use exists, and only mms do"),
    LEMMA(pasid_is_owned, "the allocator knows an mm's PASID as that mm's"),
    LEMMA(owner_has_pasid, "what the allocator gave to an mm is the PASID the mm has"),
    LEMMA(pasid_needs_mm, "only an existing mm has a PASID"),
    LEMMA(user_pasid_in_user_range, "an mm's PASID lies in the users' range"),
    LEMMA(user_pasid_in_device_space, "an mm's PASID is from the number space of some device"),
    LEMMA(kernel_pasid_is_owned, "what a driver holds for a kernel domain was given to that domain, from its set"),
    LEMMA(kernel_pasid_unique, "two drivers never hold one number of one space for the same domain"),
    LEMMA(bond_is_whole, "a bond has an mm that exists, a queue, a PASID and a place in its teardown"),
    LEMMA(absent_bond_is_empty, "an absent bond has nothing"),
    LEMMA(bond_carries_mm_pasid, "a bond's PASID is its mm's for that device"),
    LEMMA(one_unbind_at_a_time, "iommu_sva_lock has one holder"),
    LEMMA(portal_needs_open_file, "a portal is mapped by a live mm, of a file that is open"),
    LEMMA(bond_has_slot, "a bond's PASID is attached on its device for its mm"),
    LEMMA(bond_has_entry, "while its mm is live and the bond has not reached clear, its table entry is its mm's"),
    LEMMA(user_slot_has_bond, "what is attached for an mm has a bond of that mm"),
    LEMMA(kernel_slot_is_held, "what is attached for a kernel domain is held by a driver and is in the table"),
    LEMMA(entry_has_slot, "what the hardware table holds, software attached, and its mm is live"),
    LEMMA(cleared_bond_has_no_entry, "past clear, the only bond of a pair has no table entry"),
    LEMMA(cached_has_slot, "a cached translation is attached for whom it names"),
    LEMMA(cached_equals_entry,
          "a cached translation equals the entry, or the only bond of its owner lies between clear and flush"),
    LEMMA(work_is_whole, "work has a device, a PASID and a submitter; absent work has reached nothing"),
    LEMMA(user_work_has_undrained_bond,
          "a user's work in flight has a bond of its submitter, device and PASID that is not drained"),
    LEMMA(kernel_work_has_slot, "the kernel's work in flight is under an attached PASID of its domain"),
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
          {lang::FormulaKind::lemma, l.name, l.meaning, tree.truth(true), l.body(facts, state).in(builder)});
    return tree;
  }();
  return whole;
}

}  // namespace pasid::proofs
