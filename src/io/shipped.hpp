// Where the designs and claims that come with the program are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/io/error.hpp"

namespace pasid::io {

enum class Folder : std::uint8_t { designs = 1, claims, history };

/// $PASID_DATA, else the source tree the program was built from.
std::string data_root();

/// The text of a file below the data root ("proofs/SOUNDNESS.md"); nothing where there is no such file.
std::optional<std::string> data_text(const std::string& path);

/// Names in spec/FOLDER below the data root.
/// Throws InputError where there is no such directory, or nothing in it.
std::vector<std::string> shipped(Folder folder);

struct Source {
  std::string file;
  bool shipped = false;
};

/// The file that `name_or_path` means: a path if it has a '/' or ends in .toml, else a shipped name.
/// Throws InputError for an unknown name; whether a path exists is left to its reader.
Source locate(Folder folder, const std::string& name_or_path);

/// The same for a name at position `at` of the file `from`, where paths are relative to its directory.
/// Throws InputError also for a path that does not exist.
Source locate(Folder folder, const std::string& name_or_path, const std::string& from, Position at);

/// A shipped file's name: its stem.
std::string stem(const std::string& file);

/// Letters, digits, '.', '_' and '-', and not a path.
bool is_name(std::string_view text);

}  // namespace pasid::io
