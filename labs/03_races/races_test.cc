#include "03_races/races.h"

#include "grader/harness/lab_test.h"

// --- Counter -----------------------------------------------------------------------------------

TEST_CASE(
    "two adders lose nothing" * points(10) *
    hints("`value_ = value_ + 1` is two steps, a read and a write. Nothing else may come between.",
          "Look at increment(): the two steps must become one for all other threads.",
          "Give the class a `std::mutex mutex_` and begin increment() with `std::scoped_lock "
          "hold(mutex_);`. Or make value_ a std::atomic and use ++value_, which is one step; "
          "`value_ = value_ + 1` on an atomic is still two.")) {
  explore([] {
    lab::Counter counter;
    std::thread a([&] { counter.increment(); });
    std::thread b([&] { counter.increment(); });
    a.join();
    b.join();
    CHECK(counter.value() == 2);
  });
}

TEST_CASE("one adds and one takes away" * points(5) *
          hints("decrement() reads and writes the same number as increment().",
                "A lock excludes only those who take the same lock.",
                "One mutex for the whole object, locked in increment() and in decrement().")) {
  explore([] {
    lab::Counter counter;
    std::thread a([&] { counter.increment(); });
    std::thread b([&] { counter.decrement(); });
    a.join();
    b.join();
    CHECK(counter.value() == 0);
  });
}

TEST_CASE(
    "the counter may be read while others count" * points(5) *
    hints("A read beside a write is a data race, even if you do not mind an old number.",
          "value() uses what increment() writes. Who guards it there?",
          "Lock the mutex in value() too; `mutable std::mutex mutex_;` lets a const method do "
          "so.")) {
  explore([] {
    lab::Counter counter;
    std::thread a([&] { counter.increment(); });
    std::thread b([&] { counter.increment(); });
    const std::ptrdiff_t early = counter.value();
    CHECK(early >= 0);
    CHECK(counter.value() >= early);
    a.join();
    b.join();
  });
}

// --- TicketOffice ------------------------------------------------------------------------------

TEST_CASE(
    "the last ticket is sold once" * points(10) *
    hints("Two buyers see one ticket left, and both take it.",
          "In buy(), the test and the sale must be one step. Two locked steps are two steps.",
          "Lock once at the top of buy() and look at left_ itself: search() would lock a second "
          "time, or unlock between the test and the sale. With an atomic: a loop around "
          "compare_exchange_weak(left, left - 1) that ends when left is 0.")) {
  explore([] {
    lab::TicketOffice office(1);
    bool a_has_one = false;
    bool b_has_one = false;
    std::thread a([&] { a_has_one = office.buy(); });
    std::thread b([&] { b_has_one = office.buy(); });
    a.join();
    b.join();
    CHECK(a_has_one + b_has_one == 1);
    CHECK(office.search() == 0);
  });
}

TEST_CASE(
    "nobody is refused while tickets remain" * points(10) *
    hints("\"Somebody else was quicker\" is not \"sold out\".",
          "What does your buy() do when it meets another buyer: when the lock is taken, or when "
          "its compare_exchange fails?",
          "Wait for the lock with lock(), not try_lock(). A compare_exchange that failed says "
          "only that left has changed: look at the new number and try again.")) {
  explore([] {
    lab::TicketOffice office(2);
    bool a_has_one = false;
    bool b_has_one = false;
    std::thread a([&] { a_has_one = office.buy(); });
    std::thread b([&] { b_has_one = office.buy(); });
    a.join();
    b.join();
    CHECK(a_has_one);
    CHECK(b_has_one);
    CHECK(office.search() == 0);
  });
}

TEST_CASE(
    "the board shows only what is true" * points(5) *
    hints("Whoever reads the board must never see a number that was not the number of tickets.",
          "Does buy() take a ticket that is not there, even for a moment? Does search() read "
          "while another thread writes?",
          "Look first, take afterwards, both under the lock; and lock in search() too.")) {
  explore([] {
    lab::TicketOffice office(1);
    CHECK(office.search() == 1);
    std::thread a([&] { office.buy(); });
    std::thread b([&] { office.buy(); });
    const std::ptrdiff_t first = office.search();
    const std::ptrdiff_t second = office.search();
    CHECK(first <= 1);
    CHECK(second <= first);
    CHECK(second >= 0);
    a.join();
    b.join();
  });
}

