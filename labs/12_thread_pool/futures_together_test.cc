// Waiting for many futures: wait and as_completed.

#include "12_thread_pool/future.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using Futures = std::vector<lab::Future<int>>;

constexpr Options kExactTime{.clock = Clock::kStrict};

class Stopwatch {
 public:
  // True when `expected` has passed since the start. (On real threads: at least that.)
  bool shows(nanoseconds expected) const {
    const nanoseconds passed = std::chrono::steady_clock::now() - start_;
    return passed >= expected && (!exploring() || passed < expected + 1us);
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

std::exception_ptr broken() { return std::make_exception_ptr(std::runtime_error("broken")); }

// The two heaps in words: "done 0 2, not done 1", with the places that the futures have in `all`.
std::string text(const lab::DoneAndNotDone<int>& heaps, const Futures& all) {
  const auto places = [&](const Futures& heap) {
    std::string words;
    std::size_t found = 0;
    for (std::size_t place = 0; place < all.size(); ++place) {
      const auto times = std::count(heap.begin(), heap.end(), all[place]);
      found += static_cast<std::size_t>(times);
      for (long i = 0; i < times; ++i) words += " " + std::to_string(place);
    }
    return words + (found == heap.size() ? "" : " and others");
  };
  return "done" + places(heaps.done) + ", not done" + places(heaps.not_done);
}

}  // namespace

TEST_CASE("wait returns when all are done" * points(2) *
          hints("One call for many futures, however they end, and whoever is first.",
                "It is enough to wait for one future after the other, if all must be done anyway. "
                "But a future that throws is done, too.",
                "For each future, sleep until it is done; then put it into the heap `done`.")) {
  explore([] {
    const Futures futures{lab::Future<int>(), lab::Future<int>()};
    int first = 0;
    int second = 0;
    std::thread a([&] {
      first = 1;
      futures[0].set_result(1);
    });
    std::thread b([&] {
      second = 2;
      futures[1].set_exception(broken());
    });
    CHECK(text(lab::wait(futures), futures) == "done 0 1, not done");
    CHECK(first + second == 3);
    a.join();
    b.join();
    CHECK(text(lab::wait(futures), futures) == "done 0 1, not done");  // all done already
    CHECK(text(lab::wait(Futures()), futures) == "done, not done");
  });
}

TEST_CASE("wait can return with the first that is done" * points(2) *
          hints("Whoever is first: you do not know beforehand which it will be.",
                "One thread must hear of whichever future ends first. Where does it sleep?",
                "A condition variable of its own, and a note to each future: when you are done, "
                "tell me. A future that is done already tells at once.")) {
  explore([] {
    const Futures futures{lab::Future<int>(), lab::Future<int>()};
    std::thread a([&] { futures[1].set_result(1); });
    const auto heaps = lab::wait(futures, std::nullopt, lab::FIRST_COMPLETED);
    CHECK(text(heaps, futures) == "done 1, not done 0");
    a.join();
    const auto again = lab::wait(futures, std::nullopt, lab::FIRST_COMPLETED);
    CHECK(text(again, futures) == "done 1, not done 0");
    futures[0].set_result(0);
  });
}

TEST_CASE("wait can return with the first exception" * points(2) *
          hints("A result is no reason to come back, an exception is. Without one it is as if all "
                "had been asked for.",
                "Which of the two was it, when a future ended? And what if one had failed before "
                "the call? Being cancelled is no exception here.",
                "return ended == all || (return_when == FIRST_EXCEPTION && has_failed)")) {
  explore([] {
    const Futures futures{lab::Future<int>(), lab::Future<int>(), lab::Future<int>()};
    std::thread a([&] {
      futures[0].set_result(0);
      futures[1].set_exception(broken());
    });
    const auto heaps = lab::wait(futures, std::nullopt, lab::FIRST_EXCEPTION);
    CHECK(text(heaps, futures) == "done 0 1, not done 2");
    a.join();
    const auto again = lab::wait(futures, std::nullopt, lab::FIRST_EXCEPTION);
    CHECK(text(again, futures) == "done 0 1, not done 2");
    futures[2].set_result(2);
  });
  explore([] {  // a result comes after it, before the waiter is awake
    const Futures futures{lab::Future<int>(), lab::Future<int>(), lab::Future<int>()};
    std::thread a([&] {
      futures[0].set_exception(broken());
      futures[1].set_result(1);
    });
    const auto heaps = lab::wait(futures, std::nullopt, lab::FIRST_EXCEPTION);
    CHECK(std::count(heaps.done.begin(), heaps.done.end(), futures[0]) == 1);
    a.join();
    futures[2].set_result(2);
  });
  explore([] {
    const Futures futures{lab::Future<int>(), lab::Future<int>()};
    std::thread a([&] {
      futures[0].cancel();
      futures[0].set_running_or_notify_cancel();
      futures[1].set_result(1);
    });
    const auto heaps = lab::wait(futures, std::nullopt, lab::FIRST_EXCEPTION);
    CHECK(text(heaps, futures) == "done 0 1, not done");
    a.join();
  });
}

TEST_CASE("wait gives up on time" * points(2) *
          hints("A timeout is no error here: the answer says what is done and what is not.",
                "One deadline for the whole call, not one for each future.",
                "wait_until(hold, deadline, ...), and sort the futures into heaps either way")) {
  explore(
      [] {
        const Futures futures{lab::Future<int>(), lab::Future<int>(), lab::Future<int>()};
        const Stopwatch watch;
        std::thread a([&] {
          std::this_thread::sleep_for(10'300us);
          futures[1].set_result(1);
        });
        CHECK(text(lab::wait(futures, 25ms), futures) == "done 1, not done 0 2");
        CHECK(watch.shows(25ms));
        CHECK(text(lab::wait(futures, 0ns), futures) == "done 1, not done 0 2");
        CHECK(watch.shows(25ms));
        CHECK_THROWS_AS(lab::wait(futures, -1ns), std::invalid_argument);
        a.join();
        futures[0].set_result(0);
        futures[2].set_result(2);
        CHECK(text(lab::wait(futures, nanoseconds::max()), futures) == "done 0 1 2, not done");
      },
      kExactTime);
  explore(
      [] {
        const Futures futures{lab::Future<int>(), lab::Future<int>()};
        const Stopwatch watch;
        std::thread a([&] {
          std::this_thread::sleep_for(10'300us);
          futures[0].set_result(0);
          futures[1].set_result(1);
        });
        CHECK(text(lab::wait(futures, 1h), futures) == "done 0 1, not done");
        CHECK(watch.shows(10'300us));  // the timeout is the longest wait, not the wait
        a.join();
      },
      kExactTime);
}

TEST_CASE("a future that is given twice counts once" * points(1) *
          hints("Two handles of the same future are one future.",
                "If you count how many are still to come: how often does a future report that you "
                "have twice on your list?",
                "Leave the duplicates out first: if (std::find(begin, end, future) == end) "
                "push_back")) {
  explore([] {
    const lab::Future<int> a;
    const lab::Future<int> b;
    const Futures futures{a, b};
    const Futures twice{a, b, a, b};
    CHECK(text(lab::wait(twice, 0ns), futures) == "done, not done 0 1");
    a.set_result(1);
    CHECK(text(lab::wait(twice, 0ns), futures) == "done 0, not done 1");
    std::thread other([&] { b.set_result(2); });
    CHECK(text(lab::wait(twice), futures) == "done 0 1, not done");
    other.join();
    std::string order;
    for (const auto& future : lab::as_completed(twice)) order += std::to_string(future.result());
    CHECK((order == "12" || order == "21"));
  });
}

TEST_CASE(
    "a cancelled future counts when the executor has seen it" * points(2) *
    hints("cancel() is a wish that is granted at once. That the task is out of the pool, too, "
          "is known when the pool has come across it.",
          "Two states: cancelled, and cancelled and seen. Which of them is `done` for wait "
          "and as_completed, and who must tell those who wait?",
          "set_running_or_notify_cancel(): case kCancelled: phase = kCancelledAndSeen; tell "
          "those who wait; return false;")) {
  explore([] {
    const Futures futures{lab::Future<int>()};
    futures[0].cancel();
    CHECK(text(lab::wait(futures, 0ns), futures) == "done, not done 0");
    futures[0].set_running_or_notify_cancel();
    CHECK(text(lab::wait(futures, 0ns), futures) == "done 0, not done");
    CHECK(futures[0].cancel());  // once more: that changes nothing
    CHECK(text(lab::wait(futures, 0ns), futures) == "done 0, not done");
  });
  explore([] {
    const Futures futures{lab::Future<int>()};
    bool seen = false;
    std::thread executor([&] {
      futures[0].cancel();
      seen = true;
      futures[0].set_running_or_notify_cancel();
    });
    lab::wait(futures, std::nullopt, lab::FIRST_COMPLETED);
    CHECK(seen);
    executor.join();
  });
  explore([] {
    const Futures futures{lab::Future<int>()};
    bool seen = false;
    std::thread executor([&] {
      futures[0].cancel();
      seen = true;
      futures[0].set_running_or_notify_cancel();
    });
    for (const auto& future : lab::as_completed(futures)) {
      CHECK(seen);
      CHECK(future.cancelled());
    }
    executor.join();
  });
}

TEST_CASE("as_completed yields each future as it ends" * points(2) *
          hints("Not in the order of the list, but in that of the events; and what is done already "
                "comes at once.",
                "A future that was done before the call will report no more. Who looks?",
                "Bring each future a note, under its mutex; if it is done, take it as ended right "
                "there. Keep the ended ones in a line.")) {
  explore([] {
    const lab::Future<int> a;
    const lab::Future<int> b;
    const lab::Future<int> c;
    b.set_result(2);
    std::string order;
    for (const auto& future : lab::as_completed(Futures{a, b, c})) {
      order += std::to_string(future.result());
      if (future == b) c.set_result(3);
      if (future == c) a.set_result(1);
    }
    CHECK(order == "231");
    for (const auto& future : lab::as_completed(Futures())) order += future.done() ? "?" : "!";
    CHECK(order == "231");
  });
  explore([] {
    const lab::Future<int> a;
    const lab::Future<int> b;
    std::string order;
    std::thread reader([&] {
      for (const auto& future : lab::as_completed(Futures{a, b})) {
        order += std::to_string(future.result());
      }
    });
    quiesce();
    b.set_result(2);
    a.set_result(1);
    reader.join();
    CHECK(order == "21");
  });
}

TEST_CASE("as_completed misses nothing that ends as it looks" * points(2) *
          hints("A future that ends in the moment of asking comes once: not twice, and not never.",
                "You look whether it is done, and then leave a note. What if it ends in between?",
                "Look and leave the note in one critical section of the future.")) {
  explore([] {
    const Futures futures{lab::Future<int>(), lab::Future<int>()};
    std::thread a([&] { futures[0].set_result(1); });
    std::thread b([&] { futures[1].set_result(2); });
    std::string order;
    for (const auto& future : lab::as_completed(futures)) order += std::to_string(future.result());
    CHECK((order == "12" || order == "21"));
    a.join();
    b.join();
  });
}

TEST_CASE("several may wait for the same futures" * points(1) *
          hints("Each of them hears of each future, and of each once.",
                "One of them comes when a future is done already, and another one still has its "
                "note there. Who is told what?",
                "Tell whoever has left a note, and throw the notes away in the same step.")) {
  explore([] {
    const lab::Future<int> a;
    const lab::Future<int> b;
    a.set_result(1);
    std::string order;
    for (const auto& future : lab::as_completed(Futures{a, b})) {
      order += std::to_string(future.result());
      CHECK(text(lab::wait(Futures{a}), Futures{a, b}) == "done 0, not done");
      if (!b.done()) b.set_result(2);
    }
    CHECK(order == "12");
  });
  explore([] {
    const Futures futures{lab::Future<int>()};
    std::thread other([&] { CHECK(text(lab::wait(futures), futures) == "done 0, not done"); });
    std::thread producer([&] { futures[0].set_result(1); });
    CHECK(text(lab::wait(futures), futures) == "done 0, not done");
    other.join();
    producer.join();
  });
}

TEST_CASE("as_completed gives up on time" * points(1) *
          hints("The time is that of the whole loop, and counts from the call.",
                "When is the deadline computed: when as_completed is called, or when the loop asks "
                "for the first time?",
                "The deadline is made in as_completed and captured by the Generator's function: "
                "[=]() mutable { ... throw TimeoutError(); }")) {
  explore(
      [] {
        const lab::Future<int> early;
        const lab::Future<int> never;
        early.set_result(1);
        const Stopwatch watch;
        CHECK_THROWS_AS(lab::as_completed(Futures{early}, -1ns), std::invalid_argument);
        auto completed = lab::as_completed(Futures{never, early}, 25ms);
        std::this_thread::sleep_for(10ms);
        std::string events;
        try {
          for (const auto& future : completed) {
            events += std::to_string(future.result());
            CHECK(watch.shows(10ms));
          }
          events += " end";
        } catch (const lab::TimeoutError&) {
          events += " timeout";
        }
        CHECK(events == "1 timeout");
        CHECK(watch.shows(25ms));
      },
      kExactTime);
}

TEST_CASE("who gave up is told nothing" * points(2) *
          hints("A thread whose time is up is gone, and with it the place where it slept.",
                "What did you leave in the futures? Who takes it out again, on every way out?",
                "A destructor that goes to each future, locks it, and takes the note back.")) {
  explore([] {
    const Futures futures{lab::Future<int>(), lab::Future<int>()};
    futures[0].set_result(1);
    CHECK(text(lab::wait(futures, 10ms), futures) == "done 0, not done 1");
    CHECK(text(lab::wait(futures, std::nullopt, lab::FIRST_COMPLETED), futures) ==
          "done 0, not done 1");
    for (const auto& future : lab::as_completed(futures)) {
      CHECK(future.result() == 1);
      break;
    }
    futures[1].set_result(2);
    CHECK(text(lab::wait(futures), futures) == "done 0 1, not done");
  });
  explore([] {  // in the very moment
    const Futures futures{lab::Future<int>()};
    std::thread a([&] {
      std::this_thread::sleep_for(10ms);
      futures[0].set_result(1);
    });
    const auto heaps = lab::wait(futures, 10ms);
    CHECK(heaps.done.size() + heaps.not_done.size() == 1);
    a.join();
  });
}
