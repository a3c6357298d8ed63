// A piece of work: a command line of `pasid`, with the designs it names written out, so that it can be done anywhere.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "src/io/design.hpp"
#include "src/io/json.hpp"

namespace pasid::jobs {

/// A design and how the command line names it: as shipped ("linux-7.3"), or a path.
struct NamedDesign {
  std::string asked;
  io::Design design;
};

/// A file that the answer rests on and that is not written out: a program under test, a suite.
struct NamedFile {
  std::string path;
  std::string hash;  ///< SHA-256 of what is in it
};

struct Work {
  std::string command;                 ///< "check"
  std::vector<std::string> arguments;  ///< the command's
  std::vector<NamedDesign> designs;    ///< all that the arguments name
  std::vector<NamedFile> files;

  /// The design that the arguments call so. Throws std::invalid_argument where there is none.
  [[nodiscard]] const io::Design& design(const std::string& asked) const;
};

nlohmann::ordered_json to_json(const Work& work);

/// Reads what to_json() wrote. Throws io::InputError for whatever is wrong with it.
Work read_work(const lang::Tree& tree, const io::Json& json);

/// The file as it is now. Throws io::InputError where it cannot be read.
NamedFile named_file(const std::string& path);

/// Under what an answer is kept: SHA-256, as 64 hexadecimal digits, over the work; the rules of its designs with their
/// knobs folded in, so that a rule which a design has not does not matter; calls, formulas and axioms; what proofs/ has
/// on record of where to look first; the files; Z3's version; and the sources of the program. Two programs that agree
/// on all of that give one answer, apart from times.
std::string key(const lang::Tree& model, const Work& work);

}  // namespace pasid::jobs
