// ServiceGate: threads that stand before a service which is not up yet, and say so now and then.

#include "08_event/event.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr Options kExactTime{.clock = Clock::kStrict};

// A second of these stories. On real threads, where nobody waits for virtual time, a millisecond.
nanoseconds seconds(double count) {
  const nanoseconds unit = exploring() ? nanoseconds(1s) : nanoseconds(1ms);
  return std::chrono::duration_cast<nanoseconds>(unit * count);
}

// A gate with the period that it has when nobody says one.
std::unique_ptr<lab::ServiceGate> usual_gate() {
  if (exploring()) return std::make_unique<lab::ServiceGate>();
  return std::make_unique<lab::ServiceGate>(seconds(2));
}

// Lines such as "2000": the milliseconds since it was made.
class Log {
 public:
  void add(const std::string& who = "") {
    const auto passed = std::chrono::steady_clock::now() - start_;
    if (!text_.empty()) text_ += ", ";
    text_ += who;
    text_ += std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(passed).count());
  }
  const std::string& text() const { return text_; }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::string text_;
};

}  // namespace

TEST_CASE("none passes early, and none waits for ever" * points(7) *
          hints("None early, none never.",
                "Who is woken by open()? And what does a thread do whose period is over while the "
                "gate is still closed?",
                "Keep an Event: open() sets it; enter(): while (!open_.wait_for(period_)) "
                "on_waiting();")) {
  // Nobody is left asleep, whoever comes first; nor until the period is over.
  explore(
      [] {
        lab::ServiceGate gate(1h);
        int service = 0;  // plain memory: the gate alone orders who writes and who reads it
        const auto start = std::chrono::steady_clock::now();
        const auto work = [&] {
          gate.enter([] {});
          CHECK(service == 1);
          const nanoseconds waited = std::chrono::steady_clock::now() - start;
          if (exploring()) CHECK(waited == 0s);
        };
        std::thread a(work);
        std::thread b(work);
        service = 1;
        gate.open();
        a.join();
        b.join();
      },
      kExactTime);
  // Nobody passes because a period is over.
  explore(
      [] {
        lab::ServiceGate gate(10ms);
        int service = 0;
        std::thread worker([&] {
          gate.enter([] {});
          CHECK(service == 1);
        });
        std::this_thread::sleep_for(25ms);
        service = 1;
        gate.open();
        worker.join();
      },
      kExactTime);
}

TEST_CASE("an open gate lets in whoever comes, and calls nobody" * points(3) *
          hints("A gate that is open stays open.",
                "Does your open() let in a number of threads, or all that will ever come? And what "
                "does enter() do first?",
                "Look whether it is open before anything else: while (!open_.wait_for(period_)) "
                "on_waiting();")) {
  explore(
      [] {
        lab::ServiceGate gate(10ms);
        const auto enter = [&]() -> std::string {
          try {
            gate.enter([] { throw std::runtime_error("called"); });
            return "in";
          } catch (const std::runtime_error& error) {
            return error.what();
          }
        };
        gate.open();
        gate.open();
        CHECK(enter() == "in");
        CHECK(enter() == "in");
        std::thread other([&] { CHECK(enter() == "in"); });
        other.join();
      },
      kExactTime);
}

TEST_CASE(
    "on_waiting is called once every two seconds" * points(6) *
    hints("At the end of each period, while the gate is closed: not at the beginning, and not "
          "when it opens. And the gate opens when it opens, not when a period ends.",
          "wait_for() says why it came back. In which of the two cases is on_waiting() due?",
          "while (!open_.wait_for(period_)) on_waiting();   and = std::chrono::seconds(2) in "
          "the constructor")) {
  explore(
      [] {
        const auto gate = usual_gate();
        Log log;
        std::thread worker([&] {
          gate->enter([&] { log.add(); });
          log.add("in at ");
        });
        std::this_thread::sleep_for(seconds(6.503));
        gate->open();
        worker.join();
        if (exploring()) CHECK(log.text() == "2000, 4000, 6000, in at 6503");
      },
      kExactTime);
}

