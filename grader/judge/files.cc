#include "grader/judge/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace lockstep::judge {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

constexpr char kScratch[] = "lockstep-";

// Opens and locks a directory, unless somebody else holds the lock.
Descriptor lock_directory(const std::string& path) {
  Descriptor directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (directory.is_open() && flock(directory.get(), LOCK_EX | LOCK_NB) != 0) directory.close();
  return directory;
}

void remove_stale(const std::string& parent) {
  constexpr int kJustMade = 60;  // seconds: not locked yet
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(parent, ignored)) {
    const std::string path = entry.path().string();
    struct stat status {};
    if (!entry.path().filename().string().starts_with(kScratch) ||
        lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
        status.st_uid != geteuid() || time(nullptr) - status.st_mtime < kJustMade) {
      continue;
    }
    if (lock_directory(path).is_open()) std::filesystem::remove_all(path, ignored);
  }
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file) fail("cannot read " + path);
  text << file.rdbuf();
  return std::move(text).str();
}

void write_file(const std::string& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content << std::flush;
  if (!file) fail("cannot write " + path);
  chmod(path.c_str(), 0644);
}

Lines lines_of(std::string_view text) {
  Lines lines;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines[number] = line;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

ScratchDirectory::ScratchDirectory(const std::string& parent)
    : path_(parent + "/" + kScratch + "XXXXXX") {
  remove_stale(parent);
  if (mkdtemp(path_.data()) == nullptr) fail("cannot make a directory in " + parent);
  chmod(path_.c_str(), 0711);
  lock_ = lock_directory(path_);
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace lockstep::judge
