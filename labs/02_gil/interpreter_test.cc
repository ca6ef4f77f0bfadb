// The interpreter: what a program computes, its errors, and programs of several threads.
#include "02_gil/gil.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;
using Globals = std::map<std::string, std::int64_t>;

// For cases that ask "when": time moves only when no thread can run.
constexpr Options kExactTime{.clock = Clock::kStrict};

// A Gil that nobody ever asks for: for cases without time.
constexpr std::chrono::nanoseconds kNever = std::chrono::nanoseconds::max();

// For cases that ask "what may happen": whoever waits for a time may find it over at any moment. A
// waiter's alarm clock rings again and again, so these have too many interleavings for all of them.
constexpr Options kLateThreads{.clock = Clock::kSlowThreads};

// Whether explore() has run all interleavings, and not just a few on real threads. To be asked
// outside of it.
bool exploring_here() {
  bool answer = false;
  explore([&] { answer = exploring(); });
  return answer;
}

// What running `program` throws, in words: "invalid_argument line 3".
std::string thrown_by(lab::Interpreter& interpreter, const std::string& program) {
  const auto place = [](const std::exception& error) {
    const std::string text = error.what();
    return text.substr(0, text.find(':'));
  };
  try {
    interpreter.run(program);
  } catch (const std::invalid_argument& error) {
    return "invalid_argument " + place(error);
  } catch (const std::runtime_error& error) {
    return "runtime_error " + place(error);
  } catch (const std::exception& error) {
    return std::string("another exception: ") + error.what();
  }
  return "nothing";
}

// The end of `total` if the eight instructions come in this order; 99 if it is no order of them.
int end_of(const std::vector<int>& order) {
  int total = 0;
  int seen[2] = {};
  int next[2] = {};
  for (const int who : order) {
    if (who != 0 && who != 1) return 99;
    const int change = who == 0 ? 1 : -1;
    switch (next[who]++) {
      case 0:
        seen[who] = total;
        break;
      case 3:
        total = seen[who] + change;
        break;
      default:
        break;
    }
  }
  return next[0] == 4 && next[1] == 4 ? total : 99;
}

}  // namespace

TEST_CASE("a program computes" * points(4) *
          hints("A stack of numbers, and one step for each line.",
                "Which operand was pushed last? And what happens to the stack between two runs?",
                "SUB: b = take(); a = take(); push(a - b).   The stack is a variable of run().")) {
  explore([] {
    lab::Gil gil;
    Globals globals{{"x", 7}};
    lab::Interpreter interpreter(gil, globals);
    interpreter.run("LOAD x\nCONST 2\nSUB\nSTORE y\n");
    CHECK(globals["x"] == 7);
    CHECK(globals["y"] == 5);
    interpreter.run("CONST -3\n\n  LOAD   y\nADD\nSTORE x");
    CHECK(globals["x"] == 2);
    interpreter.run("");
    CHECK_FALSE(gil.locked());
  });
}

TEST_CASE("a loop ends when there is nothing left to count" * points(3) *
          hints("JUMP_IF goes back to a line, if the number that it takes is not 0.",
                "Lines are counted from 1, and empty ones count.",
                "if (take() != 0) line = number; else ++line;")) {
  explore([] {
    lab::Gil gil;
    Globals globals{{"n", 3}, {"sum", 0}};
    lab::Interpreter interpreter(gil, globals);
    interpreter.run(
        "\n"
        "LOAD sum\nLOAD n\nADD\nSTORE sum\n"
        "LOAD n\nCONST 1\nSUB\nSTORE n\n"
        "LOAD n\nJUMP_IF 2\n"
        "LOAD sum\nSTORE end\n");
    CHECK(globals["sum"] == 6);
    CHECK(globals["end"] == 6);
    CHECK(globals["n"] == 0);
    interpreter.run("CONST -1\nJUMP_IF 5\nCONST 9\nSTORE sum\nCONST 1");
    CHECK(globals["sum"] == 6);
  });
}

