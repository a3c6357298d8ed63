#include "src/cli/line_editor.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <editline/readline.h>

namespace pasid::cli {
namespace {

LineEditor::Complete the_completer;
std::vector<std::string> candidates;

char* next_candidate(const char*, int state) {
  const auto i = static_cast<std::size_t>(state);
  return i < candidates.size() ? strdup(candidates[i].c_str()) : nullptr;
}

/// libedit hands over the last word and where it stands; what it may be depends on the line before it.
char** complete(const char* word, int, int end) {
  rl_attempted_completion_over = 1;  // never file names of its own
  candidates = the_completer(std::string(rl_line_buffer, static_cast<std::size_t>(end)));
  return rl_completion_matches(word, next_candidate);
}

}  // namespace

LineEditor::LineEditor(Complete complete_with) {
  the_completer = std::move(complete_with);
  static char name[] = "pasid";
  static char breaks[] = " ";
  rl_readline_name = name;
  rl_completer_word_break_characters = breaks;
  rl_attempted_completion_function = complete;
  using_history();
  if (const char* home = std::getenv("XDG_STATE_HOME"); home != nullptr && *home != '\0') {
    std::error_code ignored;  // then it is kept for the session
    std::filesystem::create_directories(std::filesystem::path(home) / "pasid", ignored);
    file_ = (std::filesystem::path(home) / "pasid" / "history").string();
    read_history(file_.c_str());
  }
}

LineEditor::~LineEditor() {
  if (!file_.empty()) write_history(file_.c_str());
  the_completer = {};
}

std::optional<std::string> LineEditor::read(const std::string& prompt) {
  char* const line = readline(prompt.c_str());
  if (line == nullptr) return std::nullopt;
  std::string out(line);
  std::free(line);  // NOLINT(cppcoreguidelines-no-malloc): readline() asks for it
  if (!out.empty()) ::add_history(out.c_str());
  return out;
}

}  // namespace pasid::cli
