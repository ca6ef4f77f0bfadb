// Pipeline: one stage fails, and everybody must hear of it, wherever they sleep.

#include "11_producer_consumer/pipeline.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;

constexpr Options kExactTime{.clock = Clock::kStrict};

// What stages throw here, and not a std::exception.
struct Broken {
  int item;
};

// Runs the line. Returns the item that was Broken, 0 if none.
int broken(const lab::Pipeline<int>& line, std::vector<int> inputs) {
  try {
    line.run(std::move(inputs));
  } catch (const Broken& error) {
    return error.item;
  }
  return 0;
}

int pass(int n) { return n; }
int fail(int n) { throw Broken{n}; }

}  // namespace

TEST_CASE("what a stage throws comes out of run" * points(3) *
          hints("Whoever called run() must learn of it, whatever was thrown.",
                "A worker is a thread: no exception may leave it. Keep it, stop, and let run() "
                "throw it when all are home.",
                "catch (...) { failure = std::current_exception(); ... }   after the joins: if "
                "(failure) std::rethrow_exception(failure);")) {
  explore([] {
    lab::Pipeline<int> line(1);
    line.stage(fail);
    CHECK(broken(line, {7}) == 7);
  });
  explore([] {
    lab::Pipeline<int> line(1);
    line.stage(pass).stage(fail);
    CHECK(broken(line, {7}) == 7);
  });
}

TEST_CASE("a failure wakes who waits for room" * points(2) *
          hints("The stage before the failed one sleeps at a full queue, and so does run() itself.",
                "Who takes the items out now that would have made room? Nobody: then somebody "
                "must wake the sleepers.",
                "for every queue: shutdown(true);   and the sleepers catch ShutDown")) {
  explore([] {  // all stand still: the first stage before a full queue, and run() too
    lab::Pipeline<int> line(1);
    line.stage(pass);
    line.stage([](int n) {
      quiesce();
      return fail(n);
    });
    CHECK(broken(line, {1, 2, 3, 4, 5}) == 1);
  });
  explore([] {  // the first stage fails: run() alone waits for room
    lab::Pipeline<int> line(1);
    line.stage(fail);
    CHECK(broken(line, {1, 2, 3}) == 1);
  });
}

TEST_CASE("a failure wakes who waits for items" * points(2) *
          hints("The stages behind the failed one wait for what will not come any more.",
                "Is the queue behind the failed stage closed? And the one behind that?",
                "for (auto& link : links_) link->items.shutdown(true);   all of them")) {
  explore([] {
    lab::Pipeline<int> line(1);
    line.stage([](int n) {
      quiesce();
      return fail(n);
    });
    line.stage(pass).stage(pass);
    CHECK(broken(line, {1}) == 1);
  });
  explore([] {  // and the other workers of its own stage
    lab::Pipeline<int> line(1);
    line.stage(fail, 2);
    CHECK(broken(line, {1}) == 1);
  });
}

TEST_CASE("after a failure no new work begins" * points(2) *
          hints("To stop means that what waits in the queues is not worked on any more.",
                "A worker wakes up after the failure: what does it do with the items that are "
                "still in its queue?",
                "shutdown(true) throws them away; with shutdown() they would still be done.")) {
  explore([] {
    lab::Pipeline<int> line(1);
    std::atomic<int> begun = 0;
    int calls = 0;
    line.stage([&](int n) {
      ++begun;
      return n;
    });
    line.stage([&](int n) {
      ++calls;
      quiesce();
      return fail(n);
    });
    CHECK(broken(line, {1, 2, 3, 4, 5}) == 1);
    CHECK(calls == 1);
    CHECK(begun <= 3);  // in the second stage, in its queue, in the first stage
  });
  // An item waits for the second stage, which is at work, when the first stage fails.
  explore(
      [] {
        lab::Pipeline<int> line(1);
        line.stage([](int n) {
          if (n < 3) return n;
          std::this_thread::sleep_for(10ms);
          return fail(n);
        });
        int calls = 0;
        line.stage([&](int n) {
          ++calls;
          std::this_thread::sleep_for(25ms);
          return n;
        });
        CHECK(broken(line, {1, 2, 3}) == 3);
        if (exploring()) CHECK(calls == 1);
      },
      kExactTime);
}

TEST_CASE("run waits for the calls that are under way" * points(2) *
          hints("run() does not return before everything of it has ended.",
                "One worker has failed; the other is still inside the stage's function, and uses "
                "what belongs to the caller of run().",
                "Join every worker, on every way out; never detach one.")) {
  explore(
      [] {
        lab::Pipeline<int> line(2);
        int ended = 0;
        line.stage(
            [&](int n) {
              std::this_thread::sleep_for(n == 1 ? 10ms : 30ms);
              if (n == 1) fail(n);
              ++ended;
              return n;
            },
            2);
        CHECK(broken(line, {1, 2}) == 1);
        if (exploring()) CHECK(ended == 1);
      },
      kExactTime);
}

TEST_CASE("of several failures one comes out" * points(1) *
          hints("Two stages may fail at the same time. The caller gets one exception, and a whole "
                "one.",
                "Who writes the exception down, and under which lock? And does the second one "
                "write over the first?",
                "std::scoped_lock hold(mutex_); if (!failure_) failure_ = "
                "std::current_exception();")) {
  explore([] {
    lab::Pipeline<int> line(1);
    line.stage(fail, 2);
    const int item = broken(line, {1, 2});
    CHECK(item >= 1);
    CHECK(item <= 2);
  });
}

TEST_CASE("a stage that throws ShutDown has failed, too" * points(2) *
          hints("ShutDown is how your queues say that it is over. A stage may use queues of its "
                "own.",
                "Your catch of ShutDown: around which calls is it? An item is lost, and run() "
                "takes the rest for the result.",
                "A try block of its own around f(...), with catch (...); ShutDown is caught "
                "around get() and put() only.")) {
  explore([] {
    lab::Pipeline<int> line(1);
    line.stage([](int n) -> int {
      lab::Queue<int> own;
      own.shutdown();
      return n + own.get();
    });
    line.stage(pass);
    CHECK_THROWS_AS(line.run({1}), lab::ShutDown);
  });
}

TEST_CASE("a failed run leaves nothing behind" * points(2) *
          hints("No items, no threads, no closed queue: the next run is like the first.",
                "Where do the items go that lie in the queues when all is over? And what does the "
                "next run find closed, or already failed?",
                "Everything that belongs to a run is local to run().")) {
  explore([] {
    lab::Pipeline<std::shared_ptr<int>> line(1);
    bool works = false;
    line.stage([&](std::shared_ptr<int> n) {
      if (!works) throw Broken{*n};
      return n;
    });
    const auto item = std::make_shared<int>(7);
    CHECK_THROWS_AS(line.run({item, item}), Broken);
    CHECK(item.use_count() == 1);
    works = true;
    CHECK(line.run({item}).front() == item);
  });
}