TEST_CASE(
    "a hundred buyers and three tickets" * points(5) *
    hints("The same as with two buyers; but this is how it looks on the day of the concert.",
          "If the small cases pass and this one fails, some step of buy() is not under the lock.",
          "Nothing new to write: the whole of buy() in one critical section.")) {
  // Too many interleavings for all of them: a sample.
  explore(
      [] {
        constexpr int kBuyers = 100;
        lab::TicketOffice office(3);
        std::array<bool, kBuyers> has_one{};
        std::vector<std::thread> buyers;
        for (bool& mine : has_one) buyers.emplace_back([&] { mine = office.buy(); });
        for (std::thread& buyer : buyers) buyer.join();
        CHECK(std::count(has_one.begin(), has_one.end(), true) == 3);
        CHECK(office.search() == 0);
      },
      {.strategy = Strategy::kRandom, .executions = 100});
}

// --- Lazy --------------------------------------------------------------------------------------

namespace {

struct Settings {
  int port;
  int limit;
};

}  // namespace

TEST_CASE(
    "built once" * points(10) *
    hints("Two threads find nothing built, and both build.",
          "The test and the building must be one step, and a second thread must wait for the "
          "first one's value.",
          "Lock a mutex around both. If you test before you lock, to be quick, test again after "
          "you have the lock. Or std::call_once.")) {
  explore([] {
    std::atomic<int> built = 0;
    lab::Lazy<int> lazy([&] {
      built.fetch_add(1);
      return 42;
    });
    const int* seen_by_a = nullptr;
    const int* seen_by_b = nullptr;
    std::thread a([&] { seen_by_a = &lazy.get(); });
    std::thread b([&] { seen_by_b = &lazy.get(); });
    a.join();
    b.join();
    CHECK(built.load() == 1);
    const bool same_object = seen_by_a == seen_by_b;
    CHECK(same_object);
  });
}

TEST_CASE(
    "whoever gets it sees it whole" * points(10) *
    hints("A pointer may arrive before what it points to: nothing orders two writes for another "
          "thread but a happens-before.",
          "A thread that finds the value built must have synchronised with the one that built "
          "it: through the same mutex, or an acquire that reads a release.",
          "Publish last: first build, then `published_.store(pointer, "
          "std::memory_order_release)`; read it with `load(std::memory_order_acquire)`.")) {
  explore([] {
    lab::Lazy<Settings> lazy([] { return Settings{8080, 100}; });
    const auto look = [&] {
      const Settings settings = lazy.get();
      CHECK(settings.port == 8080);
      CHECK(settings.limit == 100);
    };
    std::thread a(look);
    std::thread b(look);
    a.join();
    b.join();
  });
}

TEST_CASE(
    "a failed build is tried again" * points(10) *
    hints("If building throws, nothing was built. The caller is told, and the next one tries.",
          "What of your state was changed before make() threw: a flag that says \"somebody "
          "builds\", a lock without RAII?",
          "Hold the lock with std::scoped_lock, call make(), and only then change anything.")) {
  explore([] {
    int tries = 0;  // plain: one thread at a time calls the function
    std::atomic<int> failed = 0;
    lab::Lazy<int> lazy([&]() -> int {
      if (++tries == 1) throw std::runtime_error("the disk is not there yet");
      return 42;
    });
    const auto get = [&] {
      try {
        CHECK(lazy.get() == 42);
      } catch (const std::runtime_error&) {
        failed.fetch_add(1);
      }
    };
    std::thread a(get);
    std::thread b(get);
    a.join();
    b.join();
    CHECK(failed.load() == 1);
    get();
    CHECK(failed.load() == 1);
    CHECK(tries == 2);
  });
}

