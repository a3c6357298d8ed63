// The lists of axioms and properties, with their public names.
#pragma once

#include <tuple>

#include "spec/axioms.hpp"
#include "spec/properties.hpp"
#include "spec/rules.hpp"

namespace pasid::spec {

template <class A>
struct AxiomEntry {
  std::string_view name;
  std::string_view meaning;
  Val<A, bool> (*body)(const Facts<A>&);
};

/// A property of states has a body over one state. One of steps or of calls says so, and has a body over two.
template <class A>
struct PropertyEntry {
  using Applies = Val<A, bool> (*)(const Facts<A>&);
  using OfState = Val<A, bool> (*)(const Facts<A>&, const State<A>&);
  using OfChange = Val<A, bool> (*)(const Facts<A>&, const State<A>& before, const State<A>& after);

  std::string_view name;
  std::string_view meaning;
  PropertyKind judges;
  OfState of_state = nullptr;
  OfChange of_change = nullptr;
  Applies applies;  ///< the rigid fact without which the property says nothing

  constexpr PropertyEntry(std::string_view n, std::string_view m, OfState body, Applies a)
      : name(n), meaning(m), judges(PropertyKind::state), of_state(body), applies(a) {}
  constexpr PropertyEntry(std::string_view n, std::string_view m, PropertyKind kind, OfChange body, Applies a)
      : name(n), meaning(m), judges(kind), of_change(body), applies(a) {}

  /// State properties look at `after` alone.
  [[nodiscard]] constexpr Val<A, bool> holds(const Facts<A>& f, const State<A>& before, const State<A>& after) const {
    return of_state != nullptr ? of_state(f, after) : of_change(f, before, after);
  }
};

template <class A>
inline constexpr std::array axioms{
    AxiomEntry<A>{"UserNumberSpaces", "the number space of a device's users follows user_scope",
                  axiom::users_share_a_space<A>},
    AxiomEntry<A>{"KernelNumberSpace", "a shared pool is the users' number space, other kernel schemes have their own",
                  axiom::kernel_number_space<A>},
    AxiomEntry<A>{"OneIdentityMapping", "pass-through is one address space, whatever it is attached to",
                  axiom::one_identity_mapping<A>},
    AxiomEntry<A>{"KernelValues", "which values the kernel may use follows kernel_scheme", axiom::kernel_values<A>},
    AxiomEntry<A>{"KernelValuesOutsideUserRange", "with sets_disjoint, kernel values lie outside the users' range",
                  axiom::kernel_values_outside_user_range<A>},
};

template <class A>
inline constexpr std::array properties{
    PropertyEntry<A>{"OnePasidPerMm", "two live bonds of one mm carry one PASID, on any devices",
                     property::one_pasid_per_mm<A>, always<A>},
    PropertyEntry<A>{
        "SharedQueueUnique",
        "on a shared queue's device no PASID names two address spaces, and an MSR's value is attached for its mm",
        property::shared_queue_unique<A>, always<A>},
    PropertyEntry<A>{"KernelUserDisjoint",
                     "no PASID of a live user bond is a kernel domain's on that device or under a shared tag",
                     property::kernel_user_disjoint<A>, has_kernel_pasids<A>},
    PropertyEntry<A>{"DmaIsolation", "completed work touched only its submitter's address space",
                     property::dma_isolation<A>, always<A>},
    PropertyEntry<A>{"NoStaleReuse",
                     "a PASID is not assigned while hardware, work or an MSR still means an owner that lost it",
                     property::no_stale_reuse<A>, always<A>},
    PropertyEntry<A>{"MsrCoherent", "a valid MSR of a live thread is a PASID of its mm", property::msr_coherent<A>,
                     msr_source<A>},
    PropertyEntry<A>{"NewMmHasNoPasid", "a new mm, and a new thread's MSR, start with no PASID", PropertyKind::step,
                     property::new_mm_has_no_pasid<A>, always<A>},
    PropertyEntry<A>{"FailedCallChangesNothing", "a call that returns an error leaves what others can see as it was",
                     PropertyKind::call, property::failed_call_changes_nothing<A>, always<A>},
};

}  // namespace pasid::spec
