#ifndef GRADER_REPORT_INTERLEAVING_H_
#define GRADER_REPORT_INTERLEAVING_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "grader/judge/verdict.h"
#include "grader/report/style.h"

namespace lockstep::report {

// How a table is laid out, and how much of it.
struct TableOptions {
  int columns = 100;        // width of a line
  bool every_step = false;  // else long runs of one thread's steps are cut to their ends
  // Steps that are never left out, by number.
  std::set<int> mentioned = {};
};

// An execution as a table: one column a thread, one row or two a step, `-- switch --` where another
// thread goes on. Where the threads are too many for `columns`, one thread's name a step instead.
//
//          A (counter_test.cc:31)                     B (counter_test.cc:32)
//       1  counter.h:14  value_ = value_ + 1
//                        reads  value_  0
//          -- switch --
//       2                                             counter.h:14  value_ = value_ + 1
class InterleavingTable {
 public:
  // `lab` is left out of file names. All references must outlive the table.
  InterleavingTable(const judge::Interleaving& interleaving,
                    const std::map<std::string, judge::Lines>& sources, std::string_view lab,
                    TableOptions options, const Style& style);

  // The table's lines; none without steps.
  std::vector<std::string> lines() const;

 private:
  struct Column {
    std::string label;
    int start = 0;  // where its text begins
  };
  struct Progress;  // what has been printed so far

  void lay_out();
  // Of each step, whether it is shown.
  std::vector<bool> choose_steps() const;
  void add_gap(std::size_t first, std::size_t end, Progress& progress) const;
  const Column& column_of(const Step& step) const;
  std::size_t thread_index(std::string_view label) const;
  void add_header(std::vector<std::string>& lines) const;
  void add_step(const Step& step, Progress& progress) const;
  // Where the note of a step goes: beside its last line, or below.
  void add_note(const Step& step, const Column& column, int indent, Progress& progress) const;

  const judge::Interleaving& interleaving_;
  const std::map<std::string, judge::Lines>& sources_;
  const std::string_view lab_;
  const TableOptions options_;
  const int width_;
  const Style& style_;
  bool one_column_ = false;
  std::vector<Column> columns_;  // of the threads that take a step; one when one_column_
};

// "counter.h:14", "" when unknown. `lab` and a slash at the front of the file are left out.
std::string place_text(const Place& place, std::string_view lab);

// The text of the line, trimmed; empty when it is not among the sources.
std::string source_text(const Place& place, const std::map<std::string, judge::Lines>& sources);

}  // namespace lockstep::report

#endif  // GRADER_REPORT_INTERLEAVING_H_
