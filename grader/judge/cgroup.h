#ifndef GRADER_JUDGE_CGROUP_H_
#define GRADER_JUDGE_CGROUP_H_

#include <optional>
#include <string>
#include <vector>

#include "grader/judge/limits.h"

namespace lockstep::judge {

// A control group of our own for one jail: the kernel then holds memory and tasks to their limits,
// whoever the user is. Version 1 hierarchies and version 2 are tried; where none is writable there
// is no group and other means must do (see jail.h).
class Cgroup {
 public:
  // A new, empty group under the caller's own, or nothing.
  static std::optional<Cgroup> create(const Limits& limits);

  Cgroup(Cgroup&& other) noexcept;
  Cgroup& operator=(Cgroup&&) = delete;
  ~Cgroup();  // removes the group; its processes must have ended

  bool limits_memory() const { return !memory_.empty(); }
  bool limits_tasks() const { return !pids_.empty(); }

  // Files to which a process writes "0" to join. For use between fork and exec.
  std::vector<std::string> join_files() const;

  // Whether the kernel ended a process because the group was out of memory.
  bool ran_out_of_memory() const;
  // Whether a new process or thread was refused.
  bool ran_out_of_tasks() const;

 private:
  Cgroup() = default;

  std::string memory_;  // directories, equal in version 2; empty where there is no such controller
  std::string pids_;
  bool unified_ = false;
};

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_CGROUP_H_
