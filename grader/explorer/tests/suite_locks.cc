#include <array>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "grader/explorer/tests/expect.h"
#include "grader/explorer/tests/suite.h"

namespace lockstep::tests {
namespace {

// "Two stage": a value under one lock, what follows from it under another; between the two stages a
// reader sees the first without the second.
template <bool kRight>
void two_stages() {
  std::mutex first_mutex;
  std::mutex second_mutex;
  int first = 0;
  int second = 0;
  const auto write = [&] {
    std::unique_lock hold_first(first_mutex);
    first = 1;
    if (!kRight) hold_first.unlock();
    std::lock_guard hold_second(second_mutex);
    second = 2;
  };
  const auto read = [&] {
    std::unique_lock hold_first(first_mutex);
    const int seen_first = first;
    if (!kRight) hold_first.unlock();
    std::lock_guard hold_second(second_mutex);
    expect(seen_first == 0 || second == 2, "the second stage is missing");
  };
  std::thread a(write);
  std::thread b(write);
  std::thread c(read);
  a.join();
  b.join();
  c.join();
}

// "Wrong lock": everybody locks, not everybody the same.
template <bool kRight>
void wrong_lock() {
  std::mutex mutex;
  std::mutex other;
  int total = 0;
  const auto add_under = [&total](std::mutex& lock) {
    std::lock_guard hold(lock);
    ++total;
  };
  std::thread a([&] { add_under(mutex); });
  std::thread b([&] { add_under(mutex); });
  std::thread c([&] { add_under(kRight ? mutex : other); });
  a.join();
  b.join();
  c.join();
  expect(total == 3, "an addition was lost");
}

// "Account": the balance is checked in one critical section and drawn from in another.
template <bool kRight>
void overdrawn_account() {
  std::mutex mutex;
  int balance = 100;
  const auto withdraw = [&](int amount) {
    std::unique_lock hold(mutex);
    const bool enough = balance >= amount;
    if (!kRight) {
      hold.unlock();
      hold.lock();
    }
    if (enough) balance -= amount;
  };
  std::thread a(withdraw, 60);
  std::thread b(withdraw, 60);
  std::thread c(withdraw, 30);
  a.join();
  b.join();
  c.join();
  expect(balance >= 0, "the account is overdrawn");
}

// A text whose every method locks. Appending one text to another asks twice, for the length and for
// the letters, and the other may have shrunk in between (Java's StringBuffer of 1.4).
class Text {
 public:
  explicit Text(std::string letters) : letters_(std::move(letters)) {}

  int length() {
    std::lock_guard hold(mutex_);
    return static_cast<int>(letters_.size());
  }
  std::string first(int count) {
    std::lock_guard hold(mutex_);
    expect(count <= static_cast<int>(letters_.size()), "letters past the end were asked for");
    return letters_.substr(0, static_cast<std::size_t>(count));
  }
  std::string all() {
    std::lock_guard hold(mutex_);
    return letters_;
  }
  void clear() {
    std::lock_guard hold(mutex_);
    letters_.clear();
  }
  void append(const std::string& letters) {
    std::lock_guard hold(mutex_);
    letters_ += letters;
  }

 private:
  std::mutex mutex_;
  std::string letters_;
};

template <bool kRight>
void shrinking_text() {
  Text from("abc");
  Text to("x");
  std::thread appender([&] { to.append(kRight ? from.all() : from.first(from.length())); });
  std::thread eraser([&] { from.clear(); });
  appender.join();
  eraser.join();
}

// The first who comes locks the room, the last who goes unlocks it: not always the same thread,
// which a mutex does not allow. Right: a semaphore, which has no owner.
template <bool kRight>
void last_one_unlocks() {
  std::mutex counter_mutex;
  std::mutex room_mutex;
  std::binary_semaphore room_semaphore(1);
  int inside = 0;
  const auto enter = [&] {
    std::lock_guard hold(counter_mutex);
    if (++inside != 1) return;
    if (kRight) {
      room_semaphore.acquire();
    } else {
      room_mutex.lock();
    }
  };
  const auto leave = [&] {
    std::lock_guard hold(counter_mutex);
    if (--inside != 0) return;
    if (kRight) {
      room_semaphore.release();
    } else {
      room_mutex.unlock();
    }
  };
  const auto visit = [&] {
    enter();
    leave();
  };
  std::thread a(visit);
  std::thread b(visit);
  a.join();
  b.join();
}

// Three philosophers, each with the fork on the left first; right: the last one begins on the
// right.
template <bool kRight>
void philosophers() {
  std::array<std::mutex, 3> forks;
  std::vector<std::thread> seats;
  for (std::size_t seat = 0; seat < forks.size(); ++seat) {
    seats.emplace_back([&forks, seat] {
      std::size_t first = seat;
      std::size_t second = (seat + 1) % forks.size();
      if (kRight && second < first) std::swap(first, second);
      std::lock_guard hold_first(forks[first]);
      std::lock_guard hold_second(forks[second]);
    });
  }
  for (std::thread& seat : seats) seat.join();
}

// "Insert if absent" in two critical sections.
template <bool kRight>
void inserted_twice() {
  std::mutex mutex;
  std::vector<int> keys;
  const auto insert = [&](int key) {
    std::unique_lock hold(mutex);
    bool absent = true;
    for (const int other : keys) absent = absent && other != key;
    if (!kRight) {
      hold.unlock();
      hold.lock();
    }
    if (absent) keys.push_back(key);
  };
  std::thread a(insert, 7);
  std::thread b(insert, 7);
  a.join();
  b.join();
  expect(keys.size() == 1, "the key is there twice");
}

// Read under the shared lock, write under the exclusive one, and what was read is old by then.
template <bool kRight>
void stale_upgrade() {
  std::shared_mutex mutex;
  int version = 0;
  const auto advance = [&] {
    int seen = 0;
    {
      std::shared_lock look(mutex);
      seen = version;
    }
    std::lock_guard change(mutex);
    version = (kRight ? version : seen) + 1;
  };
  std::thread a(advance);
  std::thread b(advance);
  a.join();
  b.join();
  expect(version == 2, "an update was lost between look and change");
}

}  // namespace

std::span<const Pair> lock_pairs() {
  using enum Rule;
  static const std::vector<Pair> pairs{
      {"two stages", two_stages<false>, two_stages<true>, {kCheckFailed}},
      {"wrong lock", wrong_lock<false>, wrong_lock<true>, {kDataRace}},
      {"overdrawn account", overdrawn_account<false>, overdrawn_account<true>, {kCheckFailed}},
      {"shrinking text", shrinking_text<false>, shrinking_text<true>, {kCheckFailed}},
      {"last one unlocks", last_one_unlocks<false>, last_one_unlocks<true>, {kUnlockNotOwner}},
      {"philosophers", philosophers<false>, philosophers<true>, {kDeadlock}},
      {"inserted twice", inserted_twice<false>, inserted_twice<true>, {kCheckFailed}},
      {"stale upgrade", stale_upgrade<false>, stale_upgrade<true>, {kCheckFailed}},
  };
  return pairs;
}

}  // namespace lockstep::tests
