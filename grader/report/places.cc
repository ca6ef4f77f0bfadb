#include "grader/report/places.h"

#include <algorithm>
#include <regex>

namespace lockstep::report {
namespace {

class Search {
 public:
  Search(const judge::Submission& submission, const judge::CaseVerdict& verdict)
      : submission_(submission), verdict_(verdict) {}

  std::vector<QuotedLine> run() {
    look_in(verdict_.message);
    for (const std::string& detail : verdict_.details) look_in(detail);
    return std::move(found_);
  }

 private:
  // A place ("rlock.h:57") or a step ("step 12").
  void look_in(const std::string& text) {
    static const std::regex kNamed(R"(([\w.]+):(\d{1,7})\b|\bstep (\d{1,7})\b)");
    for (std::sregex_iterator at(text.begin(), text.end(), kNamed), end; at != end; ++at) {
      const std::smatch& match = *at;
      if (match[3].matched) {
        add_step(std::stoi(match[3]));
      } else {
        add(match[1], std::stoi(match[2]));
      }
    }
  }

  void add_step(int number) {
    const std::vector<Step>& steps = verdict_.interleaving.steps;
    const auto step = std::ranges::find(steps, number, &Step::number);
    if (step == steps.end()) return;
    add(step->place.file.substr(step->place.file.rfind('/') + 1), step->place.line);
  }

  void add(const std::string& name, int line) {
    const auto file = std::ranges::find_if(submission_.files, [&](const std::string& path) {
      return path.substr(path.rfind('/') + 1) == name;
    });
    if (file == submission_.files.end()) return;
    QuotedLine place{name, line, quoted(*file, line)};
    if (std::ranges::count(found_, place) == 0) found_.push_back(std::move(place));
  }

  std::string quoted(const std::string& file, int line) const {
    const auto lines = verdict_.sources.find(file);
    if (lines == verdict_.sources.end()) return "";
    const auto text = lines->second.find(line);
    if (text == lines->second.end()) return "";
    return text->second.substr(
        std::min(text->second.find_first_not_of(" \t"), text->second.size()));
  }

  const judge::Submission& submission_;
  const judge::CaseVerdict& verdict_;
  std::vector<QuotedLine> found_;
};

}  // namespace

std::vector<QuotedLine> places_in(const judge::Submission& submission,
                                  const judge::CaseVerdict& verdict) {
  return Search(submission, verdict).run();
}

}  // namespace lockstep::report
