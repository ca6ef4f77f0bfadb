#ifndef LAB_04_LOCK_LOCK_H_
#define LAB_04_LOCK_LOCK_H_

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <system_error>

namespace lab {

// Lock is a lock without an owner: Python's `threading.Lock`.
//
// It is open or closed, and remembers nothing else. lock() closes it, and blocks while it is
// closed; unlock() opens it, whoever calls. So a thread that locks twice waits for somebody else to
// unlock, and a thread may wait for news by locking a lock that another one will open.
//
// It meets the named requirements *Lockable* and (for durations that convert to nanoseconds) the
// timed half of *TimedLockable*, so std::scoped_lock and std::unique_lock work with it.
//
// Memory ordering: if thread X calls unlock(), and thread Y is the next whose lock(), try_lock() or
// try_lock_for() takes the lock, then everything X did before its unlock() happens before
// everything Y does afterwards. A try_lock() that fails, and locked(), order nothing.
//
// Lifetime: a Lock may be destroyed while it is locked, but not while a thread is inside one of its
// methods.
//
// --- Think before you write --------------------------------------------
//
//  * What must the lock remember? It is less than you may think.
//  * Why can the Lock not simply *be* a std::mutex? (Who may unlock?)
//  * "If it is open, close it": what may happen at the comma?
//  * A thread that does not get it: where does it sleep, who wakes it, and
//    what must it do before it believes that the lock is its own?
class Lock {
 public:
  Lock() = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  // Takes the lock. Blocks while it is locked, also if the caller itself locked it.
  void lock() {
    throw std::logic_error("not implemented");
  }

  // Takes the lock if it is free. Returns whether it did; never blocks. It is refused only because
  // the lock is locked, never because another thread merely asks.
  bool try_lock() {
    throw std::logic_error("not implemented");
  }

  // As lock(), but gives up after `timeout`. Returns whether the lock was taken. Zero tries once;
  // nanoseconds::max() waits for ever. Throws std::invalid_argument if `timeout` is negative.
  bool try_lock_for(std::chrono::nanoseconds timeout) {
    (void)timeout;
    // When does "now + timeout" overflow?
    // What starts the clock again that should not?
    throw std::logic_error("not implemented");
  }

  // Opens the lock, and lets one of the waiting threads in. Any thread may call it. Never blocks.
  // Throws std::system_error (operation_not_permitted, EPERM) if the lock is not locked.
  void unlock() {
    throw std::logic_error("not implemented");
  }

  // Whether some thread has it. Never blocks. The answer may be old when the caller looks at it.
  bool locked() const {
    throw std::logic_error("not implemented");
  }

 private:
  // Your members.
};

// Money, and the lock that guards it. Whoever reads or writes `balance` holds `lock`.
struct Account {
  Lock lock;
  std::ptrdiff_t balance = 0;
};

// Moves `amount` from one account to the other. Returns false, and changes nothing, if `from` has
// less than that. Whoever holds both locks never sees money on its way. Blocks while one of the two
// locks is locked, and for nothing else. The same account twice is allowed: nothing moves. Throws
// std::invalid_argument if `amount` is negative.
//
// Think: one thread calls transfer(x, y, 1), another transfer(y, x, 1).
// Each has locked its first account. And now?
inline bool transfer(Account& from, Account& to, std::ptrdiff_t amount) {
  (void)from, (void)to, (void)amount;
  throw std::logic_error("not implemented");
}

// Table is the table of the dining philosophers: n seats in a circle, and a fork between every two
// of them. A philosopher needs both forks beside the seat to eat, so two neighbours never eat at
// the same time, and others may. (E. W. Dijkstra set it as an examination problem in 1965.)
//
// A seat is used by one thread at a time; the thread that puts the forks down need not be the one
// that picked them up.
//
// Memory ordering: what a thread did before put_down() happens before what a neighbour does after
// its next pick_up().
//
// --- Think before you write --------------------------------------------
//
//  * Everybody picks up the left fork first, then the right one. All sit
//    down at the same time. And now?
//  * You may number forks and lock them, or let one mutex guard what each
//    philosopher is doing. With the first: in which order? With the second:
//    what wakes a sleeper?
//  * The left neighbour eats, then the right one, then the left one again,
//    and there is never a moment when both are thinking. What must the table
//    remember of the one in the middle?
class Table {
 public:
  // A table for `seats` philosophers, numbered from 0. Throws std::invalid_argument if there are
  // fewer than 2: one philosopher alone would have one fork only.
  explicit Table(std::ptrdiff_t seats) {
    (void)seats;
    throw std::logic_error("not implemented");
  }

  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // Takes both forks beside `seat`. Blocks while a neighbour has one of them, or has been waiting
  // for longer. Once the caller sleeps, its neighbours pick up forks at most 4 times before it.
  // Throws std::out_of_range if there is no such seat.
  void pick_up(std::ptrdiff_t seat) {
    (void)seat;
    throw std::logic_error("not implemented");
  }

  // Puts both forks down again. Never blocks. Throws std::out_of_range if there is no such seat,
  // and std::system_error (operation_not_permitted, EPERM) if its forks are not picked up.
  void put_down(std::ptrdiff_t seat) {
    (void)seat;
    throw std::logic_error("not implemented");
  }

 private:
  // Your members.
};

}  // namespace lab

#endif  // LAB_04_LOCK_LOCK_H_
