// The end of a pool: nothing lost, nothing done twice, nobody left waiting.

#include "12_thread_pool/thread_pool.h"
#include "grader/harness/lab_test.h"

namespace {

// Submits a task. Through one type for all of them: each type of task costs compile time.
lab::Future<void> submit(lab::ThreadPoolExecutor& pool, std::function<void()> task) {
  return pool.submit(std::move(task));
}

// Says good-bye when it goes: an argument whose destructor is somebody else's code.
class Parting {
 public:
  explicit Parting(std::function<void()> say) : say_(std::move(say)) {}
  Parting(const Parting&) = delete;
  ~Parting() { say_(); }

 private:
  const std::function<void()> say_;
};

// A task of a pool that waits until it is allowed to end, so that the test knows what has begun.
class LongTask {
 public:
  lab::Future<void> submit_to(lab::ThreadPoolExecutor& pool) {
    lab::Future<void> future = submit(pool, [this] {
      std::unique_lock hold(mutex_);
      has_begun_ = true;
      changed_.notify_all();
      changed_.wait(hold, [this] { return may_end_; });
    });
    std::unique_lock hold(mutex_);
    changed_.wait(hold, [this] { return has_begun_; });
    return future;
  }
  void end() {
    const std::scoped_lock hold(mutex_);
    may_end_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool has_begun_ = false;
  bool may_end_ = false;
};

}  // namespace

TEST_CASE("nothing can be submitted after shutdown" * points(1) *
          hints("A pool that is shut down takes no more work, and says so.",
                "Who would run a task that comes when the workers have gone home?",
                "if (is_shut_down_) throw std::runtime_error(\"...\");   in submit")) {
  explore([] {
    lab::ThreadPoolExecutor pool(1);
    bool ran = false;
    pool.shutdown();
    CHECK_THROWS_AS(submit(pool, [&] { ran = true; }), std::runtime_error);
    CHECK_FALSE(ran);
  });
}

TEST_CASE("shutdown waits until all is done, once" * points(2) *
          hints("A shutdown closes the entrance. What is inside is still done.",
                "A worker wakes up and finds the pool shut down. When may it go home?",
                "if (tasks_.empty()) return;   after a wait for: a task, or the shutdown")) {
  explore([] {
    std::string runs = "...";  // plain memory: shutdown orders the tasks before what follows
    lab::ThreadPoolExecutor pool(1);
    for (char& mark : runs) submit(pool, [&mark] { mark = mark == '.' ? '1' : '2'; });
    pool.shutdown();
    CHECK(runs == "111");
  });
  explore([] {
    std::string runs = "..";
    lab::ThreadPoolExecutor pool(2);
    for (char& mark : runs) submit(pool, [&mark] { mark = mark == '.' ? '1' : '2'; });
    pool.shutdown();
    CHECK(runs == "11");
  });
}

TEST_CASE("workers that sleep hear of the shutdown" * points(1) *
          hints("There will be no task any more: that is news for every sleeper.",
                "How many workers may be asleep? How many does your shutdown wake?",
                "is_shut_down_ = true; changed_.notify_all();   under the mutex")) {
  explore([] {
    lab::ThreadPoolExecutor pool(2);
    submit(pool, [] {});
    submit(pool, [] {});
    quiesce();
    pool.shutdown();
  });
  explore([] {
    lab::ThreadPoolExecutor pool(2);
    pool.shutdown();
  });
}

TEST_CASE("the destructor does what is left, and waits" * points(2) *
          hints("A pool may be a local variable: at the end of its scope all is done.",
                "A thread that is left to itself goes on using members that are gone.",
                "~ThreadPoolExecutor() { shutdown(); }")) {
  explore([] {
    std::string runs = "..";
    {
      lab::ThreadPoolExecutor pool(1);
      for (char& mark : runs) submit(pool, [&mark] { mark = mark == '.' ? '1' : '2'; });
    }
    CHECK(runs == "11");
  });
  explore([] {
    int runs = 0;
    {
      lab::ThreadPoolExecutor pool(1);
      submit(pool, [&] { ++runs; });
      pool.shutdown(false);  // has not waited; the destructor does
    }
    CHECK(runs == 1);
  });
}

TEST_CASE("shutdown without waiting comes back at once" * points(1) *
          hints("shutdown(false) says that no more will come, and goes its way.",
                "With wait = false, which part of shutdown is left out? And what do the workers "
                "do meanwhile?",
                "if (!wait) return;   before the joins")) {
  explore([] {
    LongTask task;
    lab::ThreadPoolExecutor pool(1);
    const auto busy = task.submit_to(pool);
    bool next_ran = false;
    const auto next = submit(pool, [&] { next_ran = true; });
    pool.shutdown(false);
    CHECK(busy.running());
    CHECK_FALSE(next.done());
    CHECK_THROWS_AS(submit(pool, [] {}), std::runtime_error);
    task.end();
    next.result();
    CHECK(next_ran);
  });
}

TEST_CASE("shutdown may cancel what has not begun" * points(2) *
          hints("cancel_futures: what has not begun never will. What has begun is finished.",
                "What is still in line, and what becomes of the futures of these tasks?",
                "Under the mutex, swap the line out; then, without it, cancel each future.")) {
  explore([] {
    LongTask task;
    int ran = 0;
    lab::ThreadPoolExecutor pool(1);
    int called = 0;
    const auto busy = task.submit_to(pool);
    const auto first = submit(pool, [&] { ++ran; });
    const auto second = submit(pool, [&] { ++ran; });
    const auto by_hand = submit(pool, [&] { ++ran; });
    first.add_done_callback([&](const lab::Future<void>& it) { called += it.cancelled() ? 1 : 9; });
    CHECK(by_hand.cancel());
    pool.shutdown(false, true);
    CHECK(first.cancelled());
    CHECK(second.cancelled());
    CHECK(called == 1);
    CHECK(busy.running());
    task.end();
    pool.shutdown();
    CHECK(ran == 0);
    CHECK(busy.done());
    CHECK_FALSE(busy.cancelled());
  });
}

TEST_CASE("who waits for a task that shutdown drops is told" * points(1) *
          hints("A task that will never be done is news for those who wait for its end.",
                "wait() counts a cancelled future when set_running_or_notify_cancel() has seen it. "
                "Who calls that, if the task never comes to a worker?",
                "future.cancel(); future.set_running_or_notify_cancel();")) {
  explore([] {
    LongTask task;
    lab::ThreadPoolExecutor pool(1);
    const auto busy = task.submit_to(pool);
    const auto dropped = submit(pool, [] {});
    const auto by_hand = submit(pool, [] {});
    by_hand.cancel();
    pool.shutdown(false, true);
    CHECK(lab::wait<void>({dropped, by_hand}, std::chrono::seconds(0)).done.size() == 2);
    CHECK(busy.running());
    task.end();
  });
}

TEST_CASE("a dropped task may use the pool" * points(1) *
          hints("Cancelling calls callbacks, and dropping a task destroys its arguments: all of "
                "it somebody else's code.",
                "Which locks does shutdown hold while it cancels, and while the tasks are "
                "destroyed?",
                "std::deque<...> dropped; { lock; dropped.swap(tasks_); } and then cancel them")) {
  explore([] {
    LongTask task;
    lab::ThreadPoolExecutor pool(1);
    const auto busy = task.submit_to(pool);
    std::string answers;
    const auto try_it = [&](const std::string& who) {
      try {
        submit(pool, [] {});
        answers += who + " submitted ";
      } catch (const std::runtime_error&) {
        answers += who + " refused ";
      }
    };
    const auto by_callback = submit(pool, [] {});
    by_callback.add_done_callback([&](const lab::Future<void>&) { try_it("callback"); });
    submit(pool, [parting = std::make_shared<Parting>([&] { try_it("argument"); })] {});
    pool.shutdown(false, true);
    task.end();
    pool.shutdown();
    CHECK((answers == "callback refused argument refused " ||
           answers == "argument refused callback refused "));
  });
}

TEST_CASE("a refused task may use the pool" * points(1) *
          hints("What is refused is destroyed, and its arguments with it: somebody else's code.",
                "submit throws. In which order do its local variables go: the lock, and the task?",
                "Make the task first, and lock then: what was made last goes first.")) {
  explore([] {
    lab::ThreadPoolExecutor pool(1);
    pool.shutdown();
    int refused = 0;
    const auto try_it = [&] {
      CHECK_THROWS_AS(submit(pool, [] {}), std::runtime_error);
      ++refused;
    };
    CHECK_THROWS_AS(submit(pool, [parting = std::make_shared<Parting>(try_it)] {}),
                    std::runtime_error);
    CHECK(refused == 1);
  });
}

TEST_CASE("what shutdown drops is gone before it waits" * points(1) *
          hints("What was given to a task may be what somebody else waits for: a lock, or a "
                "connection.",
                "shutdown(true, true) has dropped some tasks, and waits for the workers. How long "
                "do the dropped ones live?",
                "dropped.clear();   before the joins")) {
  explore([] {
    LongTask task;
    lab::ThreadPoolExecutor pool(1);
    const auto busy = task.submit_to(pool);  // until the other one's argument has gone
    const auto dropped =
        submit(pool, [parting = std::make_shared<Parting>([&] { task.end(); })] {});
    pool.shutdown(true, true);
    CHECK(busy.done());
    CHECK(dropped.cancelled());
  });
}

TEST_CASE("shutdown may be called again, and by several at once" * points(2) *
          hints("Each of them waits until the workers have ended.",
                "A std::thread can be joined once. What does the second caller do, so that it "
                "comes back neither too early nor with an error?",
                "std::scoped_lock hold(joining_); for (std::thread& worker : workers_) if "
                "(worker.joinable()) worker.join();")) {
  explore([] {
    int ran = 0;
    lab::ThreadPoolExecutor pool(1);
    submit(pool, [&] { ++ran; });
    const auto shut_down = [&] {
      pool.shutdown();
      CHECK(ran == 1);
    };
    std::thread a(shut_down);
    std::thread b(shut_down);
    a.join();
    b.join();
    pool.shutdown();
    pool.shutdown(false, true);
  });
}

TEST_CASE("what is submitted beside a shutdown is done or refused" * points(2) *
          hints("One of the two comes first. A task that was accepted is done.",
                "\"Is the pool open? Then put the task in line\": what may happen in between?",
                "Look at is_shut_down_ and push_back under one lock; and a worker goes home only "
                "when it has seen both, shut down and nothing in line, under that lock.")) {
  explore([] {
    int ran = 0;
    lab::ThreadPoolExecutor pool(1);
    bool refused = false;
    std::thread other([&] {
      try {
        submit(pool, [&] { ++ran; }).result();
      } catch (const std::runtime_error&) {
        refused = true;
      }
    });
    pool.shutdown();
    other.join();
    CHECK(ran + refused == 1);
  });
  explore([] {  // and by a task of the pool itself
    int ran = 0;
    lab::ThreadPoolExecutor pool(1);
    bool refused = false;
    submit(pool, [&] {
      try {
        submit(pool, [&] { ++ran; });
      } catch (const std::runtime_error&) {
        refused = true;
      }
    });
    pool.shutdown();
    CHECK(ran + refused == 1);
  });
}
