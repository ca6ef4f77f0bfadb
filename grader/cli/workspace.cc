#include "grader/cli/workspace.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "grader/cli/errors.h"
#include "grader/cli/files.h"

namespace lockstep::cli {
namespace fs = std::filesystem;
namespace {

// One flag a line. -I. is for the grader's own headers, the others let a lab be included as
// "05_rlock/rlock.h"; a student's file comes before the solution's.
constexpr std::string_view kCompileFlags =
    "-xc++\n"
    "-std=c++20\n"
    "-Wall\n"
    "-Wextra\n"
    "-pthread\n"
    "-Ilabs\n"
    "-Isolutions\n"
    "-I.\n";

bool is_repository(const fs::path& folder) {
  std::error_code none;
  return fs::exists(folder / "labs" / "course.bzl", none);
}

}  // namespace

Workspace Workspace::find() {
  // `bazel run` names the tree in a variable of its own.
  for (const char* name : {"LOCKSTEP_ROOT", "BUILD_WORKSPACE_DIRECTORY"}) {
    const char* root = std::getenv(name);
    std::error_code none;
    if (root != nullptr && fs::exists(fs::path(root) / "WORKSPACE", none)) {
      return Workspace(fs::canonical(root));
    }
  }
  for (fs::path folder = fs::current_path();; folder = folder.parent_path()) {
    if (is_repository(folder)) return Workspace(folder);
    if (folder == folder.parent_path()) break;
  }
  throw Error("this is not the folder of the course", "go to the folder that holds ./lab");
}

std::vector<std::string> Workspace::files_of(const std::string& lab) const {
  std::vector<std::string> files;
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator(solution(lab), none)) {
    const std::string name = entry.path().filename().string();
    const bool is_source = name.ends_with(".h") || name.ends_with(".cc");
    if (entry.is_regular_file() && is_source && !name.ends_with("_benchmark.cc")) {
      files.push_back(name);
    }
  }
  std::ranges::sort(files);
  return files;
}

void Workspace::write_compile_flags() const {
  const fs::path path = root_ / "compile_flags.txt";
  if (read_file_if_any(path) != kCompileFlags) write_file(path, kCompileFlags);
}

}  // namespace lockstep::cli
