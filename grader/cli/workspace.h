#ifndef GRADER_CLI_WORKSPACE_H_
#define GRADER_CLI_WORKSPACE_H_

#include <filesystem>
#include <string>
#include <vector>

namespace lockstep::cli {

// Where things are in the repository. Paths are absolute.
class Workspace {
 public:
  explicit Workspace(std::filesystem::path root) : root_(std::move(root)) {}

  // The repository that the launcher names (LOCKSTEP_ROOT), else the one around the current folder.
  // Throws Error when there is none.
  static Workspace find();

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path lab(const std::string& name) const { return root_ / "labs" / name; }
  std::filesystem::path solution(const std::string& name) const {
    return root_ / "solutions" / name;
  }
  // What the tool remembers; ignored by git, may be deleted at any time.
  std::filesystem::path state() const { return root_ / ".lockstep"; }

  // The files the student fills, as the reference has them: every header and source file beside it,
  // but its benchmark.
  std::vector<std::string> files_of(const std::string& lab) const;

  // Writes compile_flags.txt, from which clangd understands labs and solutions, unless it is there
  // as it should be.
  void write_compile_flags() const;

 private:
  std::filesystem::path root_;
};

}  // namespace lockstep::cli

#endif  // GRADER_CLI_WORKSPACE_H_
