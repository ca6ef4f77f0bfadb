#include "grader/mutants/report.h"

#include <algorithm>

namespace lockstep::mutants {
namespace {

using Fate = Judgement::Fate;

// Says of each mark which of its mutants did not survive.
void add_stale(const MutatedFile& file, const Judgement* judgements, Report& report) {
  for (const Mark& mark : file.marks) {
    for (std::size_t i = 0; i < file.mutants.size(); ++i) {
      const Judgement& judgement = judgements[i];
      if (!mark.names(file.mutants[i])) continue;
      const std::string begin = mark.place() + ": " + file.mutants[i].id();
      if (judgement.fate == Fate::kKilled) {
        report.shortcomings.push_back(begin + " is killed by " + judgement.by +
                                      "; take the mark away, or give it a number");
      } else if (judgement.fate == Fate::kNotBuilt) {
        report.shortcomings.push_back(begin + " does not compile; take the mark away");
      }
    }
  }
  for (const std::string& complaint : complaints_about(file.marks, file.mutants)) {
    report.shortcomings.push_back(complaint);
  }
}

void count(const MutatedFile& file, const Mutant& mutant, const Judgement& judgement,
           Report& report) {
  switch (judgement.fate) {
    case Fate::kNotBuilt:
      ++report.not_built;
      return;
    case Fate::kKilled:
      ++report.killed;
      break;
    case Fate::kNotJudged:
      ++report.not_judged;
      report.shortcomings.push_back(mutant.id() + " was not judged: " + judgement.by);
      break;
    case Fate::kSurvived: {
      const auto mark =
          std::ranges::find_if(file.marks, [&](const Mark& one) { return one.names(mutant); });
      if (mark == file.marks.end()) {
        report.survivors.push_back({mutant, difference(file.text, mutant.text)});
      } else if (mark->kind == Mark::Kind::kEquivalent) {
        ++report.equivalent;
      } else {
        ++report.weak_memory;
      }
      break;
    }
  }
  ++report.mutants;
}

}  // namespace

MutatedFile read(const std::string& name, const std::string& text) {
  const Code code(text);
  return {name, text, mutants_of(name, code), marks_of(name, code)};
}

Report sum_up(const std::string& lab, const std::vector<MutatedFile>& files,
              const std::vector<Judgement>& judgements) {
  Report report;
  report.lab = lab;
  const Judgement* next = judgements.data();
  for (const MutatedFile& file : files) {
    for (std::size_t i = 0; i < file.mutants.size(); ++i) {
      count(file, file.mutants[i], next[i], report);
    }
    add_stale(file, next, report);
    next += file.mutants.size();
  }
  return report;
}

}  // namespace lockstep::mutants
