// The action of a barrier: somebody else's code, once for each generation, before anybody goes on.

#include "09_barrier/barrier.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;

constexpr Options kExactTime{.clock = Clock::kStrict};

// What came of a wait(), or of a wait_for(): the index, or in words what was thrown.
std::string outcome(lab::Barrier& barrier,
                    std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  try {
    return std::to_string(timeout ? barrier.wait_for(*timeout) : barrier.wait());
  } catch (const lab::BrokenBarrierError&) {
    return "broken";
  } catch (const std::exception& error) {
    return error.what();
  }
}

// Two outcomes, in an order that does not depend on who came first.
std::string both(const std::string& one, const std::string& other) {
  return one < other ? one + " " + other : other + " " + one;
}

}  // namespace

TEST_CASE("the action runs once for each generation, before anybody goes on" * points(4) *
          hints("It sees what all have done, and all see what it has done.",
                "One thread runs it. Where are the others meanwhile, and when are they told?",
                "The last one: action_();   and only then mark the generation as complete and "
                "notify_all().")) {
  explore([] {
    int parts[2] = {0, 0};  // plain memory, all three: the barrier gives them their order
    int sum = 0;
    int calls = 0;
    lab::Barrier barrier(2, [&] {
      sum = parts[0] + parts[1];
      ++calls;
    });
    const auto work = [&](int me) {
      for (int round = 1; round <= 2; ++round) {
        parts[me] = round;
        const std::string result = outcome(barrier);
        CHECK((result == "0" || result == "1"));
        if (result != "0" && result != "1") return;
        CHECK(sum == 2 * round);
        CHECK(calls == 2 * round - 1);
        if (outcome(barrier).size() != 1) return;  // so that nobody writes while another reads
      }
    };
    std::thread a(work, 0);
    work(1);
    a.join();
    CHECK(calls == 4);
  });
}

TEST_CASE(
    "the action may use the barrier" * points(3) *
    hints("Somebody else's code calls what it likes, and takes as long as it likes.",
          "Which lock does the thread hold that calls the action? Who else needs that lock?",
          "hold.unlock(); action_(); hold.lock();   with a state that says that all have come "
          "and that the action is still running.")) {
  explore([] {
    lab::Barrier* self = nullptr;
    int calls = 0;
    lab::Barrier barrier(2, [&] {
      CHECK(self->parties() == 2);
      CHECK_FALSE(self->broken());
      (void)self->n_waiting();
      ++calls;
    });
    self = &barrier;
    std::string there;
    std::thread other([&] { there = outcome(barrier); });
    const std::string here = outcome(barrier);
    other.join();
    CHECK(both(here, there) == "0 1");
    CHECK(calls == 1);
  });
  // And it keeps nobody who only asks.
  explore(
      [] {
        lab::Barrier barrier(1, [] { std::this_thread::sleep_for(20ms); });
        const auto start = std::chrono::steady_clock::now();
        std::thread slow([&] { CHECK(outcome(barrier) == "0"); });
        std::this_thread::sleep_for(10ms);
        CHECK_FALSE(barrier.broken());
        const auto passed = std::chrono::steady_clock::now() - start;
        if (exploring()) CHECK(passed == 10ms);
        slow.join();
      },
      kExactTime);
}

TEST_CASE(
    "an action that throws breaks the barrier" * points(4) *
    hints("The one who ran it gets the exception; the others must not wait for what will not "
          "come.",
          "An exception leaves wait() in the middle. What has wait() promised the others by then?",
          "catch (...) { lock again; state = kBroken; notify_all(); throw; }")) {
  explore([] {
    bool paper = false;
    lab::Barrier barrier(2, [&] {
      if (!paper) throw std::runtime_error("no paper");
    });
    std::string there;
    std::thread other([&] { there = outcome(barrier); });
    std::string here = outcome(barrier);
    other.join();
    CHECK(both(here, there) == "broken no paper");
    CHECK(barrier.broken());
    CHECK(outcome(barrier) == "broken");
    paper = true;
    barrier.reset();
    std::thread again([&] { there = outcome(barrier); });
    here = outcome(barrier);
    again.join();
    CHECK(both(here, there) == "0 1");
  });
}

