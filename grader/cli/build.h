#ifndef GRADER_CLI_BUILD_H_
#define GRADER_CLI_BUILD_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "grader/cli/course.h"
#include "grader/cli/workspace.h"

namespace lockstep::cli {

// The trusted things that grading takes, built by Bazel. Absolute paths.
struct Built {
  std::filesystem::path judge;                        // the program
  std::filesystem::path toolkit;                      // what student code is compiled and run with
  std::map<std::string, std::filesystem::path> kits;  // of each lab: tests, expected cases

  // The kit of the lab, which was asked for.
  const std::filesystem::path& kit(const std::string& lab) const { return kits.at(lab); }
};

// Builds judge, toolkit and the labs' kits, unless none of the files they are made from has changed
// since the last time: Bazel needs half a second to find that out, looking at the files a few
// milliseconds. A student's file is not among them. Bazel's progress goes to stderr. Throws Error
// when the build fails: that is never the student's fault.
Built build(const Workspace& workspace, const std::vector<Lab>& labs);

// A number for the names, sizes and times of the files that the labs' kits, judge and toolkit are
// made from.
std::string fingerprint(const Workspace& workspace, const std::vector<Lab>& labs);

// The Bazel command with its arguments: LOCKSTEP_BAZEL, else `bazel`, in the root.
std::vector<std::string> bazel(const std::vector<std::string>& arguments);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_BUILD_H_
