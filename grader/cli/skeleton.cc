// ./lab skeleton: the committed skeleton, made anew from the reference solution.

#include "grader/skeleton/skeleton.h"

#include <fmt/format.h>

#include "grader/cli/commands.h"
#include "grader/cli/errors.h"
#include "grader/cli/files.h"

namespace lockstep::cli {
namespace fs = std::filesystem;

int skeleton(const Context& context, const SkeletonRequest& request) {
  const Workspace& workspace = context.workspace;
  const Lab& lab = context.course.find(request.lab);
  for (const std::string& file : workspace.files_of(lab.name)) {
    const fs::path reference = workspace.solution(lab.name) / file;
    const fs::path target = workspace.lab(lab.name) / file;
    std::string text;
    try {
      text = skeleton_of(read_file(reference));
    } catch (const SkeletonError& error) {
      throw Error(fmt::format("solutions/{}/{}:{}", lab.name, file, error.what()),
                  "mend the mark (grader/skeleton/skeleton.h explains them)");
    }
    const std::string before = read_file_if_any(target);
    if (before == text) {
      fmt::print("labs/{}/{} is as its solution makes it\n", lab.name, file);
      continue;
    }
    // It may be somebody's work of a week.
    if (!before.empty()) {
      const fs::path kept = workspace.state() / "replaced" / lab.name / file;
      write_file(kept, before);
      fmt::print("labs/{}/{} is renewed; what was there is in .lockstep/replaced/{}/{}\n", lab.name,
                 file, lab.name, file);
    } else {
      fmt::print("labs/{}/{} is new\n", lab.name, file);
    }
    write_file(target, text);
  }
  return kAllWell;
}

}  // namespace lockstep::cli
