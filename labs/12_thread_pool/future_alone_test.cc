// A future by itself: what it tells, how it is completed, and how one waits for it.

#include "12_thread_pool/future.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr Options kExactTime{.clock = Clock::kStrict};

class Stopwatch {
 public:
  long long microseconds() const {
    const auto passed = std::chrono::steady_clock::now() - start_;
    return std::chrono::duration_cast<std::chrono::microseconds>(passed).count();
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

std::exception_ptr error(const std::string& text) {
  return std::make_exception_ptr(std::runtime_error(text));
}

// The exception that is being handled, in words.
std::string caught() {
  try {
    throw;
  } catch (const lab::CancelledError&) {
    return "CancelledError";
  } catch (const lab::TimeoutError&) {
    return "TimeoutError";
  } catch (const lab::InvalidStateError&) {
    return "InvalidStateError";
  } catch (const std::invalid_argument&) {
    return "invalid_argument";
  } catch (const std::exception& other) {
    return other.what();
  }
}

template <class Call>
std::string thrown_by(Call call) {
  try {
    call();
    return "nothing";
  } catch (...) {
    return caught();
  }
}

std::string state_of(const lab::Future<int>& future) {
  std::string words;
  if (future.running()) words += "running ";
  if (future.cancelled()) words += "cancelled ";
  if (future.done()) words += "done ";
  return words.empty() ? "pending" : words.substr(0, words.size() - 1);
}

}  // namespace

TEST_CASE("a new future is pending, and like no other" * points(1) *
          hints("A future is a thing; a Future object is a handle of it. Copies of the handle are "
                "handles of the same thing.",
                "What do all the copies share, and who keeps it alive?",
                "Future() : state_(std::make_shared<State>()) {}   and == compares state_.")) {
  explore([] {
    lab::Future<int> future;
    const lab::Future<int> copy = future;
    lab::Future<int> other;
    CHECK(state_of(future) == "pending");
    CHECK((future == copy));
    CHECK_FALSE((future == other));
    other = future;
    CHECK((other == copy));
    CHECK(future.set_running_or_notify_cancel());
    CHECK(state_of(copy) == "running");
  });
}

TEST_CASE("the result is there for everybody who asks" * points(2) *
          hints("A result is not used up by being read: all handles give the same one, as often as "
                "they are asked.",
                "Where does the result rest, so that all handles see it? result() returns a "
                "reference: the type may be one that cannot be copied.",
                "set_result: state_->value.emplace(std::forward<Value>(value)...); phase = "
                "kFinished   result: return *state_->value; by reference")) {
  explore([] {
    const lab::Future<int> future;
    const lab::Future<int> copy = future;
    future.set_running_or_notify_cancel();
    future.set_result(42);
    CHECK(state_of(copy) == "done");
    CHECK(copy.result() == 42);
    CHECK(future.result() == 42);
    CHECK(future.result_for(0ns) == 42);
    CHECK((future.exception() == nullptr));

    const lab::Future<int> at_once;
    at_once.set_result(7);  // also without set_running_or_notify_cancel
    CHECK(state_of(at_once) == "done");
    CHECK(at_once.result() == 7);
  });
}

TEST_CASE("an exception comes out where the result is asked for" * points(2) *
          hints("Whoever wants the result has to deal with the error, in whatever thread.",
                "A std::exception_ptr keeps an exception for later. What turns it into a throw?",
                "if (state_->error) std::rethrow_exception(state_->error);   exception() returns "
                "state_->error")) {
  explore([] {
    const lab::Future<int> future;
    future.set_running_or_notify_cancel();
    const std::exception_ptr broken = error("broken");
    future.set_exception(broken);
    CHECK(state_of(future) == "done");
    CHECK(thrown_by([&] { future.result(); }) == "broken");
    CHECK(thrown_by([&] { future.result_for(1h); }) == "broken");
    CHECK((future.exception() == broken));
    CHECK((future.exception_for(1h) == broken));
  });
}

TEST_CASE("who asks for the result sleeps until it comes" * points(2) *
          hints("result() of a future that is not done waits, and does not ask again and again.",
                "How many threads may be waiting for one future? How many of them can use the "
                "news?",
                "result: state_->ended.wait(hold, [&] { return state_->done(); });   set_result: "
                "state_->ended.notify_all(); after the phase has changed, under the mutex")) {
  explore([] {
    const lab::Future<int> future;
    int news = 0;  // plain memory: the future orders who writes and who reads it
    std::thread a([&] {
      CHECK(future.result() == 42);
      CHECK(news == 1);
    });
    std::thread b([&] {
      CHECK((future.exception() == nullptr));
      CHECK(news == 1);
    });
    news = 1;
    future.set_result(42);
    a.join();
    b.join();
  });
  explore([] {
    const lab::Future<int> future;
    std::thread a([&] { CHECK(thrown_by([&] { future.result(); }) == "broken"); });
    std::thread b([&] { CHECK(thrown_by([&] { future.result(); }) == "broken"); });
    quiesce();
    CHECK(state_of(future) == "pending");  // who sleeps in result keeps no lock
    future.set_exception(error("broken"));
    a.join();
    b.join();
  });
}

TEST_CASE("who sees the future done sees what came before" * points(1) *
          hints("done() is read by one thread and written by another.",
                "Does every function that looks at the future look under its mutex?",
                "bool done() const { std::scoped_lock hold(state_->mutex); return ...; }")) {
  explore([] {
    const lab::Future<int> future;
    int news = 0;
    std::thread producer([&] {
      news = 1;
      future.set_running_or_notify_cancel();
      future.set_result(42);
    });
    if (future.done()) CHECK(news == 1);
    int states = 0;
    states += future.running();
    states += future.cancelled();
    CHECK(states <= 1);  // used, or the compiler would leave out what is read for nothing
    producer.join();
    CHECK(news == 1);
  });
}

TEST_CASE("result_for gives up on time" * points(2) *
          hints("When the time is up and there is no result, the answer is TimeoutError.",
                "A timed wait returns in two ways. Do you look at which it was?",
                "if (!ended.wait_until(hold, deadline, [&] { return done(); })) throw "
                "TimeoutError();")) {
  explore(
      [] {
        const lab::Future<int> future;
        const Stopwatch watch;
        CHECK(thrown_by([&] { future.result_for(25ms); }) == "TimeoutError");
        CHECK(watch.microseconds() >= 25'000);
        if (exploring()) CHECK(watch.microseconds() == 25'000);
        future.set_running_or_notify_cancel();
        CHECK(thrown_by([&] { future.exception_for(25ms); }) == "TimeoutError");
        CHECK(watch.microseconds() >= 50'000);
        if (exploring()) CHECK(watch.microseconds() == 50'000);
        CHECK(state_of(future) == "running");
      },
      kExactTime);
}

TEST_CASE("result_for sees the result that comes in time" * points(1) *
          hints("The timeout is the longest wait, not the wait.",
                "Is there a sleep_for in your result_for? A condition variable does without.",
                "Wait with wait_until on the condition variable that set_result notifies.")) {
  explore(
      [] {
        const lab::Future<int> future;
        std::thread waiter([&] {
          const Stopwatch watch;
          CHECK(future.result_for(1h) == 42);
          CHECK((future.exception_for(1h) == nullptr));
          if (exploring()) CHECK(watch.microseconds() == 10'300);
        });
        std::this_thread::sleep_for(10'300us);
        future.set_result(42);
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("a timeout of zero tries once, a negative one is refused" * points(1) *
          hints("Zero is a fine timeout: now or never. Less than zero is a mistake of the caller.",
                "Look at the timeout first of all, also when the future is done.",
                "if (timeout < timeout.zero()) throw std::invalid_argument(\"...\");")) {
  explore(
      [] {
        const lab::Future<int> future;
        const Stopwatch watch;
        CHECK(thrown_by([&] { future.result_for(0ns); }) == "TimeoutError");
        CHECK(thrown_by([&] { future.exception_for(0ns); }) == "TimeoutError");
        CHECK(thrown_by([&] { future.result_for(-1ns); }) == "invalid_argument");
        future.set_result(42);
        CHECK(future.result_for(0ns) == 42);
        CHECK((future.exception_for(0ns) == nullptr));
        CHECK(thrown_by([&] { future.exception_for(-1h); }) == "invalid_argument");
        if (exploring()) CHECK(watch.microseconds() == 0);
      },
      kExactTime);
}

TEST_CASE("the longest timeout does not overflow" * points(1) *
          hints("std::chrono::nanoseconds::max() is about 292 years, and valid.",
                "What is now() + timeout when now() is not zero? Look at the sign.",
                "timeout < TimePoint::max() - now ? now + timeout : TimePoint::max()")) {
  explore(
      [] {
        std::this_thread::sleep_for(1ms);  // so that now() is not the beginning of time
        const lab::Future<int> future;
        std::thread waiter(
            [&] { CHECK(thrown_by([&] { future.result_for(nanoseconds::max()); }) == "nothing"); });
        quiesce();
        future.set_result(42);
        waiter.join();
      },
      kExactTime);
}

TEST_CASE("what is pending can be cancelled, what runs cannot" * points(2) *
          hints("cancel() is a wish. It comes true as long as nobody has begun to work.",
                "From which states does cancel() change anything? What does it answer in the "
                "others, and when it is called a second time?",
                "running or finished: return false; cancelled: return true; pending: cancel, wake, "
                "return true. Then result() and exception() throw CancelledError.")) {
  explore([] {
    const lab::Future<int> future;
    CHECK(future.cancel());
    CHECK(state_of(future) == "cancelled done");
    CHECK(future.cancel());
    CHECK(thrown_by([&] { future.result(); }) == "CancelledError");
    CHECK(thrown_by([&] { future.exception(); }) == "CancelledError");
    CHECK(thrown_by([&] { future.result_for(1h); }) == "CancelledError");
    CHECK_FALSE(future.set_running_or_notify_cancel());
    CHECK(future.cancel());
    CHECK(state_of(future) == "cancelled done");

    const lab::Future<int> begun;
    CHECK(begun.set_running_or_notify_cancel());
    CHECK_FALSE(begun.cancel());
    CHECK(state_of(begun) == "running");
    begun.set_result(42);
    CHECK_FALSE(begun.cancel());
    CHECK(state_of(begun) == "done");
    CHECK(begun.result() == 42);
  });
}

TEST_CASE("cancelling wakes who waits for the result" * points(1) *
          hints("A result that will never come is news for those who wait for it.",
                "Which functions end a future? Do all of them notify?",
                "cancel(): phase = kCancelled; ended.notify_all();")) {
  explore([] {
    const lab::Future<int> future;
    std::thread a([&] { CHECK(thrown_by([&] { future.result(); }) == "CancelledError"); });
    std::thread b([&] { CHECK(thrown_by([&] { future.exception(); }) == "CancelledError"); });
    CHECK(future.cancel());
    a.join();
    b.join();
  });
}

TEST_CASE("a future is completed once" * points(2) *
          hints("Who has read the first result relies on it. There can be no second one.",
                "set_result, set_exception and set_running_or_notify_cancel: in which states is "
                "each of them a mistake of the executor?",
                "if (done()) throw InvalidStateError();   before anything is changed")) {
  explore([] {
    const lab::Future<int> future;
    CHECK(future.set_running_or_notify_cancel());
    CHECK(thrown_by([&] { future.set_running_or_notify_cancel(); }) == "InvalidStateError");
    future.set_result(1);
    CHECK(thrown_by([&] { future.set_result(2); }) == "InvalidStateError");
    CHECK(thrown_by([&] { future.set_exception(error("broken")); }) == "InvalidStateError");
    CHECK(thrown_by([&] { future.set_running_or_notify_cancel(); }) == "InvalidStateError");
    CHECK((future.exception() == nullptr));
    CHECK(future.result() == 1);

    const lab::Future<int> cancelled;
    cancelled.cancel();
    CHECK(thrown_by([&] { cancelled.set_result(1); }) == "InvalidStateError");
    CHECK_FALSE(cancelled.set_running_or_notify_cancel());
    CHECK(thrown_by([&] { cancelled.set_running_or_notify_cancel(); }) == "InvalidStateError");
    CHECK(thrown_by([&] { cancelled.set_exception(error("broken")); }) == "InvalidStateError");
    CHECK(thrown_by([&] { cancelled.result(); }) == "CancelledError");
  });
}

TEST_CASE("a value that cannot be stored changes nothing" * points(1) *
          hints("To store a value is foreign code, too: making a T of it may throw.",
                "set_result fails half-way. What has changed by then? The producer will want to "
                "hand in the exception instead.",
                "First state_->value.emplace(...), and then the phase, the wake-up and the "
                "callbacks.")) {
  struct Unwilling {
    operator int() const { throw std::runtime_error("unwilling"); }
  };
  explore([] {
    const lab::Future<int> future;
    int calls = 0;
    future.add_done_callback([&](const lab::Future<int>&) { ++calls; });
    CHECK(thrown_by([&] { future.set_result(Unwilling()); }) == "unwilling");
    CHECK(state_of(future) == "pending");
    CHECK(future.set_running_or_notify_cancel());
    CHECK(thrown_by([&] { future.set_result(Unwilling()); }) == "unwilling");
    CHECK(state_of(future) == "running");
    CHECK(calls == 0);
    CHECK(thrown_by([&] { future.set_exception(error("unwilling")); }) == "nothing");
    CHECK(calls == 1);
    CHECK(thrown_by([&] { future.result_for(0ns); }) == "unwilling");
  });
}

TEST_CASE("of two results one counts" * points(1) *
          hints("Two threads complete the same future. One of them is first.",
                "\"It is not done, so I complete it\": what may happen at the comma?",
                "Look and complete under the same scoped_lock.")) {
  explore([] {
    const lab::Future<int> future;
    std::string first;
    std::string second;
    std::thread a([&] { first = thrown_by([&] { future.set_result(1); }); });
    std::thread b([&] { second = thrown_by([&] { future.set_result(2); }); });
    a.join();
    b.join();
    const int seen = future.result();
    CHECK(first + " " + second ==
          (seen == 1 ? "nothing InvalidStateError" : "InvalidStateError nothing"));
  });
}

TEST_CASE("a future is begun or cancelled, never both" * points(2) *
          hints("The pool begins, and somebody cancels, in the same moment. One of them must hear "
                "no.",
                "cancel() and set_running_or_notify_cancel() look at the state and change it. Can "
                "the other one look in between?",
                "Each of the two: one scoped_lock around the look and the change.")) {
  explore([] {
    const lab::Future<int> future;
    bool begun = false;
    std::thread worker([&] {
      begun = future.set_running_or_notify_cancel();
      if (begun) future.set_result(42);
    });
    const bool cancelled = future.cancel();
    worker.join();
    CHECK(begun + cancelled == 1);
    CHECK(thrown_by([&] { future.result(); }) == (begun ? "nothing" : "CancelledError"));
  });
}
