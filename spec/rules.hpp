// The list of rules: label, parameter names, and the designs that have the rule.
#pragma once

#include <tuple>

#include "spec/rules/iommu.hpp"
#include "spec/rules/kernel_dma.hpp"
#include "spec/rules/process.hpp"
#include "spec/rules/submission.hpp"
#include "spec/rules/sva.hpp"
#include "spec/rules/workqueue.hpp"

namespace pasid::spec {

template <class A, class... Values>
struct RuleEntry {
  std::string_view label;
  std::string_view params;  ///< names, separated by spaces
  void (*text)(Rule<A>&, const Facts<A>&, const State<A>&, State<A>&, Values...);
  Val<A, bool> (*only_if)(const Facts<A>&);  ///< a condition on knobs
};

template <class A>
Val<A, bool> always(const Facts<A>&) {
  return true;
}

template <class A, class... Values>
constexpr RuleEntry<A, Values...> rule(std::string_view label, std::string_view params,
                                       void (*text)(Rule<A>&, const Facts<A>&, const State<A>&, State<A>&, Values...),
                                       Val<A, bool> (*only_if)(const Facts<A>&) = always<A>) {
  return {label, params, text, only_if};
}

template <class A>
Val<A, bool> has_kernel_pasids(const Facts<A>& f) {
  return f.kernel_scheme() != KernelScheme::none;
}
/// The design's teardown order has this step.
template <class A, Step S>
Val<A, bool> has_step(const Facts<A>& f) {
  return f.done(S, S);
}
template <class A>
Val<A, bool> msr_source(const Facts<A>& f) {
  return f.pasid_source() == PasidSource::msr;
}
template <class A>
Val<A, bool> fills_mm_value(const Facts<A>& f) {
  return msr_source<A>(f) && f.msr_fill() == MsrFill::mm_value;
}
template <class A>
Val<A, bool> fills_faulting_device(const Facts<A>& f) {
  return msr_source<A>(f) && f.msr_fill() == MsrFill::faulting_device;
}

template <class A>
inline constexpr auto rules = std::tuple{
    rule<A>("process.create", "thread mm", process::create<A>),
    rule<A>("process.fork", "parent child mm", process::fork<A>),
    rule<A>("process.clone", "parent child", process::clone<A>),
    rule<A>("process.thread_exit", "thread", process::thread_exit<A>),
    rule<A>("process.last_exit", "thread mm", process::last_exit<A>),
    rule<A>("process.drop", "mm", process::drop<A>),
    rule<A>("bind.alloc_pasid", "thread wq pasid memory", sva::alloc_pasid<A>),
    rule<A>("bind.attach", "thread wq file handle_memory", sva::attach<A>),
    rule<A>("unbind.stop", "file", sva::stop<A>, has_step<A, Step::stop>),
    rule<A>("unbind.drain", "file", sva::drain<A>, has_step<A, Step::drain>),
    rule<A>("unbind.clear", "file", sva::clear<A>, has_step<A, Step::clear>),
    rule<A>("unbind.flush_iotlb", "file", sva::flush_iotlb<A>, has_step<A, Step::flush_iotlb>),
    rule<A>("unbind.release", "file", sva::release<A>, has_step<A, Step::release>),
    rule<A>("kernel.alloc_pasid", "dev domain pasid", kernel_dma::alloc<A>, has_kernel_pasids<A>),
    rule<A>("kernel.attach", "dev domain memory", kernel_dma::attach<A>, has_kernel_pasids<A>),
    rule<A>("kernel.detach", "dev domain", kernel_dma::detach<A>, has_kernel_pasids<A>),
    rule<A>("kernel.free_pasid", "dev domain", kernel_dma::free<A>, has_kernel_pasids<A>),
    rule<A>("portal.map", "thread file", workqueue::map_portal<A>),
    rule<A>("portal.unmap", "thread file", workqueue::unmap_portal<A>),
    rule<A>("enqcmd.fill_msr", "thread space", submission::fill_mm_value<A>, fills_mm_value<A>),
    rule<A>("enqcmd.fill_msr_of_device", "thread file", submission::fill_faulting_device<A>, fills_faulting_device<A>),
    rule<A>("enqcmd.submit", "thread file work", submission::enqcmd<A>, msr_source<A>),
    rule<A>("cdev.write", "thread file work", submission::cdev_write<A>),
    rule<A>("enqcmds.submit", "dev domain work", submission::enqcmds<A>, has_kernel_pasids<A>),
    rule<A>("iommu.walk", "dev pasid as", iommu::walk<A>),
    rule<A>("work.complete", "work", iommu::complete_by_walk<A>),
    rule<A>("work.complete_cached", "work dev pasid filler as", iommu::complete_by_cache<A>),
    rule<A>("work.abort", "work", iommu::abort<A>),
    rule<A>("work.reap", "work", iommu::reap<A>),
};

}  // namespace pasid::spec