TEST_CASE(
    "every thread has a period of its own" * points(5) *
    hints("Two threads that come at different times are told at different times.",
          "Is there anything in your gate about \"the last time\" or \"the first thread\"?",
          "The period begins when a thread enters: a local matter of enter(), not a member.")) {
  explore(
      [] {
        const auto gate = usual_gate();
        Log first;
        Log second;
        Log late;
        std::thread a([&] {
          gate->enter([&] { first.add(); });
          first.add("in at ");
        });
        std::thread b([&] {
          std::this_thread::sleep_for(seconds(0.5));
          gate->enter([&] { second.add(); });
          second.add("in at ");
        });
        std::thread c([&] {
          std::this_thread::sleep_for(seconds(6));
          gate->enter([&] { late.add(); });
          late.add("in at ");
        });
        std::this_thread::sleep_for(seconds(5));
        gate->open();
        a.join();
        b.join();
        c.join();
        if (exploring()) {
          CHECK(first.text() == "2000, 4000, in at 5000");
          CHECK(second.text() == "2500, 4500, in at 5000");
          CHECK(late.text() == "in at 6000");
        }
      },
      kExactTime);
}

TEST_CASE("on_waiting may use the gate" * points(4) *
          hints("A callback is somebody else's code: it may call anything, also you.",
                "Which locks does your enter() hold while it calls on_waiting()?",
                "Let the waiting end, and the lock with it, and call on_waiting() then.")) {
  explore([] {
    lab::ServiceGate gate(10ms);
    int calls = 0;
    gate.enter([&] {
      ++calls;
      gate.open();
      gate.enter([&] { calls += 100; });
    });
    CHECK(calls == 1);
  });
  // And while it runs, it keeps nobody: not the one who opens, and not another thread at the gate.
  explore(
      [] {
        lab::ServiceGate gate(10ms);
        std::thread other;
        gate.enter([&] {
          other = std::thread([&] { gate.enter([] {}); });
          quiesce();
          gate.open();
        });
        other.join();
      },
      kExactTime);
}

TEST_CASE(
    "an exception of on_waiting reaches the caller" * points(3) *
    hints("Whoever cannot report that it waits does not want to wait on.",
          "An exception leaves enter() in the middle. What has enter() begun by then, and who "
          "ends it?",
          "No try, no catch, and no lock()/unlock() by hand: what must be undone belongs into "
          "a destructor.")) {
  explore(
      [] {
        lab::ServiceGate gate(10ms);
        std::thread first([&] {
          std::string caught = "nothing";
          try {
            gate.enter([] { throw std::runtime_error("no more patience"); });
          } catch (const std::runtime_error& error) {
            caught = error.what();
          }
          CHECK(caught == "no more patience");
        });
        std::this_thread::sleep_for(35ms);
        int calls = 0;
        std::thread second([&] { gate.enter([&] { ++calls; }); });
        std::this_thread::sleep_for(35ms);
        gate.open();
        first.join();
        second.join();
        if (exploring()) CHECK(calls == 3);
      },
      kExactTime);
}

TEST_CASE("a period is more than nothing, and nobody needs to be told" * points(2) *
          hints("A period of zero would be a busy wait, a negative one is a mistake. An empty "
                "function has nothing to say.",
                "The constructor's first line; and what does calling an empty std::function do?",
                "if (period <= period.zero()) throw std::invalid_argument(\"...\");   in enter(): "
                "if (on_waiting) on_waiting();")) {
  explore(
      [] {
        CHECK_THROWS_AS(lab::ServiceGate(0ns), std::invalid_argument);
        CHECK_THROWS_AS(lab::ServiceGate(-1s), std::invalid_argument);
        lab::ServiceGate gate(10ms);
        std::thread worker([&] { gate.enter({}); });
        std::this_thread::sleep_for(25ms);
        gate.open();
        worker.join();
        lab::ServiceGate never_tells(nanoseconds::max());
        std::thread patient([&] { never_tells.enter([] { CHECK(false); }); });
        quiesce();
        never_tells.open();
        patient.join();
      },
      kExactTime);
}
