// std::thread and std::jthread under the explorer, unmodified.

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;

TEST_CASE("thread: join waits for the end and makes its writes visible") {
  holds([] {
    int written = 0;
    std::thread writer([&] { written = 7; });
    writer.join();
    EXPECT(written == 7);
  });
}

TEST_CASE("thread: arguments are copied, moved or passed by reference") {
  holds([] {
    std::string copied = "a string long enough to live on the heap";
    auto moved = std::make_unique<int>(3);
    int referred = 0;
    std::thread thread(
        [](std::string text, std::unique_ptr<int> number, int& out) {
          EXPECT(text == "a string long enough to live on the heap");
          text.clear();
          out = *number;
        },
        copied, std::move(moved), std::ref(referred));
    thread.join();
    EXPECT(copied.size() == 40);
    EXPECT(moved == nullptr);
    EXPECT(referred == 3);
  });
}

TEST_CASE("thread: member functions and function objects") {
  struct Adder {
    int sum = 0;
    void add(int amount) { sum += amount; }
    void operator()(int amount) { sum -= amount; }
  };
  holds([] {
    Adder adder;
    std::thread adding(&Adder::add, &adder, 5);
    adding.join();
    std::thread taking(std::ref(adder), 2);
    taking.join();
    EXPECT(adder.sum == 3);
  });
}

TEST_CASE("thread: ids differ, stay the same and are gone after join") {
  holds([] {
    std::thread::id first, second;
    std::thread a([&] {
      first = std::this_thread::get_id();
      std::this_thread::yield();
      EXPECT(first == std::this_thread::get_id());
    });
    std::thread b([&] { second = std::this_thread::get_id(); });
    const std::thread::id known_first = a.get_id();
    const std::thread::id known_second = b.get_id();
    a.join();
    b.join();
    EXPECT(first == known_first);
    EXPECT(second == known_second);
    EXPECT(first != second);
    EXPECT(first != std::this_thread::get_id());
    EXPECT(a.get_id() == std::thread::id());
  });
}

TEST_CASE("thread: moved, swapped and kept in a vector") {
  holds([] {
    std::array<int, 3> done{};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back([&done, i] { done[i] = i + 1; });
    std::thread taken = std::move(threads.front());
    EXPECT(!threads.front().joinable());
    std::swap(taken, threads.front());
    EXPECT(!taken.joinable());
    for (std::thread& thread : threads) thread.join();
    EXPECT((done == std::array<int, 3>{1, 2, 3}));
  });
}

TEST_CASE("thread: both orders of two threads happen") {
  const auto body = [](int expected_last) {
    std::atomic<int> last{0};
    std::thread a([&] { last = 1; });
    std::thread b([&] { last = 2; });
    a.join();
    b.join();
    EXPECT(last == expected_last);
  };
  reaches([&] { body(1); });
  reaches([&] { body(2); });
}

namespace {

[[gnu::noinline]] void count(std::atomic<int>& calls) { calls.fetch_add(1); }

}  // namespace

TEST_CASE("thread: a function that returns takes nothing of its caller's with it") {
  holds([] {
    std::atomic<int> calls = 0;
    int mine = 0;
    std::thread thread([&] {
      calls.fetch_add(1, std::memory_order_relaxed);
      mine = 1;
    });
    count(calls);  // optimised, its last act is a jump out of its frame
    thread.join();
    EXPECT(calls.load() == 2 && mine == 1);
  });
}

TEST_CASE("thread: threads create threads") {
  holds([] {
    std::atomic<int> sum{0};
    std::thread outer([&] {
      std::thread middle([&] {
        std::thread inner([&] { sum += 1; });
        inner.join();
        sum += 10;
      });
      middle.join();
      sum += 100;
    });
    outer.join();
    EXPECT(sum == 111);
  });
}

TEST_CASE("thread: its function object is destroyed before join returns") {
  holds([] {
    auto shared = std::make_shared<int>(1);
    std::thread thread([shared] { EXPECT(*shared == 1); });
    thread.join();
    EXPECT(shared.use_count() == 1);
  });
}

TEST_CASE("thread: misuse that the library answers with an exception") {
  holds([] {
    std::thread thread([] {});
    thread.join();
    bool refused = false;
    try {
      thread.join();
    } catch (const std::system_error& error) {
      refused = error.code() == std::errc::invalid_argument;
    }
    EXPECT(refused);

    std::atomic<std::thread*> itself{nullptr};
    bool would_deadlock = false;
    std::thread narcissus([&] {
      itself.wait(nullptr);
      try {
        itself.load()->join();
      } catch (const std::system_error& error) {
        would_deadlock = error.code() == std::errc::resource_deadlock_would_occur;
      }
    });
    itself = &narcissus;
    itself.notify_one();
    narcissus.join();
    EXPECT(would_deadlock);
    EXPECT(std::thread::hardware_concurrency() == 2);  // on every machine
  });
}

