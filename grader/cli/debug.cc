#include "grader/cli/debug.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "grader/cli/errors.h"
#include "grader/cli/files.h"
#include "grader/cli/process.h"
#include "grader/cli/toolkit.h"

namespace lockstep::cli {
namespace fs = std::filesystem;
namespace {

// Where the explorer notes that a rule is broken, on the stack of the thread that broke it: one
// ends the execution, the other lets it go on (grader/explorer/model/execution.h).
constexpr std::array kFailingSteps{"lockstep::fail_now", "lockstep::fail_later"};

// For gdb: selects the innermost frame that is neither the explorer's nor a library's.
constexpr char kSelectOwnFrame[] = R"(python
f = gdb.newest_frame()
def own(frame):
  table = frame.find_sal().symtab
  return table and "grader/" not in table.filename and not table.filename.startswith("/usr/")
while f and not own(f): f = f.older()
if f: f.select()
end
)";

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

// Makes the program `cases` in `folder`. Two steps: the linker must not see -fsanitize=thread, it
// would take the compiler's own ThreadSanitizer instead of the explorer.
void compile(const fs::path& toolkit, const fs::path& folder,
             const std::vector<std::string>& sources, const std::string& lab) {
  const auto build = [&](std::vector<std::string> arguments) {
    Command command;
    command.directory = folder;
    command.argv = {"g++"};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    if (run(command).status != 0) {
      throw Error("it does not compile", fmt::format("./lab grade {} says more", lab));
    }
  };
  const auto joined = [](std::vector<std::string> front, const std::vector<std::string>& back) {
    front.insert(front.end(), back.begin(), back.end());
    return front;
  };
  std::vector<std::string> objects;
  for (const std::string& source : sources) {
    objects.push_back(fmt::format("{}.o", objects.size()));
    build(joined(toolkit_flags(toolkit, "flags"), {"-I.", "-c", source, "-o", objects.back()}));
  }
  build(joined(joined(objects, toolkit_flags(toolkit, "link_flags")), {"-o", "cases"}));
}

}  // namespace

int debug(const Built& built, const JudgeRequest& request) {
  const TemporaryDirectory folder;
  const std::vector<std::string> sources = lay_out(built.kit(request.lab), request, folder.path());
  compile(built.toolkit, folder.path(), sources, request.lab);

  Command gdb;
  gdb.directory = folder.path();
  gdb.environment["LOCKSTEP_REAL_THREADS"] = "1";
  // gdb's word on every thread that comes and goes is noise.
  gdb.argv = {
      "gdb", "-q", "-ex", "set print thread-events off", "-ex", "set breakpoint pending on"};
  const auto tell = [&](const std::string& words) {
    gdb.argv.insert(gdb.argv.end(), {"-ex", words});
  };
  // The explorer writes to protected pages on purpose, and watches the processor time.
  tell("handle SIGSEGV SIGPROF nostop noprint pass");
  for (const char* function : kFailingSteps) tell(fmt::format("break {}", function));
  tell("run");
  write_file(folder.path() / "select.gdb", kSelectOwnFrame);
  tell("source select.gdb");
  tell("frame");
  gdb.argv.insert(gdb.argv.end(),
                  {"--args", "./cases", "--cases", std::to_string(request.cases.at(0)),
                   "--schedule", request.schedule});
  try {
    return run(gdb).status;
  } catch (const Error&) {
    throw Error("gdb is not installed", "apt-get install gdb");
  }
}

}  // namespace lockstep::cli
