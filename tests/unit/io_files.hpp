// Files for the tests of src/io: a directory of their own, and a data root that may be spoiled.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "spec/lang/tree.hpp"
#include "spec/model.hpp"
#include "spec/verdict.hpp"
#include "src/io/design.hpp"
#include "src/io/error.hpp"
#include "tests/support/directory.hpp"

namespace pasid::io_tests {

using test::Directory;
using test::read;

inline const lang::Tree& tree() {
  static const lang::Tree built = [] {
    lang::Tree t;
    spec::build(t);
    return t;
  }();
  return built;
}

/// The repository: where the tests run, unless they are told otherwise.
inline std::filesystem::path source() {
#ifdef PASID_SOURCE_DIR
  return PASID_SOURCE_DIR;
#else
  return std::filesystem::current_path();
#endif
}

/// A copy of the shipped designs, claims and bugs, in use as PASID_DATA while it lives.
class DataRoot : public Directory {
 public:
  DataRoot() {
    for (const char* const folder : {"designs", "claims", "history"})
      for (const auto& file : std::filesystem::directory_iterator(source() / "spec" / folder))
        write("spec/" + std::string(folder) + "/" + file.path().filename().string(), read(file.path()));
    ::setenv("PASID_DATA", (*this / "").c_str(), 1);
  }
  ~DataRoot() { ::unsetenv("PASID_DATA"); }
};

/// "a, b, c": the tree's names of that kind, as messages list them. They are for the specification to change.
template <class Names>
std::string listed(const Names& names) {
  std::string out;
  for (const auto& name : names) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}
inline std::string properties() {
  std::vector<std::string_view> names;
  for (const auto& f : tree().formulas)
    if (f.kind == lang::FormulaKind::property) names.push_back(f.name);
  return listed(names);
}
inline std::string values(std::string_view knob) {
  for (const auto& k : io::knobs(tree()))
    if (k.name == knob) return listed(k.values);
  return {};
}
inline std::string verdicts() { return listed(lang::sort_info<spec::Verdict>.enumerators); }

/// What an InputError thrown by `f` says; empty if there is none. Any other exception goes on to the test.
template <class F>
std::string complaint(F f) {
  try {
    f();
  } catch (const io::InputError& e) {
    return e.what();
  }
  return {};
}

}  // namespace pasid::io_tests
