// The lists of axioms and properties, with their public names.
#pragma once

#include <tuple>

#include "spec/axioms.hpp"
#include "spec/changes.hpp"
#include "spec/entry.hpp"
#include "spec/properties.hpp"
#include "spec/rules.hpp"

namespace pasid::spec {

template <class A>
inline constexpr std::array axioms{
    AxiomEntry<A>{"GroupsHaveOneIommu", "devices that are attached together share an IOMMU",
                  axiom::groups_have_one_iommu<A>},
    AxiomEntry<A>{"Width", "what fits a device is a PASID of a device that has PASIDs, and not the RID's index",
                  axiom::width<A>},
    AxiomEntry<A>{"Highest", "the highest number of a device fits it, and nothing above it does", axiom::highest<A>},
    AxiomEntry<A>{"RidPasidIsReserved", "no allocator hands out the RID's table index",
                  axiom::rid_pasid_is_reserved<A>},
    AxiomEntry<A>{"UserNumberSpaces", "the number space of a device's users follows user_scope",
                  axiom::users_share_a_space<A>},
    AxiomEntry<A>{"KernelNumberSpace", "a shared pool is the users' number space, other kernel schemes have their own",
                  axiom::kernel_number_space<A>},
    AxiomEntry<A>{"OneOfAKind", "of init_mm and of the identity mapping there is one", axiom::one_of_a_kind<A>},
    AxiomEntry<A>{"KernelValues", "which values the kernel may use follows kernel_scheme", axiom::kernel_values<A>},
    AxiomEntry<A>{"KernelValuesServeDevices", "a set of the kernel's own has one value for each device, or two",
                  axiom::kernel_values_serve_devices<A>},
    AxiomEntry<A>{"KernelValuesOutsideUserRange", "with sets_disjoint, kernel values lie outside the users' range",
                  axiom::kernel_values_outside_user_range<A>},
};

template <class A>
inline constexpr std::array properties{
    PropertyEntry<A>{"OnePasidPerMm", "two live bonds of one mm carry one PASID, on any devices",
                     property::one_pasid_per_mm<A>, has_sva<A>},
    PropertyEntry<A>{
        "SharedQueueUnique",
        "on a shared queue's device no PASID names two address spaces, and an MSR's value is attached for its mm",
        property::shared_queue_unique<A>, has_shared_queues<A>},
    PropertyEntry<A>{"KernelUserDisjoint",
                     "no PASID of a live user bond is a kernel domain's on that device or under a shared tag",
                     property::kernel_user_disjoint<A>, has_kernel_and_users<A>},
    PropertyEntry<A>{"KernelUserNamespaceDisjoint", "no number could be both the kernel's and a user's",
                     property::kernel_user_namespace_disjoint<A>, has_kernel_and_users<A>},
    PropertyEntry<A>{"KernelPasidFollowsRid", "what is attached for the kernel is the domain of the device's RID",
                     property::kernel_pasid_follows_rid<A>, has_dma_pasids<A>},
    PropertyEntry<A>{"RidMeansItsDomain", "requests without a PASID reach the domain that their device's RID has now",
                     property::rid_means_its_domain<A>, has_rid<A>},
    PropertyEntry<A>{"KernelRequestServed", "a device without a kernel domain has a kernel value free for one",
                     property::kernel_request_served<A>, has_kernel_pasids<A>},
    PropertyEntry<A>{"SecondKernelDomain", "a device with one kernel domain has a kernel value free for another",
                     property::second_kernel_domain<A>, has_kernel_pasids<A>},
    PropertyEntry<A>{"PageTableChangeReachesCaches", "no cached translation leads to a page that has been freed",
                     property::page_table_change_reaches_caches<A>, has_sva<A>},
    PropertyEntry<A>{"DmaIsolation", "completed work and its page requests touched only the submitter's address space",
                     property::dma_isolation<A>, has_work<A>},
    PropertyEntry<A>{"NoStaleReuse",
                     "a PASID is not assigned while hardware, work or an MSR still means an owner that lost it",
                     property::no_stale_reuse<A>, gives_numbers<A>},
    PropertyEntry<A>{"MsrCoherent", "a valid MSR of a live thread is a PASID of its mm", property::msr_coherent<A>,
                     has_msr<A>},
    PropertyEntry<A>{"ReservedNeverAllocated", "reserved values stay reserved", property::reserved_never_allocated<A>,
                     gives_numbers<A>},
    PropertyEntry<A>{"WithinDeviceWidth", "what is in a device's table lies within its width",
                     property::within_device_width<A>, has_attachments<A>},
    PropertyEntry<A>{"SubmitterAuthorised", "a user's work is under a PASID that means its submitter or nobody",
                     property::submitter_authorised<A>, has_users_work<A>},
    PropertyEntry<A>{"NoLeak", "a number that is given away has an owner that can still give it back",
                     property::no_leak<A>, gives_numbers<A>},
    PropertyEntry<A>{"NewMmHasNoPasid", "a new mm, and a new thread's MSR, start with no PASID", PropertyKind::step,
                     property::new_mm_has_no_pasid<A>, always<A>},
    PropertyEntry<A>{"FailedCallChangesNothing", "a call that returns an error leaves what others can see as it was",
                     PropertyKind::call, property::failed_call_changes_nothing<A>, always<A>},
    PropertyEntry<A>{"BoundThreadCanSubmit", "a bound thread with a portal can have its ENQCMD accepted",
                     property::bound_thread_can_submit<A>, msr_source<A>},
    PropertyEntry<A>{"BoundMmCanBindAgain", "the number a process is bound with is taken by its next bind there",
                     property::bound_mm_can_bind_again<A>, has_sva<A>},
    PropertyEntry<A>{"LamExcludesPasid", "an mm with tagged user pointers has no PASID",
                     property::lam_excludes_pasid<A>, has_lam<A>},
    PropertyEntry<A>{"NoTornEntry", "no table entry is written while hardware may read it", property::no_torn_entry<A>,
                     has_attachments<A>},
    PropertyEntry<A>{"VisibleOnceProgrammed", "what page requests find is in the table of every device of its group",
                     PropertyKind::step, property::visible_once_programmed<A>, resolves_by_attachment<A>},
};

}  // namespace pasid::spec
