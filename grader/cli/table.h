#ifndef GRADER_CLI_TABLE_H_
#define GRADER_CLI_TABLE_H_

// docs/labs.md: what stands behind each lab's points, in one table that a command makes.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::cli {

// One line. Each number is what a command of ./lab has counted.
struct TableRow {
  std::string lab;  // "05_rlock"
  int cases = 0;
  int points = 0;
  int exhaustive = 0;   // cases whose search was complete, with the reference
  int right = 0;        // designs that get every point, the reference not among them
  int wrong = 0;        // submissions that fail what they name
  int killed = 0;       // mutants of the reference that a case fails
  int mutants = 0;      // that are not explained as equivalent
  long executions = 0;  // to grade the reference
  double seconds = 0;   // the same, from the edit to the verdict
  std::string state;    // state_of() when these were counted

  bool operator==(const TableRow&) const = default;
};

// What the lab's figures depend on, in twelve letters: its cases and what the course submits to
// them. (Not on the grader: a faster explorer makes no row wrong, only old.)
std::string state_of(const std::filesystem::path& root, const std::string& lab);

// The whole of docs/labs.md, and back. What is no row of the table is not read. Throws Error for a
// row that cannot be read.
std::string write_table(const std::vector<TableRow>& rows);
std::vector<TableRow> read_table(std::string_view document);

// What is not as it should be, a sentence each: a lab without a row, a row whose lab has changed
// since, or one with fewer right or wrong submissions than there are folders.
std::vector<std::string> out_of_date(const std::vector<TableRow>& rows,
                                     const std::vector<std::string>& labs,
                                     const std::filesystem::path& root);

}  // namespace lockstep::cli

#endif  // GRADER_CLI_TABLE_H_
