#include "grader/report/text.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "grader/report/style.h"
#include "grader/report/terminal.h"

namespace lockstep::report {
namespace {

TEST_CASE("width counts columns, not bytes") {
  CHECK(width("abc") == 3);
  CHECK(width("a·b") == 3);
  CHECK(width("日本") == 4);
  CHECK(width("e\u0301") == 1);
  CHECK(width("\x1b[1;31mred\x1b[0m") == 3);
  CHECK(pad("·", 3) == "·  ");
  CHECK(pad_left("12", 4) == "  12");
  CHECK(pad("long", 2) == "long");
}

TEST_CASE("wrapping keeps every word") {
  using Lines = std::vector<std::string>;
  CHECK(wrap("one two three", 7) == Lines{"one two", "three"});
  CHECK(wrap("one two three", 100) == Lines{"one two three"});
  CHECK(wrap("one two three", 8, 3) == Lines{"one two", "thr", "ee"});
  CHECK(wrap("", 5) == Lines{""});
  CHECK(wrap("abcdef", 3) == Lines{"abc", "def"});
  CHECK(wrap("日本語", 4) == Lines{"日本", "語"});
  CHECK(wrap("日本", 1) == Lines{"日", "本"});  // what cannot fit stands out rather than vanishes
  CHECK(wrap("ab    cd", 3) == Lines{"ab", "cd"});
}

TEST_CASE("cut text says so") {
  CHECK(shorten("abc", 3) == "abc");
  CHECK(shorten("abcd", 3) == "ab…");
}

TEST_CASE("a terminal is never obeyed by accident") {
  CHECK(printable("a\x1b[2J") == "a\\x1b[2J");
  CHECK(printable("a\tb") == "a b");
  CHECK(printable("\xff") == "\\xff");
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");           // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");  // a surrogate
  CHECK(printable("\xe2\x82") == "\\xe2\\x82");           // cut
  CHECK(printable("\xe2\x80\xae") == "\\u202e");          // right to left
  CHECK(printable("\xc2\x9b") == "\\x9b");                // CSI in one character
  CHECK(printable("grün · 日本") == "grün · 日本");
}

TEST_CASE("numbers for people") {
  CHECK(thousands(0) == "0");
  CHECK(thousands(999) == "999");
  CHECK(thousands(1000) == "1,000");
  CHECK(thousands(1234567) == "1,234,567");
  CHECK(thousands(-1234) == "-1,234");
  CHECK(ordinal(1) == "1st");
  CHECK(ordinal(2) == "2nd");
  CHECK(ordinal(3) == "3rd");
  CHECK(ordinal(4) == "4th");
  CHECK(ordinal(11) == "11th");
  CHECK(ordinal(112) == "112th");
  CHECK(ordinal(1021) == "1,021st");
  CHECK(count(1, "case") == "1 case");
  CHECK(count(0, "case") == "0 cases");
}

TEST_CASE("a table has a column for each place, names to the left and numbers to the right") {
  CHECK(table({{"lab", "cases"}, {"05_rlock", "7"}}) ==
        "lab       cases\n"
        "05_rlock      7\n");
}

TEST_CASE("colours only where they are wanted") {
  CHECK(Style(false).bad("no") == "no");
  CHECK(Style(true).bad("no") == "\x1b[1;31mno\x1b[0m");
  CHECK(Style(true).bad("") == "");
}

TEST_CASE("what is not a terminal gets no colour, and COLUMNS says how wide it is") {
  int pipe_ends[2];
  REQUIRE(pipe(pipe_ends) == 0);
  unsetenv("COLUMNS");
  CHECK_FALSE(terminal(pipe_ends[1]).colour);
  CHECK(terminal(pipe_ends[1]).width == 100);
  setenv("COLUMNS", "80", 1);
  CHECK(terminal(pipe_ends[1]).width == 80);
  setenv("COLUMNS", "7", 1);
  CHECK(terminal(pipe_ends[1]).width == 60);
  setenv("COLUMNS", "1000", 1);
  CHECK(terminal(pipe_ends[1]).width == 160);
  setenv("COLUMNS", "wide", 1);
  CHECK(terminal(pipe_ends[1]).width == 100);
  unsetenv("COLUMNS");
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

TEST_CASE("a terminal gets colours unless NO_COLOR or a dumb one") {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(master >= 0);
  REQUIRE(grantpt(master) == 0);
  REQUIRE(unlockpt(master) == 0);
  const int terminal_end = open(ptsname(master), O_RDWR | O_NOCTTY);
  REQUIRE(terminal_end >= 0);
  setenv("TERM", "xterm", 1);
  unsetenv("NO_COLOR");
  CHECK(terminal(terminal_end).colour);
  setenv("NO_COLOR", "", 1);  // no-color.org: only when not empty
  CHECK(terminal(terminal_end).colour);
  setenv("NO_COLOR", "1", 1);
  CHECK_FALSE(terminal(terminal_end).colour);
  unsetenv("NO_COLOR");
  setenv("TERM", "dumb", 1);
  CHECK_FALSE(terminal(terminal_end).colour);
  close(terminal_end);
  close(master);
}

}  // namespace
}  // namespace lockstep::report
