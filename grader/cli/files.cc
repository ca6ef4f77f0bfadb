#include "grader/cli/files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include "grader/cli/errors.h"

namespace lockstep::cli {
namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    throw Error(fmt::format("{} cannot be read: {}", path.string(), std::strerror(errno)),
                "check the name and its permissions");
  }
  return text.str();
}

std::string read_file_if_any(const fs::path& path) {
  std::error_code none;
  return fs::exists(path, none) ? read_file(path) : "";
}

void write_file(const fs::path& path, std::string_view text) {
  std::error_code problem;
  fs::create_directories(path.parent_path(), problem);
  // Two commands at once must not write into each other's file.
  const fs::path fresh = fmt::format("{}.{}", path.string(), getpid());
  {
    std::ofstream file(fresh, std::ios::binary);
    file << text;
    file.flush();
    if (!file) {
      throw Error(fmt::format("{} cannot be written: {}", path.string(), std::strerror(errno)),
                  "check its permissions and that the disk is not full");
    }
  }
  fs::rename(fresh, path);
}

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (fs::temp_directory_path() / "lockstep_XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw Error(fmt::format("no temporary folder can be made in {}: {}",
                            fs::temp_directory_path().string(), std::strerror(errno)),
                "set TMPDIR to a folder that can be written");
  }
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace lockstep::cli
