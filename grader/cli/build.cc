#include "grader/cli/build.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>

#include "grader/cli/errors.h"
#include "grader/cli/files.h"
#include "grader/cli/process.h"
#include "grader/report/text.h"

namespace lockstep::cli {
namespace fs = std::filesystem;
namespace {

// FNV-1a (Fowler, Noll, Vo): this tells edits apart, nobody attacks it.
class Hash {
 public:
  void add(std::string_view bytes) {
    for (const char byte : bytes) {
      value_ = (value_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    }
  }
  std::string text() const { return fmt::format("{:016x}", value_); }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

void add_file(const fs::path& path, std::set<fs::path>& files) {
  if (!is_hidden(path)) files.insert(path);
}

void add_folder(const fs::path& folder, std::set<fs::path>& files) {
  std::error_code none;
  for (fs::recursive_directory_iterator at(folder, none), end; at != end; at.increment(none)) {
    if (at->is_regular_file()) add_file(at->path(), files);
  }
}

void add_top_of_folder(const fs::path& folder, std::set<fs::path>& files) {
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, none)) {
    if (entry.is_regular_file()) add_file(entry.path(), files);
  }
}

std::set<fs::path> inputs(const Workspace& workspace, const std::vector<Lab>& labs) {
  const fs::path& root = workspace.root();
  std::set<fs::path> files;
  for (const char* folder : {"grader", "third_party"}) add_folder(root / folder, files);
  for (const char* file : {"WORKSPACE", "BUILD", "labs/BUILD", "labs/course.bzl"}) {
    files.insert(root / file);
  }
  files.insert(root / ".bazelrc");
  for (const Lab& lab : labs) {
    const fs::path folder = workspace.lab(lab.name);
    std::set<fs::path> of_lab;
    add_top_of_folder(folder, of_lab);
    for (const std::string& file : workspace.files_of(lab.name)) of_lab.erase(folder / file);
    of_lab.erase(folder / "README.md");
    files.merge(of_lab);
    add_top_of_folder(workspace.solution(lab.name), files);
    for (const std::string& need : lab.needs) add_top_of_folder(workspace.solution(need), files);
  }
  return files;
}

std::vector<std::string> targets(const std::vector<Lab>& labs) {
  std::vector<std::string> result{"//grader/judge", "//grader:toolkit"};
  for (const Lab& lab : labs) result.push_back(fmt::format("//labs/{}:kit", lab.name));
  return result;
}

// Where Bazel puts what it builds. The link in the tree leads there until somebody builds with
// another configuration, which may have been just now: Bazel itself knows better.
fs::path bin_folder(const Workspace& workspace) {
  Command command;
  command.argv = bazel({"info", "bazel-bin"});
  command.directory = workspace.root();
  command.capture_output = true;
  command.capture_errors = true;
  const Finished finished = run(command);
  const std::string folder = finished.output.substr(0, finished.output.find('\n'));
  if (finished.status == 0 && !folder.empty()) return folder;
  return workspace.root() / ".bazel" / "bin";
}

Built locate(const Workspace& workspace, const std::vector<Lab>& labs) {
  const fs::path bin = bin_folder(workspace);
  Built built{fs::canonical(bin / "grader/judge/judge"), fs::canonical(bin / "grader/toolkit"), {}};
  for (const Lab& lab : labs) built.kits[lab.name] = fs::canonical(bin / "labs" / lab.name / "kit");
  return built;
}

// .lockstep/built/LABS: the fingerprint of what was built, then the paths of judge, toolkit and of
// each kit, a line each.
fs::path record_path(const Workspace& workspace, const std::vector<Lab>& labs) {
  std::string name;
  for (const Lab& lab : labs) name += (name.empty() ? "" : "+") + lab.name;
  constexpr std::size_t kLongest = 100;  // of a file name, with room to spare
  if (name.size() > kLongest) {
    Hash hash;
    hash.add(name);
    name = hash.text();
  }
  return workspace.state() / "built" / (name.empty() ? "toolkit" : name);
}

void remember(const Workspace& workspace, const std::vector<Lab>& labs, const std::string& print,
              const Built& built) {
  std::string text =
      fmt::format("{}\n{}\n{}\n", print, built.judge.string(), built.toolkit.string());
  for (const Lab& lab : labs) text += built.kit(lab.name).string() + "\n";
  write_file(record_path(workspace, labs), text);
}

// What was built last, when it was made from the same files and is still there.
bool recall(const Workspace& workspace, const std::vector<Lab>& labs, const std::string& print,
            Built& built) {
  const std::string text = read_file_if_any(record_path(workspace, labs));
  const std::vector<std::string_view> lines = report::split_lines(text);
  if (lines.size() != 3 + labs.size() || lines[0] != print) return false;
  built.judge = lines[1];
  built.toolkit = lines[2];
  for (std::size_t i = 0; i < labs.size(); ++i) built.kits[labs[i].name] = lines[3 + i];
  std::error_code none;
  return fs::exists(built.judge, none) && fs::exists(built.toolkit / "flags", none) &&
         std::ranges::all_of(built.kits, [&](const auto& kit) {
           return fs::exists(kit.second / "cases.json", none);
         });
}

}  // namespace

std::string fingerprint(const Workspace& workspace, const std::vector<Lab>& labs) {
  Hash hash;
  for (const fs::path& file : inputs(workspace, labs)) {
    struct stat facts {};
    if (stat(file.c_str(), &facts) != 0) continue;
    hash.add(fmt::format("{} {} {}.{}\n", file.string(), facts.st_size, facts.st_mtim.tv_sec,
                         facts.st_mtim.tv_nsec));
  }
  return hash.text();
}

std::vector<std::string> bazel(const std::vector<std::string>& arguments) {
  const char* chosen = std::getenv("LOCKSTEP_BAZEL");
  std::vector<std::string> argv{chosen != nullptr && *chosen != '\0' ? chosen : "bazel"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

Built build(const Workspace& workspace, const std::vector<Lab>& labs) {
  // Taken before the build: an edit made while it runs is seen the next time.
  const std::string print = fingerprint(workspace, labs);
  Built built;
  if (recall(workspace, labs, print, built)) return built;

  std::vector<std::string> arguments{"build", "--show_result=0", "--noshow_loading_progress"};
  if (isatty(STDERR_FILENO) == 0) {
    // A log needs no progress bar.
    arguments.insert(arguments.end(), {"--noshow_progress", "--ui_event_filters=-info"});
  }
  const std::vector<std::string> wanted = targets(labs);
  arguments.insert(arguments.end(), wanted.begin(), wanted.end());
  Command command;
  command.argv = bazel(arguments);
  command.directory = workspace.root();
  // stdout is for the report alone; Bazel writes to stderr anyway.
  command.capture_output = true;
  if (const Finished finished = run(command); finished.status != 0) {
    throw Error("the grader itself does not build (your files are not part of it)",
                "read the error above; `git status` shows what was changed outside of labs/");
  }
  built = locate(workspace, labs);
  remember(workspace, labs, print, built);
  return built;
}

}  // namespace lockstep::cli
