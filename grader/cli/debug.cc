#include "grader/cli/debug.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "grader/cli/errors.h"
#include "grader/cli/files.h"
#include "grader/cli/process.h"
#include "grader/cli/toolkit.h"

namespace lockstep::cli {
namespace fs = std::filesystem;
namespace {

// Where the explorer makes the report, still on the stack of the thread that broke the rule.
constexpr const char* kFailingStep = "lockstep::trace::describe";

// The lab's tests, the reference headers of earlier labs and the submission's files, laid out as
// they are included. Returns the sources to compile, relative to `folder`.
std::vector<std::string> lay_out(const fs::path& kit, const JudgeRequest& request,
                                 const fs::path& folder) {
  const nlohmann::json plan = nlohmann::json::parse(read_file(kit / "plan.json"));
  for (const fs::directory_entry& entry : fs::directory_iterator(kit)) {
    if (entry.is_directory()) {
      fs::copy(entry.path(), folder / entry.path().filename(), fs::copy_options::recursive);
    }
  }
  std::vector<std::string> sources;
  const auto add = [&](const std::string& file) {
    if (file.ends_with(".cc")) sources.push_back(request.lab + "/" + file);
  };
  for (const std::string file : plan.at("tests")) add(file);
  for (const std::string file : plan.at("files")) {
    write_file(folder / request.lab / file, read_file(request.submission / file));
    add(file);
  }
  return sources;
}

}  // namespace

int debug(const Built& built, const JudgeRequest& request) {
  const TemporaryDirectory folder;
  const std::vector<std::string> sources = lay_out(built.kit(request.lab), request, folder.path());
  Command compile;
  compile.directory = folder.path();
  compile.argv = {"g++", "-I."};
  for (const char* list : {"flags", "link_flags"}) {
    if (std::string(list) == "link_flags") {
      compile.argv.insert(compile.argv.end(), sources.begin(), sources.end());
    }
    const std::vector<std::string> flags = toolkit_flags(built.toolkit, list);
    compile.argv.insert(compile.argv.end(), flags.begin(), flags.end());
  }
  compile.argv.insert(compile.argv.end(), {"-o", "cases"});
  if (run(compile).status != 0) {
    throw Error("it does not compile", fmt::format("./lab grade {} says more", request.lab));
  }

  Command gdb;
  gdb.directory = folder.path();
  gdb.environment["LOCKSTEP_REAL_THREADS"] = "1";
  gdb.argv = {"gdb", "-q",
              // A graded program says who does what; gdb's word on every thread is noise.
              "-ex", "set print thread-events off", "-ex", "set breakpoint pending on", "-ex",
              fmt::format("break {}", kFailingStep), "-ex", "run", "-ex", "backtrace", "--args",
              "./cases", "--cases", std::to_string(request.cases.at(0)), "--schedule",
              request.schedule};
  try {
    return run(gdb).status;
  } catch (const Error&) {
    throw Error("gdb is not installed", "apt-get install gdb");
  }
}

}  // namespace lockstep::cli
