#include "grader/judge/compile.h"

#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <sstream>

#include "grader/judge/diagnostics.h"
#include "grader/judge/executable.h"
#include "grader/judge/supervise.h"

namespace lockstep::judge {
namespace {

constexpr char kPoison[] = "poison.h";
// What is kept of the compiler's words in the verdict.
constexpr std::size_t kKeptOutput = 64UL << 10;

// How errors are printed, beside the toolkit's flags: for digest(), and for a student.
constexpr char kDiagnosticFlags[] =
    " -pipe -fno-diagnostics-show-caret -fdiagnostics-color=never -fmax-errors=100"
    " -ftemplate-backtrace-limit=6";

// The lines of a file, as words for the shell.
std::string flags_in(const std::string& file) {
  std::istringstream lines(read_file(file));
  std::string flags;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) flags += " '" + line + "'";
  }
  return flags;
}

// One shell for everything: a jail costs more than a process in it. The test files are compiled
// side by side, each with a log of its own, so that the errors come in the same order every time.
std::string script(const Kit& kit, const Workshop& workshop) {
  const std::string compile = "g++" + flags_in(workshop.toolkit() + "/flags") + " -include " +
                              kPoison + " -I. -I/given -ffile-prefix-map=./=" + kDiagnosticFlags;
  std::string text;
  std::string objects;
  std::string wait;
  for (std::size_t i = 0; i < kit.tests.size(); ++i) {
    text += fmt::format("{} -c '{}/{}' -o /out/{}.o 2>/out/{}.log & pid{}=$!\n", compile, kit.lab,
                        kit.tests[i], i, i, i);
    wait += fmt::format("wait $pid{} || failed=1\ncat /out/{}.log >&2\n", i, i);
    objects += fmt::format(" /out/{}.o", i);
  }
  text += wait + "test -z \"$failed\" || exit 1\n";
  text += fmt::format("exec g++{} -o /out/{}{}\n", objects, kProgram,
                      flags_in(workshop.toolkit() + "/link_flags"));
  return text;
}

std::vector<std::string> names_of(const SubmittedFiles& submission) {
  std::vector<std::string> names;
  for (const SubmittedFile& file : submission.files) names.push_back(file.name);
  return names;
}

std::vector<std::string> texts_of_tests(const Kit& kit) {
  std::vector<std::string> texts;
  for (const std::string& test : kit.tests) {
    texts.push_back(read_file(kit.directory + "/" + kit.lab + "/" + test));
  }
  return texts;
}

class Compiler {
 public:
  Compiler(const Kit& kit, const SubmittedFiles& submission, const Workshop& workshop,
           const Limits& limits)
      : kit_(kit),
        submission_(submission),
        workshop_(workshop),
        limits_(limits),
        scanner_(kit.forbidden, texts_of_tests(kit)) {}

  Compilation run() {
    if (!submission_.refusals.empty()) return refuse(submission_.refusals.front());
    // What this lab forbids may be what the student's earlier labs are made of.
    const std::vector<Forbidden> nothing;
    const Scanner of_earlier(nothing, texts_of_tests(kit_));
    for (const SubmittedFile& file : submission_.files) {
      const bool own = file.name.starts_with(kit_.lab + "/");
      if (const auto refusal = (own ? scanner_ : of_earlier).scan(file)) return refuse(*refusal);
    }
    workshop_.add(kPoison, poison());

    Command command;
    command.arguments = {"/bin/sh", "-c", script(kit_, workshop_)};
    command.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C", "TMPDIR=/tmp"};
    command.mounts = workshop_.mounts(true);
    command.directory = "/work";
    command.limits = limits_;
    return judge(supervise(workshop_.jail().start(command), limits_));
  }

 private:
  // What is read before the tests and the submission. The labs that this one builds on may be made
  // of what it forbids, so they come first.
  std::string poison() const {
    std::string text;
    for (const std::string& lab : kit_.prerequisites) {
      std::set<std::string> names;
      for (const auto& file : std::filesystem::directory_iterator(kit_.directory + "/" + lab)) {
        names.insert(file.path().filename().string());
      }
      for (const std::string& name : names) text += fmt::format("#include \"{}/{}\"\n", lab, name);
    }
    return text + scanner_.poison();
  }

