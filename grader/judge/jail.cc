#include "grader/judge/jail.h"

#include <fmt/format.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "grader/judge/process_tree.h"
#include "grader/judge/seccomp_filter.h"

namespace lockstep::judge {
namespace {

namespace fs = std::filesystem;

constexpr char kBubblewrap[] = "/usr/bin/bwrap";
constexpr int kCannotStart = 125;  // exit status of a child that could not become the program

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Whether `user` exists in our user namespace.
bool is_mapped(uid_t user) {
  std::ifstream map("/proc/self/uid_map");
  for (unsigned long first = 0, outside = 0, count = 0; map >> first >> outside >> count;) {
    if (user >= first && user - first < count) return true;
  }
  return false;
}

// A user that no account and no other judge has: limits on the number of processes are kept for
// each user, and a process cannot touch those of another.
std::optional<uid_t> unused_user() {
  constexpr uid_t kFarAway = 1'000'000'000;
  constexpr uid_t kNear = 61'000, kNearCount = 3'000;  // in a container with 65,536 users
  const auto pid = static_cast<uid_t>(getpid());
  for (const uid_t user : {kFarAway + pid, kNear + pid % kNearCount}) {
    if (is_mapped(user)) return user;
  }
  return std::nullopt;
}

Descriptor filter_in_memory(const std::vector<sock_filter>& filter) {
  Descriptor file(memfd_create("filter", 0));
  const auto size = static_cast<ssize_t>(filter.size() * sizeof(sock_filter));
  if (!file.is_open() || write(file.get(), filter.data(), static_cast<std::size_t>(size)) != size ||
      lseek(file.get(), 0, SEEK_SET) != 0) {
    fail("seccomp filter");
  }
  return file;
}

void limit(int resource, rlim_t value) {
  rlimit now{};
  getrlimit(static_cast<__rlimit_resource>(resource), &now);
  const rlim_t hard = std::min(value, now.rlim_max);
  const rlimit wanted{hard, hard};
  setrlimit(static_cast<__rlimit_resource>(resource), &wanted);
}

// `text` with every path below a mount's inside name replaced by the host's, in one pass: a host
// path may look like an inside one.
std::string on_host(const std::string& text, const std::vector<Mount>& mounts) {
  const auto continues_name = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
  };
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto mount = std::ranges::find_if(mounts, [&](const Mount& candidate) {
      const std::size_t end = at + candidate.inside.size();
      return text.compare(at, candidate.inside.size(), candidate.inside) == 0 &&
             (end == text.size() || !continues_name(text[end]));
    });
    if (mount == mounts.end()) {
      result += text[at++];
    } else {
      result += mount->host;
      at += mount->inside.size();
    }
  }
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

// Between fork and exec only system calls are made, so all that allocates is done here, before.
struct Jail::Launch {
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::vector<std::string> join_files;
  std::vector<std::pair<std::string, std::string>> binds;  // from, to; before the user changes
  std::vector<sock_filter> filter;                         // where bubblewrap does not do it
  std::vector<int> descriptors;
  Descriptor filter_file;
  std::string directory;
  Limits limits;
  bool memory_by_limit = false;
  bool tasks_by_limit = false;
  std::optional<uid_t> user;

  [[noreturn]] void become(int output);

 private:
  void set_limits() const;
};

void Jail::Launch::set_limits() const {
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, static_cast<rlim_t>(limits.file_bytes));
  constexpr rlim_t kFiles = 512;
  limit(RLIMIT_NOFILE, kFiles);
  if (memory_by_limit) {
    // Reserved fiber stacks count too, so this is only a far fence; resident size is watched.
    constexpr rlim_t kReserved = 64UL << 30;
    limit(RLIMIT_DATA, static_cast<rlim_t>(limits.memory_bytes) + kReserved);
  }
  if (tasks_by_limit) limit(RLIMIT_NPROC, static_cast<rlim_t>(limits.tasks));
}

