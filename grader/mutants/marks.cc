#include "grader/mutants/marks.h"

#include <algorithm>
#include <charconv>

#include "grader/mutants/mark_text.h"
#include "grader/mutants/operators.h"

namespace lockstep::mutants {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// "shift-bound#2" -> {"shift-bound", 2}
Mark::Target target_of(std::string_view text) {
  Mark::Target target;
  const std::size_t sign = text.find('#');
  target.operator_name = text.substr(0, sign);
  if (sign == std::string_view::npos) return target;
  const std::string_view digits = text.substr(sign + 1);
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, target.ordinal);
  if (read.ec != std::errc() || read.ptr != end || target.ordinal < 1) target.operator_name = text;
  return target;
}

// "equivalent drop-notify, drop-lock: reason", with the lines that follow it.
Mark mark_in(std::string_view text) {
  Mark mark;
  const std::string_view word = text.substr(0, text.find(' '));
  mark.kind = static_cast<Mark::Kind>(std::ranges::find(kMarkWords, word) - kMarkWords.begin());
  text.remove_prefix(word.size());
  const std::size_t colon = std::min(text.find(':'), text.size());
  std::string_view names = text.substr(0, colon);
  if (colon < text.size()) mark.reason = trimmed(text.substr(colon + 1));
  while (!names.empty()) {
    const std::size_t comma = std::min(names.find(','), names.size());
    mark.targets.push_back(target_of(trimmed(names.substr(0, comma))));
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return mark;
}

// Whether the mark's first word can be said of the operator's mutants.
bool suits(Mark::Kind kind, std::string_view operator_name) {
  switch (kind) {
    case Mark::Kind::kEquivalent:
      return true;
    case Mark::Kind::kWeakMemory:
      return operator_name == "weaken-order";
  }
  return false;
}

// The first line after `line` that has code.
int next_code_line(const Code& code, int line) {
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i].line > line) return code[i].line;
  }
  return 0;
}

}  // namespace

bool Mark::names(const Mutant& mutant) const {
  return mutant.file == file && mutant.line == line &&
         std::ranges::any_of(targets, [&](const Target& target) {
           return target.operator_name == mutant.operator_name &&
                  (target.ordinal == 0 || target.ordinal == mutant.ordinal);
         });
}

std::string Mark::place() const {
  std::string text = file + ":" + std::to_string(at) + ": ";
  text += kMarkWords[static_cast<std::size_t>(kind)];
  for (std::size_t i = 0; i < targets.size(); ++i) {
    text += (i == 0 ? " " : ", ") + targets[i].operator_name;
    if (targets[i].ordinal != 0) text += "#" + std::to_string(targets[i].ordinal);
  }
  return text;
}

std::vector<Mark> marks_of(const std::string& file, const Code& code) {
  std::vector<Mark> marks;
  const std::vector<Comment>& comments = code.comments();
  for (std::size_t i = 0; i < comments.size(); ++i) {
    const Comment& comment = comments[i];
    if (!begins_mark(comment.text)) continue;
    std::string text = comment.text;
    int last = comment.line;
    for (std::size_t next = i + 1; comment.alone && next < comments.size(); ++next) {
      const Comment& more = comments[next];
      if (!more.alone || more.line != last + 1 || begins_mark(more.text) ||
          more.text.starts_with("LOCKSTEP")) {
        break;
      }
      text += " " + more.text;
      last = more.line;
    }
    Mark& mark = marks.emplace_back(mark_in(text));
    mark.file = file;
    mark.at = comment.line;
    mark.line = comment.alone ? next_code_line(code, last) : comment.line;
  }
  return marks;
}

std::vector<std::string> complaints_about(const std::vector<Mark>& marks,
                                          const std::vector<Mutant>& mutants) {
  std::vector<std::string> complaints;
  for (const Mark& mark : marks) {
    if (mark.reason.empty()) complaints.push_back(mark.place() + ": gives no reason");
    for (const Mark::Target& target : mark.targets) {
      if (operator_named(target.operator_name) == nullptr) {
        complaints.push_back(mark.place() + ": there is no operator " + target.operator_name);
        continue;
      }
      if (!suits(mark.kind, target.operator_name)) {
        complaints.push_back(mark.place() + ": " + target.operator_name +
                             " has nothing to do with " + "that");
      }
      Mark one = mark;
      one.targets = {target};
      const bool exists =
          std::ranges::any_of(mutants, [&](const Mutant& mutant) { return one.names(mutant); });
      if (!exists) {
        complaints.push_back(one.place() + ": line " + std::to_string(mark.line) +
                             " has no such mutant");
      }
    }
  }
  return complaints;
}

}  // namespace lockstep::mutants
