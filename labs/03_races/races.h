#ifndef LAB_03_RACES_RACES_H_
#define LAB_03_RACES_RACES_H_

// Three small classes that are right in one thread, and what becomes of them in two.
//
// Mend them. You may change every private member; the public methods and
// what they promise stay.
//
// --- Think before you write --------------------------------------------
//
//  * `./lab grade 03_races` shows an interleaving that goes wrong.
//    Between which two lines did the other thread come in?
//  * Every bug here looks at something, then acts on what it saw. How do
//    you make the two one step? What must every *other* method do then?
//  * "It only reads" is no excuse: what is a data race?
//  * You call a function while you hold a lock. What if it throws?

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <utility>

namespace lab {

// A number that many threads count up and down. None of their counts is lost.
//
// Memory ordering: none is promised but this: what one thread counted before it did something that
// happens before another thread's value() is in that value().
class Counter {
 public:
  // Adds one. In Python: `self.value += 1`.
  void increment() {
    value_ = value_ + 1;
  }

  // Takes one away.
  void decrement() {
    value_ = value_ - 1;
  }

  // The number now. It may be old by the time the caller looks at it, but it was true once.
  std::ptrdiff_t value() const {
    return value_;
  }

 private:
  std::ptrdiff_t value_ = 0;
};

// Sells a fixed number of tickets to any number of buyers at the same time. Never sells one twice,
// and refuses nobody while tickets remain.
class TicketOffice {
 public:
  // `tickets` is 0 or more.
  explicit TicketOffice(std::ptrdiff_t tickets) : left_(tickets) {}

  // How many are left: what the board in the hall shows. Between 0 and `tickets`, and never more
  // than it showed before. Who reads it has reserved nothing.
  std::ptrdiff_t search() const {
    return left_;
  }

  // Buys a ticket. Returns whether the caller got one; false means that all are sold.
  bool buy() {
    if (search() == 0) return false;
    left_ = left_ - 1;
    return true;
  }

 private:
  std::ptrdiff_t left_;
};

// A value that is built when somebody first asks for it, by whoever asks first, once.
//
// Memory ordering: everything that the building did happens before every return of get(). So a
// caller sees the value whole, and may read it without a lock (to change it, callers need one).
template <class T>
class Lazy {
 public:
  // `make` builds the value. It is called by one thread at a time, and not again once it returned.
  explicit Lazy(std::function<T()> make) : make_(std::move(make)) {}

  // The value; builds it if this is the first call. Blocks while another thread builds it. What
  // make() throws leaves this call, and the next call tries again.
  T& get() {
    if (!value_) value_ = std::make_unique<T>(make_());
    return *value_;
  }

 private:
  std::function<T()> make_;
  std::unique_ptr<T> value_;
};

// A prediction. `threads` threads share `count`, which begins at `threads`; each takes one away. A
// read is one step, a write is one step, and between any two steps any other thread may run.
enum class Variant {
  kPlain,        // int mine = count;  count = mine - 1;
  kMinusEquals,  // count -= 1;        on a plain int: the processor loads, subtracts and stores
  kShortSleep,   // int mine = count;  sleep for 1 ms;    count = mine - 1;
  kLongSleep,    // int mine = count;  sleep for 100 ms;  count = mine - 1;
  kLocked,       // lock;  int mine = count;  count = mine - 1;  unlock;
};

// Every value that `count` can have when all threads have ended. Not the likely ones: all that some
// interleaving leads to. `threads` is 0 or more. The grader runs every interleaving and compares.
inline std::set<int> outcomes(Variant variant, int threads) {
  (void)variant;
  (void)threads;
  // Two threads, on paper: in which orders can their four steps come?
  throw std::logic_error("not implemented");
}

}  // namespace lab

#endif  // LAB_03_RACES_RACES_H_
