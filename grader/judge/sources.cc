#include "grader/judge/sources.h"

#include <cctype>

#include "grader/judge/files.h"

namespace lockstep::judge {
namespace {

// Calls visit(line) for every "FILE:LINE" in the text, where FILE is the file's last name:
// sentences leave out the lab's folder.
template <class Visit>
void for_each_place(const std::string& text, const std::string& file, const Visit& visit) {
  const std::string mark = file.substr(file.rfind('/') + 1) + ":";
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    if (at > 0 && text[at - 1] != '/' && text[at - 1] != ' ' && text[at - 1] != '(') continue;
    int line = 0;
    constexpr int kFar = 10'000'000;
    for (std::size_t digit = at + mark.size();
         digit < text.size() && std::isdigit(static_cast<unsigned char>(text[digit])) &&
         line < kFar;
         ++digit) {
      line = line * 10 + (text[digit] - '0');
    }
    visit(line);
  }
}

}  // namespace

void Sources::add(const std::string& file, std::string_view text) { files_[file] = lines_of(text); }

void Sources::quote(CaseVerdict& verdict, const std::string& file, int line) const {
  const auto lines = files_.find(file);
  if (lines == files_.end()) return;
  const auto text = lines->second.find(line);
  if (text != lines->second.end()) verdict.sources[file][line] = text->second;
}

void Sources::quote(CaseVerdict& verdict) const {
  quote(verdict, verdict.file, verdict.line);
  for (const Step& step : verdict.interleaving.steps) {
    quote(verdict, step.place.file, step.place.line);
  }
  for (const ThreadInfo& thread : verdict.interleaving.threads) {
    quote(verdict, thread.created.file, thread.created.line);
  }
  for (const Note& note : verdict.notes) quote(verdict, note.place.file, note.place.line);
  // Sentences name places too: "endless loop at 05_rlock/rlock.h:51".
  for (const auto& [file, lines] : files_) {
    const auto take = [&, &name = file](int line) { quote(verdict, name, line); };
    for_each_place(verdict.message, file, take);
    for (const std::string& detail : verdict.details) for_each_place(detail, file, take);
  }
}

}  // namespace lockstep::judge
