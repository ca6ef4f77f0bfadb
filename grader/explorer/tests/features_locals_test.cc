// What every thread has for itself, what is made once, and what is as it was at the start of every
// execution.

#include <atomic>
#include <cerrno>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;

namespace {

// Counts its living objects.
struct Tracked {
  static inline std::atomic<int> alive{0};
  int value = 7;
  Tracked() { ++alive; }
  Tracked(const Tracked&) = delete;
  ~Tracked() { --alive; }
};

thread_local int plain_local = 5;
thread_local Tracked tracked_local;
thread_local std::string text_local = "initial";

std::vector<int> global_list;
std::string global_text = "a global string that is long enough for the heap";
int global_number = 3;

}  // namespace

TEST_CASE("thread_local: every thread has its own, initialised anew") {
  holds([] {
    const auto use = [](int mark) {
      EXPECT(plain_local == 5);
      EXPECT(tracked_local.value == 7);
      EXPECT(text_local == "initial");
      plain_local = mark;
      tracked_local.value = mark;
      text_local = "changed by thread " + std::to_string(mark);
      std::this_thread::yield();
      EXPECT(plain_local == mark);
      EXPECT(tracked_local.value == mark);
      EXPECT(text_local == "changed by thread " + std::to_string(mark));
    };
    std::thread a(use, 1);
    std::thread b(use, 2);
    a.join();
    b.join();
  });
}

TEST_CASE("thread_local: destructors run before join returns") {
  holds([] {
    std::thread a([] { EXPECT(tracked_local.value == 7); });
    std::thread b([] { EXPECT(tracked_local.value == 7); });
    a.join();
    b.join();
    EXPECT(Tracked::alive == 0);
  });
}

TEST_CASE("thread_local: destructors run in reverse order and may use locals made before") {
  static std::atomic<int> order{0};
  holds([] {
    struct First {
      ~First() { order = order * 10 + 1; }
      int value = 1;
    };
    struct Second {
      explicit Second(First& first) : first_(first) {}
      ~Second() { order = order * 10 + 1 + first_.value; }
      First& first_;
    };
    std::thread thread([] {
      thread_local First first;
      thread_local Second second(first);
      EXPECT(second.first_.value == 1);
    });
    thread.join();
    EXPECT(order == 21);
  });
}

TEST_CASE("thread_local: the body's own are as at the start of every execution") {
  holds([] {
    EXPECT(plain_local == 5);
    plain_local = 6;
    std::atomic<int> steps{0};
    std::thread a([&] { ++steps; });
    ++steps;
    a.join();
    EXPECT(plain_local == 6);
  });
}

TEST_CASE("errno: every thread has its own") {
  holds([] {
    const auto use = [](int mark) {
      errno = mark;
      std::this_thread::yield();
      EXPECT(errno == mark);
    };
    std::thread a(use, 1);
    std::thread b(use, 2);
    a.join();
    b.join();
  });
}

TEST_CASE("globals: are as at the start of every execution") {
  static int function_static = 1;
  holds([] {
    EXPECT(global_list.empty());
    EXPECT(global_number == 3);
    EXPECT(global_text == "a global string that is long enough for the heap");
    EXPECT(function_static == 1);
    global_list.push_back(1);
    global_text += ", and longer";
    ++function_static;
    std::atomic<int> turns{0};
    std::thread other([&] { ++turns; });
    ++global_number;
    ++turns;
    other.join();
  });
}

TEST_CASE("static local: is made once, and everybody sees it whole") {
  struct Whole {
    int value = 0;
    Whole() {
      std::this_thread::yield();
      value = 42;
    }
    static Whole& instance() {
      static Whole whole;
      return whole;
    }
  };
  holds([] {
    const auto use = [] { EXPECT(Whole::instance().value == 42); };
    std::thread a(use);
    std::thread b(use);
    a.join();
    b.join();
  });
}

TEST_CASE("static local: either thread may make it") {
  const auto body = [](int maker) {
    struct Made {
      static int by(int who) {
        static const int made_by = who;
        return made_by;
      }
    };
    std::thread a([] { Made::by(1); });
    std::thread b([] { Made::by(2); });
    a.join();
    b.join();
    EXPECT(Made::by(3) == maker);
  };
  reaches([&] { body(1); });
  reaches([&] { body(2); });
}

TEST_CASE("static local: a constructor that throws is tried again") {
  static std::atomic<int> attempts{0};
  struct Hesitant {
    Hesitant() {
      if (++attempts == 1) throw std::runtime_error("not yet");
    }
  };
  holds([] {
    std::atomic<int> refused{0};
    const auto use = [&] {
      try {
        static Hesitant hesitant;
      } catch (const std::runtime_error&) {
        ++refused;
      }
    };
    std::thread a(use);
    std::thread b(use);
    a.join();
    b.join();
    use();
    EXPECT(refused == 1);
    EXPECT(attempts == 2);
  });
}

TEST_CASE("call_once: once, and everybody waits for it") {
  holds([] {
    std::once_flag flag;
    int calls = 0;
    const auto use = [&] {
      std::call_once(flag, [&] {
        ++calls;
        std::this_thread::yield();
      });
      EXPECT(calls == 1);
    };
    std::thread a(use);
    std::thread b(use);
    std::thread c(use);
    a.join();
    b.join();
    c.join();
  });
}

TEST_CASE("call_once: after an exception the next one tries") {
  holds([] {
    std::once_flag flag;
    std::atomic<int> attempts{0};
    std::atomic<int> caught{0};
    const auto use = [&] {
      try {
        std::call_once(flag, [&] {
          if (++attempts == 1) throw std::runtime_error("first attempt");
        });
      } catch (const std::runtime_error& error) {
        EXPECT(std::string(error.what()) == "first attempt");
        ++caught;
      }
    };
    std::thread a(use);
    std::thread b(use);
    a.join();
    b.join();
    EXPECT(caught == 1);
    EXPECT(attempts == 2);
  });
}

TEST_CASE("call_once: either thread may be the one") {
  const auto body = [](int expected) {
    std::once_flag flag;
    int by = 0;
    std::thread a([&] { std::call_once(flag, [&] { by = 1; }); });
    std::thread b([&] { std::call_once(flag, [&] { by = 2; }); });
    a.join();
    b.join();
    EXPECT(by == expected);
  };
  reaches([&] { body(1); });
  reaches([&] { body(2); });
}
