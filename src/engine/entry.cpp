// PASID table entries, bit by bit (VT-d 9.6).
#include <pasid/engine.hpp>

namespace pasid::engine {
namespace {

struct Field {
  unsigned word;   ///< of 64 bits
  unsigned shift;  ///< in the word
  unsigned width;
};
constexpr Field present{0, 0, 1};
constexpr Field fault_processing_disabled{0, 1, 1};
constexpr Field address_width{0, 2, 3};
constexpr Field translation{0, 6, 3};
constexpr Field second_stage_root{0, 12, 52};
constexpr Field domain_id{1, 0, 16};
constexpr Field page_walk_snoop{1, 23, 1};
constexpr Field page_snoop{1, 24, 1};
constexpr Field supervisor_requests{2, 0, 1};
constexpr Field first_stage_paging_mode{2, 2, 2};
constexpr Field write_protect{2, 4, 1};
constexpr Field no_execute{2, 5, 1};
constexpr Field first_stage_root{2, 12, 52};

constexpr std::uint64_t mask(Field f) { return (~std::uint64_t{0} >> (64 - f.width)) << f.shift; }

void put(EntryBits& bits, Field f, std::uint64_t value) { bits[f.word] |= (value << f.shift) & mask(f); }
std::uint64_t get(const EntryBits& bits, Field f) { return (bits[f.word] & mask(f)) >> f.shift; }

}  // namespace

EntryBits encode(const Entry& e) noexcept {
  EntryBits bits{};
  put(bits, present, e.present);
  put(bits, fault_processing_disabled, e.fault_processing_disabled);
  put(bits, address_width, e.address_width);
  put(bits, translation, static_cast<std::uint64_t>(e.translation));
  put(bits, second_stage_root, e.second_stage_root >> second_stage_root.shift);
  put(bits, domain_id, e.domain_id);
  put(bits, page_walk_snoop, e.page_walk_snoop);
  put(bits, page_snoop, e.page_snoop);
  put(bits, supervisor_requests, e.supervisor_requests);
  put(bits, first_stage_paging_mode, e.first_stage_levels == 5 ? 1 : 0);
  put(bits, write_protect, e.write_protect);
  put(bits, no_execute, e.no_execute);
  put(bits, first_stage_root, e.first_stage_root >> first_stage_root.shift);
  return bits;
}

Entry decode(const EntryBits& bits) noexcept {
  Entry e;
  e.present = get(bits, present) != 0;
  e.fault_processing_disabled = get(bits, fault_processing_disabled) != 0;
  e.address_width = static_cast<std::uint8_t>(get(bits, address_width));
  e.translation = static_cast<Translation>(get(bits, translation));
  e.second_stage_root = get(bits, second_stage_root) << second_stage_root.shift;
  e.domain_id = static_cast<std::uint16_t>(get(bits, domain_id));
  e.page_walk_snoop = get(bits, page_walk_snoop) != 0;
  e.page_snoop = get(bits, page_snoop) != 0;
  e.supervisor_requests = get(bits, supervisor_requests) != 0;
  e.first_stage_levels = get(bits, first_stage_paging_mode) == 1 ? 5 : 4;
  e.write_protect = get(bits, write_protect) != 0;
  e.no_execute = get(bits, no_execute) != 0;
  e.first_stage_root = get(bits, first_stage_root) << first_stage_root.shift;
  return e;
}

}  // namespace pasid::engine
