#include "grader/judge/cgroup.h"

#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace lockstep::judge {
namespace {

constexpr char kRoot[] = "/sys/fs/cgroup";

std::string group_name() {
  static int made = 0;
  return "lockstep-" + std::to_string(getpid()) + "-" + std::to_string(made++);
}

// This process's path in the hierarchy of `controller` ("" is the unified one).
std::string own_path(const std::string& controller) {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    std::istringstream names(line.substr(first + 1, second - first - 1));
    for (std::string name; std::getline(names, name, ',');) {
      if (name == controller) return line.substr(second + 1);
    }
    if (controller.empty() && second == first + 1) return line.substr(second + 1);
  }
  return "";
}

bool write(const std::string& file, long value) {
  std::ofstream stream(file);
  stream << value << std::flush;
  return stream.good();
}

// The number after `key` in a file of "key number" lines, or 0.
long read_count(const std::string& file, const std::string& key) {
  std::ifstream stream(file);
  std::string name;
  for (long value = 0; stream >> name >> value;) {
    if (name == key) return value;
  }
  return 0;
}

// Groups that a killed judge left. Removing one that has processes fails, which is as it should be.
void remove_stale(const std::string& parent) {
  constexpr int kJustMade = 60;  // seconds: nobody has joined yet
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(parent, ignored)) {
    struct stat status {};
    if (entry.path().filename().string().starts_with("lockstep-") &&
        stat(entry.path().c_str(), &status) == 0 && time(nullptr) - status.st_mtime > kJustMade) {
      rmdir(entry.path().c_str());
    }
  }
}

// Makes a group in `hierarchy`, below the caller's own group or, where that is not visible, at the
// root, and sets its limit. Returns the directory, or "".
std::string make(const std::string& hierarchy, const std::string& controller,
                 const std::string& name, const std::string& file, long limit) {
  for (const std::string& parent : {own_path(controller), std::string()}) {
    std::string directory = hierarchy + parent;
    remove_stale(directory);
    directory += (directory.back() == '/' ? "" : "/") + name;
    if (mkdir(directory.c_str(), 0755) != 0) continue;
    if (write(directory + "/" + file, limit)) return directory;
    rmdir(directory.c_str());
  }
  return "";
}

}  // namespace

std::optional<Cgroup> Cgroup::create(const Limits& limits) {
  Cgroup group;
  const std::string root = kRoot;
  const std::string name = group_name();
  if (access((root + "/cgroup.controllers").c_str(), F_OK) == 0) {
    group.unified_ = true;
    group.memory_ = make(root, "", name, "memory.max", limits.memory_bytes);
    if (!group.memory_.empty()) {
      write(group.memory_ + "/memory.swap.max", 0);
      if (write(group.memory_ + "/pids.max", limits.tasks)) group.pids_ = group.memory_;
    }
  } else {
    group.memory_ =
        make(root + "/memory", "memory", name, "memory.limit_in_bytes", limits.memory_bytes);
    group.pids_ = make(root + "/pids", "pids", name, "pids.max", limits.tasks);
  }
  if (!group.limits_memory() && !group.limits_tasks()) return std::nullopt;
  return group;
}

Cgroup::Cgroup(Cgroup&& other) noexcept
    : memory_(std::exchange(other.memory_, "")),
      pids_(std::exchange(other.pids_, "")),
      unified_(other.unified_) {}

Cgroup::~Cgroup() {
  for (const std::string& directory : {memory_, pids_}) {
    // A process that has just been reaped may hold the group for another moment.
    constexpr int kTries = 100;
    for (int i = 0; !directory.empty() && i < kTries; ++i) {
      if (rmdir(directory.c_str()) == 0 || errno != EBUSY) break;
      usleep(2'000);
    }
    if (unified_) break;
  }
}

std::vector<std::string> Cgroup::join_files() const {
  std::vector<std::string> files;
  if (limits_memory()) files.push_back(memory_ + "/cgroup.procs");
  if (limits_tasks() && !unified_) files.push_back(pids_ + "/cgroup.procs");
  return files;
}

bool Cgroup::ran_out_of_memory() const {
  if (!limits_memory()) return false;
  return read_count(memory_ + (unified_ ? "/memory.events" : "/memory.oom_control"), "oom_kill") >
         0;
}

bool Cgroup::ran_out_of_tasks() const {
  return limits_tasks() && read_count(pids_ + "/pids.events", "max") > 0;
}

}  // namespace lockstep::judge
