// What is under test, seen from the model: calls go in, answers come out.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/conform/catalogue.hpp"
#include "src/conform/world.hpp"

namespace pasid::conform {

/// A call asked for. Arguments are model values (entities and enumerators from 1) by number of the parameter; results,
/// derived parameters and loops are 0.
struct Call {
  int kind = -1;  ///< index into Catalogue::calls()
  explore::Arguments args{};
  friend bool operator==(const Call&, const Call&) = default;
};

inline constexpr std::size_t max_results = 2;

/// What came of a call.
struct Answer {
  enum class Kind : std::uint8_t {
    ok = 1,
    error,        ///< `err`
    would_block,  ///< something must end first, which will; nothing was done
    gp_fault,     ///< ENQCMD with an invalid IA32_PASID that nothing fills
    unsupported,  ///< the implementation has not this call, or not with these arguments; nothing was done
    failure,      ///< no answer: it crashed, hangs, or talks nonsense; `what` says which
  };
  /// Whose the refusal is, where the implementation says.
  enum class By : std::uint8_t {
    unknown = 0,
    core,    ///< what is under test
    driver,  ///< a stand-in for a driver below it, or for the device
  };
  Kind kind = Kind::ok;
  int err = 0;                                       ///< positive
  std::array<std::uint32_t, max_results> results{};  ///< ok: by CallKind::results; PASIDs are numbers
  std::string what;
  By by = By::unknown;  ///< error, would_block
  /// What was answered is the same, whoever it was.
  friend bool operator==(const Answer& a, const Answer& b) {
    return a.kind == b.kind && a.err == b.err && a.results == b.results && a.what == b.what;
  }
};

/// "core", "driver"; "unknown".
std::string_view name_of(Answer::By by);

/// What the environment does to a call, as capabilities name it: "memory.none_for_slot". `value` is an enumerator.
std::string choice_name(const Parameter& parameter, std::uint8_t value);

/// What an implementation can be asked, told and shown. Everything is by name of the model.
struct Capabilities {
  std::string name;                     ///< of the implementation, with its version
  std::vector<std::string> calls{};     ///< names of CallKind
  std::vector<std::string> observes{};  ///< cells that observe() shows, wholly
  std::vector<std::string>
      environment{};  ///< "memory.none_for_slot", "queue.refuses"; what is left to itself is not asked
  std::map<std::string, std::string> cannot{};  ///< of what is missing there, why
  Device device = Device::asked;
  // Configurations:
  bool several_units = true;
  bool grouped_devices = true;  ///< groups of several devices
  bool narrow_devices = true;   ///< devices of different width, or narrower than 20 bits
  bool reserved_numbers = true;
  /// What it offers it does wherever the model gives the call a meaning: to say `unsupported` there is wrong.
  bool exact = false;

  [[nodiscard]] bool offers(std::string_view call) const;
  [[nodiscard]] bool shows(std::string_view cell) const;
  /// An enumerator of a parameter; the first (the ordinary outcome) can always be told.
  [[nodiscard]] bool can_tell(const Parameter& parameter, std::uint8_t value) const;
  /// Empty, or what of this world the implementation cannot be configured as.
  [[nodiscard]] std::string lacks(const World& world) const;
};

/// A cell of the state that is not none.
struct Shown {
  int cell = -1;  ///< index into Tree::cells
  std::array<std::uint8_t, 4> index{};
  std::uint8_t value = 0;
  friend bool operator==(const Shown&, const Shown&) = default;
};
/// In Shown: the implementation shows something that the world has not, such as a PASID that no atom stands for.
inline constexpr std::uint8_t foreign = 255;
/// In Shown::value: there is something, and the implementation does not know what.
inline constexpr std::uint8_t something = 254;

/// All that the cells of Capabilities::observes show.
using View = std::vector<Shown>;

/// What came of a reset.
struct Ready {
  enum class Kind : std::uint8_t {
    yes = 1,
    unsupported,  ///< it cannot be configured as this world, for the reason in `why`; it is then as after no reset
    failed,       ///< it crashed, hangs, or talks nonsense; `why` says which
  };
  Kind kind = Kind::yes;
  std::string why;
  friend bool operator==(const Ready&, const Ready&) = default;
};

class Backend {
 public:
  virtual ~Backend() = default;

  [[nodiscard]] virtual const Capabilities& capabilities() const = 0;

  /// Everything is gone, and the implementation is configured as `world`, which stays valid until the next reset.
  virtual Ready reset(const World& world) = 0;

  /// Asks for calls of the catalogue, one after another; `answers` is as long as `calls`. After a failure all that
  /// follow are failures too, until the next reset.
  virtual void apply(std::span<const Call> calls, std::span<Answer> answers) = 0;

  /// Nothing: it shows nothing, or cannot now.
  virtual std::optional<View> observe() { return std::nullopt; }

  /// Looks, without asking it anything. Empty, or what has gone wrong since the last reset; all answers may have been
  /// fine: it failed while it showed its state, has gone, or said what nobody asked for.
  virtual std::string failed() { return {}; }
};

}  // namespace pasid::conform