TEST_CASE("the second caller sleeps while the first one builds" * points(5) *
          hints("Building may take a second. Who waits for it must not burn the processor.",
                "A loop that asks \"is it ready yet?\", even with yield(), is busy waiting.",
                "Let the second caller wait where the first one holds the mutex: lock it around "
                "make().")) {
  explore([] {
    std::mutex door;  // closed until we have looked
    door.lock();
    lab::Lazy<int> lazy([&] {
      std::scoped_lock pass(door);
      return 42;
    });
    std::thread a([&] { lazy.get(); });
    std::thread b([&] { lazy.get(); });
    quiesce();  // until both sleep; one that spins is found here
    door.unlock();
    a.join();
    b.join();
  });
}

// --- Predictions -------------------------------------------------------------------------------

namespace {

using lab::Variant;

// What one of the threads does. An atomic's load and store are one step each, which an int's are
// not in C++: with a plain int this would be a data race, and *anything* could come out.
void take_one(Variant variant, std::atomic<int>& count, std::mutex& mutex) {
  using namespace std::chrono_literals;
  std::unique_lock hold(mutex, std::defer_lock);
  if (variant == Variant::kLocked) hold.lock();
  const int mine = count.load();
  if (variant == Variant::kShortSleep) std::this_thread::sleep_for(1ms);
  if (variant == Variant::kLongSleep) std::this_thread::sleep_for(100ms);
  count.store(mine - 1);
}

// A set of small numbers as its members, "{0, 1}".
std::string text(const std::set<int>& values) {
  std::string members;
  for (const int value : values) members += (members.empty() ? "" : ", ") + std::to_string(value);
  return "{" + members + "}";
}

// Runs every interleaving of the program and compares what it left with what the student foretold.
void check_prediction(Variant variant, int threads) {
  const std::set<int> foretold = lab::outcomes(variant, threads);
  // Outside of the explored body, so it outlives the executions, each of which adds a bit.
  std::uint64_t left = 0;
  bool every_interleaving = false;
  explore([&] {
    std::atomic<int> count = threads;
    std::mutex mutex;
    std::vector<std::thread> takers;
    for (int i = 0; i < threads; ++i) {
      takers.emplace_back([&] { take_one(variant, count, mutex); });
    }
    for (std::thread& taker : takers) taker.join();
    left |= std::uint64_t{1} << count.load();
    every_interleaving = exploring();
  });
  std::set<int> found;
  for (int value = 0; value <= threads; ++value) {
    if ((left >> value & 1) != 0) found.insert(value);
  }
  INFO(threads << " threads");
  if (every_interleaving) {
    CHECK(text(foretold) == text(found));
  } else {  // real threads show a few of the outcomes
    CHECK(std::includes(foretold.begin(), foretold.end(), found.begin(), found.end()));
  }
}

}  // namespace

TEST_CASE(
    "what can be left without a lock" * points(5) *
    hints("Draw it: two threads, four steps. When do two takings count as one?",
          "`-=` looks like one step. What does the processor do with a plain int?",
          "Both can leave anything from 0 (one after the other) to threads - 1 (all read before "
          "anyone writes). With no threads at all, 0 is left.")) {
  for (const int threads : {0, 1, 2, 3}) {
    check_prediction(Variant::kPlain, threads);
    check_prediction(Variant::kMinusEquals, threads);
  }
}

TEST_CASE(
    "what can be left with a sleep in between" * points(5) *
    hints("A sleep lasts at least so long. Does it say anything about the other threads?",
          "On a busy machine a thread may not run for a second. Which orders become impossible "
          "by the sleep?",
          "None: the same set as without it. A sleep changes how often, not whether.")) {
  for (const int threads : {1, 2, 3}) {
    check_prediction(Variant::kShortSleep, threads);
    check_prediction(Variant::kLongSleep, threads);
  }
}

TEST_CASE("what can be left under a lock" * points(5) *
          hints("Which orders of the steps does a lock leave?",
                "The read and the write of one thread are together; only whole turns can be "
                "exchanged.",
                "Every thread sees what the one before it wrote: {0}.")) {
  for (const int threads : {1, 2, 3}) check_prediction(Variant::kLocked, threads);
}
