#include "grader/judge/files.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace lockstep::judge {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
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

ScratchDirectory::ScratchDirectory(const std::string& parent) : path_(parent + "/lockstep-XXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) fail("cannot make a directory in " + parent);
  chmod(path_.c_str(), 0711);
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace lockstep::judge
