// Places: in which world and at which grain violations were found before, as text that is kept with the lemmas.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/explore/search.hpp"
#include "src/io/design.hpp"

namespace pasid::check {

struct Place {
  std::size_t scope;  ///< number in growing_scopes(), from 0
  explore::Grain grain;
  friend bool operator==(const Place&, const Place&) = default;
};

/// Where to look for a trace first. Never believed: what is found there is a shortest trace of that scope and grain as
/// any other, and where nothing is found the search goes on as without.
class Places {
 public:
  /// Lines "design property: call 12" or "... step 3": the grain, and the scope's number from 1. Empty lines and those
  /// that start with '#' say nothing.
  /// Throws std::invalid_argument with the line's number and what was expected there.
  static Places parse(std::string_view text);
  /// What parse() reads, in the order of names.
  [[nodiscard]] std::string text() const;

  /// Of the first of these designs (one and its bases) of which something is known; null where there is none.
  [[nodiscard]] const Place* find(const std::vector<std::string>& designs, std::string_view property) const;

  /// Is something known of a design whose name starts so?
  [[nodiscard]] bool know(std::string_view start) const;

  /// Every design and property of which something is known.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> known() const;

  void add(const std::string& design, const std::string& property, Place place) { known_[{design, property}] = place; }

 private:
  std::map<std::pair<std::string, std::string>, Place> known_;
};

/// Where a violation of the design, or of a base of it, was found before: by property, an index into the reading.
std::map<int, Place> known_places(const Places& places, const io::Design& design, const explore::Reading& reading,
                                  const std::vector<int>& properties);

/// As which design an edited one is on record: without a guard, an update.
std::string name_without(const std::string& design, std::string_view label);

/// proofs/places.txt below the data root; none where there is no such file.
/// Throws std::invalid_argument, with the file and the line, where it is not what Places::parse() reads.
std::shared_ptr<const Places> trace_places();

/// The same of edited designs (see name_without()): proofs/falls.txt.
std::shared_ptr<const Places> fall_places();

/// Without this part of the rules the property falls under the design.
struct KnownFall {
  std::string design;
  std::string label;  ///< as lang::drop() takes it
  std::string property;
};
/// Those of fall_places(), in the order of designs and labels.
std::vector<KnownFall> known_falls();

/// Throws std::invalid_argument where the file cannot be written.
void record_places(const std::string& file, const Places& places);
void record_falls(const std::string& file, const Places& places);

}  // namespace pasid::check
