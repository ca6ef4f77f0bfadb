// Event without timeouts: the flag, those who wait for it, and those who wait for it again.

#include "08_event/event.h"

#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// For cases that ask "when": time moves only when no thread can run.
constexpr Options kExactTime{.clock = Clock::kStrict};

// For the case that asks what a wake-up is worth.
constexpr Options kWakesForNoReason{.clock = Clock::kStrict, .spurious_wakeups = true};

}  // namespace

TEST_CASE("a new event is not set, set sets it, clear clears it" * points(4) *
          hints("An event is a switch: on or off, and not a number.",
                "set() of a set event and clear() of a cleared one change nothing.",
                "set_ = true in set(), set_ = false in clear(), under the mutex.")) {
  explore([] {
    lab::Event event;
    CHECK_FALSE(event.is_set());
    event.clear();
    CHECK_FALSE(event.is_set());
    event.set();
    CHECK(event.is_set());
    event.set();
    CHECK(event.is_set());
    event.clear();
    CHECK_FALSE(event.is_set());
    event.set();
    CHECK(event.is_set());
  });
}

TEST_CASE("a set event lets everybody pass" * points(4) *
          hints("The event stays set until somebody clears it.",
                "Which of your methods change the flag? Only two should.",
                "wait(): if (set_) return; and nothing else happens to set_ there.")) {
  explore([] {
    lab::Event event;
    event.set();
    event.wait();
    event.wait();
    std::thread other([&] { event.wait(); });
    other.join();
    CHECK(event.is_set());
  });
}

TEST_CASE("wait returns after set, and sees what came before it" * points(5) *
          hints("A thread that waits sleeps until another one calls set(), whichever comes first.",
                "Look and fall asleep must be one step for set(). Who changes the flag, and does "
                "he hold the mutex that the waiter looks under?",
                "wait(): std::unique_lock hold(mutex_); changed_.wait(hold, ...);   set(): lock "
                "mutex_, set_ = true, changed_.notify_all().")) {
  explore([] {
    lab::Event event;
    int news = 0;  // plain memory: only the event orders who writes and who reads it
    std::thread waiter([&] {
      event.wait();
      CHECK(news == 1);
    });
    news = 1;
    event.set();
    waiter.join();
  });
}

TEST_CASE("set wakes everybody who waits" * points(6) *
          hints("An event is news for all, not a ticket for one.",
                "How many of the sleeping threads does your set() wake?",
                "changed_.notify_all(), not notify_one().")) {
  explore([] {
    lab::Event event;
    int news = 0;
    const auto wait = [&] {
      event.wait();
      CHECK(news == 1);
    };
    std::thread a(wait);
    std::thread b(wait);
    news = 1;
    event.set();
    a.join();
    b.join();
  });
}

TEST_CASE("several may set it at once" * points(2) *
          hints("Two threads have the same news, and tell it in the same moment.",
                "Does set() look at the flag before it writes it? Under what?",
                "std::scoped_lock hold(mutex_); is the first line of set().")) {
  explore([] {
    lab::Event event;
    std::thread a([&] { event.set(); });
    std::thread b([&] { event.set(); });
    event.wait();
    a.join();
    b.join();
    CHECK(event.is_set());
  });
}

TEST_CASE(
    "who sleeps at set returns though clear follows at once" * points(7) *
    hints(
        "Who was there when set() was called has been told. A clear() does not take that back.",
        "The waiter wakes up after clear() and looks at the flag. What else can it look at, that "
        "says whether set() was called while it slept?",
        "Count the calls: ++sets_ in set(). In wait(): const auto before = sets_; then wait until "
        "set_ || sets_ != before.")) {
  explore([] {
    lab::Event event;
    std::thread a([&] { event.wait(); });
    std::thread b([&] { event.wait(); });
    quiesce();  // both sleep
    event.set();
    event.clear();
    a.join();
    b.join();
    CHECK_FALSE(event.is_set());
  });
}

