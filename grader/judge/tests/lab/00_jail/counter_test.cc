#include "00_jail/counter.h"

#include "grader/harness/lab_test.h"

TEST_CASE("a new counter is zero" * points(10) *
          hints("What is there before anything was added?", "The member's initial value.",
                "int value_ = 0;")) {
  lab::Counter counter;
  CHECK(counter.value() == 0);
}

TEST_CASE("one thread adds" * points(40) *
          hints("Adding changes the value.", "In add().", "value_ += n;")) {
  explore([] {
    lab::Counter counter;
    counter.add(2);
    counter.add(3);
    CHECK(counter.value() == 5);
  });
}

TEST_CASE("two threads add" * points(50) *
          hints("One at a time.", "Both methods touch the value.",
                "std::scoped_lock hold(mutex_);")) {
  explore([] {
    lab::Counter counter;
    std::thread other([&] { counter.add(1); });
    counter.add(1);
    other.join();
    CHECK(counter.value() == 2);
  });
}
