#include "grader/judge/process_tree.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace lockstep::judge {
namespace {

struct Stat {
  char state = '?';
  double own_cpu = 0;     // seconds
  double waited_cpu = 0;  // of children that were waited for
  int threads = 0;
  long resident_bytes = 0;
};

// Reads /proc/.../stat. The second field, the name in parentheses, may hold anything, so the fields
// are counted from its end.
std::optional<Stat> read_stat(const std::string& file) {
  std::ifstream stream(file);
  std::string text;
  if (!std::getline(stream, text, '\0')) return std::nullopt;
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));

  Stat stat;
  fields >> stat.state;
  std::string skipped;
  constexpr int kBeforeTimes = 10;  // ppid ... cmajflt
  for (int i = 0; i < kBeforeTimes; ++i) fields >> skipped;
  long user = 0, system = 0, waited_user = 0, waited_system = 0;
  fields >> user >> system >> waited_user >> waited_system;
  fields >> skipped >> skipped >> stat.threads;  // priority and nice in front
  constexpr int kBeforeResident = 3;             // itrealvalue ... vsize
  for (int i = 0; i < kBeforeResident; ++i) fields >> skipped;
  long pages = 0;
  fields >> pages;
  static const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  static const long page_size = sysconf(_SC_PAGESIZE);
  stat.own_cpu = static_cast<double>(user + system) / ticks;
  stat.waited_cpu = static_cast<double>(waited_user + waited_system) / ticks;
  stat.resident_bytes = pages * page_size;
  return stat;
}

std::vector<std::string> tasks_of(pid_t process) {
  std::vector<std::string> directories;
  std::error_code ignored;  // the process may end while we look
  const std::string path = fmt::format("/proc/{}/task", process);
  for (std::filesystem::directory_iterator entry(path, ignored), end; entry != end;
       entry.increment(ignored)) {
    if (ignored) break;
    directories.push_back(entry->path().string());
  }
  return directories;
}

std::vector<pid_t> children_of(pid_t process) {
  std::vector<pid_t> found;
  for (const std::string& task : tasks_of(process)) {
    std::ifstream children(task + "/children");
    for (pid_t child = 0; children >> child;) found.push_back(child);
  }
  return found;
}

}  // namespace

std::vector<pid_t> processes_of_tree(pid_t root, const std::set<pid_t>& strangers) {
  std::vector<pid_t> found{root};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const pid_t child : children_of(found[i])) {
      if (!strangers.contains(child)) found.push_back(child);
    }
  }
  return found;
}

std::set<pid_t> own_children() {
  const std::vector<pid_t> children = children_of(getpid());
  return {children.begin(), children.end()};
}

Usage usage_of_tree(pid_t root) {
  Usage usage;
  for (const pid_t process : processes_of_tree(root)) {
    const std::optional<Stat> stat = read_stat(fmt::format("/proc/{}/stat", process));
    if (!stat || stat->state == 'Z') continue;
    usage.cpu_seconds += stat->own_cpu + stat->waited_cpu;
    usage.resident_bytes += stat->resident_bytes;
    usage.tasks += stat->threads;
    ++usage.processes;
  }
  return usage;
}

std::vector<std::string> describe_threads(pid_t process) {
  std::vector<std::string> lines;
  std::vector<std::string> tasks = tasks_of(process);
  std::sort(tasks.begin(), tasks.end());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const std::optional<Stat> stat = read_stat(tasks[i] + "/stat");
    if (!stat) continue;
    const bool runs = stat->state == 'R';
    // The explorer keeps a pool of threads that sleep for ever; they are no news.
    if (!runs && i > 0) continue;
    const std::string name = i == 0 ? "The main thread" : fmt::format("Thread {}", i + 1);
    lines.push_back(fmt::format("{} {} ({:.0f} s of processor time).", name,
                                runs ? "runs" : "sleeps in the kernel", stat->own_cpu));
  }
  return lines;
}

}  // namespace lockstep::judge
