#ifndef LAB_03_RACES_RACES_H_
#define LAB_03_RACES_RACES_H_

// Three small classes that are right in one thread, and what becomes of them in two.
//
// LOCKSTEP BEGIN SOLUTION
// --- What is broken -----------------------------------------------------------------------------
//
// Every bug of this file has one shape: **look, then act on what you saw**. `value_ = value_ + 1`
// reads and then writes; "are there tickets? then take one" tests and then takes; so does "is it
// built? then use it". In between, another thread may do the same, and then act on old news.
//
// There are two ways out, and both make look-and-act one step:
//
//   a lock       While I hold the mutex nobody else looks and nobody else acts. Any number of lines
//                may stand between the two. It must be the *same* mutex everywhere, and a thread
//                that only reads takes it too.
//   an atomic    The processor has instructions that look and act at once: fetch_add,
//                compare_exchange. One variable only, and no line in between.
//
// The second is not "the first, but faster": two atomic steps in a row are two steps again.
//
// --- Why a plain read beside a write is a bug even where the value does not matter --------------
//
// C++ calls it a *data race*: two threads use the same memory at the same time, at least one of
// them writes, and nothing orders the two. What a program with a data race does is undefined. That
// is not legalese. Without an order the compiler may keep the value in a register for ever, or tear
// a write in two; and one thread may see another's second write without seeing the first.
//
// Order comes from *happens-before*: unlock() of a mutex happens before the lock() that follows; a
// store with memory_order_release happens before the load with memory_order_acquire that reads it;
// starting a thread happens before its first line; its last line happens before join() returns.
// A program is free of data races when every two conflicting uses are ordered in one of these ways.
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: // Mend them. You may change every private member; the public methods and
// LOCKSTEP SKELETON: // what they promise stay.
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // --- Think before you write --------------------------------------------
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: //  * `./lab grade 03_races` shows an interleaving that goes wrong.
// LOCKSTEP SKELETON: //    Between which two lines did the other thread come in?
// LOCKSTEP SKELETON: //  * Every bug here looks at something, then acts on what it saw. How do
// LOCKSTEP SKELETON: //    you make the two one step? What must every *other* method do then?
// LOCKSTEP SKELETON: //  * "It only reads" is no excuse: what is a data race?
// LOCKSTEP SKELETON: //  * You call a function while you hold a lock. What if it throws?

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <utility>
// LOCKSTEP BEGIN SOLUTION
#include <atomic>
#include <mutex>
// LOCKSTEP END SOLUTION

namespace lab {

// A number that many threads count up and down. None of their counts is lost.
//
// Memory ordering: none is promised but this: what one thread counted before it did something that
// happens before another thread's value() is in that value().
class Counter {
 public:
  // Adds one. In Python: `self.value += 1`.
  void increment() {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    ++value_;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: value_ = value_ + 1;
  }

  // Takes one away.
  void decrement() {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    --value_;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: value_ = value_ - 1;
  }

  // The number now. It may be old by the time the caller looks at it, but it was true once.
  std::ptrdiff_t value() const {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    // LOCKSTEP END SOLUTION
    return value_;
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  mutable std::mutex mutex_;  // guards value_; value() is const and locks all the same
  // LOCKSTEP END SOLUTION
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
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    // LOCKSTEP END SOLUTION
    return left_;
  }

