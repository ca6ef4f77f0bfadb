// ./lab mutate: small mistakes are made in a lab's reference, one at a time, and each is graded.
// One that passes every case shows what the cases do not ask for.

#include "grader/cli/mutate.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <mutex>

#include "grader/cli/at_once.h"
#include "grader/cli/build.h"
#include "grader/cli/commands.h"
#include "grader/cli/errors.h"
#include "grader/cli/files.h"
#include "grader/cli/judging.h"

namespace lockstep::cli {
namespace fs = std::filesystem;
namespace {

using mutants::Judgement;
using mutants::Mutant;
using mutants::MutatedFile;
using Fate = Judgement::Fate;

// How often `word` stands in `text`, as a word.
long occurrences(std::string_view text, std::string_view word) {
  const auto is_letter = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  long found = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_letter(text[at - 1]);
    const bool ends = end == text.size() || !is_letter(text[end]);
    if (begins && ends) ++found;
  }
  return found;
}

// A lab, ready to be mutated.
struct Subject {
  std::string lab;
  std::vector<MutatedFile> files;
  std::vector<TestFile> tests;
};

// One mutant and what it is a mutant of.
struct Task {
  const Subject* subject = nullptr;
  const Mutant* mutant = nullptr;
  Judgement judgement;
};

void write_files(const Subject& subject, const Mutant* mutant, const fs::path& folder) {
  for (const MutatedFile& file : subject.files) {
    const bool changed = mutant != nullptr && mutant->file == file.name;
    write_file(folder / file.name, changed ? mutant->text : file.text);
  }
}

// Judges one mutant, a test file at a time, until one of them kills it.
Judgement judge_one(const Built& built, const Subject& subject, const Mutant* mutant) {
  const TemporaryDirectory folder;
  write_files(subject, mutant, folder.path());
  Judgement judgement;
  std::vector<const TestFile*> order;
  if (mutant != nullptr) {
    order = by_likelihood(subject.tests, *mutant);
  } else {
    for (const TestFile& file : subject.tests) order.push_back(&file);
  }
  for (const TestFile* test : order) {
    JudgeRequest request;
    request.lab = subject.lab;
    request.submission = folder.path();
    request.cases = test->cases;
    request.narrow = true;
    judgement = judgement_of(judge(built, request));
    if (judgement.fate != Fate::kSurvived) break;
  }
  return judgement;
}

// On a terminal: how far it is.
class Progress {
 public:
  explicit Progress(std::size_t all) : all_(all) {}
  ~Progress() {
    if (on_terminal_) fmt::print(stderr, "\r\x1b[K");
  }

  void tell(const Task& task) {
    if (!on_terminal_) return;
    const std::scoped_lock hold(mutex_);
    if (task.judgement.fate == Fate::kSurvived) ++survived_;
    fmt::print(stderr, "\r\x1b[K{}: {} of {} mutants, {} not killed", task.subject->lab, ++done_,
               all_, survived_);
    std::fflush(stderr);
  }

