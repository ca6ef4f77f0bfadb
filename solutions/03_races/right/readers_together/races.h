// Another right design: a shared lock, so that those who only read do not wait for each other; and
// a Lazy that calls make() with no lock held at all.
//
// Lazy is a monitor: `building_` says that somebody builds, so the mutex need not be held while
// make() runs, which may take long and may itself take locks. The price is that the failing case
// needs a line of its own: who fails must let the next one in.
#ifndef LAB_03_RACES_RACES_H_
#define LAB_03_RACES_RACES_H_

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <utility>

namespace lab {

class Counter {
 public:
  void increment() { add(1); }
  void decrement() { add(-1); }

  std::ptrdiff_t value() const {
    std::shared_lock hold(mutex_);
    return value_;
  }

 private:
  void add(std::ptrdiff_t amount) {
    std::unique_lock hold(mutex_);
    value_ += amount;
  }

  mutable std::shared_mutex mutex_;
  std::ptrdiff_t value_ = 0;
};

class TicketOffice {
 public:
  explicit TicketOffice(std::ptrdiff_t tickets) : left_(tickets) {}

  std::ptrdiff_t search() const {
    std::shared_lock hold(mutex_);
    return left_;
  }

  // A shared lock for the test and a unique one for the sale would be two critical sections.
  bool buy() {
    std::unique_lock hold(mutex_);
    if (left_ == 0) return false;
    --left_;
    return true;
  }

 private:
  mutable std::shared_mutex mutex_;
  std::ptrdiff_t left_;
};

template <class T>
class Lazy {
 public:
  explicit Lazy(std::function<T()> make) : make_(std::move(make)) {}

  T& get() {
    std::unique_lock hold(mutex_);
    changed_.wait(hold, [this] { return !building_; });
    if (value_) return *value_;
    building_ = true;
    hold.unlock();
    std::optional<T> value;
    try {
      value.emplace(make_());
    } catch (...) {
      hold.lock();
      building_ = false;
      changed_.notify_one();
      throw;
    }
    hold.lock();
    value_ = std::move(value);
    building_ = false;
    changed_.notify_all();
    return *value_;
  }

 private:
  std::mutex mutex_;  // guards building_ and value_
  std::condition_variable changed_;
  bool building_ = false;
  std::optional<T> value_;
  std::function<T()> make_;  // only for the thread that set building_
};

enum class Variant { kPlain, kMinusEquals, kShortSleep, kLongSleep, kLocked };

// Adding a thread to a program of n threads: it may come last, or read with the others and be lost.
inline std::set<int> outcomes(Variant variant, int threads) {
  if (threads <= 1 || variant == Variant::kLocked) return {0};
  std::set<int> all = outcomes(variant, threads - 1);
  all.insert(threads - 1);
  return all;
}

}  // namespace lab

#endif  // LAB_03_RACES_RACES_H_
