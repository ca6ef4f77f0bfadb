// Exceptions, while other threads throw too.

#include <cstring>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "grader/explorer/tests/rows.h"

using namespace lockstep;
using namespace lockstep::tests;

namespace {

void two_threads(void (*work)(int)) {
  std::thread a(work, 1);
  std::thread b(work, 2);
  a.join();
  b.join();
}

}  // namespace

TEST_CASE("exceptions: a switch inside a handler, thrown again") {
  holds([] {
    two_threads([](int mark) {
      for (int turn = 0; turn < 2; ++turn) {
        try {
          try {
            throw mark;
          } catch (int thrown) {
            std::this_thread::yield();
            EXPECT(thrown == mark);
            EXPECT(std::current_exception() != nullptr);
            EXPECT(std::uncaught_exceptions() == 0);
            throw;
          }
        } catch (int again) {
          std::this_thread::yield();
          EXPECT(again == mark);
        }
      }
      EXPECT(std::current_exception() == nullptr);
    });
  });
}

TEST_CASE("exceptions: a switch inside a destructor while the stack unwinds") {
  holds([] {
    two_threads([](int mark) {
      struct Unwound {
        ~Unwound() {
          std::this_thread::yield();
          EXPECT(std::uncaught_exceptions() == 1);
        }
      };
      try {
        Unwound unwound;
        throw std::runtime_error(mark == 1 ? "first" : "second");
      } catch (const std::exception& error) {
        EXPECT(std::strcmp(error.what(), mark == 1 ? "first" : "second") == 0);
      }
      EXPECT(std::uncaught_exceptions() == 0);
    });
  });
}

TEST_CASE("exceptions: a lock_guard lets go while the stack unwinds") {
  holds([] {
    std::mutex mutex;
    int value = 0;
    const auto work = [&] {
      try {
        std::lock_guard hold(mutex);
        ++value;
        throw std::logic_error("inside the critical section");
      } catch (const std::logic_error&) {
      }
    };
    std::thread a(work);
    std::thread b(work);
    a.join();
    b.join();
    EXPECT(value == 2);
  });
}

TEST_CASE("exceptions: carried from one thread to another") {
  holds([] {
    std::exception_ptr carried;
    std::thread thrower([&] {
      try {
        throw std::out_of_range("carried over");
      } catch (...) {
        carried = std::current_exception();
      }
    });
    thrower.join();
    std::string message;
    try {
      std::rethrow_exception(carried);
    } catch (const std::out_of_range& error) {
      message = error.what();
    }
    EXPECT(message == "carried over");
  });
}

TEST_CASE("exceptions: nested, thrown deep down, and by the library") {
  holds([] {
    two_threads([](int mark) {
      struct Deep {
        static void throw_at(int depth) {
          std::string local(40, 'x');
          if (depth == 0) throw std::runtime_error(local);
          throw_at(depth - 1);
        }
      };
      std::string inner;
      try {
        try {
          Deep::throw_at(20 * mark);
        } catch (...) {
          std::this_thread::yield();
          std::throw_with_nested(std::logic_error("outer"));
        }
      } catch (const std::exception& outer) {
        try {
          std::rethrow_if_nested(outer);
        } catch (const std::runtime_error& error) {
          inner = error.what();
        }
      }
      EXPECT(inner == std::string(40, 'x'));
      bool caught = false;
      try {
        std::vector<int>().at(mark);
      } catch (const std::out_of_range&) {
        caught = true;
      }
      EXPECT(caught);
    });
  });
}

TEST_CASE("exceptions: two threads share one, read it, and let go in either order") {
  holds([] {
    std::mutex turn;
    std::exception_ptr mine = std::make_exception_ptr(std::runtime_error("broken"));
    std::thread other([&turn, theirs = mine]() mutable {
      { const std::lock_guard hold(turn); }
      theirs = nullptr;
    });
    { const std::lock_guard hold(turn); }
    std::string text;
    try {
      std::rethrow_exception(std::exchange(mine, nullptr));
    } catch (const std::runtime_error& error) {
      for (const char* c = error.what(); *c != '\0'; ++c) text += *c;
    }
    EXPECT(text == "broken");
    other.join();
  });
}

TEST_CASE("exceptions: thrown by the body itself after its threads, and caught") {
  holds([] {
    try {
      std::thread thread([] {});
      thread.join();
      throw 1;
    } catch (int) {
    }
  });
}
