// BoundedSemaphore: a semaphore that notices when more is given back than was taken.

#include "07_semaphore/semaphore.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;

// What release(permits) throws, in words.
std::string thrown_by_release(lab::BoundedSemaphore& semaphore, std::ptrdiff_t permits) {
  try {
    semaphore.release(permits);
  } catch (const std::invalid_argument&) {
    return "invalid_argument";
  } catch (const std::logic_error& error) {
    return std::string(error.what()) == "not implemented" ? "not implemented" : "logic_error";
  }
  return "nothing";
}

}  // namespace

TEST_CASE("a bounded semaphore is a semaphore" * points(2) *
          hints("Within its bound it does all that a semaphore does.",
                "Do not write the waiting a second time.",
                "Keep a Semaphore inside, or derive from it.")) {
  explore([] {
    lab::BoundedSemaphore semaphore(2);
    CHECK(semaphore.value() == 2);
    semaphore.acquire();
    CHECK(semaphore.try_acquire());
    CHECK_FALSE(semaphore.try_acquire());
    CHECK_FALSE(semaphore.try_acquire_for(10ms));
    std::thread waiter([&] { semaphore.acquire(); });
    semaphore.release();
    waiter.join();
    semaphore.release(2);
    CHECK(semaphore.value() == 2);
    CHECK(semaphore.try_acquire_for(10ms));
    CHECK(semaphore.value() == 1);
    CHECK_THROWS_AS(lab::BoundedSemaphore(-1), std::invalid_argument);
  });
}

TEST_CASE("a release above the start is refused and changes nothing" * points(4) *
          hints("More than there was at the start cannot have been taken.",
                "Check before you change; and think of release(2) when one is missing.",
                "if (permits > most_ - free_) throw std::logic_error(\"...\");   before anything "
                "else happens")) {
  explore([] {
    lab::BoundedSemaphore semaphore(2);
    CHECK(thrown_by_release(semaphore, 1) == "logic_error");
    CHECK(thrown_by_release(semaphore, 0) == "invalid_argument");
    CHECK(semaphore.value() == 2);
    semaphore.acquire();
    CHECK(thrown_by_release(semaphore, 2) == "logic_error");
    CHECK(semaphore.value() == 1);
    CHECK(thrown_by_release(semaphore, 1) == "nothing");
    CHECK(semaphore.value() == 2);
    lab::BoundedSemaphore none(0);
    CHECK(thrown_by_release(none, 1) == "logic_error");
    CHECK(none.value() == 0);
  });
}

TEST_CASE(
    "of two releases at once, the one too many is refused" * points(3) *
    hints("Two threads give back the one permit that was taken. Exactly one is right.",
          "Are the look at the number and the change of it one step?",
          "Look and add under one hold of the mutex: not value() first and release() then.")) {
  explore([] {
    lab::BoundedSemaphore semaphore(1);
    semaphore.acquire();
    std::string here;
    std::string there;
    std::thread other([&] { there = thrown_by_release(semaphore, 1); });
    here = thrown_by_release(semaphore, 1);
    other.join();
    CHECK((here == "nothing") != (there == "nothing"));
    CHECK(semaphore.value() == 1);
  });
}
