// The engine's tables as the hardware reads them: by address, from the directory on (VT-d 9.5, 9.6).
#include <algorithm>

#include "src/conform/reference.hpp"

namespace pasid::conform {
namespace {

using engine::Translation;

constexpr std::uint64_t present = 1;
constexpr std::uint64_t address = ~std::uint64_t{engine::page_size - 1};

/// What is at an address: the host gives pages their own.
const std::uint64_t* words_at(std::uint64_t physical) { return reinterpret_cast<const std::uint64_t*>(physical); }

bool first_stage(Translation t) { return t == Translation::first_stage || t == Translation::nested; }
bool second_stage(Translation t) { return t == Translation::second_stage || t == Translation::nested; }

engine::EntryBits bits_of(const engine::Engine& e, engine::Device device, engine::Pasid pasid) {
  engine::EntryBits bits{};
  const auto directory = e.directory(device);
  if (!directory || pasid / 64 >= directory->size) return bits;
  const std::uint64_t table = words_at(directory->address)[pasid / 64];
  if ((table & present) == 0) return bits;
  const std::uint64_t* const words = words_at(table & address) + std::size_t{pasid % 64} * bits.size();
  std::copy(words, words + bits.size(), bits.begin());
  return bits;
}

}  // namespace

/// Domains of a kind differ in how they translate.
engine::DomainConfig ReferenceBackend::domain(std::uint8_t as) const {
  engine::DomainConfig out{.first_stage_root = root(as), .second_stage_root = root(as) + (std::uint64_t{1} << 32)};
  switch (static_cast<spec::Kind>(world_->facts.kind(lang::Id<spec::As>{as}).v)) {
    case spec::Kind::pass_through: out.kind = engine::Kind::pass_through; break;
    case spec::Kind::user_managed:
      out.kind = engine::Kind::user_managed;
      out.translation = as % 2 == 0 ? Translation::nested : Translation::first_stage;
      break;
    default: out.translation = as % 2 == 0 ? Translation::second_stage : Translation::first_stage;
  }
  return out;
}

/// Its page tables are found in the entry, walked with as many levels as they have (four, as units have unless they are
/// told otherwise), and the tag is its own, or the one that all processes and the identity mapping have.
bool ReferenceBackend::leads_to(const engine::Entry& entry, std::uint8_t as) const {
  const auto kind = static_cast<spec::Kind>(world_->facts.kind(lang::Id<spec::As>{as}).v);
  const bool process = kind == spec::Kind::mm;
  const bool identity = kind == spec::Kind::pass_through;
  const Translation translation = process    ? Translation::first_stage
                                  : identity ? Translation::pass_through
                                             : domain(as).translation;
  const bool first = first_stage(translation);
  const bool second = second_stage(translation);
  return entry.translation == translation && (!first || entry.first_stage_root == root(as)) &&
         (!second || entry.second_stage_root == domain(as).second_stage_root) &&
         (!first || entry.first_stage_levels == 4) && (!second || entry.address_width == 2) &&
         (entry.domain_id == engine::default_domain_id) == (process || identity);
}

bool ReferenceBackend::left_over(engine::Device device, engine::Pasid pasid) const {
  const engine::EntryBits bits = bits_of(*engine_, device, pasid);
  engine::EntryBits faults_disabled{};
  faults_disabled[0] = bits[0] & 2;
  return (bits[0] & present) == 0 && bits != faults_disabled;
}

std::optional<ReferenceBackend::Walked> ReferenceBackend::walk(engine::Device device, engine::Pasid pasid) const {
  const engine::Entry entry = engine::decode(bits_of(*engine_, device, pasid));
  if (!entry.present) return std::nullopt;
  Walked out{entry.domain_id, second_stage(entry.translation), foreign};
  for (std::uint8_t as = 1; as <= world_->facts.count[spec::As::index]; ++as)
    if (leads_to(entry, as)) out.leads_to = as;
  return out;
}

}  // namespace pasid::conform
