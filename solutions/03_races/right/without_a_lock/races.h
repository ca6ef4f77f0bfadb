// Another right design: nobody ever holds a lock, and the prediction is not written down but found.
//
// TicketOffice gives out numbers, like a machine with a paper roll: fetch_add gives every buyer
// another number, and the first n numbers are tickets. Lazy has three states in one atomic; who
// moves it from "empty" to "building" builds, and the others sleep until the state changes.
// outcomes() runs every interleaving of a model of the program: what the grader does with the real
// one.
#ifndef LAB_03_RACES_RACES_H_
#define LAB_03_RACES_RACES_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace lab {

class Counter {
 public:
  void increment() { add(1); }
  void decrement() { add(-1); }
  std::ptrdiff_t value() const { return value_.load(); }

 private:
  // "If the number is still what I saw, make it this": what fetch_add is made of on processors that
  // have no such instruction. A failed try means that another thread's count went through.
  void add(std::ptrdiff_t amount) {
    std::ptrdiff_t seen = value_.load();
    while (!value_.compare_exchange_weak(seen, seen + amount)) {
    }
  }

  std::atomic<std::ptrdiff_t> value_ = 0;
};

class TicketOffice {
 public:
  explicit TicketOffice(std::ptrdiff_t tickets) : tickets_(tickets) {}

  std::ptrdiff_t search() const {
    return std::max<std::ptrdiff_t>(0, tickets_ - next_number_.load());
  }

  bool buy() { return next_number_.fetch_add(1) < tickets_; }

 private:
  const std::ptrdiff_t tickets_;
  std::atomic<std::ptrdiff_t> next_number_ = 0;
};

template <class T>
class Lazy {
 public:
  explicit Lazy(std::function<T()> make) : make_(std::move(make)) {}

  T& get() {
    for (;;) {
      State state = kEmpty;
      if (state_.compare_exchange_strong(state, kBuilding)) build();
      if (state == kBuilding) state_.wait(kBuilding);
      if (state_.load() == kBuilt) return *value_;
    }
  }

 private:
  enum State { kEmpty, kBuilding, kBuilt };

  void build() {
    try {
      value_ = std::make_unique<T>(make_());
    } catch (...) {
      move_to(kEmpty);
      throw;
    }
    move_to(kBuilt);
  }

  void move_to(State state) {
    state_.store(state);
    state_.notify_all();
  }

  std::function<T()> make_;
  std::unique_ptr<T> value_;
  std::atomic<State> state_ = kEmpty;
};

enum class Variant { kPlain, kMinusEquals, kShortSleep, kLongSleep, kLocked };

namespace model {

struct Taker {
  int steps = 0;  // 0: before the read, 1: between read and write, 2: done
  int mine = 0;
};

// Adds to `all` what can be left when the program goes on from here.
inline void go_on(bool locked, int count, std::vector<Taker>& takers, std::set<int>& all) {
  const bool lock_is_taken =
      locked && std::ranges::any_of(takers, [](const Taker& t) { return t.steps == 1; });
  bool ended = true;
  for (Taker& taker : takers) {
    if (taker.steps == 2) continue;
    ended = false;
    if (taker.steps == 0 && lock_is_taken) continue;
    const Taker before = taker;
    if (taker.steps++ == 0) {
      taker.mine = count;
      go_on(locked, count, takers, all);
    } else {
      go_on(locked, taker.mine - 1, takers, all);
    }
    taker = before;
  }
  if (ended) all.insert(count);
}

}  // namespace model

inline std::set<int> outcomes(Variant variant, int threads) {
  std::set<int> all;
  std::vector<model::Taker> takers(threads);
  model::go_on(variant == Variant::kLocked, threads, takers, all);
  return all;
}

}  // namespace lab

#endif  // LAB_03_RACES_RACES_H_
