#ifndef GRADER_EXPLORER_RESULT_H_
#define GRADER_EXPLORER_RESULT_H_

#include <optional>
#include <string>
#include <vector>

#include "grader/explorer/rules.h"

namespace lockstep {

// A place in the source. `file` is the path the compiler was given; `line` 0 means unknown.
struct Place {
  std::string file;
  int line = 0;
  std::string function;
};

// One thread of an execution. Labels are "main" for the body itself, then A, B, ..., Z, AA, ... in
// the order of creation.
struct ThreadInfo {
  std::string label;
  Place created;  // where its std::thread (or pthread_create) was made; the body's place for main
};

// One visible step of the reported interleaving.
struct Step {
  int number = 0;         // from 1
  std::string thread;     // a label
  Place place;            // the student's or the test's own line, never a line of the library
  std::string operation;  // "reads", "writes", "locks", "unlocks", "waits for", "notifies one", ...
  std::string object;     // "Counter::value_", "queue.not_empty_", or a short address
  std::string before;     // the value read, or the one overwritten; empty where there is none
  std::string after;      // the value written; empty where there is none
  bool preempts = false;  // a switch away from a thread that could have gone on
  int repeats = 1;        // how many times in a row this line was done (folded loop turns)
  std::string note;       // "B's update is lost"; empty for most
};

// What broke a rule, and how.
struct Finding {
  Rule rule{};
  std::string message;               // one sentence: the rule broken, with names
  std::string expected;              // "value() == 2"; empty where the rule says it all
  std::string seen;                  // "value() == 1"
  std::vector<std::string> details;  // lock sets, the wait-for cycle, when it was notified, ...
  std::vector<ThreadInfo> threads;
  std::vector<Step> steps;
  std::string schedule;  // replays it (see Options::schedule)
  int preemptions = 0;   // the fewest that the search could show
  bool fewest = false;   // every schedule with fewer preemptions was tried
};

// A note is a finding that does not fail the program (what `explore` says of a spin, a leak, ...).
struct Note {
  Rule rule{};
  std::string message;
  Place place;
};

// What a search of one body found.
struct Result {
  std::optional<Finding> finding;
  std::vector<Note> notes;
  std::string error;        // why the body cannot be explored ("fork() inside ..."), else empty
  long executions = 0;      // up to and with the first failure, or in all
  long steps = 0;           // visible operations, over all executions
  bool exhaustive = false;  // every interleaving that matters was run, within `bounds`
  std::string bounds;    // what "exhaustive" holds under: "time-outs in order", ...; may be empty
  std::string strategy;  // the one that decided: "dpor", "bounded", "pct", "random", "replay"
  double seconds = 0;    // wall time; never part of a verdict
  std::string output;    // what the reported execution (or the last one) printed
  int exit_status = 0;   // of the explored main, in `explore`
};

}  // namespace lockstep

#endif  // GRADER_EXPLORER_RESULT_H_
