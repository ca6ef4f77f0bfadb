#ifndef GRADER_JUDGE_LIMITS_H_
#define GRADER_JUDGE_LIMITS_H_

namespace lockstep::judge {

// What a program in the jail may use. Processor time decides; the wall limit is there for a machine
// that is far too slow and for a program that sleeps for ever, and is nobody's fault.
struct Limits {
  double cpu_seconds = 60;       // of all its processes, since the last fresh start (a new case)
  double wall_seconds = 600;     // since the last fresh start
  long memory_bytes = 1L << 30;  // resident, of all its processes and its in-memory file systems
  long output_bytes = 1L << 20;  // standard output and error together
  long file_bytes = 64L << 20;   // of one file, and of each in-memory file system
  int tasks = 512;               // processes and threads together
  int processes = 1;             // of the program; 0: as many as `tasks` allows
};

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_LIMITS_H_
