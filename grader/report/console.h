#ifndef GRADER_REPORT_CONSOLE_H_
#define GRADER_REPORT_CONSOLE_H_

#include <string>

#include "grader/judge/verdict.h"

namespace lockstep::report {

struct ConsoleOptions {
  bool colour = false;
  int width = 100;             // columns; see terminal()
  int in_full = 3;             // so many different failures are shown with all there is to them
  bool all_errors = false;     // everything the compiler said, not only its first error
  bool every_step = false;     // of an interleaving, however long
  bool only_failures = false;  // no list of the cases, no points
  bool timing = false;         // seconds of each case
};

// The report a student reads: failures first, then a line for every case and the points. Ends with
// a line end.
std::string console(const judge::Verdict& verdict, const ConsoleOptions& options);

}  // namespace lockstep::report

#endif  // GRADER_REPORT_CONSOLE_H_
