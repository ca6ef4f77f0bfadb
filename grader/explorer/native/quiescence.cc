#include "grader/explorer/native/quiescence.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <thread>

namespace lockstep::native {
namespace {

// The lines of interest of /proc/self/task/TID/status:
//   State:	S (sleeping)
//   voluntary_ctxt_switches:	12
//   nonvoluntary_ctxt_switches:	3
TaskState read_status(const std::filesystem::path& path) {
  TaskState state;
  std::ifstream file(path);
  std::string key;
  std::string rest;
  while (file >> key && std::getline(file, rest)) {
    if (key == "State:") state.asleep = rest.find('S') != std::string::npos;
    if (std::string_view(key).ends_with("ctxt_switches:")) state.switches += std::stol(rest);
  }
  return state;
}

}  // namespace

std::map<pid_t, TaskState> other_tasks() {
  std::map<pid_t, TaskState> tasks;
  std::error_code gone;  // a thread may end while we look
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", gone)) {
    const auto id = static_cast<pid_t>(std::stol(entry.path().filename()));
    if (id != gettid()) tasks[id] = read_status(entry.path() / "status");
  }
  return tasks;
}

bool wait_until_asleep(std::chrono::nanoseconds limit) {
  const auto all_asleep = [](const auto& tasks) {
    return std::ranges::all_of(tasks, [](const auto& task) { return task.second.asleep; });
  };
  // One look is not enough: a thread seen asleep may be woken by one not looked at yet. When two
  // looks find the same threads asleep and none has run in between, all slept when the first ended.
  const auto deadline = std::chrono::steady_clock::now() + limit;
  auto before = other_tasks();
  while (std::chrono::steady_clock::now() < deadline) {
    auto after = other_tasks();
    if (all_asleep(after) && after == before) return true;
    before = std::move(after);
    // Leaves the processor to those who are waited for. The kernel tells nobody when a thread goes
    // to sleep, so this must look again and again; the length decides only how often, and `limit`
    // ends it.
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  return false;
}

}  // namespace lockstep::native
