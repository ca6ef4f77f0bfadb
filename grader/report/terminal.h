#ifndef GRADER_REPORT_TERMINAL_H_
#define GRADER_REPORT_TERMINAL_H_

namespace lockstep::report {

// What a file descriptor shows its text on.
struct Terminal {
  bool colour = false;  // a terminal, NO_COLOR (no-color.org) unset or empty, TERM not "dumb"
  int width = 100;      // of the terminal, else COLUMNS, else 100; from 60 to 160
};

Terminal terminal(int descriptor);

}  // namespace lockstep::report

#endif  // GRADER_REPORT_TERMINAL_H_