TEST_CASE("who comes after clear waits for the next set" * points(5) *
          hints("A wake-up is for those who slept then. It is not left lying about for others.",
                "Does your event count wake-ups that are still to be used up, or remember that it "
                "was set at some time? Then who takes them?",
                "A newcomer notes sets_ as it is now, after the last set(), and waits until that "
                "number changes or set_ is true.")) {
  explore([] {
    lab::Event event;
    event.set();
    event.clear();
    CHECK_FALSE(event.wait_for(10ms));
  });
  explore([] {
    lab::Event event;
    int news = 0;
    event.set();
    event.clear();
    std::thread waiter([&] {
      event.wait();
      CHECK(news == 1);
    });
    news = 1;
    event.set();
    waiter.join();
  });
  // The newcomer is there before the one who was woken has run.
  explore([] {
    lab::Event event;
    std::thread sleeper([&] { event.wait(); });
    quiesce();
    event.set();
    event.clear();
    CHECK_FALSE(event.wait_for(10ms));
    event.set();  // so that a sleeper who was forgotten does not sleep for ever
    sleeper.join();
  });
}

TEST_CASE("a wake-up for no reason is no news" * points(2) *
          hints("A condition variable may wake a thread although nobody has notified it. The "
                "standard allows that, and systems do it.",
                "What does a thread look at when it wakes up in wait() or wait_for(), before it "
                "believes that the event was set?",
                "A while around the wait, or a predicate: has set() been called since I came?")) {
  for (const bool timed : {false, true}) {
    explore(
        [=] {
          lab::Event event;
          bool told = false;
          std::thread waiter([&] {
            if (timed) {
              CHECK(event.wait_for(1h));
            } else {
              event.wait();
            }
            CHECK(told);
          });
          told = true;
          event.set();
          waiter.join();
        },
        kWakesForNoReason);
  }
}

TEST_CASE(
    "a waiter sleeps, it does not spin" * points(6) *
    hints("No busy waiting: a thread that cannot go on gives the processor away until "
          "somebody wakes it.",
          "A loop around is_set(), with yield() or with a short sleep, is busy waiting. It "
          "burns the processor, or it comes late.",
          "Sleep on a std::condition_variable that set() notifies; wait() frees the mutex and "
          "falls asleep in one step.")) {
  explore(
      [] {
        lab::Event event;
        std::thread waiter([&] { event.wait(); });
        quiesce();  // until the waiter sleeps; one that spins is found here
        event.set();
        waiter.join();
      },
      kExactTime);
  // It is woken by set(), not by an alarm clock of its own: it is back at that very moment.
  explore(
      [] {
        lab::Event event;
        const auto start = SteadyClock::now();
        std::thread waiter([&] {
          event.wait();
          const auto passed = SteadyClock::now() - start;
          if (exploring()) CHECK(passed == 10'300us);
        });
        std::this_thread::sleep_for(10'300us);
        event.set();
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("is_set may be asked at any time" * points(4) *
          hints("A question reads what another thread may be writing.",
                "Does is_set() take the mutex? \"It only reads\" is no excuse.",
                "std::scoped_lock hold(mutex_); return set_;   with a mutable mutex_, or a "
                "std::atomic<bool>.")) {
  explore([] {
    lab::Event event;
    bool last = false;
    std::thread switcher([&] {
      event.set();
      event.clear();
      event.set();
    });
    std::thread asker([&] {
      (void)event.is_set();
      last = event.is_set();
    });
    switcher.join();
    asker.join();
    (void)last;
    CHECK(event.is_set());
  });
}

TEST_CASE(
    "who sees the event set sees what came before" * points(4) *
    hints("is_set() is not only a bool: it says that what was to be done before set() is "
          "done.",
          "If the flag is a std::atomic: what does its memory order promise about other "
          "memory?",
          "memory_order_release where set() stores, memory_order_acquire where is_set() loads "
          "(the default is stronger than both); or the mutex.")) {
  explore([] {
    lab::Event event;
    int news = 0;
    std::thread teller([&] {
      news = 1;
      event.set();
    });
    if (event.is_set()) CHECK(news == 1);
    teller.join();
    CHECK(event.is_set());
  });
}