  // Buys a ticket. Returns whether the caller got one; false means that all are sold.
  bool buy() {
    // LOCKSTEP BEGIN SOLUTION
    // The test and the sale are one critical section. search() would not do for the test: it gives
    // the mutex back before it returns, and another buyer takes the ticket that we saw.
    std::scoped_lock hold(mutex_);
    if (left_ == 0) return false;
    --left_;
    return true;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: if (search() == 0) return false;
    // LOCKSTEP SKELETON: left_ = left_ - 1;
    // LOCKSTEP SKELETON: return true;
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  mutable std::mutex mutex_;  // guards left_
  // LOCKSTEP END SOLUTION
  std::ptrdiff_t left_;
};

// A value that is built when somebody first asks for it, by whoever asks first, once.
//
// Memory ordering: everything that the building did happens before every return of get(). So a
// caller sees the value whole, and may read it without a lock (to change it, callers need one).
// LOCKSTEP BEGIN SOLUTION
//
// --- How it works -----------------------------------------------------------------------------
//
// This is *double-checked locking*, which is famous for having been published wrong for a decade.
//
//   published_   value_     meaning
//   null         null       nobody has built it yet, or the building threw: the next one builds
//   null         set        the builder is between its two last lines, and holds mutex_
//   set          set        built; for ever
//
// The first check, without the mutex, is for the million calls after the first: one load. It reads
// beside a write, so it must be atomic, and because the caller goes on to read what the pointer
// points to, it is an *acquire* that pairs with the *release* of the store. With a plain pointer,
// or with memory_order_relaxed, a second thread could have the pointer before it has what was
// written behind it.
//
// The second check, with the mutex, is for the threads that were waiting for it while the first one
// built: what they saw in the first check is old news.
//
// A make() that throws leaves the table in its first line. The scoped_lock gives the mutex back on
// the way out, the caller gets the exception, and the next caller tries again. So does
// std::call_once; a lock of its own is shown here because it can be read.
//
// (S. Meyers and A. Alexandrescu, "C++ and the Perils of Double-Checked Locking", 2004, tell what
// is wrong with the plain one; C++11 brought the memory model in which it can be right.)
// LOCKSTEP END SOLUTION
template <class T>
class Lazy {
 public:
  // `make` builds the value. It is called by one thread at a time, and not again once it returned.
  explicit Lazy(std::function<T()> make) : make_(std::move(make)) {}

  // The value; builds it if this is the first call. Blocks while another thread builds it. What
  // make() throws leaves this call, and the next call tries again.
  T& get() {
    // LOCKSTEP BEGIN SOLUTION
    T* value = published_.load(std::memory_order_acquire);
    return value != nullptr ? *value : build();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: if (!value_) value_ = std::make_unique<T>(make_());
    // LOCKSTEP SKELETON: return *value_;
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  T& build() {
    std::scoped_lock hold(mutex_);
    if (!value_) {
      // equivalent swap-statements: null is published, and every get() comes here, slow and right
      value_ = std::make_unique<T>(make_());
      // equivalent drop-statement: published_ stays null, and every get() comes here, slow and
      // right
      published_.store(value_.get(), std::memory_order_release);
    }
    return *value_;
  }

  // LOCKSTEP END SOLUTION
  std::function<T()> make_;
  std::unique_ptr<T> value_;
  // LOCKSTEP BEGIN SOLUTION
  std::mutex mutex_;  // guards make_ and value_
  std::atomic<T*> published_ = nullptr;
  // LOCKSTEP END SOLUTION
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
  // LOCKSTEP BEGIN SOLUTION
  // Under the lock every thread sees what the one before it wrote: all of them count.
  if (variant == Variant::kLocked || threads == 0) return {0};

  // Without it, threads that all read before any of them writes count as one. At worst that is all
  // of them, and threads - 1 are left; at best they run one after the other, and 0 are left; and
  // every number between can be had by letting some do the one, some the other. The last one to
  // write always counts, so `threads` itself is never left.
  //
  // `-=` on a plain int is a read and a write, whatever it looks like. And a sleep orders nothing:
  // it says how long a thread rests *at least*, and nothing of what the others do meanwhile. It
  // makes some outcomes likely and others rare; a rare one is the one that comes on release day.
  std::set<int> all;
  for (int left = 0; left < threads; ++left) all.insert(left);
  return all;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: (void)variant;
  // LOCKSTEP SKELETON: (void)threads;
  // LOCKSTEP SKELETON: // Two threads, on paper: in which orders can their four steps come?
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
}

}  // namespace lab

#endif  // LAB_03_RACES_RACES_H_
