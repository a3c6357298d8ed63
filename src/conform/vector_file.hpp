// Vector files: sequences of calls with the answers expected, by world (spec/formats/pasid_vectors_v1.schema.json).
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "src/conform/backend.hpp"
#include "src/io/json.hpp"

namespace pasid::conform {

/// A test of a vector file.
struct VectorTest {
  std::uint64_t id = 0;  ///< tcId
  std::string comment;
  std::vector<Call> calls;      ///< by the group's catalogue
  std::vector<Answer> answers;  ///< the model's, by its policy for picks; results by CallKind::results
  std::string lacks;            ///< not empty: a call that nobody can ask a program for that is its own device
};

struct VectorGroup {
  World world;
  /// What an implementation must offer.
  std::vector<std::string> calls;
  std::vector<std::string> environment;
  std::vector<std::string> observes;
  std::vector<VectorTest> tests;
  const Catalogue* catalogue = nullptr;
};

/// A file read whole.
class VectorFile {
 public:
  /// `path`: "-" is standard input. `device`: of the implementation that will be asked. Everything must outlive it.
  /// Throws io::InputError, with the place in the file, for whatever is wrong with it: also where a test that is valid
  /// lists an answer, or a digest of the state at the end, that the model does not give.
  VectorFile(const std::string& path, const lang::Tree& tree, const explore::Reading& reading, Device device);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& design() const { return design_; }
  [[nodiscard]] const std::deque<VectorGroup>& groups() const { return groups_; }
  [[nodiscard]] std::size_t tests() const { return ids_.size(); }

 private:
  void read_group(const io::Json& json, const spec::NativeFacts& knobs, const io::Json& root);

  std::string path_;
  std::string design_;
  std::unique_ptr<Catalogue> asked_;      ///< every call there is
  std::unique_ptr<Catalogue> itself_;     ///< those where the device is the implementation's own
  const Catalogue* catalogue_ = nullptr;  ///< of the implementation that will be asked
  std::deque<VectorGroup> groups_;
  std::set<std::uint64_t> ids_;  ///< of all tests
};

/// A test as a vector file of its own, which reads as the same test. Its answers are those of an implementation with
/// such a `device`. Ends with a newline.
std::string vector_text(const lang::Tree& tree, const std::string& design, const Catalogue& catalogue, Device device,
                        const World& world, const VectorTest& test, std::string_view flag, std::string_view note);

}  // namespace pasid::conform
