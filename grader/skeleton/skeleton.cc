#include "grader/skeleton/skeleton.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "grader/mutants/mark_text.h"

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

// Lines of one kind in a row. The marks themselves are in none.
struct Piece {
  enum class Kind : std::uint8_t { kCommon, kSolution, kSkeleton };
  Kind kind;
  std::string text;
  bool has_code = false;  // a line that is neither empty nor a comment
};

void add_line(std::vector<Piece>& pieces, Piece::Kind kind, std::string_view line, bool new_piece) {
  if (pieces.empty() || pieces.back().kind != kind || new_piece)
    pieces.push_back({kind, "", false});
  Piece& piece = pieces.back();
  piece.text.append(line).push_back('\n');
  const std::size_t start = line.find_first_not_of(" \t");
  if (start != std::string_view::npos && !line.substr(start).starts_with("//")) {
    piece.has_code = true;
  }
}

std::vector<Piece> pieces_of(std::string_view reference) {
  using Kind = Piece::Kind;
  std::vector<Piece> pieces;
  int number = 0;
  int begun = 0;         // the line where the solution began, 0 outside of one
  bool first = false;    // the next line is its first
  bool in_mark = false;  // a mark goes on until its comment ends
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
      first = true;
    } else if (text == kEnd) {
      if (begun == 0) fail(number, "a solution ends that has not begun");
      begun = 0;
    } else if (begun != 0) {
      if (text.starts_with(kText))
        fail(number, "this line is left out with the solution around it");
      add_line(pieces, Kind::kSolution, line, first);
      first = false;
    } else if (in_mark && text.starts_with("//") && !text.starts_with("// LOCKSTEP")) {
      continue;
    } else if (const std::optional<std::string_view> rest = mutants::without_mark(line); !rest) {
      in_mark = true;
      continue;
    } else if (const std::optional<std::string> translated = translate(*rest)) {
      const Kind kind = text.starts_with(kText) ? Kind::kSkeleton : Kind::kCommon;
      add_line(pieces, kind, *translated, false);
    } else {
      fail(number, "not a mark: " + std::string(text));
    }
    in_mark = false;
  }
  if (begun != 0) fail(begun, "this solution does not end");
  return pieces;
}

}  // namespace

std::string skeleton_of(std::string_view reference) {
  std::string skeleton;
  for (const Piece& piece : pieces_of(reference)) {
    if (piece.kind != Piece::Kind::kSolution) skeleton += piece.text;
  }
  return skeleton;
}

std::string half_filled(std::string_view reference, std::string_view done) {
  using Kind = Piece::Kind;
  const std::vector<Piece> pieces = pieces_of(reference);
  std::string text;
  std::size_t exercise = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].kind != Kind::kSolution) {
      text += pieces[i].text;
      continue;
    }
    const bool replaced = i + 1 < pieces.size() && pieces[i + 1].kind == Kind::kSkeleton;
    const bool is_exercise = replaced && pieces[i + 1].has_code;
    if (is_exercise && done[exercise++ % done.size()] != '1') continue;
    text += pieces[i].text;
    if (replaced) ++i;
  }
  return text;
}

}  // namespace lockstep
