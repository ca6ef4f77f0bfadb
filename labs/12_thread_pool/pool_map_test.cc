// map: many tasks, and their results in order.

#include "12_thread_pool/thread_pool.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using Numbers = std::vector<int>;

// A door that tasks wait at until somebody opens it.
class Gate {
 public:
  void pass() {
    std::unique_lock hold(mutex_);
    opened_.wait(hold, [this] { return open_; });
  }
  void open() {
    const std::scoped_lock hold(mutex_);
    open_ = true;
    opened_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

// pool.map. Through one type for all functions: each type of task costs compile time. The numbers
// are gone when it returns.
lab::Generator<int> map(lab::ThreadPoolExecutor& pool, std::function<int(int)> f, Numbers numbers,
                        std::optional<nanoseconds> timeout = std::nullopt) {
  return pool.map(std::move(f), numbers, timeout);
}

// What the tasks here throw. It is caught by its type: the counts that keep an exception alive in
// several threads are the library's own, where no race detector sees them.
struct Broken {};

// Reads to the end, or to an exception: "1 2 end", "1 Broken", "1 TimeoutError".
std::string read(lab::Generator<int>& results) {
  std::string words;
  try {
    for (const int result : results) words += std::to_string(result) + " ";
  } catch (const lab::TimeoutError&) {
    return words + "TimeoutError";
  } catch (const std::invalid_argument&) {
    return words + "invalid_argument";
  } catch (const Broken&) {
    return words + "Broken";
  }
  return words + "end";
}

}  // namespace

TEST_CASE("map yields the results in order" * points(2) *
          hints("The first result belongs to the first element, whichever task ends first.",
                "A list of futures in the order of submission: what does reading them one after "
                "the other do with one that is not done?",
                "for (const auto& x : range) futures.push_back(submit(f, x));   then yield "
                "future.result() of each")) {
  explore([] {
    lab::ThreadPoolExecutor pool(2);
    auto results = map(
        pool, [](int n) { return 10 * n; }, Numbers{1, 2});
    pool.shutdown();
    CHECK(read(results) == "10 20 end");
  });
  explore([] {
    lab::ThreadPoolExecutor pool(1);
    auto none = map(
        pool, [](int n) { return n; }, Numbers());
    CHECK(read(none) == "end");
  });
}

TEST_CASE("map submits all before it returns" * points(2) *
          hints("The work begins when map is called, not when somebody reads.",
                "What runs inside the Generator's function runs late: only when the loop asks. "
                "And by then the range may be gone.",
                "Submit in map itself; the Generator's function only reads the futures.")) {
  explore([] {
    std::string order;
    lab::ThreadPoolExecutor pool(1);
    auto results = map(
        pool,
        [&](int n) {
          order += std::to_string(n);
          return n;
        },
        Numbers{1, 2});
    pool.shutdown();
    CHECK(order == "12");
    CHECK(read(results) == "1 2 end");
  });
}

TEST_CASE("an exception comes out of map where its result would" * points(1) *
          hints("What was done before is there; then comes the error.",
                "Who asks for a result gets the exception: does your Generator's function let it "
                "through?",
                "return std::optional<T>(future.result());   with no catch that swallows")) {
  explore([] {
    lab::ThreadPoolExecutor pool(1);
    auto results = map(
        pool,
        [](int n) {
          if (n == 2) throw Broken();
          return n;
        },
        Numbers{1, 2});
    CHECK(read(results) == "1 Broken");
  });
}

TEST_CASE("after an error map cancels the rest" * points(1) *
          hints("Who has seen one of them fail will not read the others.",
                "Reading a result throws. What is left of the list, and what can still be saved "
                "the trouble?",
                "try { ... } catch (...) { for (auto& future : rest) future.cancel(); throw; }")) {
  explore([] {
    Gate second_runs;
    Gate gate;
    bool third_ran = false;
    lab::ThreadPoolExecutor pool(1);
    auto results = map(
        pool,
        [&](int n) {
          if (n == 1) throw Broken();
          if (n == 2) {
            second_runs.open();
            gate.pass();
          }
          if (n == 3) third_ran = true;
          return n;
        },
        Numbers{1, 2, 3});
    second_runs.pass();
    CHECK(read(results) == "Broken");
    gate.open();
    pool.shutdown();
    CHECK_FALSE(third_ran);
  });
}

TEST_CASE("the timeout of map counts from the call" * points(2) *
          hints("One time limit for all of it; and when it is over, the rest is cancelled.",
                "When is the deadline made? And how much of the time is left for the second "
                "result?",
                "The deadline is made in map; each result_for gets what is left of it.")) {
  explore(
      [] {
        Gate gate;
        bool third_ran = false;
        lab::ThreadPoolExecutor pool(1);
        const auto start = std::chrono::steady_clock::now();
        auto results = map(
            pool,
            [&](int n) {
              if (n == 2) gate.pass();
              if (n == 3) third_ran = true;
              return n;
            },
            Numbers{1, 2, 3}, 25ms);
        std::this_thread::sleep_for(10ms);
        CHECK(read(results) == "1 TimeoutError");
        const nanoseconds passed = std::chrono::steady_clock::now() - start;
        CHECK(passed >= 25ms);
        if (exploring()) CHECK(passed < 25ms + 1us);
        gate.open();
        pool.shutdown();
        CHECK_FALSE(third_ran);
      },
      {.clock = Clock::kStrict});
  explore(  // it is over when somebody reads: what is there is there, and nobody waits any more
      [] {
        Gate second_runs;
        Gate gate;
        lab::ThreadPoolExecutor pool(1);
        const auto start = std::chrono::steady_clock::now();
        auto results = map(
            pool,
            [&](int n) {
              if (n == 1) return n;
              second_runs.open();
              gate.pass();
              return n;
            },
            Numbers{1, 2}, 10ms);
        second_runs.pass();
        std::this_thread::sleep_for(25ms);
        CHECK(read(results) == "1 TimeoutError");
        if (exploring()) CHECK((std::chrono::steady_clock::now() - start == 25ms));
        gate.open();
      },
      {.clock = Clock::kStrict});
  explore([] {
    bool ran = false;
    lab::ThreadPoolExecutor pool(1);
    const auto run = [&](int n) {
      ran = true;
      return n;
    };
    CHECK_THROWS_AS(map(pool, run, Numbers{1}, -1ns), std::invalid_argument);
    pool.shutdown();
    CHECK_THROWS_AS(map(pool, run, Numbers{1}), std::runtime_error);
    CHECK_FALSE(ran);
  });
}

TEST_CASE("the loop over a map keeps nothing that was read" * points(1) *
          hints("A result may be large. When the loop has had it, nobody needs it any more.",
                "Who has a handle of the first future while the loop waits for the second result?",
                "futures.pop_front() before the result is handed out; an index that only moves on "
                "keeps them all.")) {
  explore([] {
    std::atomic<int> alive = 0;
    int kept = -1;
    lab::ThreadPoolExecutor pool(1);
    auto results = pool.map(
        [&](int n) {
          if (n == 2) {
            quiesce();  // the loop waits for this one
            kept = alive;
          }
          ++alive;
          return std::shared_ptr<int>(new int(n), [&](const int* it) {
            --alive;
            delete it;
          });
        },
        Numbers{1, 2});
    int sum = 0;
    for (const auto& result : results) sum += *result;
    CHECK(sum == 3);
    if (exploring()) CHECK(kept == 0);
  });
}

TEST_CASE("who stops reading cancels the rest" * points(1) *
          hints("Nobody will ever ask for a result whose Generator is gone.",
                "What does the Generator's function own, and what happens when that is destroyed?",
                "struct Rest { std::deque<Future<T>> futures; ~Rest() { for (auto& future : "
                "futures) future.cancel(); } };   held by a shared_ptr in the Generator's "
                "function")) {
  explore([] {
    Gate second_runs;
    Gate gate;
    bool third_ran = false;
    lab::ThreadPoolExecutor pool(1);
    {
      auto results = map(
          pool,
          [&](int n) {
            if (n == 2) {
              second_runs.open();
              gate.pass();
            }
            if (n == 3) third_ran = true;
            return n;
          },
          Numbers{1, 2, 3});
      second_runs.pass();
      for (const int first : results) {
        CHECK(first == 1);
        break;
      }
    }
    gate.open();
    pool.shutdown();
    CHECK_FALSE(third_ran);
  });
}