 private:
  const std::size_t all_;
  const bool on_terminal_ = isatty(STDERR_FILENO) != 0;
  std::mutex mutex_;  // guards what follows
  std::size_t done_ = 0;
  std::size_t survived_ = 0;
};

Subject subject_of(const Workspace& workspace, const std::string& lab) {
  Subject subject;
  subject.lab = lab;
  for (const std::string& name : workspace.files_of(lab)) {
    try {
      subject.files.push_back(mutants::read(name, read_file(workspace.solution(lab) / name)));
    } catch (const judge::LexError& error) {
      throw Error(fmt::format("solutions/{}/{}:{}: {}", lab, name, error.line, error.what()),
                  "mend the file");
    }
  }
  return subject;
}

// Mutants of a program that fails anyway say nothing.
void require_full_points(const Built& built, const Subject& subject) {
  for (const TestFile& test : subject.tests) {
    Subject part = subject;
    part.tests = {test};
    const Judgement judgement = judge_one(built, part, nullptr);
    if (judgement.fate == Fate::kSurvived) continue;
    throw Error(fmt::format("solutions/{} itself does not pass {}: {}", subject.lab, test.name,
                            judgement.by),
                fmt::format("./lab verify {}", subject.lab));
  }
}

mutants::Report mutate_lab(const Built& built, Subject& subject) {
  const auto start = std::chrono::steady_clock::now();
  subject.tests = test_files(built.kit(subject.lab), cases_in(built.kit(subject.lab)));
  require_full_points(built, subject);
  std::vector<Task> tasks;
  for (const MutatedFile& file : subject.files) {
    for (const Mutant& mutant : file.mutants) tasks.push_back({&subject, &mutant, {}});
  }
  Progress progress(tasks.size());
  for_each_at_once(tasks.size(), [&](std::size_t index) {
    Task& task = tasks[index];
    task.judgement = judge_one(built, *task.subject, task.mutant);
    progress.tell(task);
  });
  std::vector<Judgement> judgements;
  judgements.reserve(tasks.size());
  for (const Task& task : tasks) judgements.push_back(task.judgement);
  mutants::Report report = mutants::sum_up(subject.lab, subject.files, judgements);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

// --list, and --mutant where it is a number: numbers count over the files of the lab.
void list(const Subject& subject) {
  int number = 0;
  for (const MutatedFile& file : subject.files) {
    for (const Mutant& mutant : file.mutants) {
      fmt::print("{:4} {} {}  {}\n", ++number, subject.lab, mutant.id(), mutant.what);
    }
  }
}

const Mutant& find(const Subject& subject, const std::string& wanted) {
  int number = 0;
  for (const MutatedFile& file : subject.files) {
    for (const Mutant& mutant : file.mutants) {
      if (wanted == std::to_string(++number) || wanted == mutant.id()) return mutant;
    }
  }
  throw Error(fmt::format("{} has no mutant `{}`", subject.lab, wanted),
              fmt::format("./lab mutate {} --list", subject.lab));
}

int show(const Built& built, Subject& subject, const std::string& wanted) {
  const Mutant& mutant = find(subject, wanted);
  const auto file = std::ranges::find(subject.files, mutant.file, &MutatedFile::name);
  fmt::print("{} {}: {}\n{}", subject.lab, mutant.id(), mutant.what,
             mutants::difference(file->text, mutant.text));
  std::fflush(stdout);
  subject.tests = test_files(built.kit(subject.lab), cases_in(built.kit(subject.lab)));
  const Judgement judgement = judge_one(built, subject, &mutant);
  switch (judgement.fate) {
    case Fate::kNotBuilt:
      fmt::print("does not compile: {}\n", judgement.by);
      return kAllWell;
    case Fate::kKilled:
      fmt::print("killed by {}\n", judgement.by);
      return kAllWell;
    case Fate::kSurvived:
      fmt::print("survives\n");
      return kShort;
    case Fate::kNotJudged:
      break;
  }
  throw Error("it was not judged: " + judgement.by, "try it again");
}

}  // namespace

std::vector<TestFile> test_files(const fs::path& kit, const std::vector<KnownCase>& cases) {
  std::vector<TestFile> files;
  for (const KnownCase& one : cases) {
    auto file = std::ranges::find(files, one.file, &TestFile::name);
    if (file == files.end()) {
      files.push_back({one.file, read_file(kit / one.file), {}});
      file = files.end() - 1;
    }
    file->cases.push_back(one.number);
  }
  return files;
}

std::vector<const TestFile*> by_likelihood(const std::vector<TestFile>& files,
                                           const Mutant& mutant) {
  const auto score = [&](const TestFile* file) {
    long total = 0;
    for (const std::string& name : mutant.around) total += occurrences(file->text, name);
    return -total;
  };
  std::vector<const TestFile*> order;
  for (const TestFile& file : files) order.push_back(&file);
  std::ranges::stable_sort(order, {}, score);
  return order;
}

Judgement judgement_of(const judge::Verdict& verdict) {
  if (verdict.outcome == judge::Outcome::kNotBuilt) {
    return {Fate::kNotBuilt, verdict.build.message};
  }
  if (verdict.outcome == judge::Outcome::kError) {
    return {Fate::kNotJudged, verdict.build.message};
  }
  bool some_ran = false;
  const judge::CaseVerdict* error = nullptr;
  for (const judge::CaseVerdict& one : verdict.cases) {
    if (one.outcome == judge::CaseOutcome::kFailed) {
      return {Fate::kKilled, fmt::format("case {} \"{}\" {}", one.number, one.name,
                                         one.rule ? name_of(*one.rule) : "")};
    }
    some_ran = some_ran || one.outcome == judge::CaseOutcome::kPassed;
    if (one.outcome == judge::CaseOutcome::kError) error = &one;
  }
  if (error != nullptr) return {Fate::kNotJudged, error->message};
  if (!some_ran) return {Fate::kNotJudged, "no case was run"};
  return {Fate::kSurvived, ""};
}

int mutate(const Context& context, const MutateRequest& request) {
  std::vector<Lab> labs;
  for (const std::string& name : request.labs) labs.push_back(context.course.find(name));
  if (labs.empty()) {
    std::ranges::copy_if(context.course.labs(), std::back_inserter(labs), &Lab::standing);
  }
  std::vector<Subject> subjects;
  for (const Lab& lab : labs) subjects.push_back(subject_of(context.workspace, lab.name));
  if (request.list) {
    for (const Subject& subject : subjects) list(subject);
    return kAllWell;
  }
  if (!request.mutant.empty() && request.labs.size() != 1) {
    throw Error("--mutant is one of a single lab", "./lab mutate LAB --mutant ID");
  }
  const Built built = build(context.workspace, labs);
  if (!request.mutant.empty()) return show(built, subjects[0], request.mutant);

  std::vector<mutants::Report> reports;
  for (Subject& subject : subjects) reports.push_back(mutate_lab(built, subject));
  fmt::print("{}", request.json ? mutate_json(reports) : mutate_table(reports));
  return std::ranges::all_of(reports, &mutants::Report::is_well) ? kAllWell : kShort;
}

}  // namespace lockstep::cli