TEST_CASE("thread: detached, and ends by itself") {
  holds([] {
    std::thread thread([] {});
    thread.detach();
    EXPECT(!thread.joinable());
  });
}

TEST_CASE("thread: detached, still running when the body is over") {
  static std::atomic<int> beats{0};
  holds([] {
    std::thread([] {
      for (int i = 0; i < 3; ++i) ++beats;
    }).detach();
    EXPECT(beats <= 3);
  });
  reaches([] {
    std::thread([] { ++beats; }).detach();
    EXPECT(beats == 0);
  });
}

TEST_CASE("thread: a check after the end of the body is still made") {
  static std::atomic<bool> body_over{false};
  reaches([] {
    std::thread([] { EXPECT(!body_over); }).detach();
    body_over = true;
  });
}

TEST_CASE("thread: 17 at once") {
  holds([] {
    std::vector<std::thread> threads;
    for (int i = 0; i < 17; ++i) threads.emplace_back([] {});
    for (std::thread& thread : threads) thread.join();
  });
}

TEST_CASE("thread: 128 at once, independent, are one interleaving") {
  holds([] {
    std::vector<int> slots(128);
    std::vector<std::thread> threads;
    for (int i = 0; i < 128; ++i) threads.emplace_back([&slots, i] { slots[i] = i; });
    for (std::thread& thread : threads) thread.join();
    for (int i = 0; i < 128; ++i) EXPECT(slots[i] == i);
  });
}

TEST_CASE("thread: 128 at once at one mutex") {
  // 128! orders of the critical sections: no search finishes.
  holds(
      [] {
        std::mutex mutex;
        int count = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < 128; ++i) {
          threads.emplace_back([&] {
            std::lock_guard hold(mutex);
            ++count;
          });
        }
        for (std::thread& thread : threads) thread.join();
        EXPECT(count == 128);
      },
      {}, Size::kFew);
}

namespace {

// About 4 MiB of stack at depth 4,000; the volatile keeps every frame.
int descend(int depth) {
  volatile char frame[1024];
  frame[0] = static_cast<char>(depth);
  return depth == 0 ? frame[0] : descend(depth - 1) + (frame[0] & 1);
}

}  // namespace

TEST_CASE("thread: deep recursion, and a switch at the bottom of it") {
  holds([] {
    struct Diver {
      static int dive(int depth) {
        volatile char frame[512];
        frame[0] = static_cast<char>(depth & 1);
        if (depth == 0) {
          std::this_thread::yield();
          return 0;
        }
        return dive(depth - 1) + frame[0];
      }
    };
    std::thread deep([] { EXPECT(descend(4'000) == 2'000); });
    std::thread switching([] { EXPECT(Diver::dive(1'000) == 500); });
    deep.join();
    switching.join();
  });
}

TEST_CASE("jthread: joins when it is destroyed") {
  holds([] {
    int written = 0;
    {
      std::jthread thread([&] { written = 1; });
    }
    EXPECT(written == 1);
  });
}

TEST_CASE("jthread: is asked to stop by its destructor, and sees it") {
  holds(
      [] {
        std::atomic<int> turns{0};
        {
          std::jthread thread([&](std::stop_token stop) {
            while (!stop.stop_requested()) ++turns;
          });
        }
        EXPECT(turns >= 0);
      },
      spinning(), Size::kFew);
}

TEST_CASE("jthread: arguments after the stop token, and request_stop is true once") {
  holds([] {
    std::atomic<int> sum{0};
    std::jthread thread(
        [&](std::stop_token stop, int amount) {
          EXPECT(stop.stop_possible());
          sum += amount;
        },
        4);
    EXPECT(thread.request_stop());
    EXPECT(!thread.request_stop());
    thread.join();
    EXPECT(sum == 4);
  });
}

TEST_CASE("stop_callback: runs exactly once, in whichever thread comes second") {
  holds([] {
    std::stop_source source;
    int called = 0;
    std::thread stopper([&] { source.request_stop(); });
    {
      std::stop_callback callback(source.get_token(), [&] { ++called; });
      stopper.join();
    }
    EXPECT(called == 1);
    EXPECT(source.stop_requested());
  });
}

TEST_CASE("stop_callback: its destructor waits for a call that is running") {
  // The stop state's own lock backs off by yielding: the back-off is unbounded.
  holds(
      [] {
        std::stop_source source;
        auto touched = std::make_unique<int>(0);
        std::thread stopper([&] { source.request_stop(); });
        {
          std::stop_callback callback(source.get_token(), [&] { ++*touched; });
        }
        touched.reset();
        stopper.join();
      },
      spinning(), Size::kSampled);
}
