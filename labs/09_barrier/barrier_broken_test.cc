// Barrier when the others do not come: timeouts, abort() and reset(). Time is virtual here: what
// takes 25 ms takes exactly 25 ms.

#include "09_barrier/barrier.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr Options kExactTime{.clock = Clock::kStrict};

// What came of a call that returns an index: the index, or in words what was thrown.
template <class Call>
std::string outcome_of(Call call) {
  try {
    return std::to_string(call());
  } catch (const lab::BrokenBarrierError&) {
    return "broken";
  } catch (const std::invalid_argument&) {
    return "refused";
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::string wait(lab::Barrier& barrier) {
  return outcome_of([&] { return barrier.wait(); });
}

std::string wait_for(lab::Barrier& barrier, nanoseconds timeout) {
  return outcome_of([&] { return barrier.wait_for(timeout); });
}

// "0 1" if these are the indices of a generation of two, in whichever order.
std::string both(const std::string& one, const std::string& other) {
  return one < other ? one + " " + other : other + " " + one;
}

class Stopwatch {
 public:
  long long microseconds() const {
    const auto passed = std::chrono::steady_clock::now() - start_;
    return std::chrono::duration_cast<std::chrono::microseconds>(passed).count();
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

TEST_CASE("wait_for gives up on time" * points(3) *
          hints("Not earlier and not later, whatever else happens in the meantime.",
                "Is the end of the wait settled once, when it begins? Or does it begin again with "
                "each wake-up?",
                "deadline = now + timeout, once;   changed_.wait_until(hold, deadline, ...)")) {
  explore(
      [] {
        lab::Barrier barrier(2);
        const Stopwatch watch;
        CHECK(wait_for(barrier, 25ms) == "broken");
        CHECK(watch.microseconds() >= 25'000);
        if (exploring()) CHECK(watch.microseconds() == 25'000);
      },
      kExactTime);
  // A second of three comes on the way: that is not all, and costs no time.
  explore(
      [] {
        lab::Barrier barrier(3);
        std::thread patient([&] {
          const Stopwatch watch;
          CHECK(wait_for(barrier, 25ms) == "broken");
          if (exploring()) CHECK(watch.microseconds() == 25'000);
        });
        std::this_thread::sleep_for(15ms);
        const Stopwatch watch;
        CHECK(wait(barrier) == "broken");
        if (exploring()) CHECK(watch.microseconds() == 10'000);
        patient.join();
      },
      kExactTime);
}

TEST_CASE("who comes in time breaks nothing" * points(2) *
          hints("The timeout is the longest wait, not the wait.",
                "Is there a sleep_for in your wait_for? A condition variable does without.",
                "Wait with wait_until on what the last one notifies.")) {
  explore(
      [] {
        lab::Barrier barrier(2);
        std::string there;
        std::thread other([&] {
          const Stopwatch watch;
          there = wait_for(barrier, 1h);
          if (exploring()) CHECK(watch.microseconds() == 10'300);
        });
        std::this_thread::sleep_for(10'300us);
        const std::string here = wait_for(barrier, 1h);
        other.join();
        CHECK(both(here, there) == "0 1");
        CHECK_FALSE(barrier.broken());
      },
      kExactTime);
}

TEST_CASE(
    "a timeout breaks the barrier for everybody" * points(4) *
    hints("One of three goes home. The other two would wait for ever: they must be told.",
          "The thread whose time is up: what does it change, and whom does it wake, before it "
          "throws?",
          "if (!changed_.wait_until(...)) { mine->state = kBroken; changed_.notify_all(); }")) {
  explore(
      [] {
        lab::Barrier barrier(3);
        std::thread patient([&] { CHECK(wait(barrier) == "broken"); });
        std::thread impatient([&] { CHECK(wait_for(barrier, 10ms) == "broken"); });
        patient.join();
        impatient.join();
        CHECK(barrier.broken());
        CHECK(barrier.n_waiting() == 0);
        CHECK(wait(barrier) == "broken");  // and all who will come, at once
        CHECK(wait_for(barrier, 1h) == "broken");
      },
      kExactTime);
}

TEST_CASE("a timeout of zero does not wait, a negative one is refused" * points(2) *
          hints("Zero: are the others there, now? Less than zero is a mistake of the caller, and "
                "must not hurt the others.",
                "Look at the timeout first of all, before you count yourself, and also when the "
                "barrier is broken.",
                "if (timeout < timeout.zero()) throw std::invalid_argument(\"...\");")) {
  explore(
      [] {
        lab::Barrier barrier(2);
        const Stopwatch watch;
        CHECK(wait_for(barrier, -1ns) == "refused");
        CHECK_FALSE(barrier.broken());
        CHECK(barrier.n_waiting() == 0);
        std::string there;
        std::thread other([&] { there = wait(barrier); });
        quiesce();
        const std::string here = wait_for(barrier, 0ns);
        other.join();
        CHECK(both(here, there) == "0 1");
        CHECK(wait_for(barrier, 0ns) == "broken");
        CHECK(barrier.broken());
        CHECK(wait_for(barrier, -1h) == "refused");
        if (exploring()) CHECK(watch.microseconds() == 0);
        CHECK_THROWS_AS(lab::Barrier(2, {}, -1ns), std::invalid_argument);
      },
      kExactTime);
}

TEST_CASE(
    "the longest timeout does not overflow" * points(2) *
    hints("std::chrono::nanoseconds::max() is about 292 years, and valid.",
          "What is now() + timeout when now() is not zero? Look at the sign.",
          "deadline = timeout < TimePoint::max() - now ? now + timeout : TimePoint::max();")) {
  explore(
      [] {
        std::this_thread::sleep_for(1ms);  // so that now() is not the beginning of time
        lab::Barrier barrier(2, {}, nanoseconds::max());
        std::string there;
        std::thread other([&] { there = wait_for(barrier, nanoseconds::max()); });
        quiesce();
        const std::string here = wait(barrier);
        other.join();
        CHECK(both(here, there) == "0 1");
      },
      kExactTime);
}

TEST_CASE("the constructor's timeout is that of wait" * points(2) *
          hints("A default: for those who do not say how long they wait.",
                "Which of the two functions looks at it?",
                "wait(): return timeout_ ? wait_for(*timeout_) : wait without a limit.")) {
  explore(
      [] {
        lab::Barrier barrier(2, {}, 25ms);
        const Stopwatch watch;
        CHECK(wait(barrier) == "broken");
        CHECK(watch.microseconds() >= 25'000);
        if (exploring()) CHECK(watch.microseconds() == 25'000);
        barrier.reset();
        CHECK(wait_for(barrier, 10ms) == "broken");
        if (exploring()) CHECK(watch.microseconds() == 35'000);
        barrier.reset();
        CHECK(wait_for(barrier, 40ms) == "broken");
        if (exploring()) CHECK(watch.microseconds() == 75'000);
      },
      kExactTime);
}

TEST_CASE(
    "the time may be up when the last one comes" * points(3) *
    hints("Both ends are right then, but it must be the same one for both.",
          "When the time is up the waiter takes the mutex again. What may the last one have done "
          "just before?",
          "wait_until with a predicate looks once more under the mutex: only if it returns false "
          "may you break the barrier.")) {
  explore([] {
    lab::Barrier barrier(2);
    std::string there;
    std::thread waiter([&] { there = wait_for(barrier, 10ms); });
    std::this_thread::sleep_for(10ms);
    const std::string here = wait_for(barrier, 10ms);
    waiter.join();
    const bool complete = both(here, there) == "0 1";
    const bool broken = both(here, there) == "broken broken";
    CHECK((complete || broken));
    CHECK(barrier.broken() == broken);
  });
}

TEST_CASE("abort breaks those who wait, and those who come" * points(4) *
          hints("Something has gone wrong, and nobody shall wait for it.",
                "Whom does abort() wake, and what do they look at? And what does wait() look at "
                "before it counts?",
                "abort(): state = kBroken; notify_all();   wait(): if (state == kBroken) throw "
                "BrokenBarrierError();")) {
  explore([] {
    lab::Barrier barrier(3);
    std::thread a([&] { CHECK(wait(barrier) == "broken"); });
    std::thread b([&] { CHECK(wait(barrier) == "broken"); });
    barrier.abort();
    a.join();
    b.join();
    CHECK(barrier.broken());
    CHECK(barrier.n_waiting() == 0);
    CHECK(wait(barrier) == "broken");
    barrier.abort();
    CHECK(barrier.broken());
  });
}

TEST_CASE(
    "reset breaks those who wait, and leaves a barrier as new" * points(4) *
    hints("Two truths at once: for those who wait the barrier is broken, for those who come "
          "it is not.",
          "After reset() others come at once, before those who waited have woken up. What do the "
          "two look at? And who is counted?",
          "Mark the old generation as broken, put a new one in its place, notify_all(). Each "
          "waiter asks its own.")) {
  explore([] {
    lab::Barrier barrier(2);
    std::thread waiter([&] { CHECK(wait(barrier) == "broken"); });
    quiesce();
    barrier.reset();
    CHECK_FALSE(barrier.broken());
    CHECK(barrier.n_waiting() == 0);
    std::string there;
    std::thread other([&] { there = wait(barrier); });
    const std::string here = wait(barrier);
    waiter.join();
    other.join();
    CHECK(both(here, there) == "0 1");
  });
  explore([] {
    lab::Barrier barrier(3);
    std::thread a([&] { CHECK(wait(barrier) == "broken"); });
    std::thread b([&] { CHECK(wait(barrier) == "broken"); });
    quiesce();
    barrier.reset();
    a.join();
    b.join();
    CHECK_FALSE(barrier.broken());
  });
}

TEST_CASE("abort and reset may come at any moment" * points(2) *
          hints("Others may be looking at the barrier while it is broken or made anew.",
                "Which lines of abort() and reset() change what others read? Under what?",
                "std::scoped_lock hold(mutex_); before the first of these lines.")) {
  for (const bool with_reset : {false, true}) {
    explore([with_reset] {
      lab::Barrier barrier(2);
      std::thread breaks([&] {
        if (with_reset) {
          barrier.reset();
        } else {
          barrier.abort();
        }
      });
      const bool seen_broken = barrier.broken();
      CHECK(barrier.n_waiting() == 0);
      breaks.join();
      CHECK_FALSE((with_reset && seen_broken));
      CHECK(barrier.broken() == !with_reset);
    });
  }
}

TEST_CASE("reset mends what is broken" * points(2) *
          hints("After reset() the barrier is as it was at the beginning.",
                "What have timeout and abort() changed? All of that must be put back.",
                "A new generation: nobody has come, and it is not broken.")) {
  explore([] {
    lab::Barrier barrier(2);
    barrier.reset();  // nothing to mend, nobody to break
    CHECK_FALSE(barrier.broken());
    CHECK(wait_for(barrier, 1ms) == "broken");
    barrier.reset();
    CHECK_FALSE(barrier.broken());
    barrier.abort();
    CHECK(barrier.broken());
    barrier.reset();
    CHECK_FALSE(barrier.broken());
    std::string there;
    std::thread other([&] { there = wait(barrier); });
    const std::string here = wait(barrier);
    other.join();
    CHECK(both(here, there) == "0 1");
  });
}

TEST_CASE(
    "who has been let go is not broken afterwards" * points(3) *
    hints("The generation is complete. What comes after does not concern those who were in it.",
          "One thread is already out and calls abort() or reset(); the other has not yet "
          "woken up. What does it look at?",
          "Not at a flag of the barrier, but at the state of its own generation.")) {
  explore([] {
    lab::Barrier barrier(2);
    std::string there;
    std::thread other([&] { there = wait(barrier); });
    const std::string here = wait(barrier);
    barrier.abort();
    other.join();
    CHECK(both(here, there) == "0 1");
    CHECK(barrier.broken());
  });
  explore([] {
    lab::Barrier barrier(2);
    std::string there;
    std::thread other([&] { there = wait(barrier); });
    const std::string here = wait(barrier);
    barrier.reset();
    other.join();
    CHECK(both(here, there) == "0 1");
    CHECK_FALSE(barrier.broken());
  });
}
