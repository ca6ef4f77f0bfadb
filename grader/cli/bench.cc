// ./lab bench: the lab's benchmark with the student's files (or those of a folder).

#include <fmt/format.h>

#include <cstdio>

#include "grader/cli/commands.h"
#include "grader/cli/errors.h"
#include "grader/cli/files.h"
#include "grader/cli/process.h"
#include "grader/cli/submission.h"

namespace lockstep::cli {
namespace fs = std::filesystem;
namespace {

// A submission is not ours to trust: it sees the system read-only, no network and no other process.
std::vector<std::string> confined(const fs::path& program) {
  return {"bwrap",
          "--ro-bind",
          "/",
          "/",
          "--dev",
          "/dev",
          "--proc",
          "/proc",
          "--tmpfs",
          "/tmp",
          "--ro-bind",
          program.string(),
          "/tmp/benchmark",
          "--unshare-all",
          "--die-with-parent",
          "--new-session",
          "/tmp/benchmark"};
}

}  // namespace

int bench(const Context& context, const BenchRequest& request) {
  const Workspace& workspace = context.workspace;
  const Lab& lab = context.course.find(request.lab);
  const fs::path submission = submission_folder(workspace, lab.name, request.submission);
  const std::string stem = lab.name.substr(lab.name.find('_') + 1);
  const fs::path source = workspace.solution(lab.name) / (stem + "_benchmark.cc");
  if (!fs::exists(source)) {
    throw Error(fmt::format("{} has no benchmark", lab.name), "./lab lists the labs");
  }

  // The files under the lab's own folder name, in front of the solutions, so that
  // "05_rlock/rlock.h" is the submission's and earlier labs are the reference's.
  const TemporaryDirectory folder;
  const fs::path shown = folder.path() / lab.name;
  fs::create_directory(shown);
  std::vector<std::string> sources{source.string()};
  for (const std::string& file : workspace.files_of(lab.name)) {
    if (!fs::exists(submission / file)) {
      throw Error(fmt::format("{} is not in {}", file, submission.string()),
                  fmt::format("./lab bench {} takes your own files", lab.name));
    }
    fs::copy_file(submission / file, shown / file);
    if (file.ends_with(".cc")) sources.push_back((shown / file).string());
  }
  const fs::path program = folder.path() / "benchmark";
  Command compile;
  compile.argv = {"g++",
                  "-std=c++20",
                  "-O2",
                  "-g",
                  "-pthread",
                  "-I" + folder.path().string(),
                  "-I" + (workspace.root() / "solutions").string(),
                  "-I" + workspace.root().string()};
  compile.argv.insert(compile.argv.end(), sources.begin(), sources.end());
  compile.argv.insert(compile.argv.end(), {"-lbenchmark", "-o", program.string()});
  if (run(compile).status != 0) {
    throw Error("the benchmark does not compile with these files",
                fmt::format("mend the first error above; ./lab grade {} says more", lab.name));
  }
  std::fflush(stdout);
  Command measure;
  measure.argv =
      request.submission.empty() ? std::vector<std::string>{program.string()} : confined(program);
  const Finished finished = run(measure);
  if (finished.status != 0) {
    throw Error(fmt::format("the benchmark ended with status {}", finished.status),
                fmt::format("./lab grade {} finds what is wrong", lab.name));
  }
  return kAllWell;
}

}  // namespace lockstep::cli
