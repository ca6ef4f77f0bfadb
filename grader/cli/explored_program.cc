#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>

#include "grader/cli/errors.h"
#include "grader/cli/explored.h"
#include "grader/cli/files.h"
#include "grader/cli/process.h"
#include "grader/cli/toolkit.h"
#include "grader/judge/result_json.h"
#include "grader/report/text.h"

namespace lockstep::cli {
namespace fs = std::filesystem;
namespace {

// What takes over `main` (grader/explorer/main), and how it is told what to do: the search as JSON
// in a variable, the number of the descriptor for the result in another.
constexpr const char* kMainLibrary = "-llockstep_main";
constexpr const char* kSearchVariable = "LOCKSTEP_EXPLORE";
constexpr const char* kResultVariable = "LOCKSTEP_RESULT_FD";
constexpr int kResultDescriptor = 198;  // out of the way of what a program may expect to be free

bool is_c(const std::string& file) { return file.ends_with(".c"); }

std::vector<std::string> lines_of(const fs::path& path) {
  std::vector<std::string> lines;
  const std::string text = read_file(path);
  for (const std::string_view line : report::split_lines(text)) lines.emplace_back(line);
  return lines;
}

// Compiles and links. What the compiler said when it fails, else nothing.
std::optional<std::string> build_program(const fs::path& toolkit, const ExploreRequest& request,
                                         const fs::path& folder, const fs::path& program) {
  const std::vector<std::string> given = toolkit_flags(toolkit, "flags");
  std::vector<std::string> objects;
  for (const std::string& file : request.files) {
    std::error_code none;
    if (!fs::is_regular_file(file, none)) return fmt::format("there is no file {}", file);
    Command compile;
    compile.argv = {compiler_for(file)};
    const std::vector<std::string> flags = compile_flags(given, request.flags, file);
    compile.argv.insert(compile.argv.end(), flags.begin(), flags.end());
    const std::string object = (folder / fmt::format("{}.o", objects.size())).string();
    compile.argv.insert(compile.argv.end(), {"-c", file, "-o", object});
    compile.capture_errors = true;
    if (const Finished finished = run(compile); finished.status != 0) return finished.errors;
    objects.push_back(object);
  }
  Command link;
  link.argv = {"g++"};
  link.argv.insert(link.argv.end(), objects.begin(), objects.end());
  // The main library comes before the explorer: both take over __libc_start_main, and the explorer,
  // next in line, must see the beginning of what takes over main. It stands for the harness, the
  // main of graded programs.
  std::vector<std::string> flags = toolkit_flags(toolkit, "link_flags");
  std::erase(flags, "-llockstep_harness");
  flags.insert(std::ranges::find(flags, "-llockstep_explorer"), kMainLibrary);
  link.argv.insert(link.argv.end(), flags.begin(), flags.end());
  link.argv.insert(link.argv.end(), request.libraries.begin(), request.libraries.end());
  link.argv.insert(link.argv.end(), {"-o", program.string()});
  link.capture_errors = true;
  if (const Finished finished = run(link); finished.status != 0) return finished.errors;
  return std::nullopt;
}

std::vector<std::string> names_of(const std::vector<Rule>& rules) {
  std::vector<std::string> names;
  for (const Rule rule : rules) names.emplace_back(name_of(rule));
  return names;
}

std::string search_json(const ExploreRequest& request) {
  return nlohmann::json{{"strategy", request.strategy},
                        {"executions", request.executions},
                        {"seed", request.seed},
                        {"schedule", request.schedule},
                        {"ignore", names_of(request.ignored)},
                        {"require", names_of(request.required)},
                        {"clock", request.clock}}
      .dump();
}

std::map<std::string, judge::Lines> sources_of(const Result& result) {
  std::map<std::string, std::set<int>> wanted;
  if (result.finding) {
    for (const Step& step : result.finding->steps) wanted[step.place.file].insert(step.place.line);
  }
  std::map<std::string, judge::Lines> sources;
  for (const auto& [file, numbers] : wanted) {
    std::error_code none;
    if (!fs::is_regular_file(file, none)) continue;
    const std::vector<std::string> lines = lines_of(file);
    for (const int number : numbers) {
      if (number >= 1 && number <= static_cast<int>(lines.size())) {
        sources[file][number] = lines[number - 1];
      }
    }
  }
  return sources;
}

}  // namespace

std::string compiler_for(const std::string& file) {
  constexpr std::array kCpp{".cc", ".cpp", ".cxx", ".c++", ".C", ".cp"};
  if (is_c(file)) return "gcc";
  if (std::ranges::any_of(kCpp, [&](const char* end) { return file.ends_with(end); })) return "g++";
  throw Error(fmt::format("{} is neither C (.c) nor C++ (.cc, .cpp, ...)", file),
              "./lab explore --help");
}

std::vector<std::string> compile_flags(const std::vector<std::string>& given,
                                       const std::vector<std::string>& user_flags,
                                       const std::string& file) {
  const auto standard_fits = [&](const std::string& flag) {
    return (flag.find("++") == std::string::npos) == is_c(file);
  };
  // A global of the program called `open` or `read` must not become the one of the C library.
  std::vector<std::string> flags{"-fvisibility=hidden"};
  bool has_standard = false;
  for (const std::string& flag : user_flags) {
    const bool is_standard = flag.starts_with("-std=");
    if (is_standard && !standard_fits(flag)) continue;
    has_standard |= is_standard;
    flags.push_back(flag);
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string& flag = given[i];
    if (flag == "-include") {
      ++i;  // the prelude of graded cases
    } else if (flag.starts_with("-W") && flag != "-Wno-tsan") {
      // What a program is warned of is its author's own affair.
    } else if (!flag.starts_with("-std=") || (standard_fits(flag) && !has_standard)) {
      flags.push_back(flag);
    }
  }
  return flags;
}

Explored explore_program(const fs::path& toolkit, const ExploreRequest& request) {
  Explored explored;
  const TemporaryDirectory folder;
  const fs::path program = folder.path() / "program";
  if (const auto problem = build_program(toolkit, request, folder.path(), program)) {
    explored.result.error = *problem;
    return explored;
  }
  Command command;
  command.argv = {program.string()};
  command.argv.insert(command.argv.end(), request.arguments.begin(), request.arguments.end());
  command.environment[kSearchVariable] = search_json(request);
  command.environment[kResultVariable] = std::to_string(kResultDescriptor);
  command.result_descriptor = kResultDescriptor;
  // The result holds the output of the execution that is reported.
  command.capture_output = true;
  command.capture_errors = true;
  const Finished finished = run(command);
  try {
    explored.result = judge::result_from_json(nlohmann::ordered_json::parse(finished.result));
  } catch (const std::exception&) {
    explored.result = {};
    explored.result.error = fmt::format(
        "the program ended with status {} before the search was over{}", finished.status,
        finished.errors.empty() ? std::string() : ":\n" + finished.errors);
    return explored;
  }
  explored.sources = sources_of(explored.result);
  return explored;
}

}  // namespace lockstep::cli
