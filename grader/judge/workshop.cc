#include "grader/judge/workshop.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace lockstep::judge {
namespace {

namespace fs = std::filesystem;

// Where the unused user of the jail can pass: root's own TMPDIR may be out of its reach.
std::string parent_of_scratch() {
  const char* wanted = std::getenv("TMPDIR");
  return geteuid() == 0 || wanted == nullptr ? "/tmp" : wanted;
}

std::string make_directory(const std::string& path) {
  if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
    throw std::system_error(errno, std::generic_category(), "cannot make " + path);
  }
  chmod(path.c_str(), 0755);  // whatever the umask
  return path;
}

}  // namespace

Workshop::Workshop(const Kit& kit, const std::string& toolkit, const SubmittedFiles& submission,
                   const std::string& scratch)
    : scratch_(scratch.empty() ? parent_of_scratch() : scratch),
      toolkit_(fs::canonical(toolkit).string()),
      work_(make_directory(scratch_.path() + "/work")),
      given_(make_directory(scratch_.path() + "/given")),
      out_(make_directory(scratch_.path() + "/out")),
      jail_(make_directory(scratch_.path() + "/jail")) {
  if (chown(out_.c_str(), jail_.user(), jail_.user()) != 0 && geteuid() == 0) {
    throw std::system_error(errno, std::generic_category(), "chown " + out_);
  }
  for (const std::string& lab : kit.prerequisites) {
    for (const fs::directory_entry& file : fs::directory_iterator(kit.directory + "/" + lab)) {
      const std::string folder = make_directory(given_ + "/" + lab);
      write_file(folder + "/" + file.path().filename().string(), read_file(file.path().string()));
    }
  }
  for (const std::string& test : kit.tests) {
    add(kit.lab + "/" + test, read_file(kit.directory + "/" + kit.lab + "/" + test));
  }
  for (const SubmittedFile& file : submission.files) add(file.name, file.content);
}

void Workshop::add(const std::string& name, std::string_view content) const {
  const std::size_t slash = name.find('/');
  if (slash != std::string::npos) make_directory(work_ + "/" + name.substr(0, slash));
  write_file(work_ + "/" + name, content);
}

std::vector<Mount> Workshop::mounts(bool out_is_writable) const {
  return {{work_, "/work"},
          {given_, "/given"},
          {toolkit_, "/lockstep"},
          {out_, "/out", out_is_writable}};
}

}  // namespace lockstep::judge
