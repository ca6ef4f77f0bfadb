#include "grader/cli/table.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "grader/cli/errors.h"
#include "grader/cli/files.h"

namespace lockstep::cli {
namespace {

using Complaints = std::vector<std::string>;

TableRow row(const std::string& lab) {
  TableRow row;
  row.lab = lab;
  row.cases = 18;
  row.points = 100;
  row.exhaustive = 17;
  row.right = 1;
  row.wrong = 2;
  row.killed = 40;
  row.mutants = 41;
  row.executions = 1'234'567;
  row.seconds = 1.5;
  row.state = "0123456789ab";
  return row;
}

// A lab with one right and two wrong submissions.
void fill(const std::filesystem::path& root) {
  write_file(root / "labs/05_rlock/rlock_test.cc", "cases");
  write_file(root / "labs/05_rlock/rlock.h", "the student's");
  write_file(root / "labs/05_rlock/README.md", "text");
  for (const char* folder : {"", "right/a/", "wrong/b/", "wrong/c/"}) {
    write_file(root / "solutions/05_rlock" / folder / "rlock.h", folder);
  }
}

TEST_CASE("a table is read as it was written") {
  const std::vector<TableRow> rows{row("05_rlock"), row("10_queue")};
  CHECK(read_table(write_table(rows)) == rows);
  CHECK(read_table("").empty());
}

TEST_CASE("a row that was edited by hand is refused") {
  CHECK_THROWS_AS(read_table("| [05_rlock](x) | 1 |\n"), Error);
  CHECK_THROWS_AS(read_table("| [05_rlock](x) | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | `a` |\n"), Error);
}

TEST_CASE("a row is current until a case or a submission changes") {
  const TemporaryDirectory root;
  fill(root.path());
  TableRow current = row("05_rlock");
  current.state = state_of(root.path(), "05_rlock");
  const auto complaints = [&] { return out_of_date({current}, {"05_rlock"}, root.path()); };
  CHECK(complaints().empty());
  write_file(root.path() / "labs/05_rlock/rlock.h", "edited");
  write_file(root.path() / "labs/05_rlock/README.md", "edited");
  CHECK(complaints().empty());
  const Complaints changed{"05_rlock has changed since its row"};
  write_file(root.path() / "labs/05_rlock/rlock_test.cc", "other cases");
  CHECK(complaints() == changed);
  write_file(root.path() / "labs/05_rlock/rlock_test.cc", "cases");
  CHECK(complaints().empty());
  write_file(root.path() / "solutions/05_rlock/wrong/b/rlock.h", "another mistake");
  CHECK(complaints() == changed);
}

TEST_CASE("every lab needs a row, and every submission must do as it says") {
  const TemporaryDirectory root;
  fill(root.path());
  CHECK(out_of_date({}, {"05_rlock"}, root.path()) == Complaints{"05_rlock has no row"});
  TableRow short_of_one = row("05_rlock");
  short_of_one.state = state_of(root.path(), "05_rlock");
  short_of_one.wrong = 1;
  CHECK(out_of_date({short_of_one}, {"05_rlock"}, root.path()).size() == 1);
}

}  // namespace
}  // namespace lockstep::cli
