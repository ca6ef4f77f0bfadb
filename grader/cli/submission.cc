#include "grader/cli/submission.h"

#include <fmt/format.h>

#include "grader/cli/errors.h"

namespace lockstep::cli {
namespace fs = std::filesystem;

fs::path submission_folder(const Workspace& workspace, const std::string& lab,
                           const std::string& given) {
  if (given.empty()) return workspace.lab(lab);
  std::error_code none;
  if (fs::is_directory(given, none)) return fs::canonical(given);
  if (fs::exists(given, none)) {
    throw Error(
        fmt::format("{} is a file; --submission takes the folder it is in", given),
        fmt::format("./lab grade {} --submission {}", lab,
                    fs::path(given).has_parent_path() ? fs::path(given).parent_path().string()
                                                      : std::string(".")));
  }
  throw Error(fmt::format("there is no folder {}", given),
              fmt::format("./lab grade {} grades your own files", lab));
}

}  // namespace lockstep::cli
