#include "grader/mutants/mutant.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "grader/mutants/operators.h"

namespace lockstep::mutants {
namespace {

int line_of(const std::string& text, std::size_t at) {
  return 1 + static_cast<int>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

// Edits that take whole lines begin with a line's blanks.
std::size_t first_visible(const std::string& text, std::size_t at) {
  return std::min(text.find_first_not_of(" \t\n", at), text.size());
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::string Mutant::id() const {
  std::string id = file + ":" + std::to_string(line) + ":" + operator_name;
  return ordinal == 0 ? id : id + "#" + std::to_string(ordinal);
}

std::vector<Mutant> mutants_of(const std::string& file, const Code& code) {
  std::vector<Mutant> mutants;
  std::set<std::string> texts;
  for (const Function& function : functions_of(code)) {
    for (const Operator& one : operators()) {
      Edits edits(code);
      one.find(code, function, edits);
      for (const Edit& edit : edits.found()) {
        Mutant mutant;
        mutant.file = file;
        mutant.line = line_of(code.text(), first_visible(code.text(), edit.begin));
        mutant.operator_name = one.name;
        mutant.what = edit.what;
        mutant.around = function.classes;
        mutant.around.push_back(function.name);
        mutant.text = code.text();
        mutant.text.replace(edit.begin, edit.end - edit.begin, edit.text);
        if (texts.insert(mutant.text).second) mutants.push_back(std::move(mutant));
      }
    }
  }
  std::ranges::stable_sort(mutants, {}, &Mutant::line);

  std::map<std::pair<int, std::string>, std::vector<Mutant*>> twins;
  for (Mutant& mutant : mutants) twins[{mutant.line, mutant.operator_name}].push_back(&mutant);
  for (const auto& [place, these] : twins) {
    if (these.size() == 1) continue;
    for (std::size_t i = 0; i < these.size(); ++i) these[i]->ordinal = static_cast<int>(i) + 1;
  }
  return mutants;
}

std::string difference(std::string_view before, std::string_view after) {
  const std::vector<std::string_view> old_lines = lines_of(before);
  const std::vector<std::string_view> new_lines = lines_of(after);
  const std::size_t shorter = std::min(old_lines.size(), new_lines.size());
  std::size_t head = 0;
  while (head < shorter && old_lines[head] == new_lines[head]) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head &&
         old_lines[old_lines.size() - 1 - tail] == new_lines[new_lines.size() - 1 - tail]) {
    ++tail;
  }
  constexpr std::size_t kContext = 2;
  const std::size_t first = head - std::min(head, kContext);
  const std::size_t around = std::min(tail, kContext);
  std::string text = "@@ line " + std::to_string(first + 1) + " @@\n";
  const auto add = [&text](char sign, std::string_view line) {
    text += sign + std::string(line) + "\n";
  };
  for (std::size_t i = first; i < head; ++i) add(' ', old_lines[i]);
  for (std::size_t i = head; i < old_lines.size() - tail; ++i) add('-', old_lines[i]);
  for (std::size_t i = head; i < new_lines.size() - tail; ++i) add('+', new_lines[i]);
  for (std::size_t i = old_lines.size() - tail; i < old_lines.size() - tail + around; ++i) {
    add(' ', old_lines[i]);
  }
  return text;
}

}  // namespace lockstep::mutants
