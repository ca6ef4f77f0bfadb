#ifndef GRADER_JUDGE_JAIL_H_
#define GRADER_JUDGE_JAIL_H_

#include <sys/types.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "grader/judge/cgroup.h"
#include "grader/judge/descriptor.h"
#include "grader/judge/limits.h"

namespace lockstep::judge {

// A directory of the host that the jail shows under another name.
struct Mount {
  std::string host;
  std::string inside;
  bool writable = false;
};

// What to run, in terms of what the jail shows.
struct Command {
  std::vector<std::string> arguments;
  std::vector<std::string> environment;  // NAME=VALUE; nothing else is passed on
  std::vector<Mount> mounts;
  std::string directory;
  std::vector<int> descriptors;  // inherited under the same numbers, beside 0, 1 and 2
  bool filter_system_calls = false;
  bool processes_allowed = false;  // fork and the like
  Limits limits;
};

// A program in the jail. Ends it, and everything it started, when destroyed. There is one at a
// time: whatever is a child of this process then belongs to it.
class Prisoner {
 public:
  Prisoner(pid_t pid, Descriptor output, std::optional<Cgroup> cgroup, std::set<pid_t> strangers);
  Prisoner(Prisoner&& other) noexcept;
  Prisoner& operator=(Prisoner&&) = delete;
  ~Prisoner();

  pid_t pid() const { return pid_; }  // of the outermost process
  int output() const { return output_.get(); }
  const std::optional<Cgroup>& cgroup() const { return cgroup_; }

  // Whether the outermost process has ended; then status() is its wait status.
  bool has_ended();
  int status() const { return status_; }

  // Ends every process of the jail and waits until none is left.
  void end();

 private:
  pid_t pid_;
  Descriptor output_;
  std::optional<Cgroup> cgroup_;
  // Children that this process had before, from whoever started it.
  std::set<pid_t> strangers_;
  int status_ = 0;
  bool ended_ = false;
};

// Where untrusted programs run: bubblewrap with its own process, network, ipc and mount namespace;
// a system that is read-only; its own /tmp, /dev/shm and /proc; a user of its own (when we are
// root) or at least no privileges; limits on everything. Nothing of the host is seen but /usr and
// the mounts of the command.
//
// Without bubblewrap, or where user namespaces are forbidden, the program runs with limits only.
// The description says so, and whoever needs more asks is_real().
class Jail {
 public:
  // `scratch` is an empty directory for the jail's own mount points. Finds out what this machine
  // allows (starts one tiny program).
  explicit Jail(std::string scratch);

  bool is_real() const { return real_; }
  // "bubblewrap, user of its own, system calls filtered, memory and tasks limited by cgroup"
  const std::string& description() const { return description_; }
  // What could not be done, for the verdict's notes.
  const std::vector<std::string>& notes() const { return notes_; }

  // The user that owns files a program in the jail may write: who we are, or the unused one.
  uid_t user() const { return user_; }

  // Starts the program with /dev/null as input and its output and errors in one pipe. In a jail
  // that is not real, paths below a mount's inside name are replaced by the host's in all
  // arguments. Throws std::system_error when the machine is out of resources.
  Prisoner start(const Command& command) const;

 private:
  struct Launch;  // everything that is ready before the fork

  Launch prepare(const Command& command, const std::optional<Cgroup>& cgroup) const;
  std::vector<std::string> bubblewrap(const Command& command, int filter) const;
  // The host's directory behind a mount, where a program without our privileges can reach it.
  std::string source(const Command& command, std::size_t mount) const;
  // Finds the best that this machine allows: bubblewrap before none, another user before our own.
  void choose();
  bool works() const;

  std::string scratch_;
  bool real_ = false;
  bool changes_user_ = false;
  uid_t user_ = 0;
  std::string description_;
  std::vector<std::string> notes_;
};

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_JAIL_H_
