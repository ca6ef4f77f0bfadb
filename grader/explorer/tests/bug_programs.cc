#include "grader/explorer/tests/bug_programs.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <queue>
#include <thread>
#include <utility>
#include <vector>

#include "grader/explorer/tests/expect.h"

namespace lockstep::bugs {
namespace {

using tests::expect;

// Runs `work` in two threads and waits for both.
template <typename Work>
void twice_at_once(const Work& work) {
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();
}

int plain_total = 0;
std::atomic<int> atomic_total{0};

struct Settings {
  int width = 80;
  int height = 25;
};

Settings* plain_settings = nullptr;
std::mutex settings_mutex;

Settings* settings() {
  if (plain_settings == nullptr) {
    std::lock_guard hold(settings_mutex);
    if (plain_settings == nullptr) plain_settings = new Settings;
  }
  return plain_settings;
}

std::atomic<Settings*> atomic_settings{nullptr};
int settings_made = 0;

class Mailbox {
 public:
  void put(int letter) {
    {
      std::lock_guard hold(mutex_);
      letters_.push_back(letter);
    }
    arrived_.notify_one();
  }

  int get() {
    std::unique_lock hold(mutex_);
    if (letters_.empty()) arrived_.wait(hold);
    expect(!letters_.empty(), "a consumer woke up to an empty mailbox");
    const int letter = letters_.front();
    letters_.pop_front();
    return letter;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<int> letters_;
};

class TimidBarrier {
 public:
  explicit TimidBarrier(int parties) : parties_(parties) {}

  void wait() {
    std::unique_lock hold(mutex_);
    const int generation = generation_;
    if (++arrived_ == parties_) {
      arrived_ = 0;
      ++generation_;
      opened_.notify_one();
      return;
    }
    while (generation == generation_) opened_.wait(hold);
  }

 private:
  const int parties_;
  std::mutex mutex_;
  std::condition_variable opened_;
  int arrived_ = 0;
  int generation_ = 0;
};

class ForgetfulBarrier {
 public:
  explicit ForgetfulBarrier(int parties) : parties_(parties) {}

  void wait() {
    std::unique_lock hold(mutex_);
    if (++arrived_ == parties_) {
      arrived_ = 0;
      opened_.notify_all();
      return;
    }
    while (arrived_ != 0) opened_.wait(hold);
  }

 private:
  const int parties_;
  std::mutex mutex_;
  std::condition_variable opened_;
  int arrived_ = 0;
};

class Pool {
 public:
  explicit Pool(int workers) {
    for (int i = 0; i < workers; ++i) workers_.emplace_back([this] { work(); });
  }

  ~Pool() {
    {
      std::lock_guard hold(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    for (std::thread& worker : workers_) worker.join();
  }

  void submit(std::function<void()> task) {
    {
      std::lock_guard hold(mutex_);
      tasks_.push(std::move(task));
    }
    changed_.notify_one();
  }

 private:
  void work() {
    for (;;) {
      std::unique_lock hold(mutex_);
      changed_.wait(hold, [this] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      std::function<void()> task = std::move(tasks_.front());
      tasks_.pop();
      hold.unlock();
      task();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::queue<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace

void lost_update() {
  twice_at_once([] { plain_total++; });
  expect(plain_total == 2, "an increment was lost");
}

void lost_update_twice() {
  twice_at_once([] {
    plain_total++;
    plain_total++;
  });
  expect(plain_total == 4, "an increment was lost");
}

void lost_update_atomic() {
  twice_at_once([] {
    for (int turn = 0; turn < 2; ++turn) atomic_total.store(atomic_total.load() + 1);
  });
  expect(atomic_total.load() == 4, "an increment was lost");
}

void opposite_locks() {
  std::mutex left;
  std::mutex right;
  int balance = 0;
  std::thread forth([&] {
    for (int turn = 0; turn < 2; ++turn) {
      std::lock_guard first(left);
      std::lock_guard second(right);
      ++balance;
    }
  });
  std::thread back([&] {
    for (int turn = 0; turn < 2; ++turn) {
      std::lock_guard first(right);
      std::lock_guard second(left);
      --balance;
    }
  });
  forth.join();
  back.join();
}

void if_around_wait() {
  Mailbox box;
  std::thread first([&] { box.get(); });
  std::thread second([&] { box.get(); });
  std::thread sender([&] {
    box.put(1);
    box.put(2);
  });
  first.join();
  second.join();
  sender.join();
}

void notify_before_wait() {
  std::mutex mutex;
  std::condition_variable opened;
  bool open = false;
  std::thread guest([&] {
    std::unique_lock hold(mutex);
    opened.wait(hold);
    expect(open, "the guest went in before the door was open");
  });
  {
    std::lock_guard hold(mutex);
    open = true;
  }
  opened.notify_one();
  guest.join();
}

void flag_without_lock() {
  std::mutex mutex;
  std::condition_variable opened;
  std::atomic<bool> open{false};
  std::thread guest([&] {
    std::unique_lock hold(mutex);
    while (!open) opened.wait(hold);
  });
  open = true;
  opened.notify_one();
  guest.join();
}

void double_checked_locking() {
  twice_at_once([] {
    const Settings* seen = settings();
    expect(seen->width == 80 && seen->height == 25, "half-made settings were seen");
  });
  delete plain_settings;
}

void check_then_act() {
  twice_at_once([] {
    if (atomic_settings.load() == nullptr) {
      settings_made++;
      atomic_settings.store(new Settings);
    }
  });
  expect(settings_made == 1, "the settings were made twice");
}

void barrier_notifies_one() {
  TimidBarrier barrier(3);
  const auto cross = [&] { barrier.wait(); };
  std::thread first(cross);
  std::thread second(cross);
  std::thread third(cross);
  first.join();
  second.join();
  third.join();
}

void barrier_without_generation() {
  ForgetfulBarrier barrier(2);
  twice_at_once([&] {
    barrier.wait();
    barrier.wait();
  });
}

void use_after_release() {
  auto* references = new std::atomic<int>(2);
  twice_at_once([references] {
    if (references->fetch_sub(1) == 1) {
      delete references;
    } else {
      (void)references->load();
    }
  });
}

void one_condition_for_two() {
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0;
  const auto put = [&] {
    std::unique_lock hold(mutex);
    while (inside == 1) changed.wait(hold);
    ++inside;
    changed.notify_one();
  };
  const auto get = [&] {
    std::unique_lock hold(mutex);
    while (inside == 0) changed.wait(hold);
    --inside;
    changed.notify_one();
  };
  std::thread producer([&] {
    put();
    put();
  });
  std::thread first(get);
  std::thread second(get);
  producer.join();
  first.join();
  second.join();
}

void pool_stops_one() {
  std::atomic<int> done{0};
  {
    Pool pool(3);
    for (int task = 0; task < 6; ++task) pool.submit([&done] { done++; });
  }
  expect(done.load() == 6, "a task was dropped");
}

}  // namespace lockstep::bugs