TEST_CASE("an error says its line, and gives the gil back" * points(4) *
          hints("A program that fails must not take the lock with it.",
                "Two kinds: a line that cannot be read (std::invalid_argument), and an instruction "
                "that cannot be done (std::runtime_error). Who releases the Gil then?",
                "GilGuard guard(gil_); and throw std::runtime_error(\"line \" + "
                "std::to_string(line) + \": the stack is empty\");")) {
  explore([] {
    lab::Gil gil;
    Globals globals{{"x", 1}};
    lab::Interpreter interpreter(gil, globals);
    CHECK(thrown_by(interpreter, "LOAD x\nADD") == "runtime_error line 2");
    CHECK(thrown_by(interpreter, "STORE x") == "runtime_error line 1");
    CHECK(thrown_by(interpreter, "LOAD x\n\nLOAD nobody") == "runtime_error line 3");
    CHECK(thrown_by(interpreter, "LOAD x\nJUMP_IF 9") == "invalid_argument line 2");
    CHECK(thrown_by(interpreter, "LOAD x\nJUMP_IF 0") == "invalid_argument line 2");
    CHECK(thrown_by(interpreter, "JUMP_IF 2") == "invalid_argument line 1");
    CHECK(thrown_by(interpreter, "PRINT 1") == "invalid_argument line 1");
    CHECK(thrown_by(interpreter, "PRINT x") == "invalid_argument line 1");
    CHECK(thrown_by(interpreter, "CONST one") == "invalid_argument line 1");
    CHECK(thrown_by(interpreter, "CONST 1x") == "invalid_argument line 1");
    CHECK(thrown_by(interpreter, "CONST 9223372036854775808") == "invalid_argument line 1");
    CHECK(thrown_by(interpreter, "LOAD") == "invalid_argument line 1");
    CHECK(thrown_by(interpreter, "ADD x") == "invalid_argument line 1");
    CHECK(thrown_by(interpreter, "SLEEP -1") == "invalid_argument line 1");
    CHECK(thrown_by(interpreter, "SLEEP 0") == "nothing");
    CHECK_FALSE(gil.locked());
    CHECK(globals.size() == 1);
  });
}

TEST_CASE("nothing runs of a program that cannot be read" * points(2) *
          hints("Half a program may be worse than none.",
                "When do you find out that line 3 cannot be read: before line 1 has run?",
                "First turn all lines into instructions, then run them.")) {
  explore([] {
    lab::Gil gil;
    Globals globals{{"x", 1}};
    lab::Interpreter interpreter(gil, globals);
    CHECK(thrown_by(interpreter, "CONST 5\nSTORE x\nSTOER x") == "invalid_argument line 3");
    CHECK(globals["x"] == 1);
  });
}

TEST_CASE("one instruction at a time" * points(5) *
          hints("The variables are plain memory. The Gil alone guards them.",
                "Is the Gil held while an instruction reads or writes a variable, in every thread?",
                "run(): GilGuard guard(gil_); around the whole loop.")) {
  explore([] {
    lab::Gil gil(kNever);
    Globals globals{{"a", 0}, {"b", 0}};
    lab::Interpreter interpreter(gil, globals);
    std::thread other([&] { interpreter.run("LOAD a\nCONST 1\nADD\nSTORE b"); });
    interpreter.run("LOAD b\nCONST 1\nADD\nSTORE a");
    other.join();
    const std::int64_t sum = globals["a"] + globals["b"];
    CHECK(sum == 3);
  });
}

TEST_CASE("SLEEP lets others run" * points(4) *
          hints("Who sleeps needs no processor, and so no Gil.",
                "What is held while a thread sleeps? And what after it?",
                "case SLEEP: { AllowThreads allow(gil_); std::this_thread::sleep_for(...); }")) {
  explore(
      [] {
        lab::Gil gil(kNever);
        Globals globals{{"x", 0}, {"y", 0}};
        lab::Interpreter interpreter(gil, globals);
        const auto start = SteadyClock::now();
        std::thread other([&] { interpreter.run("SLEEP 10\nCONST 1\nSTORE x"); });
        interpreter.run("SLEEP 10\nCONST 1\nSTORE y");
        other.join();
        const bool together = SteadyClock::now() - start == 10ms;
        if (exploring()) CHECK(together);
        CHECK(globals["x"] + globals["y"] == 2);
      },
      kExactTime);
  explore(
      [] {
        lab::Gil gil(kNever);
        Globals globals;
        lab::Interpreter interpreter(gil, globals);
        const auto start = SteadyClock::now();
        std::thread sleeper([&] { interpreter.run("SLEEP 10"); });
        interpreter.run("CONST 1\nSTORE x");
        const bool at_once = SteadyClock::now() == start;
        if (exploring()) CHECK(at_once);
        sleeper.join();
      },
      kExactTime);
  // Nothing else does, as long as nobody asks.
  explore([] {
    lab::Gil gil(kNever);
    Globals globals{{"x", 0}};
    lab::Interpreter interpreter(gil, globals);
    std::thread other([&] { interpreter.run("CONST 1\nSTORE x\nLOAD x\nSTORE one"); });
    interpreter.run("CONST 2\nSTORE x\nLOAD x\nSTORE two");
    other.join();
    CHECK(globals["one"] == 1);
    CHECK(globals["two"] == 2);
  });
}

