#include "grader/mutants/mark_text.h"

namespace lockstep::mutants {

bool begins_mark(std::string_view comment) {
  for (const std::string_view kind : kMarkWords) {
    if (!comment.starts_with(kind)) continue;
    std::string_view rest = comment.substr(kind.size());
    if (!rest.starts_with(' ')) continue;
    rest.remove_prefix(1);
    const std::string_view word = rest.substr(0, rest.find_first_of(" ,:#"));
    return word.find('-') != std::string_view::npos;
  }
  return false;
}

std::optional<std::string_view> without_mark(std::string_view line) {
  for (std::size_t at = line.find("// "); at != std::string_view::npos;
       at = line.find("// ", at + 1)) {
    if (!begins_mark(line.substr(at + 3))) continue;
    const std::size_t last = line.find_last_not_of(" \t", at == 0 ? 0 : at - 1);
    if (at == 0 || last == std::string_view::npos) return std::nullopt;
    return line.substr(0, last + 1);
  }
  return line;
}

}  // namespace lockstep::mutants
