// The list of rules: label, parameter names, and the designs that have the rule.
#pragma once

#include <tuple>

#include "spec/designs.hpp"
#include "spec/entry.hpp"
#include "spec/rules/attach.hpp"
#include "spec/rules/entries.hpp"
#include "spec/rules/faults.hpp"
#include "spec/rules/iommu.hpp"
#include "spec/rules/kernel_dma.hpp"
#include "spec/rules/pages.hpp"
#include "spec/rules/process.hpp"
#include "spec/rules/reset.hpp"
#include "spec/rules/submission.hpp"
#include "spec/rules/sva.hpp"
#include "spec/rules/unbind.hpp"
#include "spec/rules/user_chosen.hpp"
#include "spec/rules/workqueue.hpp"

namespace pasid::spec {

// clang-format off
template <class A>
inline constexpr auto rules = std::tuple{
    rule<A>("process.create", "thread mm", process::create<A>),
    rule<A>("process.fork", "parent child mm", process::fork<A>),
    rule<A>("process.clone", "parent child", process::clone<A>),
    rule<A>("process.exec", "thread mm new", process::exec<A>),
    rule<A>("process.thread_exit", "thread", process::thread_exit<A>),
    rule<A>("process.last_exit", "thread mm", process::last_exit<A>),
    rule<A>("exit.clear", "mm", process::exit_clear<A>, has_exit_step<A, Step::clear>),
    rule<A>("exit.flush_pasid_cache", "mm", process::exit_flush_pasid_cache<A>, has_exit_step<A, Step::flush_pasid_cache>),
    rule<A>("exit.flush_iotlb", "mm", process::exit_flush_iotlb<A>, has_exit_step<A, Step::flush_iotlb>),
    rule<A>("exit.flush_dev_tlb", "mm", process::exit_flush_dev_tlb<A>, has_exit_step<A, Step::flush_dev_tlb>),
    rule<A>("exit.release", "mm", process::exit_release<A>, has_exit_step<A, Step::release>),
    rule<A>("process.drop", "mm", process::drop<A>),
    rule<A>("process.recycle", "mm", process::recycle<A>),
    rule<A>("process.enable_lam", "thread", process::enable_lam<A>, has_lam<A>),
    rule<A>("mm.alloc_pasid", "thread dev pasid memory", sva::alloc_call<A>, has_alloc_call<A>),
    rule<A>("bind.pasid_5_16", "thread wq file pasid memory", sva::pasid_5_16<A>, binds_as_5_16<A>),
    rule<A>("bind.pasid_6_6", "thread wq file pasid", sva::pasid_6_6<A>, binds_as<A, Series::linux_6_6>),
    rule<A>("bind.pasid", "thread wq file pasid memory", sva::pasid_6_12<A>, binds_as_6_12<A>),
    rule<A>("bind.reserve_5_16", "file memory group", sva::reserve_5_16<A>, reserves_as_5_16<A>),
    rule<A>("bind.reserve_6_6", "file memory group", sva::reserve_6_6<A>, binds_as<A, Series::linux_6_6>),
    rule<A>("bind.reserve_6_12", "file memory group", sva::reserve_6_12<A>, reserves_as<A, Series::linux_6_12>),
    rule<A>("bind.reserve", "file memory group", sva::reserve_7_3<A>, reserves_as_7_3<A>),
    rule<A>("bind.reserve_amd", "file memory group", sva::reserve_7_3_amd<A>, reserves_as_7_3_amd<A>),
    rule<A>("bind.reserve_smmu", "file memory group", sva::reserve_7_3_smmu<A>, reserves_as_7_3_smmu<A>),
    rule<A>("attach.program", "member pasid memory group", attachment::program<A>, has_attachments<A>),
    rule<A>("bind.publish", "file", sva::publish<A>, has_sva<A>),
    rule<A>("bind.undo", "file", sva::undo<A>, undoes_binds<A>),
    rule<A>("unbind.stop", "file", unbind::stop<A>, has_step<A, Step::stop>),
    rule<A>("unbind.drain", "file", unbind::drain<A>, has_step<A, Step::drain>),
    rule<A>("unbind.clear", "file", unbind::clear<A>, has_step<A, Step::clear>),
    rule<A>("unbind.flush_pasid_cache", "file", unbind::flush_pasid_cache<A>, has_step<A, Step::flush_pasid_cache>),
    rule<A>("unbind.flush_iotlb", "file", unbind::flush_iotlb<A>, has_step<A, Step::flush_iotlb>),
    rule<A>("unbind.flush_dev_tlb", "file", unbind::flush_dev_tlb<A>, has_step<A, Step::flush_dev_tlb>),
    rule<A>("unbind.drain_faults", "file", unbind::drain_faults<A>, has_step<A, Step::drain_faults>),
    rule<A>("unbind.release", "file", unbind::release<A>, has_step<A, Step::release>),
    rule<A>("rid.attach", "group domain", kernel_dma::attach_rid<A>, has_rid<A>),
    rule<A>("rid.change", "group old domain", kernel_dma::change_rid<A>, has_rid<A>),
    rule<A>("kernel.alloc_pasid", "dev domain pasid", kernel_dma::alloc<A>, has_dma_pasids<A>),
    rule<A>("supervisor.alloc_pasid", "dev domain pasid", kernel_dma::alloc_supervisor<A>, has_supervisor<A>),
    rule<A>("kernel.reserve", "dev domain memory group", kernel_dma::reserve<A>, has_kernel_pasids<A>),
    rule<A>("kernel.publish", "dev domain", kernel_dma::publish<A>, has_kernel_pasids<A>),
    rule<A>("kernel.detach", "dev domain", kernel_dma::detach<A>, has_kernel_pasids<A>),
    rule<A>("kernel.replace", "dev old domain", kernel_dma::replace<A>, has_replace<A>),
    rule<A>("kernel.free_pasid", "dev domain", kernel_dma::free<A>, has_dma_pasids<A>),
    rule<A>("supervisor.free_pasid", "dev domain", kernel_dma::free_supervisor<A>, binds_supervisor<A>),
    rule<A>("user.reserve", "dev pasid table memory group", user_chosen::reserve<A>, has_user_chosen<A>),
    rule<A>("user.publish", "dev pasid table", user_chosen::publish<A>, has_user_chosen<A>),
    rule<A>("user.undo", "dev pasid table", user_chosen::undo<A>, has_user_chosen<A>),
    rule<A>("user.detach", "dev pasid table", user_chosen::detach<A>, has_user_chosen<A>),
    rule<A>("user.replace", "dev pasid table", user_chosen::replace<A>, has_user_chosen<A>),
    rule<A>("user.work", "wq pasid table work", user_chosen::work<A>, has_user_chosen<A>),
    rule<A>("entry.zero_in_place", "dev pasid as", entries::zero_in_place<A>, zeroes_in_place<A>),
    rule<A>("entry.replace_in_place", "dev pasid as", entries::replace_in_place<A>, replaces_in_place<A>),
    rule<A>("reset.prepare", "dev", reset::prepare<A>, has_reset<A>),
    rule<A>("reset.done", "dev", reset::done<A>, has_reset<A>),
    rule<A>("portal.map", "thread file", workqueue::map_portal<A>, has_sva<A>),
    rule<A>("portal.unmap", "thread file", workqueue::unmap_portal<A>, has_sva<A>),
    rule<A>("queue.disable", "wq", workqueue::disable<A>),
    rule<A>("queue.enable", "wq", workqueue::enable<A>),
    rule<A>("enqcmd.fill_msr", "thread space", submission::fill_mm_value<A>, fills_mm_value<A>),
    rule<A>("enqcmd.fill_msr_of_any_bond", "thread bond", submission::fill_any_bond<A>, fills<A, MsrFill::any_bond>),
    rule<A>("enqcmd.fill_msr_of_device", "thread file", submission::fill_faulting_device<A>, fills<A, MsrFill::faulting_device>),
    rule<A>("enqcmd.broadcast", "thread file", submission::broadcast<A>, fills<A, MsrFill::broadcast>),
    rule<A>("enqcmd.submit", "thread file work queue", submission::enqcmd<A>, msr_source<A>),
    rule<A>("movdir64b.submit", "thread file work", submission::movdir64b<A>, has_sva<A>),
    rule<A>("movdir64b.submit_without_pasid", "thread wq work", submission::movdir64b_without_pasid<A>, queue_without_sva<A>),
    rule<A>("cdev.write", "thread file work queue", submission::cdev_write<A>, has_write<A>),
    rule<A>("kernel.submit", "wq domain work queue", submission::kernel_work<A>, has_kernel_pasids<A>),
    rule<A>("iommu.cache_entry", "dev pasid as", iommu::cache_entry<A>, has_entry_cache<A>),
    rule<A>("iommu.walk", "dev pasid as", iommu::walk<A>, has_work<A>),
    rule<A>("ats.translate", "dev pasid as", iommu::translate<A>, has_dev_tlb<A>),
    rule<A>("ats.translate_cached", "dev pasid filler as", iommu::translate_cached<A>, has_dev_tlb<A>),
    rule<A>("work.complete", "work as", iommu::complete_by_walk<A>, has_work<A>),
    rule<A>("work.complete_cached", "work dev pasid filler as", iommu::complete_by_iotlb<A>, has_work<A>),
    rule<A>("work.complete_atc", "work dev pasid as", iommu::complete_by_atc<A>, has_dev_tlb<A>),
    rule<A>("work.abort", "work", iommu::abort<A>, loses_entries<A>),
    rule<A>("work.reap", "work", iommu::reap<A>, has_work<A>),
    rule<A>("request.raise", "work dev pasid owner", faults::raise<A>, has_page_requests<A>),
    rule<A>("request.resolve_6_1", "dev pasid owner", faults::resolve_6_1<A>, resolves_by_number<A>),
    rule<A>("request.resolve", "dev pasid owner", faults::resolve<A>, resolves_by_attachment<A>),
    rule<A>("pages.change", "mm", pages::change<A>, has_sva<A>),
    rule<A>("pages.notify", "mm", pages::notify<A>, hears_user<A>),
    rule<A>("pages.free", "mm", pages::free<A>, has_sva<A>),
    rule<A>("pages.change_kernel", "", pages::change_kernel<A>, has_sva<A>),
    rule<A>("pages.notify_kernel", "", pages::notify_kernel<A>, hears_kernel<A>),
    rule<A>("pages.free_kernel", "", pages::free_kernel<A>, has_sva<A>),
};
// clang-format on

}  // namespace pasid::spec
