#include "grader/judge/supervise.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "grader/judge/process_tree.h"

namespace lockstep::judge {
namespace {

using Clock = std::chrono::steady_clock;

// Looking at /proc is cheap but not free: often at first, when most programs end, then less.
constexpr int kFirstLookMs = 10;
constexpr int kLookMs = 50;
// bubblewrap and the first process of its namespace are not the program's.
constexpr int kJailProcesses = 2;

volatile sig_atomic_t interrupted = 0;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Watch {
 public:
  Watch(Prisoner& prisoner, const Limits& limits, int events, const EventReader& reader)
      : prisoner_(prisoner), limits_(limits), events_(events), reader_(reader) {
    fcntl(prisoner_.output(), F_SETFL, O_NONBLOCK);
    if (events_ >= 0) fcntl(events_, F_SETFL, O_NONBLOCK);
  }

  Ending run() {
    int look = kFirstLookMs;
    while (!prisoner_.has_ended() && !end_) {
      wait_for_bytes(look);
      if (interrupted) throw Interrupted();
      read_all();
      // A second look at the limits after the program has ended would blame it for nothing.
      if (!end_ && !prisoner_.has_ended() && seconds_since(last_look_) * 1000 >= look) {
        check_limits();
        look = std::min(look * 2, kLookMs);
      }
    }
    return finish();
  }

 private:
  void wait_for_bytes(int milliseconds) {
    // Descriptors that are closed at the other end would wake us at once and for ever.
    std::array<pollfd, 3> files{pollfd{output_open_ ? prisoner_.output() : -1, POLLIN, 0},
                                pollfd{events_open_ ? events_ : -1, POLLIN, 0},
                                pollfd{process_.get(), POLLIN, 0}};
    poll(files.data(), files.size(), milliseconds);
  }

  void read_all() {
    read_events();
    read_output();
  }

  void read_output() {
    read_from(prisoner_.output(), output_open_, [this](std::string_view bytes) {
      const std::size_t room = static_cast<std::size_t>(limits_.output_bytes) - output_.size();
      output_ += bytes.substr(0, room);
      if (bytes.size() > room) end_ = End::kOutput;
    });
  }

  void read_events() {
    if (events_ < 0) return;
    read_from(events_, events_open_, [this](std::string_view bytes) {
      switch (reader_(bytes)) {
        case Next::kGoOn:
          break;
        case Next::kFreshStart:
          start_ = Clock::now();
          cpu_at_start_ = usage_of_tree(prisoner_.pid()).cpu_seconds;
          break;
        case Next::kStop:
          end_ = End::kStopped;
          break;
      }
    });
  }

  template <class Take>
  void read_from(int file, bool& open, const Take& take) {
    std::array<char, 1 << 16> buffer;
    while (open && !end_) {
      const ssize_t got = read(file, buffer.data(), buffer.size());
      if (got > 0) {
        take(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
        // A program that writes without end must not keep us from looking at its limits.
        if (seconds_since(last_look_) * 1000 > kLookMs) return;
      } else if (got == 0) {
        open = false;
      } else if (errno != EINTR) {
        return;
      }
    }
  }

  void check_limits() {
    last_look_ = Clock::now();
    const Usage usage = usage_of_tree(prisoner_.pid());
    const auto& cgroup = prisoner_.cgroup();
    if ((cgroup && cgroup->ran_out_of_tasks()) || usage.tasks > limits_.tasks ||
        (limits_.processes > 0 && usage.processes > limits_.processes + kJailProcesses)) {
      end_ = End::kProcesses;
    } else if (usage.resident_bytes > limits_.memory_bytes &&
               !(cgroup && cgroup->limits_memory())) {
      end_ = End::kMemory;
      memory_bytes_ = usage.resident_bytes;
    } else if (usage.cpu_seconds - cpu_at_start_ > limits_.cpu_seconds) {
      end_ = End::kCpu;
    } else if (seconds_since(start_) > limits_.wall_seconds) {
      end_ = End::kWall;
    }
  }

  Ending finish() {
    Ending ending;
    if (end_ == End::kCpu || end_ == End::kWall) {
      ending.threads = describe_threads(processes_of_tree(prisoner_.pid()).back());
    }
    const bool by_itself = prisoner_.has_ended();
    const bool out_of_memory = prisoner_.cgroup() && prisoner_.cgroup()->ran_out_of_memory();
    const bool out_of_tasks = prisoner_.cgroup() && prisoner_.cgroup()->ran_out_of_tasks();
    prisoner_.end();
    // Nobody is left to write: what is in the pipes is all there is.
    last_look_ = Clock::now();
    while (!end_ && (output_open_ || (events_ >= 0 && events_open_))) {
      last_look_ = Clock::now();
      read_all();
    }
    if (by_itself && !end_) {
      const int status = prisoner_.status();
      // bubblewrap reports a signal as a shell does.
      constexpr int kSignalBase = 128;
      const bool exited = WIFEXITED(status) && WEXITSTATUS(status) <= kSignalBase;
      ending.status = exited              ? WEXITSTATUS(status)
                      : WIFEXITED(status) ? WEXITSTATUS(status) - kSignalBase
                                          : WTERMSIG(status);
      end_ = exited ? End::kExited : End::kSignalled;
      if (out_of_memory) {
        end_ = End::kMemory;
        memory_bytes_ = limits_.memory_bytes;  // the kernel lets it have no more
      }
      if (out_of_tasks) end_ = End::kProcesses;
    }
    ending.end = end_.value_or(End::kExited);
    ending.output = std::move(output_);
    ending.memory_bytes = memory_bytes_;
    ending.seconds = seconds_since(first_start_);
    return ending;
  }

  Prisoner& prisoner_;
  const Limits& limits_;
  const int events_;
  const EventReader& reader_;
  // Readable when the outermost process ends; where the kernel has none, we look now and then.
  const Descriptor process_{static_cast<int>(syscall(SYS_pidfd_open, prisoner_.pid(), 0))};
  bool output_open_ = true;
  bool events_open_ = true;
  std::optional<End> end_;
  std::string output_;
  const Clock::time_point first_start_ = Clock::now();
  Clock::time_point start_ = first_start_;
  Clock::time_point last_look_ = first_start_;
  double cpu_at_start_ = 0;
  long memory_bytes_ = 0;
};

}  // namespace

void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = 1; };
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaction(number, &action, nullptr);
}

Ending supervise(Prisoner prisoner, const Limits& limits, int events, const EventReader& reader) {
  return Watch(prisoner, limits, events, reader).run();
}

}  // namespace lockstep::judge