  Compilation refuse(const Refusal& refusal) {
    return fail(refusal.rule, refusal.message, refusal.file, refusal.line);
  }

  Compilation fail(Rule rule, std::string message, std::string file = "", int line = 0) {
    Compilation failed = std::move(compilation_);
    Build& build = failed.build;
    build.ok = false;
    build.rule = rule;
    build.message = std::move(message);
    build.file = std::move(file);
    build.line = line;
    if (build.errors == 0) build.errors = 1;
    for (const SubmittedFile& own : submission_.files) {
      if (own.name != build.file) continue;
      const Lines lines = lines_of(own.content);
      if (const auto found = lines.find(line); found != lines.end()) build.source = found->second;
    }
    return failed;
  }

  Compilation judge(const Ending& ending) {
    compilation_.build.output = ending.output.substr(0, kKeptOutput);
    switch (ending.end) {
      case End::kCpu:
        return fail(
            Rule::kTimeLimit,
            fmt::format("The compiler worked for {:.0f} s without an end: look for a template "
                        "or a constexpr function that never stops.",
                        limits_.cpu_seconds));
      case End::kMemory:
        return fail(Rule::kMemoryLimit,
                    fmt::format("The compiler needed more than {} MiB: look for a template that "
                                "never stops, or a huge array.",
                                limits_.memory_bytes >> 20));
      case End::kWall:
        compilation_.machine_fault = true;
        return fail(Rule::kTimeLimit, "The compiler did not end: machine too slow, or stuck.");
      case End::kExited:
        if (ending.status == 0) return inspect();
        [[fallthrough]];
      default:
        return explain(ending);
    }
  }

  Compilation explain(const Ending& ending) {
    const Digest error = digest(ending.output, names_of(submission_));
    if (error.errors == 0 && ending.output.find("out of memory") != std::string::npos) {
      return fail(Rule::kMemoryLimit, "The compiler ran out of memory.");
    }
    if (error.errors == 0 && ending.end == End::kOutput) {
      return fail(Rule::kCompileError,
                  fmt::format("The compiler's first message alone has more than {} KiB.",
                              limits_.output_bytes >> 10));
    }
    // Not one error: the compiler, or the jail, could not even begin.
    if (error.errors == 0) {
      compilation_.machine_fault = true;
      return fail(Rule::kCompileError, "The compiler could not run: " + error.message);
    }
    compilation_.build.errors = error.errors;
    for (const Forbidden& forbidden : kit_.forbidden) {
      if (forbidden.identifier != error.poisoned) continue;
      return fail(Rule::kForbidden,
                  fmt::format("{} uses `{}`: {}.", error.file.substr(error.file.rfind('/') + 1),
                              forbidden.identifier, forbidden.reason),
                  error.file, error.line);
    }
    return fail(Rule::kCompileError, error.message, error.file, error.line);
  }

  Compilation inspect() {
    const std::string libraries = workshop_.toolkit() + "/lib/";
    const auto fault = fault_of_executable(
        workshop_.output(kProgram),
        {libraries + "liblockstep_explorer.so", libraries + "liblockstep_harness.so"});
    if (!fault) return std::move(compilation_);
    const std::string name = kit_.files.empty() ? "The program" : kit_.files.front();
    return fail(Rule::kForbidden, fmt::format("{} {}.", name, *fault),
                submission_.files.empty() ? "" : submission_.files.front().name);
  }

  const Kit& kit_;
  const SubmittedFiles& submission_;
  const Workshop& workshop_;
  const Limits& limits_;
  const Scanner scanner_;
  Compilation compilation_;
};

}  // namespace

Compilation compile(const Kit& kit, const SubmittedFiles& submission, const Workshop& workshop,
                    const Limits& limits) {
  return Compiler(kit, submission, workshop, limits).run();
}

}  // namespace lockstep::judge
