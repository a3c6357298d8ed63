/// PASID tables as VT-d reads them. Part of <pasid/engine.hpp>.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pasid::engine {

/// PGTT of a PASID table entry (VT-d 9.6).
enum class Translation : std::uint8_t { first_stage = 1, second_stage = 2, nested = 3, pass_through = 4 };

/// A scalable-mode PASID table entry, decoded (VT-d 9.6). All other fields are 0.
struct Entry {
  bool present = false;                    ///< P, bit 0
  bool fault_processing_disabled = false;  ///< FPD, bit 1
  std::uint8_t address_width = 0;          ///< AW, bits 4:2: 2 for 4 levels, 3 for 5
  Translation translation{};               ///< PGTT, bits 8:6
  std::uint64_t second_stage_root = 0;     ///< bits 63:12
  std::uint16_t domain_id = 0;             ///< DID, bits 79:64
  bool page_walk_snoop = false;            ///< PWSNP, bit 87
  bool page_snoop = false;                 ///< PGSNP, bit 88
  bool supervisor_requests = false;        ///< SRE, bit 128
  std::uint8_t first_stage_levels = 4;     ///< FSPM, bits 131:130: 0 for 4 levels, 1 for 5
  bool write_protect = false;              ///< WPE, bit 132
  bool no_execute = false;                 ///< NXE, bit 133
  std::uint64_t first_stage_root = 0;      ///< bits 191:140
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// The 64 bytes of an entry, low word first.
using EntryBits = std::array<std::uint64_t, 8>;
[[nodiscard]] EntryBits encode(const Entry& entry) noexcept;
[[nodiscard]] Entry decode(const EntryBits& bits) noexcept;

/// The domain id of SVA and pass-through entries (FLPT_DEFAULT_DID); other domains get 2 to 65535.
inline constexpr std::uint16_t default_domain_id = 1;
inline constexpr std::size_t page_size = 4096;

/// A device's PASID directory: 8-byte entries, bit 0 present, bits 63:12 the table of 64 entries; index PASID >> 6.
struct Directory {
  const std::uint64_t* entries = nullptr;  ///< for dumps by the thread that changes nothing meanwhile
  std::size_t size = 0;                    ///< 512 << order: numbers below size * 64 have a place in it
  std::uint64_t address = 0;               ///< physical, for the scalable-mode context entry
};

}  // namespace pasid::engine
