// must fail: "a failed build is tried again" deadlock
//
// lock() and unlock() by hand: when make() throws, the line with unlock() is never reached.
#ifndef LAB_03_RACES_RACES_H_
#define LAB_03_RACES_RACES_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

namespace lab {

class Counter {
 public:
  void increment() {
    std::scoped_lock hold(mutex_);
    ++value_;
  }

  void decrement() {
    std::scoped_lock hold(mutex_);
    --value_;
  }

  std::ptrdiff_t value() const {
    std::scoped_lock hold(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::ptrdiff_t value_ = 0;
};

class TicketOffice {
 public:
  explicit TicketOffice(std::ptrdiff_t tickets) : left_(tickets) {}

  std::ptrdiff_t search() const {
    std::scoped_lock hold(mutex_);
    return left_;
  }

  bool buy() {
    std::scoped_lock hold(mutex_);
    if (left_ == 0) return false;
    --left_;
    return true;
  }

 private:
  mutable std::mutex mutex_;
  std::ptrdiff_t left_;
};

template <class T>
class Lazy {
 public:
  explicit Lazy(std::function<T()> make) : make_(std::move(make)) {}

  T& get() {
    mutex_.lock();
    if (!value_) value_ = std::make_unique<T>(make_());
    mutex_.unlock();
    return *value_;
  }

 private:
  std::mutex mutex_;
  std::function<T()> make_;
  std::unique_ptr<T> value_;
};

enum class Variant { kPlain, kMinusEquals, kShortSleep, kLongSleep, kLocked };

inline std::set<int> outcomes(Variant variant, int threads) {
  if (variant == Variant::kLocked || threads == 0) return {0};
  std::set<int> all;
  for (int left = 0; left < threads; ++left) all.insert(left);
  return all;
}

}  // namespace lab

#endif  // LAB_03_RACES_RACES_H_
