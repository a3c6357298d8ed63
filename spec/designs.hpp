// What a design has: conditions on knobs, under which rules exist and properties apply.
#pragma once

#include "spec/facts.hpp"

namespace pasid::spec {

template <class A>
Val<A, bool> has_sva(const Facts<A>& f) {
  return f.sva() == Switch::on;
}
/// The order of a bond's teardown has this step.
template <class A, Step S>
Val<A, bool> has_step(const Facts<A>& f) {
  return has_sva<A>(f) && f.done(S, S);
}
/// The order of an address space's end has this step.
template <class A, Step S>
Val<A, bool> has_exit_step(const Facts<A>& f) {
  return f.exit_done(S, S);
}
/// The IOMMU is an AMD one. Its tags are what tells the vendors apart.
template <class A>
Val<A, bool> on_amd(const Facts<A>& f) {
  return f.cache_tag() == CacheTag::amd;
}
template <class A>
Val<A, bool> on_smmu(const Facts<A>& f) {
  return f.cache_tag() == CacheTag::smmu;
}
template <class A>
Val<A, bool> on_vtd(const Facts<A>& f) {
  return !on_amd<A>(f) && !on_smmu<A>(f);
}
template <class A, Series S>
Val<A, bool> binds_as(const Facts<A>& f) {
  return f.series() == S;
}
template <class A>
Val<A, bool> binds_as_5_16(const Facts<A>& f) {
  return binds_as<A, Series::linux_5_16>(f) || binds_as<A, Series::linux_6_1>(f);
}
template <class A>
Val<A, bool> binds_as_6_12(const Facts<A>& f) {
  return binds_as<A, Series::linux_6_12>(f) || binds_as<A, Series::linux_7_3>(f);
}
/// The same with SVA; without, the call is refused before it gets there.
template <class A, Series S>
Val<A, bool> reserves_as(const Facts<A>& f) {
  return has_sva<A>(f) && binds_as<A, S>(f);
}
/// The newest series is modelled for each vendor's driver.
template <class A>
Val<A, bool> reserves_as_7_3(const Facts<A>& f) {
  return reserves_as<A, Series::linux_7_3>(f) && on_vtd<A>(f);
}
template <class A>
Val<A, bool> reserves_as_7_3_amd(const Facts<A>& f) {
  return reserves_as<A, Series::linux_7_3>(f) && on_amd<A>(f);
}
template <class A>
Val<A, bool> reserves_as_7_3_smmu(const Facts<A>& f) {
  return reserves_as<A, Series::linux_7_3>(f) && on_smmu<A>(f);
}
template <class A>
Val<A, bool> reserves_as_5_16(const Facts<A>& f) {
  return has_sva<A>(f) && binds_as_5_16<A>(f);
}
/// iommu_sva_alloc_pasid() is there for drivers.
template <class A>
Val<A, bool> has_alloc_call(const Facts<A>& f) {
  return f.alloc_call() == Switch::on && binds_as_5_16<A>(f);
}
/// A process can get a PASID.
template <class A>
Val<A, bool> numbers_processes(const Facts<A>& f) {
  return has_sva<A>(f) || has_alloc_call<A>(f);
}
/// A bind can get as far as having something to undo.
template <class A>
Val<A, bool> undoes_binds(const Facts<A>& f) {
  return has_sva<A>(f) || binds_as<A, Series::linux_6_6>(f);
}
/// Linear address masking came with 6.4.
template <class A>
Val<A, bool> has_lam(const Facts<A>& f) {
  return has_sva<A>(f) && f.series() != Series::linux_5_16 && f.series() != Series::linux_6_1;
}
template <class A>
Val<A, bool> has_supervisor(const Facts<A>& f) {
  return f.kernel_scheme() == KernelScheme::init_mm;
}
/// The same where such a bind can succeed: it goes the way of every SVA bind.
template <class A>
Val<A, bool> binds_supervisor(const Facts<A>& f) {
  return has_supervisor<A>(f) && has_sva<A>(f);
}
template <class A>
Val<A, bool> has_dma_pasids(const Facts<A>& f) {
  return f.kernel_scheme() != KernelScheme::none && !has_supervisor<A>(f);
}
template <class A>
Val<A, bool> has_kernel_pasids(const Facts<A>& f) {
  return has_dma_pasids<A>(f) || binds_supervisor<A>(f);
}
template <class A>
Val<A, bool> has_user_chosen(const Facts<A>& f) {
  return f.user_chosen() == Switch::on;
}
template <class A>
Val<A, bool> has_attachments(const Facts<A>& f) {
  return has_sva<A>(f) || has_kernel_pasids<A>(f) || has_user_chosen<A>(f);
}
/// Somebody is given a number.
template <class A>
Val<A, bool> gives_numbers(const Facts<A>& f) {
  return has_attachments<A>(f) || has_alloc_call<A>(f);
}
template <class A>
Val<A, bool> queue_without_sva(const Facts<A>& f) {
  return f.queue_without_sva() == QueueWithoutSva::opened;
}
/// Disabling a dedicated queue leaves portals to it that have no PASID.
template <class A>
Val<A, bool> forgets_clients(const Facts<A>& f) {
  return has_sva<A>(f) && f.queue_disable() == QueueDisable::forgets;
}
/// Work can be submitted without a PASID.
template <class A>
Val<A, bool> has_work_without_pasid(const Facts<A>& f) {
  return queue_without_sva<A>(f) || forgets_clients<A>(f);
}
/// Something uses what is attached to the RID.
template <class A>
Val<A, bool> has_rid(const Facts<A>& f) {
  return has_dma_pasids<A>(f) || has_work_without_pasid<A>(f);
}
template <class A>
Val<A, bool> has_replace(const Facts<A>& f) {
  return has_dma_pasids<A>(f) && f.series() == Series::linux_7_3 && f.rid_change() == RidChange::leaves;
}
template <class A>
Val<A, bool> has_reset(const Facts<A>& f) {
  return f.device_reset() != DeviceReset::unknown;
}
/// ENQCMD takes its number from IA32_PASID.
template <class A>
Val<A, bool> reads_msr(const Facts<A>& f) {
  return f.enqcmd() == Switch::on && f.pasid_source() == PasidSource::msr;
}
/// Some thread's can hold one.
template <class A>
Val<A, bool> has_msr(const Facts<A>& f) {
  return numbers_processes<A>(f) && reads_msr<A>(f);
}
/// And there are queues to send it to.
template <class A>
Val<A, bool> msr_source(const Facts<A>& f) {
  return has_sva<A>(f) && reads_msr<A>(f);
}
template <class A, MsrFill F>
Val<A, bool> fills(const Facts<A>& f) {
  return msr_source<A>(f) && f.msr_fill() == F;
}
/// That handler asks for no queue.
template <class A>
Val<A, bool> fills_mm_value(const Facts<A>& f) {
  return has_msr<A>(f) && f.msr_fill() == MsrFill::mm_value;
}
/// write() on the file came with 6.10.
template <class A>
Val<A, bool> has_write(const Facts<A>& f) {
  return has_sva<A>(f) && binds_as_6_12<A>(f);
}
template <class A>
Val<A, bool> has_page_requests(const Facts<A>& f) {
  return has_sva<A>(f) && f.page_requests() == Switch::on;
}
/// They are resolved by the number alone.
template <class A>
Val<A, bool> resolves_by_number(const Facts<A>& f) {
  return has_page_requests<A>(f) && (f.series() == Series::linux_5_16 || f.series() == Series::linux_6_1);
}
template <class A>
Val<A, bool> resolves_by_attachment(const Facts<A>& f) {
  return has_page_requests<A>(f) && !resolves_by_number<A>(f);
}
/// An entry that is taken down is zeroed where it stands.
template <class A>
Val<A, bool> zeroes_in_place(const Facts<A>& f) {
  return has_attachments<A>(f) && f.teardown_in_place() == Switch::on;
}
/// An entry that is replaced is written over where it stands.
template <class A>
Val<A, bool> replaces_in_place(const Facts<A>& f) {
  return (has_user_chosen<A>(f) || has_replace<A>(f)) && f.replace_in_place() == Switch::on;
}
template <class A>
Val<A, bool> hears_user(const Facts<A>& f) {
  return has_sva<A>(f) && f.page_changes() != PageChanges::unheard;
}
template <class A>
Val<A, bool> hears_kernel(const Facts<A>& f) {
  return has_sva<A>(f) && f.page_changes() == PageChanges::user_and_kernel;
}
/// Users of all devices take numbers from one space.
template <class A>
Val<A, bool> one_users_space(const Facts<A>& f) {
  return f.user_scope() == UserScope::global || f.user_scope() == UserScope::per_shared_device ||
         f.user_scope() == UserScope::per_bond;
}
/// Shared queues that processes submit to.
template <class A>
Val<A, bool> has_shared_queues(const Facts<A>& f) {
  return has_sva<A>(f) && f.enqcmd() == Switch::on;
}
template <class A>
Val<A, bool> has_kernel_and_users(const Facts<A>& f) {
  return has_kernel_pasids<A>(f) && has_sva<A>(f);
}
/// Somebody submits work, to a device whose table can have entries.
template <class A>
Val<A, bool> has_work(const Facts<A>& f) {
  return has_attachments<A>(f) || has_work_without_pasid<A>(f);
}
/// Somebody else than the kernel does.
template <class A>
Val<A, bool> has_users_work(const Facts<A>& f) {
  return has_sva<A>(f) || has_user_chosen<A>(f) || queue_without_sva<A>(f);
}
/// There is work, and the IOMMU caches the entries.
template <class A>
Val<A, bool> has_entry_cache(const Facts<A>& f) {
  return has_work<A>(f) && f.entry_cache() == Switch::on;
}
/// There is work, and devices cache translations.
template <class A>
Val<A, bool> has_dev_tlb(const Facts<A>& f) {
  return has_work<A>(f) && f.dev_tlb() == Switch::on;
}
/// Work can be in flight where the table has no entry for it.
template <class A>
Val<A, bool> loses_entries(const Facts<A>& f) {
  return has_sva<A>(f) || has_reset<A>(f) || has_work_without_pasid<A>(f);
}
/// Binds are counted, and the number goes with the last.
template <class A>
Val<A, bool> counts_binds(const Facts<A>& f) {
  return f.free_point() == FreePoint::last_unbind;
}

}  // namespace pasid::spec
