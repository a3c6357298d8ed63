// Claims: what somebody said, held against what was computed.
#pragma once

#include <map>

#include "src/check/check.hpp"
#include "src/io/claim.hpp"

namespace pasid::check {

/// One verdict a claim speaks of, beside the one computed.
struct Evidence {
  enum class Role : std::uint8_t { predicts = 1, also, nearest, edit } role;
  io::Saying said;
  std::string design;  ///< the name of the design that was checked
  PropertyResult computed;
  bool contradiction;       ///< the engines disagree on this design
  std::size_t obligations;  ///< of the design's proof
  std::size_t by_frame;     ///< of these
  [[nodiscard]] bool agrees() const { return said.verdict == computed.verdict; }
};

struct ClaimResult {
  io::Claim claim;
  io::ClaimVerdict verdict;
  std::vector<Evidence> evidence;
  /// The verdict is the expected one, and whatever else the claim's file says was computed so.
  [[nodiscard]] bool agrees() const;
};

/// "the claim says", "also", …: what a verdict is to its claim.
std::string_view words(Evidence::Role role);

/// The exit code a result asks for: 0 as expected, 1 not, 2 undecided, 4 contradiction.
int exit_code(const ClaimResult& result);

/// Checks claims, each design once.
class Claims {
 public:
  Claims(const lang::Tree& tree, Options options) : tree_(tree), options_(std::move(options)) {
    options_.precedents = std::make_shared<smt::Precedents>();
  }
  ClaimResult check(const io::Claim& claim);
  /// The result of a design; checked at the first call.
  const DesignResult& result(const io::Design& design);
  /// Checks these designs, and those that the claims speak of, on so many threads.
  void prepare(const std::vector<io::Design>& designs, const std::vector<io::Claim>& claims, unsigned threads);
  /// The designs checked so far whose engines disagree, or that have other errors.
  [[nodiscard]] std::vector<std::string> errors() const;

 private:
  const lang::Tree& tree_;
  Options options_;
  std::map<std::string, DesignResult> known_;
};

/// What came of designs and claims together.
struct Checked {
  std::vector<DesignResult> designs;
  std::vector<ClaimResult> claims;
  std::vector<std::string> errors;  ///< as of Claims
  /// The worst that one of them asks for; of a design where it is not as expected.
  [[nodiscard]] int exit_code() const;
};

/// Checks all of them on so many threads, with the hints and places that come with the program.
Checked check_all(const lang::Tree& tree, Options options, const std::vector<io::Design>& designs,
                  const std::vector<io::Claim>& claims, unsigned threads);

}  // namespace pasid::check
