#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>

#include "grader/explorer/tests/expect.h"
#include "grader/explorer/tests/suite.h"

namespace lockstep::tests {
namespace {

// A lock for readers and writers; wrong: the last reader who leaves wakes nobody.
template <bool kRight>
class RoomLock {
 public:
  void lock() {
    std::unique_lock hold(mutex_);
    changed_.wait(hold, [this] { return !writing_ && readers_ == 0; });
    writing_ = true;
  }
  void unlock() {
    std::lock_guard hold(mutex_);
    writing_ = false;
    changed_.notify_all();
  }
  void lock_shared() {
    std::unique_lock hold(mutex_);
    changed_.wait(hold, [this] { return !writing_; });
    ++readers_;
  }
  void unlock_shared() {
    std::lock_guard hold(mutex_);
    if (--readers_ == 0 && kRight) changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int readers_ = 0;
  bool writing_ = false;
};

template <bool kRight>
void room_lock() {
  RoomLock<kRight> room;
  int value = 0;
  const auto write = [&] {
    room.lock();
    ++value;
    room.unlock();
  };
  const auto read = [&] {
    room.lock_shared();
    expect(value <= 1, "more was written than was to be written");
    room.unlock_shared();
  };
  std::thread a(write);
  std::thread b(read);
  std::thread c(read);
  a.join();
  b.join();
  c.join();
}

// The worker looks at `stop` before it takes the lock that guards its sleep.
template <bool kRight>
void missed_stop() {
  std::mutex mutex;
  std::condition_variable changed;
  std::atomic<bool> stop{false};
  std::thread worker([&] {
    while (!stop) {
      std::unique_lock hold(mutex);
      if (kRight && stop) break;
      changed.wait(hold);
    }
  });
  {
    std::lock_guard hold(mutex);
    stop = true;
  }
  changed.notify_one();
  worker.join();
}

// "pbzip2": the queue goes when its producer is done, though a consumer may still look at it.
template <bool kRight>
void queue_freed_early() {
  struct Queue {
    std::mutex mutex;
    int items = 1;
  };
  auto* queue = new Queue;
  std::thread consumer([queue] {
    std::lock_guard hold(queue->mutex);
    --queue->items;
  });
  if (kRight) consumer.join();
  delete queue;
  if (!kRight) consumer.join();
}

// Philosophers with a doorman who lets in all of them instead of all but one.
template <bool kRight>
void lenient_doorman() {
  constexpr int kSeats = 3;
  std::counting_semaphore<> doorman(kRight ? kSeats - 1 : kSeats);
  std::array<std::mutex, kSeats> forks;
  std::vector<std::thread> seats;
  for (int seat = 0; seat < kSeats; ++seat) {
    seats.emplace_back([&, seat] {
      doorman.acquire();
      {
        std::lock_guard left(forks[static_cast<std::size_t>(seat)]);
        std::lock_guard right(forks[static_cast<std::size_t>((seat + 1) % kSeats)]);
      }
      doorman.release();
    });
  }
  for (std::thread& seat : seats) seat.join();
}

// A gate that opens and closes again: who has not woken up by then sleeps on. Right: it counts how
// often it was opened.
template <bool kRight>
void pulsed_gate() {
  std::mutex mutex;
  std::condition_variable opened;
  std::binary_semaphore guest_is_here(0);
  bool open = false;
  int times_opened = 0;
  std::thread guest([&] {
    std::unique_lock hold(mutex);
    guest_is_here.release();  // and the gate stays as it is until the guest sleeps
    const int before = times_opened;
    opened.wait(hold, [&] { return kRight ? times_opened != before : open; });
  });
  std::thread keeper([&] {
    guest_is_here.acquire();
    {
      std::lock_guard hold(mutex);
      open = true;
      ++times_opened;
      opened.notify_all();
    }
    std::lock_guard hold(mutex);
    open = false;
  });
  guest.join();
  keeper.join();
}

// Two producers and one consumer on a buffer of one place; the producer tests once before it waits.
template <bool kRight>
void overfull_buffer() {
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0;
  const auto put = [&] {
    std::unique_lock hold(mutex);
    if (kRight) {
      while (inside == 1) changed.wait(hold);
    } else if (inside == 1) {
      changed.wait(hold);
    }
    ++inside;
    expect(inside == 1, "the buffer holds more than it can");
    changed.notify_all();
  };
  const auto get = [&] {
    for (int item = 0; item < 3; ++item) {
      std::unique_lock hold(mutex);
      while (inside == 0) changed.wait(hold);
      --inside;
      changed.notify_all();
    }
  };
  std::thread a([&] {
    put();
    put();
  });
  std::thread b(put);
  std::thread c(get);
  a.join();
  b.join();
  c.join();
}

// A semaphore of two permits around a table that only one may use.
template <bool kRight>
void too_many_permits() {
  std::counting_semaphore<> permits(kRight ? 1 : 2);
  int table = 0;
  const auto use = [&] {
    permits.acquire();
    ++table;
    permits.release();
  };
  std::thread a(use);
  std::thread b(use);
  a.join();
  b.join();
  expect(table == 2, "an update of the table was lost");
}

}  // namespace

std::span<const Pair> wait_pairs() {
  using enum Rule;
  static const std::vector<Pair> pairs{
      {"room lock", room_lock<false>, room_lock<true>, {kLostWakeup}},
      {"missed stop", missed_stop<false>, missed_stop<true>, {kLostWakeup}},
      {"queue freed early",
       queue_freed_early<false>,
       queue_freed_early<true>,
       {kUseAfterFree, kDataRace, kDestroyedInUse}},
      {"lenient doorman", lenient_doorman<false>, lenient_doorman<true>, {kDeadlock}},
      {"pulsed gate", pulsed_gate<false>, pulsed_gate<true>, {kLostWakeup}},
      {"overfull buffer", overfull_buffer<false>, overfull_buffer<true>, {kCheckFailed}},
      {"too many permits", too_many_permits<false>, too_many_permits<true>, {kDataRace}},
  };
  return pairs;
}

}  // namespace lockstep::tests
