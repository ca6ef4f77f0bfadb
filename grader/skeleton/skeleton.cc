#include "grader/skeleton/skeleton.h"

#include <optional>

namespace lockstep {
namespace {

constexpr std::string_view kBegin = "// LOCKSTEP BEGIN SOLUTION";
constexpr std::string_view kEnd = "// LOCKSTEP END SOLUTION";
constexpr std::string_view kText = "// LOCKSTEP SKELETON:";

[[noreturn]] void fail(int line, const std::string& what) {
  throw SkeletonError(std::to_string(line) + ": " + what);
}

// What `line` becomes outside of a solution; nothing if it is a mark of a kind that does not exist.
std::optional<std::string> translate(std::string_view line) {
  const std::size_t mark = line.find("LOCKSTEP");
  if (mark == std::string_view::npos) return std::string(line);
  const std::size_t start = line.find_first_not_of(" \t");
  std::string_view text = line.substr(start);
  if (!text.starts_with(kText)) return std::nullopt;
  text.remove_prefix(kText.size());
  if (text.starts_with(' ')) text.remove_prefix(1);
  if (text.empty()) return "";
  return std::string(line.substr(0, start)) + std::string(text);
}

}  // namespace

std::string skeleton_of(std::string_view reference) {
  std::string skeleton;
  int number = 0;
  int begun = 0;  // the line where the solution began, 0 outside of one
  while (!reference.empty()) {
    ++number;
    const std::size_t end = reference.find('\n');
    const std::string_view line = reference.substr(0, end);
    reference.remove_prefix(end == std::string_view::npos ? reference.size() : end + 1);

    const std::size_t start = line.find_first_not_of(" \t");
    const std::string_view text = start == std::string_view::npos ? "" : line.substr(start);
    if (text == kBegin) {
      if (begun != 0)
        fail(number, "a solution begins inside the one of line " + std::to_string(begun));
      begun = number;
    } else if (text == kEnd) {
      if (begun == 0) fail(number, "a solution ends that has not begun");
      begun = 0;
    } else if (begun != 0) {
      if (text.starts_with(kText))
        fail(number, "this line is left out with the solution around it");
    } else if (const std::optional<std::string> translated = translate(line)) {
      skeleton += *translated + '\n';
    } else {
      fail(number, "not a mark: " + std::string(text));
    }
  }
  if (begun != 0) fail(begun, "this solution does not end");
  return skeleton;
}

}  // namespace lockstep
