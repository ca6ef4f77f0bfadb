// Another right design: the standard's own one-step operations instead of a mutex.
//
// Counter: fetch_add is a read and a write in one step. TicketOffice: compare_exchange takes a
// ticket only if nobody took one since we looked, else it tells us the new number and we look
// again. Lazy has no such step, "build it if it is not there" is too long for one; so it keeps to
// one mutex, for the look as well: a few nanoseconds a call, and nothing to prove. (std::call_once
// would do too.)
#ifndef LAB_03_RACES_RACES_H_
#define LAB_03_RACES_RACES_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

namespace lab {

class Counter {
 public:
  // Relaxed: the number guards nothing else, and a thread that was told to look (by a join, a lock)
  // is ordered by that.
  void increment() { value_.fetch_add(1, std::memory_order_relaxed); }
  void decrement() { value_.fetch_sub(1, std::memory_order_relaxed); }
  std::ptrdiff_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::ptrdiff_t> value_ = 0;
};

class TicketOffice {
 public:
  explicit TicketOffice(std::ptrdiff_t tickets) : left_(tickets) {}

  std::ptrdiff_t search() const { return left_.load(); }

  bool buy() {
    std::ptrdiff_t left = left_.load();
    while (left > 0) {
      if (left_.compare_exchange_weak(left, left - 1)) return true;
    }
    return false;
  }

 private:
  std::atomic<std::ptrdiff_t> left_;
};

template <class T>
class Lazy {
 public:
  explicit Lazy(std::function<T()> make) : make_(std::move(make)) {}

  T& get() {
    std::scoped_lock hold(mutex_);
    if (!value_) value_.emplace(make_());
    return *value_;
  }

 private:
  std::mutex mutex_;
  std::function<T()> make_;
  std::optional<T> value_;
};

enum class Variant { kPlain, kMinusEquals, kShortSleep, kLongSleep, kLocked };

inline std::set<int> outcomes(Variant variant, int threads) {
  switch (variant) {
    case Variant::kLocked:
      return {0};
    case Variant::kPlain:
    case Variant::kMinusEquals:
    case Variant::kShortSleep:
    case Variant::kLongSleep:
      break;
  }
  std::set<int> all = {0};
  for (int lost = 1; lost < threads; ++lost) all.insert(lost);
  return all;
}

}  // namespace lab

#endif  // LAB_03_RACES_RACES_H_
