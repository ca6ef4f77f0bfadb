// promise, future, packaged_task and async.

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;
using namespace std::chrono_literals;

TEST_CASE("promise and future: a value from another thread") {
  holds([] {
    std::promise<std::string> promise;
    std::future<std::string> future = promise.get_future();
    std::thread setter([&] { promise.set_value("a value that does not fit into the string"); });
    EXPECT(future.get() == "a value that does not fit into the string");
    EXPECT(!future.valid());
    setter.join();
  });
}

TEST_CASE("promise and future: an exception from another thread") {
  holds([] {
    std::promise<int> promise;
    std::future<int> future = promise.get_future();
    std::thread setter([&] {
      try {
        throw std::runtime_error("thrown in the other thread");
      } catch (...) {
        promise.set_exception(std::current_exception());
      }
    });
    std::string message;
    try {
      future.get();
    } catch (const std::runtime_error& error) {
      message = error.what();
    }
    EXPECT(message == "thrown in the other thread");
    setter.join();
  });
}

TEST_CASE("promise: broken, satisfied twice") {
  holds([] {
    std::future<int> future;
    {
      std::promise<int> promise;
      future = promise.get_future();
    }
    bool broken = false;
    try {
      future.get();
    } catch (const std::future_error& error) {
      broken = error.code() == std::future_errc::broken_promise;
    }
    EXPECT(broken);

    std::promise<void> promise;
    std::atomic<int> refused{0};
    const auto set = [&] {
      try {
        promise.set_value();
      } catch (const std::future_error& error) {
        EXPECT(error.code() == std::future_errc::promise_already_satisfied);
        ++refused;
      }
    };
    std::thread a(set);
    std::thread b(set);
    a.join();
    b.join();
    EXPECT(refused == 1);
  });
}

TEST_CASE("shared_future: several wait for one") {
  holds([] {
    std::promise<int> promise;
    const std::shared_future<int> future = promise.get_future().share();
    const auto use = [future] { EXPECT(future.get() == 5); };
    std::thread a(use);
    std::thread b(use);
    promise.set_value(5);
    a.join();
    b.join();
  });
}

TEST_CASE("future: a timed wait may time out only when threads are slow") {
  const auto body = [] {
    std::promise<void> promise;
    std::future<void> future = promise.get_future();
    std::thread setter([&] { promise.set_value(); });
    // The setter does not sleep: only a slow one is later than this.
    const std::future_status status = future.wait_for(10ms);
    setter.join();
    EXPECT(status == std::future_status::ready);
  };
  holds(body, strict_clock());
  reaches(body, slow_threads());
}

TEST_CASE("packaged_task: run in another thread, and its exception") {
  holds([] {
    std::packaged_task<int(int)> task([](int number) { return number * 2; });
    std::future<int> future = task.get_future();
    std::thread runner(std::move(task), 21);
    EXPECT(future.get() == 42);
    runner.join();

    std::packaged_task<void()> thrower([] { throw 3; });
    std::future<void> nothing = thrower.get_future();
    thrower();
    int caught = 0;
    try {
      nothing.get();
    } catch (int thrown) {
      caught = thrown;
    }
    EXPECT(caught == 3);
  });
}

TEST_CASE("promise: set_value_at_thread_exit, after the destructors of the thread's own") {
  struct Local {
    std::atomic<bool>& destroyed;
    ~Local() { destroyed = true; }
  };
  holds([] {
    std::atomic<bool> destroyed{false};
    std::promise<int> promise;
    std::future<int> future = promise.get_future();
    std::thread setter([&] {
      thread_local Local local{destroyed};
      promise.set_value_at_thread_exit(1);
      EXPECT(!destroyed);
    });
    EXPECT(future.get() == 1);
    EXPECT(destroyed);
    setter.join();
  });
}

TEST_CASE("promise: set_value_at_thread_exit, seen by one who looks before it and after it") {
  const auto body = [](std::future_status expected) {
    std::promise<std::string> promise;
    std::future<std::string> future = promise.get_future();
    std::thread setter([&] { promise.set_value_at_thread_exit("a value that is on the heap"); });
    const std::future_status seen = future.wait_for(0s);
    if (seen == std::future_status::ready) EXPECT(future.get() == "a value that is on the heap");
    setter.join();
    EXPECT(seen != expected);
  };
  reaches([&] { body(std::future_status::ready); });
  reaches([&] { body(std::future_status::timeout); });
}

TEST_CASE("promise: set_exception_at_thread_exit, and a task made ready at exit") {
  holds([] {
    std::promise<int> promise;
    std::future<int> future = promise.get_future();
    std::packaged_task<int()> task([] { return 2; });
    std::future<int> two = task.get_future();
    std::atomic<bool> last_statement{false};
    std::thread setter([&] {
      promise.set_exception_at_thread_exit(std::make_exception_ptr(3));
      task.make_ready_at_thread_exit();
      last_statement = true;
    });
    int caught = 0;
    try {
      future.get();
    } catch (int thrown) {
      caught = thrown;
    }
    EXPECT(caught == 3);
    EXPECT(last_statement);
    EXPECT(two.get() == 2);
    setter.join();
  });
}

TEST_CASE("async: launched and deferred") {
  holds([] {
    auto launched = std::async(std::launch::async, [] { return 7; });
    const auto caller = std::this_thread::get_id();
    auto deferred = std::async(std::launch::deferred, [] { return std::this_thread::get_id(); });
    // No time at all: only asks for the status.
    EXPECT(deferred.wait_for(0s) == std::future_status::deferred);
    EXPECT(deferred.get() == caller);
    EXPECT(launched.get() == 7);
  });
}

TEST_CASE("async: its exception arrives at get") {
  holds([] {
    int caught = 0;
    try {
      std::async(std::launch::async, [] { throw 3; }).get();
    } catch (int thrown) {
      caught = thrown;
    }
    EXPECT(caught == 3);
  });
}

TEST_CASE("async: the future's destructor waits") {
  holds([] {
    int written = 0;
    {
      auto running = std::async(std::launch::async, [&] { written = 1; });
    }
    EXPECT(written == 1);
  });
}

TEST_CASE("async: two run side by side") {
  const auto body = [](bool left_first) {
    std::atomic<int> order{0};
    int left_seen = 0, right_seen = 0;
    auto left = std::async(std::launch::async, [&] { left_seen = ++order; });
    auto right = std::async(std::launch::async, [&] { right_seen = ++order; });
    left.get();
    right.get();
    EXPECT((left_seen < right_seen) != left_first);
  };
  reaches([&] { body(true); });
  reaches([&] { body(false); });
}
