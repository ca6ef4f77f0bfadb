#ifndef GRADER_JUDGE_KIT_H_
#define GRADER_JUDGE_KIT_H_

#include <functional>
#include <string>
#include <vector>

namespace lockstep::judge {

// An identifier that a lab's files may not use, and the sentence the student is told.
struct Forbidden {
  std::string identifier;
  std::string reason;
};

// What the reference solution's account of one case said, at build time. A submission's account has
// to be as complete as this one.
struct ExpectedCase {
  int number = 0;
  std::string name;
  std::string file;  // "05_rlock/rlock_test.cc"
  int line = 0;
  int points = 0;
  std::vector<std::string> hints;
  // How many checks it made in all, and inside each of its calls of `explore`. Where the reference
  // made some, a submission must have made some; how many depends on its interleavings.
  long checks = 0;
  std::vector<long> explorations;
};

// What a lab is graded with, made by Bazel (grader/lab.bzl): plan.json, the tests and the reference
// headers of earlier labs under LAB/FILE, and cases.json.
struct Kit {
  std::string directory;
  std::string lab;                         // "05_rlock"
  std::string title;                       // "A lock that its owner may take again"
  std::vector<std::string> files;          // the student's: "rlock.h"
  std::vector<std::string> tests;          // "rlock_test.cc"
  std::vector<std::string> prerequisites;  // "04_lock"
  std::vector<Forbidden> forbidden;
  std::vector<ExpectedCase> cases;  // in order of number; empty before they were listed
};

// Reads the plan, and cases.json where there is one. Throws std::runtime_error that names the file
// and field.
Kit read_kit(const std::string& directory);

// Chooses cases of a kit.
using Choice = std::function<bool(const ExpectedCase&)>;

// The kit of a smaller program: only the test files that hold a chosen case, their cases numbered
// as that program numbers them. The whole kit where nothing is chosen.
Kit narrowed(const Kit& kit, const Choice& chosen);

// The text of cases.json.
std::string write_cases(const std::vector<ExpectedCase>& cases);

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_KIT_H_