TEST_CASE("who only computes lets others in" * points(4) *
          hints("A loop without SLEEP never lets go by itself. Somebody asks for the lock. Who "
                "listens?",
                "Where in run() does a thread find out that somebody has asked? Also in a loop of "
                "two lines?",
                "After each instruction: gil_.check();")) {
  // Outside of the explored body, so it outlives the executions.
  bool let_in = false;
  explore(
      [&] {
        lab::Gil gil(1ms);
        Globals globals{{"n", 2}};
        lab::Interpreter interpreter(gil, globals);
        std::thread counting(
            [&] { interpreter.run("LOAD n\nCONST 1\nSUB\nSTORE n\nLOAD n\nJUMP_IF 1"); });
        interpreter.run("LOAD n\nSTORE seen");
        counting.join();
        CHECK(globals["n"] == 0);
        if (globals["seen"] == 1) let_in = true;  // in the midst of the loop
      },
      kLateThreads);
  CHECK((let_in || !exploring_here()));
}

TEST_CASE(
    "total += 1 is four instructions" * points(4) *
    hints("The Gil makes an instruction one step. It does not make a program one step.",
          "Between LOAD and STORE the Gil may change hands: at SLEEP it does.",
          "Nothing to add: if the cases above hold, this one does. Do not hold the Gil during "
          "SLEEP.")) {
  explore(
      [] {
        lab::Gil gil;
        Globals globals{{"total", 0}};
        lab::Interpreter interpreter(gil, globals);
        std::thread other(
            [&] { interpreter.run("LOAD total\nSLEEP 1\nCONST 1\nSUB\nSTORE total"); });
        interpreter.run("LOAD total\nSLEEP 2\nCONST 1\nADD\nSTORE total");
        other.join();
        if (exploring()) CHECK(globals["total"] == 1);
      },
      kExactTime);
  // Without any SLEEP: what can be left, over all the moments in which somebody may ask.
  bool left[3] = {};
  explore(
      [&] {
        lab::Gil gil(1ms);
        Globals globals{{"total", 0}};
        lab::Interpreter interpreter(gil, globals);
        std::thread other([&] { interpreter.run("LOAD total\nCONST 1\nSUB\nSTORE total"); });
        interpreter.run("LOAD total\nCONST 1\nADD\nSTORE total");
        other.join();
        const std::int64_t total = globals["total"];
        const bool is_possible = -1 <= total && total <= 1;
        CHECK(is_possible);
        if (is_possible) left[total + 1] = true;
      },
      kLateThreads);
  if (exploring_here()) {
    CHECK(left[0]);
    CHECK(left[1]);
    CHECK(left[2]);
  }
}

TEST_CASE("an order that loses an update" * points(4) *
          hints("Both load the same number. Then each stores what it made of it.",
                "Who stores last wins, if it has loaded before the other one stored.",
                "For 1: thread 0 loads; thread 1 runs all its four; thread 0 goes on.")) {
  explore([] {
    CHECK(end_of(lab::losing_order(1)) == 1);
    CHECK(end_of(lab::losing_order(-1)) == -1);
    CHECK(end_of(lab::losing_order(0)) == 0);
    CHECK_THROWS_AS(lab::losing_order(2), std::invalid_argument);
  });
}

TEST_CASE(
    "with a lock nothing is lost" * points(4) *
    hints("What the Gil is for an instruction, a lock of the program's own is for the program.",
          "Both threads need the same lock, for the whole program. And who waits for it must "
          "not have the Gil: the one who has the lock needs that.",
          "AllowThreads allow(gil); std::scoped_lock alone(lock); interpreter.run(program);")) {
  explore(
      [] {
        lab::Gil gil(kNever);
        Globals globals{{"total", 0}};
        lab::Interpreter interpreter(gil, globals);
        std::mutex lock;
        std::thread other([&] {
          const lab::GilGuard guard(gil);
          lab::run_alone(gil, interpreter, lock, "LOAD total\nSLEEP 1\nCONST 1\nSUB\nSTORE total");
          CHECK(gil.locked());
        });
        {
          const lab::GilGuard guard(gil);
          lab::run_alone(gil, interpreter, lock, "LOAD total\nSLEEP 2\nCONST 1\nADD\nSTORE total");
        }
        other.join();
        CHECK(globals["total"] == 0);
        CHECK_FALSE(gil.locked());
      },
      kExactTime);
}

TEST_CASE("an error leaves the lock free and the gil held" * points(2) *
          hints("run_alone() returns with the Gil, also when the program fails.",
                "Which of the two locks is whose: what was locked inside is given back, what the "
                "caller had it has again.",
                "Objects whose destructors do it: AllowThreads first, then std::scoped_lock.")) {
  explore([] {
    lab::Gil gil(kNever);
    Globals globals;
    lab::Interpreter interpreter(gil, globals);
    std::mutex lock;
    const lab::GilGuard guard(gil);
    CHECK_THROWS_AS(lab::run_alone(gil, interpreter, lock, "ADD"), std::runtime_error);
    CHECK(gil.locked());
    const bool is_free = lock.try_lock();
    CHECK(is_free);
    if (is_free) lock.unlock();
  });
}