TEST_CASE("the time is not up while the action runs" * points(2) *
          hints("The timeout is for the others to come. They have come.",
                "A thread sleeps with a timeout, all are there, and the action takes long. What "
                "does it find when its time is over?",
                "Wait until the generation is not filling any more, with the deadline; then wait "
                "for the end of the action, without.")) {
  explore(
      [] {
        lab::Barrier barrier(2, [] { std::this_thread::sleep_for(20ms); });
        const auto start = std::chrono::steady_clock::now();
        const auto wait_10_ms = [&]() -> std::string {
          try {
            const std::string index = std::to_string(barrier.wait_for(10ms));
            const auto passed = std::chrono::steady_clock::now() - start;
            if (exploring()) CHECK(passed == 25ms);
            return index;
          } catch (const std::exception& error) {
            return error.what();
          }
        };
        std::string there;
        std::thread other([&] { there = wait_10_ms(); });
        std::this_thread::sleep_for(5ms);
        const std::string here = wait_10_ms();
        other.join();
        if (exploring()) CHECK(both(here, there) == "0 1");
      },
      kExactTime);
}

TEST_CASE("abort and reset reach a generation whose action is running" * points(2) *
          hints("Until the action has returned, nobody has been let go.",
                "What does the thread look at that called the action, when it has returned?",
                "hold.lock(); if (mine->state == kBroken) throw BrokenBarrierError();")) {
  for (const bool with_reset : {false, true}) {
    explore([with_reset] {
      lab::Barrier* self = nullptr;
      bool first = true;
      lab::Barrier barrier(2, [&] {
        if (!first) return;
        first = false;
        if (with_reset) {
          self->reset();
        } else {
          self->abort();
        }
      });
      self = &barrier;
      std::string there;
      std::thread other([&] { there = outcome(barrier); });
      std::string here = outcome(barrier);
      other.join();
      CHECK(both(here, there) == "broken broken");
      CHECK(barrier.broken() == !with_reset);
      barrier.reset();
      std::thread again([&] { there = outcome(barrier); });
      here = outcome(barrier);
      again.join();
      CHECK(both(here, there) == "0 1");
    });
  }
}

TEST_CASE(
    "an action that throws late hurts its own generation only" * points(3) *
    hints("reset() came while the action ran: a new generation fills, and the old one is over.",
          "The old action throws at last, and you wake everybody. What do those of the new "
          "generation look at before they go on?",
          "changed_.wait(hold, [&] { return mine->state != kFilling; });   with the predicate, "
          "and with one's own generation.")) {
  // When the old action throws, after 10 ms, the new generation is filling, or its own action runs.
  // Of the two who come to it, the first comes after 5 ms, and its time may be limited.
  struct Way {
    std::optional<std::chrono::nanoseconds> limit;
    std::chrono::nanoseconds second_comes;
  };
  for (const Way way : {Way{{}, 7ms}, Way{{}, 15ms}, Way{1h, 15ms}, Way{3ms, 7ms}}) {
    explore(
        [=] {
          if (!exploring()) return;  // in real time a sleep does not say who comes first
          lab::Barrier* self = nullptr;
          int calls = 0;
          bool acted = false;
          lab::Barrier barrier(2, [&] {
            if (++calls == 1) {
              self->reset();
              std::this_thread::sleep_for(10ms);
              throw std::runtime_error("late");
            }
            std::this_thread::sleep_for(10ms);
            acted = true;
          });
          self = &barrier;
          std::string old_ones[2];
          std::string there;
          std::thread a([&] { old_ones[0] = outcome(barrier); });
          std::thread b([&] { old_ones[1] = outcome(barrier); });
          std::thread first([&] {
            std::this_thread::sleep_for(5ms);
            there = outcome(barrier, way.limit);
            CHECK(acted);
          });
          std::this_thread::sleep_for(way.second_comes);
          const std::string here = outcome(barrier);
          CHECK(acted);
          a.join();
          b.join();
          first.join();
          CHECK(both(old_ones[0], old_ones[1]) == "broken late");
          CHECK(both(here, there) == "0 1");
        },
        kExactTime);
  }
}

TEST_CASE("the actions of two generations do not run at once" * points(2) *
          hints("One generation after the other, and its action belongs to it.",
                "While the action runs without your mutex, a newcomer may be the last one of the "
                "next generation.",
                "Who comes while an action runs waits for its end, and is counted then.")) {
  explore([] {
    CriticalSection printer;
    lab::Barrier barrier(1, [&] { printer.visit(); });
    std::thread other([&] { CHECK(outcome(barrier) == "0"); });
    CHECK(outcome(barrier) == "0");
    other.join();
    CHECK(printer.visits() == 2);
  });
  // Who waits for the end of one action may find the next one running when it is woken.
  explore([] {
    int calls = 0;
    lab::Barrier barrier(1, [&] { ++calls; });
    std::thread a([&] { CHECK(outcome(barrier) == "0"); });
    std::thread b([&] { CHECK(outcome(barrier) == "0"); });
    CHECK(outcome(barrier) == "0");
    a.join();
    b.join();
    CHECK(calls == 3);
  });
}
