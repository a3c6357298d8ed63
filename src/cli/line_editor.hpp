// A line typed at a terminal, with editing, history and completion.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pasid::cli {

class LineEditor {
 public:
  /// Given the line up to the cursor: what may stand in place of its last word. There is one editor at a time.
  using Complete = std::function<std::vector<std::string>(const std::string& line)>;

  /// History is kept in $XDG_STATE_HOME/pasid/history, where that is set and can be written; else for the session.
  explicit LineEditor(Complete complete);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  /// The next line, without its end; nothing at the end of input.
  std::optional<std::string> read(const std::string& prompt);

 private:
  std::string file_;
};

}  // namespace pasid::cli
