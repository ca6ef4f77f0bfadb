#ifndef GRADER_CLI_MUTATE_H_
#define GRADER_CLI_MUTATE_H_

#include <string>
#include <vector>

#include "grader/cli/cases.h"
#include "grader/judge/verdict.h"
#include "grader/mutants/report.h"

namespace lockstep::cli {

// A test file of a kit, with the cases that it holds.
struct TestFile {
  std::string name;  // "05_rlock/rlock_test.cc"
  std::string text;
  std::vector<int> cases;  // their numbers
};

// The test files of the cases, in their order, with their texts from the kit.
std::vector<TestFile> test_files(const std::filesystem::path& kit,
                                 const std::vector<KnownCase>& cases);

// The files in the order in which they are most likely to kill the mutant: those first that name
// most often the class and the function that it is in.
std::vector<const TestFile*> by_likelihood(const std::vector<TestFile>& files,
                                           const mutants::Mutant& mutant);

// What a verdict on some of the cases says of a mutant.
mutants::Judgement judgement_of(const judge::Verdict& verdict);

// What is printed: the table with what is short, and the object.
std::string mutate_table(const std::vector<mutants::Report>& reports);
std::string mutate_json(const std::vector<mutants::Report>& reports);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_MUTATE_H_
