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
    LEMMA(filled_thread_has_msr, "a thread whose MSR was filled has it"),
    LEMMA(only_mms_live, "only mms live and end"),
    LEMMA(pasid_is_owned, "the allocator knows an mm's PASID as that mm's"),
    LEMMA(owner_has_pasid, "what the allocator gave to an mm is the PASID the mm has"),
    LEMMA(only_sva_has_pasid, "only mms (and init_mm) have a PASID"),
    LEMMA(pasid_needs_mm, "only an existing mm has a PASID"),
    LEMMA(counted_pasid_needs_bond, "where binds are counted, an mm with a PASID has a bond"),
    LEMMA(counted_pasid_has_reference, "where binds are counted, an mm with a PASID has a reference on it"),
    LEMMA(reference_is_on_an_mm, "references are on the PASIDs of mms"),
    LEMMA(reference_is_on_a_pasid, "what a reference is on has a PASID"),
    LEMMA(counted_bond_has_reference,
          "where binds are counted, every bond has its reference, and nothing else has one"),
    LEMMA(counted_bond_is_counted, "where binds are counted, a bond has its reference"),
    LEMMA(uncounted_bond_has_none, "where binds are not counted nothing has a reference"),
    LEMMA(users_number_in_user_range, "an mm's PASID lies in the users' range"),
    LEMMA(users_number_in_the_one_space, "where all devices share a number space, mms have numbers in that one"),
    LEMMA(owned_by_mm_in_user_range, "what an allocator gave to an mm is from the users' range"),
    LEMMA(owned_is_not_the_rid, "the RID's table index is given to nobody"),
    LEMMA(kernel_pasid_is_owned, "what a driver holds for a kernel domain was given to that domain"),
    LEMMA(kernel_pasid_in_set, "what a driver holds is from its device's set"),
    LEMMA(kernel_pasid_unique, "two drivers never hold one number of one space for the same domain"),
    LEMMA(kernels_number_is_held, "what was given to a kernel domain is held by a driver"),
    LEMMA(kernels_space_is_the_kernels, "where users do not allocate, what is given is the kernel's"),
    LEMMA(numbers_are_the_bonds, "with a number for each bond, the mm itself has none"),
    LEMMA(owned_number_is_a_bonds, "with a number for each bond, what an mm owns is a bond's"),
    LEMMA(early_supervisor_is_alone_in_group, "before 6.2 a supervisor bind's device is alone in its group"),
    LEMMA(kernel_pasid_is_of_the_scheme,
          "drivers hold numbers for init_mm, for DMA domains or for nothing, as the scheme has it"),
    LEMMA(counted_supervisor_number_is_held, "where binds are counted, a driver holds init_mm's PASID if it has one"),
    LEMMA(supervisor_holds_its_number, "what drivers hold for init_mm is init_mm's PASID"),
    LEMMA(bond_is_whole, "a bond has an mm that exists, a queue, a PASID and a place in its life"),
    LEMMA(absent_bond_is_empty, "an absent bond has nothing"),
    LEMMA(opening_bond_has_live_mm, "an mm does not end while a bind of it is under way"),
    LEMMA(bond_carries_mm_pasid, "a bond's PASID is its mm's for that device"),
    LEMMA(bond_owns_its_pasid, "a bond's PASID was given to its mm"),
    LEMMA(bonds_pasid_in_user_range, "a bond's PASID lies in the users' range"),
    LEMMA(bonds_pasid_is_its_own, "with a number for each bond, no two bonds have one"),
    LEMMA(bond_is_on_a_users_queue, "a bond is on a users' queue of a device with PASIDs, which its PASID fits"),
    LEMMA(bond_on_shared_queue_needs_enqcmd, "without ENQCMD no bond is on a shared queue"),
    LEMMA(bond_needs_bind, "where every bind is refused at once there is no bond"),
    LEMMA(early_bond_is_alone_in_group, "before 6.2 a bond's device is alone in its group"),
    LEMMA(one_sva_lock_holder, "iommu_sva_lock has one holder"),
    LEMMA(portal_needs_open_file, "a portal is mapped by an mm whose pages are there, of a file that is open"),
    LEMMA(portal_is_the_openers, "where mmap looks at the mm, a portal is mapped by the mm that opened the file"),
    LEMMA(dedicated_queue_has_one_client, "a dedicated queue counts one client"),
    LEMMA(dedicated_queue_has_its_clients_pasid, "a dedicated queue that forgets nobody has the PASID of its client"),
    LEMMA(queues_pasid_is_a_clients, "a queue with a PASID is dedicated, and somebody who has it open has that PASID"),
    LEMMA(only_bonds_are_forgotten, "only open files are forgotten by their queue, where it forgets any"),
    LEMMA(bond_has_slot, "an open bond's PASID is attached on its group for its mm"),
    LEMMA(published_slot_is_taken, "what is published is attached"),
    LEMMA(users_slot_has_bond,
          "what is attached for an mm has a bond of that mm: an open one, or the one that reserved it"),
    LEMMA(users_slot_in_user_range, "what is attached for an mm is under a number of the users' range"),
    LEMMA(one_group_lock_holder, "group->mutex has one holder: an attachment on its way, or a teardown"),
    LEMMA(reserved_slot_has_one_bond, "a slot that is only reserved has no open bond"),
    LEMMA(kernels_slot_is_held, "what is attached for a kernel domain is held by a driver of the group"),
    LEMMA(kernels_domain_is_the_rids, "a driver holds numbers for its RID's domain only"),
    LEMMA(user_managed_needs_choice, "user space's tables are attached only where it may choose numbers"),
    LEMMA(rids_slot, "under the RID's index a DMA domain is attached"),
    LEMMA(rids_entry, "outside a reset the RID's entry is what is attached there"),
    LEMMA(entry_has_slot, "what the hardware table holds, software attached"),
    LEMMA(entry_needs_pasids, "a device without PASIDs has no entry but the RID's"),
    LEMMA(slot_fits_group, "what is attached fits every device of the group that has PASIDs"),
    LEMMA(reserved_slot_is_not_under_reset, "an attachment in the making and a reset wait for each other"),
    LEMMA(blocked_device_has_no_entry, "a device that a reset has blocked has no entry"),
    LEMMA(cached_entry_has_slot, "a cached table entry is attached for whom it names"),
    LEMMA(iotlb_has_slot, "a cached translation is attached for whom it names"),
    LEMMA(atc_has_slot, "a translation cached by a device is attached for whom it names"),
    LEMMA(cleared_bond_has_no_entry, "past clear, the last bond of an attachment has no table entry"),
    LEMMA(flushed_bond_has_no_cached_entry, "past the PASID-cache flush, it has no cached entry"),
    LEMMA(flushed_bond_has_no_translation, "past the IOTLB flush, it has no cached translation"),
    LEMMA(flushed_bond_has_no_device_translation, "past the device-TLB flush, it has none cached by a device"),
    LEMMA(drained_bond_has_no_request, "past the draining of faults, it has no page request queued"),
    LEMMA(ended_mm_is_not_walked, "past clear, no walk reaches an mm that has ended"),
    LEMMA(ended_mm_has_no_cached_entry, "past the PASID-cache flush of its end, an mm has no cached entry"),
    LEMMA(ended_mm_has_no_translation, "past the IOTLB flush of its end, an mm has no cached translation"),
    LEMMA(ended_mm_has_no_device_translation,
          "past the device-TLB flush of its end, an mm has none cached by a device"),
    LEMMA(work_is_whole,
          "work has a queue, a PASID, a submitter and somebody whose number it is; absent work has reached nothing"),
    LEMMA(work_has_pasid, "work carries a PASID, unless a user queue without one let it go"),
    LEMMA(work_needs_submitter, "where nobody submits there is no work"),
    LEMMA(processes_work_needs_sva, "without SVA, and without a user queue that needs none, no process has work"),
    LEMMA(work_is_its_submitters, "work is under its submitter's number, unless a process may use another's file"),
    LEMMA(work_has_slot, "work in flight is under a PASID attached for the one whose number it is"),
    LEMMA(users_work_has_undrained_bond,
          "work in flight under a process's number has a bond of that process, queue and PASID that is not drained"),
    LEMMA(request_has_slot, "a queued page request is under a PASID attached for the process it is for"),
    LEMMA(request_needs_page_requests, "without page requests none is queued"),
    LEMMA(no_request_strays, "no page request is resolved in another address space than it is for"),
    LEMMA(outdated_is_cached, "what is outdated is cached"),
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
