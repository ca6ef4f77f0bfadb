// Done callbacks: somebody else's code, called by whoever completes the future.

#include "12_thread_pool/future.h"
#include "grader/harness/lab_test.h"

TEST_CASE("callbacks are called once, in order, with the future" * points(1) *
          hints("A callback is what shall be done when the future is: each one, once.",
                "Where do the callbacks wait, and in which order do you go through them?",
                "std::vector<std::function<void(Future)>> callbacks; after the phase has changed: "
                "for (auto& callback : callbacks) callback(*this);")) {
  explore([] {
    const lab::Future<int> future;
    std::string calls;
    future.add_done_callback([&](const lab::Future<int>& it) {
      CHECK((it == future));
      calls += "first " + std::to_string(it.result()) + ", ";
    });
    future.add_done_callback([&](const lab::Future<int>&) { calls += "second"; });
    future.set_running_or_notify_cancel();
    CHECK(calls == "");
    future.set_result(42);
    CHECK(calls == "first 42, second");

    const lab::Future<int> broken;
    bool has_error = false;
    broken.add_done_callback(
        [&](const lab::Future<int>& it) { has_error = it.exception() != nullptr; });
    broken.set_exception(std::make_exception_ptr(std::runtime_error("broken")));
    CHECK(has_error);
  });
}

TEST_CASE("cancelling calls the callbacks" * points(1) *
          hints("A cancelled future is done, too.",
                "cancel() is called once or more, and set_running_or_notify_cancel() after it. "
                "Which of them calls?",
                "Where cancel() changes the phase, and only there.")) {
  explore([] {
    const lab::Future<int> future;
    int calls = 0;
    future.add_done_callback(
        [&](const lab::Future<int>& it) { calls += it.cancelled() ? 1 : 100; });
    CHECK(future.cancel());
    CHECK(calls == 1);
    CHECK(future.cancel());
    CHECK_FALSE(future.set_running_or_notify_cancel());
    CHECK(calls == 1);
  });
}

TEST_CASE("a callback that comes late is called at once" * points(1) *
          hints("There will be no second completion that could call it.",
                "add_done_callback on a future that is done: who is left to call?",
                "if (done()) call it here (without the lock), else put it on the list")) {
  explore([] {
    const lab::Future<int> future;
    future.set_result(42);
    int seen = 0;
    future.add_done_callback([&](const lab::Future<int>& it) { seen = it.result(); });
    CHECK(seen == 42);
    const lab::Future<int> cancelled;
    cancelled.cancel();
    cancelled.add_done_callback([&](const lab::Future<int>&) { seen = 7; });
    CHECK(seen == 7);
  });
}

TEST_CASE("a callback added in the moment of completion is called once" * points(2) *
          hints("It is either on the list in time, or too late: never both, and never neither.",
                "One thread looks whether the future is done and adds to the list, the other ends "
                "the future and goes through the list. Which of these steps belong together?",
                "add: lock; if not done, push_back.   complete: lock; change the phase *and* swap "
                "the list out; unlock; call what was in it.")) {
  explore([] {
    const lab::Future<int> future;
    std::atomic<int> calls = 0;
    std::thread producer([&] { future.set_result(42); });
    future.add_done_callback([&](const lab::Future<int>&) { ++calls; });
    producer.join();
    CHECK(calls == 1);
  });
  explore([] {
    const lab::Future<int> future;
    std::atomic<int> calls = 0;
    std::thread other([&] { future.cancel(); });
    future.add_done_callback([&](const lab::Future<int>&) { ++calls; });
    future.cancel();
    other.join();
    CHECK(calls == 1);
  });
}

TEST_CASE("a callback may use the future" * points(2) *
          hints("A callback is somebody else's code: it may call anything, also this future.",
                "Which mutex does the thread hold that calls the callbacks? And the thread that "
                "calls one that comes late?",
                "Swap the list out under the lock, let go, and call then.")) {
  const auto use = [](const lab::Future<int>& it, std::string& calls) {
    CHECK(it.result() == 42);
    CHECK(it.done());
    CHECK_FALSE(it.cancel());
    it.add_done_callback([&](const lab::Future<int>&) { calls += "inner "; });
    calls += "outer ";
  };
  explore([&] {
    const lab::Future<int> future;
    std::string calls;
    future.add_done_callback([&](const lab::Future<int>& it) { use(it, calls); });
    future.set_result(42);
    CHECK(calls == "inner outer ");
    future.add_done_callback([&](const lab::Future<int>& it) { use(it, calls); });
    CHECK(calls == "inner outer inner outer ");
  });
}

TEST_CASE("while a callback runs, others may use the future" * points(1) *
          hints("A callback may take long. Meanwhile the future is done, and its result there.",
                "A lock that may be taken twice by the same thread does not help another thread.",
                "Call with no lock held at all.")) {
  explore([] {
    const lab::Future<int> future;
    future.add_done_callback([](const lab::Future<int>& it) {
      std::thread other([it] { CHECK(it.result() == 42); });
      other.join();  // as a task would do that waits for another task
    });
    future.set_result(42);
  });
  explore([] {
    const lab::Future<int> future;
    future.add_done_callback([](const lab::Future<int>& it) {
      std::thread other([it] {
        CHECK(it.cancelled());
        it.add_done_callback([](const lab::Future<int>&) {});
      });
      other.join();
    });
    future.cancel();
  });
}

TEST_CASE(
    "a callback that throws stops nobody" * points(2) *
    hints("Three parties have nothing to do with a callback's exception: the other callbacks, "
          "the thread that completes, and those who wait.",
          "Where is the catch: around the loop, or inside it? And around a late call?",
          "for (auto& callback : callbacks) try { callback(*this); } catch (...) {}")) {
  explore([] {
    const lab::Future<int> future;
    int calls = 0;
    const auto count = [&](const lab::Future<int>&) { ++calls; };
    const auto fail = [](const lab::Future<int>&) { throw std::runtime_error("not mine"); };
    const auto fail_with_a_number = [](const lab::Future<int>&) { throw 1; };
    future.add_done_callback(fail);
    future.add_done_callback(count);
    future.add_done_callback(fail_with_a_number);
    future.add_done_callback(count);
    CHECK_NOTHROW(future.set_result(42));
    CHECK(calls == 2);
    CHECK(future.result() == 42);
    CHECK_NOTHROW(future.add_done_callback(fail));
    const lab::Future<int> cancelled;
    cancelled.add_done_callback(fail);
    cancelled.add_done_callback(count);
    CHECK_NOTHROW(CHECK(cancelled.cancel()));
    CHECK(calls == 3);
  });
}