void Jail::Launch::become(int output) {
  const auto must = [](bool done, const char* what) {
    if (done) return;
    dprintf(STDERR_FILENO, "jail: %s: error %d\n", what, errno);
    _exit(kCannotStart);
  };
  const int input = open("/dev/null", O_RDONLY);
  must(dup2(output, STDERR_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0, "output");
  must(dup2(input, STDIN_FILENO) >= 0, "input");
  // The judge's own death ends us: bubblewrap passes it on to everything inside.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setsid();
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);

  for (const std::string& file : join_files) {
    const int group = open(file.c_str(), O_WRONLY);
    must(group >= 0 && write(group, "0", 1) == 1, "cgroup");
    close(group);
  }
  if (!binds.empty()) {
    must(unshare(CLONE_NEWNS) == 0, "unshare");
    must(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private mounts");
    for (const auto& [from, to] : binds) {
      must(mount(from.c_str(), to.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0, "bind");
    }
  }
  set_limits();
  if (user) {
    must(setgroups(0, nullptr) == 0 && setgid(*user) == 0 && setuid(*user) == 0, "user");
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // forgotten when the user changes
  }
  if (!directory.empty()) must(chdir(directory.c_str()) == 0, "directory");

  // Everything else closes at exec.
  for (const int descriptor : descriptors) fcntl(descriptor, F_SETFD, 0);
  if (!filter.empty()) {
    const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no new privileges");
    must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0, "seccomp");
  }
  execve(arguments[0].c_str(), pointers(arguments).data(), pointers(environment).data());
  must(false, "exec");
  _exit(kCannotStart);
}

Jail::Jail(std::string scratch) : scratch_(std::move(scratch)), user_(geteuid()) {
  // Orphans of the jail come to us and not to the system's init, so that none is left behind.
  prctl(PR_SET_CHILD_SUBREAPER, 1);

  choose();
  const std::optional<Cgroup> group = Cgroup::create(Limits{});
  description_ = real_ ? "bubblewrap" : "none";
  description_ += changes_user_ ? ", user of its own" : ", our own user";
  description_ += ", system calls filtered";
  description_ += group && group->limits_memory() ? ", memory limited by cgroup"
                                                  : ", memory watched by the judge";
  description_ += group && group->limits_tasks() ? ", processes limited by cgroup"
                  : changes_user_                ? ", processes limited by user"
                                                 : ", processes watched by the judge";
}

void Jail::choose() {
  const std::optional<uid_t> unused = geteuid() == 0 ? unused_user() : std::nullopt;
  const bool installed = access(kBubblewrap, X_OK) == 0;
  const auto best = [&] {
    for (const bool real : {true, false}) {
      for (const bool changes_user : {true, false}) {
        if ((real && !installed) || (changes_user && !unused)) continue;
        real_ = real;
        changes_user_ = changes_user;
        user_ = changes_user ? *unused : geteuid();
        if (works()) return;
      }
    }
    // Stays with the last, which has nothing that could fail.
  };
  best();
  if (!real_) {
    notes_.push_back(installed
                         ? "No jail: this machine does not allow user namespaces."
                         : "No jail: bubblewrap is not installed (apt-get install bubblewrap).");
  }
  if (geteuid() == 0 && !changes_user_) {
    notes_.push_back(std::string("The program runs as root in its namespace: ") +
                     (unused ? "this root may not mount." : "there is no unused user."));
  }
}

bool Jail::works() const {
  Command nothing;
  nothing.arguments = {"/usr/bin/true"};
  nothing.mounts = {{scratch_, "/scratch"}};
  nothing.directory = "/scratch";
  Prisoner prisoner = start(nothing);
  constexpr int kTries = 5'000, kMicroseconds = 1'000;
  for (int i = 0; i < kTries && !prisoner.has_ended(); ++i) usleep(kMicroseconds);
  prisoner.end();
  return WIFEXITED(prisoner.status()) && WEXITSTATUS(prisoner.status()) == 0;
}

std::string Jail::source(const Command& command, std::size_t mount) const {
  if (!changes_user_) return command.mounts[mount].host;
  return fmt::format("{}/mount-{}", scratch_, mount);
}

std::vector<std::string> Jail::bubblewrap(const Command& command, int filter) const {
  const std::string size = std::to_string(command.limits.file_bytes);
  std::vector<std::string> line{
      kBubblewrap,  "--unshare-all", "--die-with-parent", "--new-session", "--hostname", "lockstep",
      "--cap-drop", "ALL",           "--ro-bind",         "/usr",          "/usr"};
  const auto add = [&line](std::initializer_list<std::string> more) {
    line.insert(line.end(), more);
  };
  for (const char* directory : {"/bin", "/sbin", "/lib", "/lib32", "/lib64"}) {
    if (fs::is_symlink(directory)) {
      add({"--symlink", fs::read_symlink(directory).string(), directory});
    } else if (fs::is_directory(directory)) {
      add({"--ro-bind", directory, directory});
    }
  }
  for (const char* file : {"/etc/ld.so.cache", "/etc/alternatives"}) {
    add({"--ro-bind-try", file, file});
  }
  add({"--proc", "/proc", "--dev", "/dev", "--size", size, "--tmpfs", "/dev/shm", "--remount-ro",
       "/dev", "--size", size, "--tmpfs", "/tmp"});
  for (std::size_t i = 0; i < command.mounts.size(); ++i) {
    const Mount& mount = command.mounts[i];
    add({mount.writable ? "--bind" : "--ro-bind", source(command, i), mount.inside});
  }
  add({"--remount-ro", "/"});
  if (!command.directory.empty()) add({"--chdir", command.directory});
  if (filter >= 0) add({"--seccomp", std::to_string(filter)});
  add({"--"});
  line.insert(line.end(), command.arguments.begin(), command.arguments.end());
  return line;
}

Jail::Launch Jail::prepare(const Command& command, const std::optional<Cgroup>& cgroup) const {
  Launch launch;
  launch.environment = command.environment;
  launch.descriptors = command.descriptors;
  launch.limits = command.limits;
  launch.memory_by_limit = !cgroup || !cgroup->limits_memory();
  launch.tasks_by_limit = changes_user_ && !(cgroup && cgroup->limits_tasks());
  if (cgroup) launch.join_files = cgroup->join_files();
  if (changes_user_) launch.user = user_;

  for (std::size_t i = 0; changes_user_ && i < command.mounts.size(); ++i) {
    const std::string target = source(command, i);
    if (mkdir(target.c_str(), 0755) != 0 && errno != EEXIST) fail("mount point");
    launch.binds.emplace_back(command.mounts[i].host, target);
  }

  std::vector<sock_filter> filter;
  if (command.filter_system_calls) filter = seccomp_filter(command.processes_allowed);
  if (real_) {
    if (!filter.empty()) {
      launch.filter_file = filter_in_memory(filter);
      launch.descriptors.push_back(launch.filter_file.get());
    }
    launch.arguments = bubblewrap(command, launch.filter_file.get());
    return launch;
  }
  launch.filter = std::move(filter);
  launch.arguments = command.arguments;
  launch.directory = command.directory;
  std::vector<Mount> sources = command.mounts;
  for (std::size_t i = 0; i < sources.size(); ++i) sources[i].host = source(command, i);
  for (std::string& argument : launch.arguments) argument = on_host(argument, sources);
  for (std::string& entry : launch.environment) entry = on_host(entry, sources);
  launch.directory = on_host(launch.directory, sources);
  return launch;
}

Prisoner Jail::start(const Command& command) const {
  Pipe output = make_pipe();
  std::optional<Cgroup> cgroup = Cgroup::create(command.limits);
  Launch launch = prepare(command, cgroup);
  std::set<pid_t> strangers = own_children();
  const pid_t pid = fork();
  if (pid < 0) fail("fork");
  if (pid == 0) launch.become(output.write.get());
  return {pid, std::move(output.read), std::move(cgroup), std::move(strangers)};
}

Prisoner::Prisoner(pid_t pid, Descriptor output, std::optional<Cgroup> cgroup,
                   std::set<pid_t> strangers)
    : pid_(pid),
      output_(std::move(output)),
      cgroup_(std::move(cgroup)),
      strangers_(std::move(strangers)) {}

Prisoner::Prisoner(Prisoner&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      output_(std::move(other.output_)),
      cgroup_(std::move(other.cgroup_)),
      strangers_(std::move(other.strangers_)),
      status_(other.status_),
      ended_(other.ended_) {}

Prisoner::~Prisoner() { end(); }

bool Prisoner::has_ended() {
  if (!ended_ && waitpid(pid_, &status_, WNOHANG) == pid_) ended_ = true;
  return ended_;
}

void Prisoner::end() {
  if (pid_ < 0) return;
  // Round after round until we have no child left: what is orphaned becomes our child, and what is
  // being created while we look is found the next time.
  for (;;) {
    std::vector<pid_t> prisoners = processes_of_tree(getpid(), strangers_);
    prisoners.erase(prisoners.begin());  // ourselves
    if (prisoners.empty()) break;
    for (const pid_t process : prisoners) kill(process, SIGKILL);
    for (const pid_t process : prisoners) {
      int status = 0;
      // Of those that are no child of ours (yet) this returns at once.
      if (waitpid(process, &status, __WALL) == pid_ && !ended_) {
        status_ = status;
        ended_ = true;
      }
    }
  }
  pid_ = -1;
}

}  // namespace lockstep::judge
