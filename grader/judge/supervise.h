#ifndef GRADER_JUDGE_SUPERVISE_H_
#define GRADER_JUDGE_SUPERVISE_H_

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "grader/judge/jail.h"
#include "grader/judge/limits.h"

namespace lockstep::judge {

// Why a program in the jail is no more.
enum class End {
  kExited,     // by itself; `status` is its exit status
  kSignalled,  // `status` is the signal
  kCpu,        // the rest: ended by us, or by the kernel on our behalf, for going beyond a limit
  kWall,
  kMemory,
  kOutput,
  kProcesses,
  kStopped,  // the reader of its events had enough
};

struct Ending {
  End end = End::kExited;
  int status = 0;
  std::string output;                // standard output and error, at most Limits::output_bytes
  std::vector<std::string> threads;  // what each thread was doing, where we had to end it
  double seconds = 0;                // wall time
  long memory_bytes = 0;             // of kMemory: what it had when it was ended
};

// What the reader of the events answers.
enum class Next {
  kGoOn,
  kFreshStart,  // processor and wall time are counted from here on
  kStop,        // end the program
};
using EventReader = std::function<Next(std::string_view bytes)>;

// Thrown by supervise() after the judge itself was told to stop (SIGINT, SIGTERM, SIGHUP).
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

// From now on those signals make supervise() end the program and throw, so that nothing is left
// behind: no process, no directory, no control group.
void stop_on_signals();

// Watches a program until it and everything it started has ended, and ends it when it goes beyond a
// limit. `events` is a descriptor from which `reader` gets all bytes as they come, or -1.
Ending supervise(Prisoner prisoner, const Limits& limits, int events = -1,
                 const EventReader& reader = {});

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_SUPERVISE_H_
