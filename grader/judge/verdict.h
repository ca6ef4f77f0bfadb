#ifndef GRADER_JUDGE_VERDICT_H_
#define GRADER_JUDGE_VERDICT_H_

// The verdict document: everything the judge has to say about one submission to one lab.
//
// It is the only thing that reporters, the command line tool and (later) the gradebook share. The
// judge writes it, everybody else reads it and nothing else: what is not in the document cannot be
// in a report. On disk it is JSON, described by verdict.schema.json; `write` and `read` below are
// its only writer and reader.
//
// Times (`seconds`) are for people. Everything else is the same at every run.

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "grader/explorer/result.h"
#include "grader/explorer/rules.h"

namespace lockstep::judge {

// Raised when the meaning of a field changes or a field goes; a reader refuses what it does not
// know.
inline constexpr int kVerdictVersion = 1;

enum class Outcome {
  kGraded,    // every case has an outcome
  kNotBuilt,  // the submission does not compile, misses a file or uses what the lab forbids
  kError,     // nobody's fault: the jail, the machine; `Verdict::notes` says what
};

enum class CaseOutcome {
  kPassed,  // a complete account says that its checks ran and held
  kFailed,  // `rule` was broken
  kError,   // nobody's fault: the wall limit, far above the limits that decide
  kNotRun,  // filtered out, or never reached
};

// Line number (from 1) -> text, without the line's end.
using Lines = std::map<int, std::string>;

// How it went wrong, step by step; without steps where there is nothing to show (a check outside
// `explore`, a crash before the first step).
struct Interleaving {
  std::vector<ThreadInfo> threads;
  std::vector<Step> steps;
  int preemptions = 0;  // as in Finding
  bool fewest = false;
};

struct CaseVerdict {
  int number = 0;  // from 1, in the order of the test file
  std::string name;
  std::string file;  // where the case stands, as the compiler saw it: "05_rlock/rlock_test.cc"
  int line = 0;
  int points = 0;
  int earned = 0;
  CaseOutcome outcome = CaseOutcome::kNotRun;

  // Of a case that failed. `expected`, `seen` and `details` as in Finding.
  std::optional<Rule> rule;
  std::string message;
  std::string expected;
  std::string seen;
  std::vector<std::string> details;

  Interleaving interleaving;
  std::string schedule;  // what `./lab replay --schedule` takes; empty where there is none

  // How far it was searched. Sums over the explorations of the case; `exhaustive` when all were.
  long executions = 0;
  bool exhaustive = false;
  std::string bounds;    // what "exhaustive" holds under; may be empty
  std::string strategy;  // the one that decided; empty for a case that explores nothing
  std::uint64_t seed = 0;

  std::vector<Note> notes;
  std::string output;                    // printed by the reported execution
  std::vector<std::string> hints;        // at most three: the idea, the place, almost the code
  std::map<std::string, Lines> sources;  // text of the lines the report quotes
  double seconds = 0;                    // wall time
};

struct Submission {
  std::string hash;                // of its files' names and contents
  std::vector<std::string> files;  // as the compiler saw them: "05_rlock/rlock.h"
  bool own = false;  // built on the student's own earlier labs, else on the reference solutions
};

struct Tools {
  std::string lockstep;  // version of the grader
  std::string compiler;  // "g++ 12.2.0"
  std::string jail;      // what held: "bubblewrap, pids and memory limited"
};

// `rule` is set when `ok` is false: compile-error, forbidden, no-such-file, time-limit, ...
struct Build {
  bool ok = true;
  std::optional<Rule> rule;
  std::string message;  // the compiler's first error in the student's files, one sentence
  std::string file;
  int line = 0;
  std::string source;  // the text of that line
  int errors = 0;      // how many there are in all
  std::string output;  // everything the compiler said, cut to a limit
};

struct Seconds {
  double build = 0;
  double cases = 0;
  double total = 0;
};

struct Verdict {
  std::string lab;    // "05_rlock"
  std::string title;  // "A lock that its owner may take again"
  Submission submission;
  Tools tools;
  Outcome outcome = Outcome::kError;
  Build build;
  int points = 0;
  int max_points = 0;
  std::vector<CaseVerdict> cases;
  std::vector<std::string> notes;  // about the run as a whole: limits that could not be set, ...
  Seconds seconds;
};

// The document's JSON text: two spaces of indentation, a final newline, keys in the order of the
// structs. Bytes that are not UTF-8 (a program may print anything) become U+FFFD.
std::string write(const Verdict& verdict);

// Why a document could not be read; the message names the field.
class VerdictError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The inverse of `write`. Throws VerdictError on text that is not JSON, on a version other than
// kVerdictVersion, on a field that is missing or of another type, and on an unknown rule or
// outcome.
Verdict read(std::string_view text);

// The words used in the document: "graded", "not_built", "error"; "passed", "failed", "error",
// "not_run".
std::string_view name_of(Outcome outcome);
std::string_view name_of(CaseOutcome outcome);

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_VERDICT_H_
