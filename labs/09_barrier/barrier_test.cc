// Barrier while nothing goes wrong: all come, all go on, and the next generation begins.

#include "09_barrier/barrier.h"

#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// For cases that ask "when": time moves only when no thread can run.
constexpr Options kExactTime{.clock = Clock::kStrict};

// What came of a wait(): the index, or in words what was thrown.
std::string outcome(lab::Barrier& barrier) {
  try {
    return std::to_string(barrier.wait());
  } catch (const std::exception& error) {
    return error.what();
  }
}

bool is_index(const std::string& outcome) { return outcome.size() == 1; }

std::string sorted(std::vector<std::string> outcomes) {
  std::sort(outcomes.begin(), outcomes.end());
  std::string text;
  for (const std::string& each : outcomes) text += (text.empty() ? "" : " ") + each;
  return text;
}

}  // namespace

TEST_CASE(
    "a barrier for one lets everybody pass" * points(2) *
    hints("One party: nobody to wait for. No party at all is a mistake of the caller.",
          "What does wait() do when the caller is the last that is missing? And what does the "
          "constructor check?",
          "if (parties < 1) throw std::invalid_argument(\"...\");   if (++come == parties_) "
          "nobody has to sleep.")) {
  explore([] {
    lab::Barrier barrier(1);
    CHECK(barrier.parties() == 1);
    CHECK(outcome(barrier) == "0");
    CHECK(outcome(barrier) == "0");
    CHECK(barrier.n_waiting() == 0);
    CHECK_FALSE(barrier.broken());
    CHECK_THROWS_AS(lab::Barrier(0), std::invalid_argument);
    CHECK_THROWS_AS(lab::Barrier(-1), std::invalid_argument);
    CHECK(lab::Barrier(7).parties() == 7);
  });
}

TEST_CASE("nobody passes before all have come" * points(5) *
          hints("All or none: the last one to come lets all go on, and itself.",
                "Who counts, who looks at the count, and under which lock? And whom does the last "
                "one wake?",
                "std::unique_lock hold(mutex_);   the last one: mark the generation as complete, "
                "notify_all();   the others: wait(hold, [&] { return mine->complete; });")) {
  explore([] {
    lab::Barrier barrier(3);
    int done[3] = {0, 0, 0};  // plain memory: only the barrier orders who writes and who reads it
    const auto work = [&](int me) {
      done[me] = 1;
      const std::string result = outcome(barrier);
      CHECK(is_index(result));
      if (is_index(result)) CHECK(done[0] + done[1] + done[2] == 3);
    };
    std::thread a(work, 0);
    std::thread b(work, 1);
    work(2);
    a.join();
    b.join();
  });
}

TEST_CASE("everybody gets an index of its own" * points(3) *
          hints("From 0 to parties - 1, each once: so one thread can be picked for a special task.",
                "When do you take the number, before the sleep or after it?",
                "const std::ptrdiff_t index = come++;   before anything else; return it at the "
                "end.")) {
  explore([] {
    lab::Barrier barrier(3);
    std::string first;
    std::string second;
    std::thread a([&] { first = outcome(barrier); });
    std::thread b([&] { second = outcome(barrier); });
    const std::string third = outcome(barrier);
    a.join();
    b.join();
    CHECK(sorted({first, second, third}) == "0 1 2");
  });
}

TEST_CASE("a waiter sleeps, it does not spin" * points(3) *
          hints("No busy waiting: who waits for the others gives the processor away.",
                "A loop around n_waiting(), with yield() or with a short sleep, is busy waiting.",
                "Sleep on a std::condition_variable that the last one notifies.")) {
  explore(
      [] {
        lab::Barrier barrier(2);
        std::thread waiter([&] { CHECK(is_index(outcome(barrier))); });
        quiesce();  // until the waiter sleeps; one that spins is found here
        CHECK(is_index(outcome(barrier)));
        waiter.join();
      },
      kExactTime);
  explore(
      [] {
        lab::Barrier barrier(2);
        const auto start = SteadyClock::now();
        std::thread waiter([&] {
          CHECK(is_index(outcome(barrier)));
          const auto passed = SteadyClock::now() - start;
          if (exploring()) CHECK(passed == 10'300us);
        });
        std::this_thread::sleep_for(10'300us);
        CHECK(is_index(outcome(barrier)));
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("n_waiting says how many have come" * points(2) *
          hints("It may be asked at any time, and by anybody.",
                "Which threads change the count? Then who reads it needs the same mutex.",
                "std::scoped_lock hold(mutex_); return come_;   and make mutex_ mutable")) {
  explore([] {
    lab::Barrier barrier(3);
    CHECK(barrier.n_waiting() == 0);
    std::thread a([&] { CHECK(is_index(outcome(barrier))); });
    quiesce();
    CHECK(barrier.n_waiting() == 1);
    std::thread b([&] { CHECK(is_index(outcome(barrier))); });
    quiesce();
    CHECK(barrier.n_waiting() == 2);
    CHECK_FALSE(barrier.broken());
    CHECK(is_index(outcome(barrier)));
    a.join();
    b.join();
    CHECK(barrier.n_waiting() == 0);
  });
  explore([] {
    lab::Barrier barrier(2);
    std::thread a([&] { CHECK(is_index(outcome(barrier))); });
    const std::ptrdiff_t seen = barrier.n_waiting();
    CHECK((seen == 0 || seen == 1));
    CHECK_FALSE(barrier.broken());
    CHECK(is_index(outcome(barrier)));
    a.join();
  });
  // Also while a generation ends and the next one begins.
  explore([] {
    lab::Barrier barrier(1);
    std::thread a([&] { CHECK(is_index(outcome(barrier))); });
    CHECK_FALSE(barrier.broken());
    (void)barrier.n_waiting();
    a.join();
  });
}

TEST_CASE(
    "a barrier is as new for the next generation" * points(5) *
    hints("A quick thread may come for the second time before a slow one has left the first.",
          "What does a sleeping thread look at when it wakes up? Can another thread have changed "
          "it for the next generation by then?",
          "Give each generation something of its own that never changes back: an object that says "
          "how it ended (keep a std::shared_ptr to yours), or a number that only grows.")) {
  explore([] {
    lab::Barrier barrier(2);
    int round_of[2] = {0, 0};
    const auto work = [&](int me, int other) {
      for (int round = 1; round <= 2; ++round) {
        round_of[me] = round;
        if (!is_index(outcome(barrier))) break;
        CHECK(round_of[other] == round);
        if (!is_index(outcome(barrier))) break;  // both have read: now they may write again
      }
      CHECK(round_of[me] == 2);
    };
    std::thread a(work, 0, 1);
    work(1, 0);
    a.join();
  });
}

TEST_CASE("four threads pass a barrier for two in pairs" * points(3) *
          hints("The barrier knows how many come, and not who they are.",
                "A third thread comes while the first two are still waking up. To which generation "
                "does it belong?",
                "The last one of a generation makes room for the next one at once, before anybody "
                "has woken up.")) {
  explore([] {
    lab::Barrier barrier(2);
    std::vector<std::string> results(4);
    std::vector<std::thread> threads;
    for (std::string& result : results) {
      threads.emplace_back([&] { result = outcome(barrier); });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(sorted(results) == "0 0 1 1");
    CHECK(barrier.n_waiting() == 0);
  });
}
