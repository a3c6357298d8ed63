// Calls, answers and views in JSON, as the protocol and vector files have them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/conform/backend.hpp"
#include "src/conform/order.hpp"
#include "src/io/json.hpp"
#include "src/trace/names.hpp"

namespace pasid::conform {

/// The elements of an array of names; none where there is no list. Throws io::InputError for anything else.
std::vector<std::string> names_in(const std::optional<io::Json>& list);

/// Throws io::InputError where one of the names is not `legal`. `what` is what messages call one.
void must_be_among(std::span<const std::string_view> legal, const std::optional<io::Json>& names,
                   std::string_view what);

/// "itself" or "asked"; asked where there is none.
Device device_in(const std::optional<io::Json>& device);

/// The names and numbers of one world. Everything must outlive it.
class Wire {
 public:
  Wire(const Catalogue& catalogue, const World& world);

  /// Appends {"call": "bind", "thread": "T1", …}: the inputs, by the names that the rules give them.
  void append(std::string& out, const Call& call) const;
  /// Appends {"ok": {"pasid": 1}}, {"error": "EBUSY"}, {"would_block": true}, {"gp_fault": true}, {"unsupported":
  /// true}. A failure is no JSON: do not ask.
  void append(std::string& out, const CallKind& kind, const Answer& answer) const;

  /// All of these throw io::InputError for what is none, or names what the world has not.
  [[nodiscard]] Call read_call(const io::Json& json) const;
  [[nodiscard]] Answer read_answer(const CallKind& kind, const io::Json& json) const {
    return read_answer(kind, json, 1);
  }
  /// An implementation's own, which may say "by" beside it: whose the refusal is.
  [[nodiscard]] Answer read_told_answer(const CallKind& kind, const io::Json& json) const;
  /// An element or number that the world has not is `foreign`; only cells that the tree does not have throw.
  [[nodiscard]] View read_view(const io::Json& json) const;
  /// What came, in its order: [{"step":"clear","dev":"dev1","pasid":1}, …].
  [[nodiscard]] std::vector<Came> read_order(const io::Json& json) const;

 private:
  [[nodiscard]] Answer read_answer(const CallKind& kind, const io::Json& json, std::size_t members) const;
  [[nodiscard]] std::uint8_t value(const lang::SortInfo* sort, const io::Json& json) const;
  /// 0: the world has none of that name.
  [[nodiscard]] std::uint8_t element(const lang::SortInfo* sort, std::string_view name) const;
  void read_cell(int cell, std::size_t depth, Shown& shown, const io::Json& json, View& out) const;

  const Catalogue& catalogue_;
  const World& world_;
  struct Spelled {
    const lang::SortInfo* sort;
    std::vector<std::string> json;  ///< by value, from 0
    std::vector<std::string> names;
  };
  std::vector<Spelled> sorts_;
  struct Prepared {
    std::string head;  ///< {"call":"bind"
    struct Input {
      std::string key;      ///< ,"thread":
      std::size_t spelled;  ///< index into sorts_
      std::uint8_t number;
    };
    std::vector<Input> inputs;
  };
  std::vector<Prepared> calls_;
};

}  // namespace pasid::conform
