#ifndef LAB_04_LOCK_LOCK_H_
#define LAB_04_LOCK_LOCK_H_

#include <chrono>
#include <cstddef>
// LOCKSTEP BEGIN SOLUTION
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>
// LOCKSTEP END SOLUTION
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
// LOCKSTEP BEGIN SOLUTION
//
// --- How it works -----------------------------------------------------------------------------
//
// All there is to remember is one bool. "Is it open? then close it" looks and acts, so it must be
// one step for everybody else: a small mutex guards the bool for a few instructions at a time. It
// is *not* held while the Lock is locked. That is why any thread may unlock, although only the
// thread that locked a std::mutex may.
//
//   locked_   who sleeps on opened_   meaning
//   false     nobody                  free: the next one that asks has it
//   true      anybody                 taken
//   false     somebody, notified      just unlocked; whoever holds mutex_ next takes it
//
// The third line lasts until the notified sleeper runs. In that moment a passer-by may take the
// lock; the sleeper then wakes up, *looks again* (wait with a predicate is a loop), and sleeps on.
// No wake-up is lost by that: the passer-by will unlock, and its unlock notifies again. The
// criteria for a critical section:
//
//   mutual exclusion   locked_ is changed from false to true by one thread, under mutex_.
//   progress           each unlock() wakes one sleeper if there is any, and one is enough: only one
//                      can get in.
//   no busy waiting    who cannot get in sleeps on opened_.
//   bounded waiting    not promised. A passer-by may come first every time ("barging"). Most locks
//                      of operating systems are so, because it is much faster: nobody waits for a
//                      sleeper to wake up. 05_rlock is fair, and pays for it.
//
// Notifying while mutex_ is held looks wasteful, and is what lets the next holder destroy the lock:
// after the mutex was given back, unlock() touches nothing any more.
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // --- Think before you write --------------------------------------------
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: //  * What must the lock remember? It is less than you may think.
// LOCKSTEP SKELETON: //  * Why can the Lock not simply *be* a std::mutex? (Who may unlock?)
// LOCKSTEP SKELETON: //  * "If it is open, close it": what may happen at the comma?
// LOCKSTEP SKELETON: //  * A thread that does not get it: where does it sleep, who wakes it, and
// LOCKSTEP SKELETON: //    what must it do before it believes that the lock is its own?
class Lock {
 public:
  Lock() = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  // Takes the lock. Blocks while it is locked, also if the caller itself locked it.
  void lock() {
    // LOCKSTEP BEGIN SOLUTION
    std::unique_lock hold(mutex_);
    opened_.wait(hold, [&] { return !locked_; });
    locked_ = true;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Takes the lock if it is free. Returns whether it did; never blocks. It is refused only because
  // the lock is locked, never because another thread merely asks.
  bool try_lock() {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    if (locked_) return false;
    locked_ = true;
    return true;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // As lock(), but gives up after `timeout`. Returns whether the lock was taken. Zero tries once;
  // nanoseconds::max() waits for ever. Throws std::invalid_argument if `timeout` is negative.
  bool try_lock_for(std::chrono::nanoseconds timeout) {
    // LOCKSTEP BEGIN SOLUTION
    if (timeout < timeout.zero()) throw std::invalid_argument("try_lock_for: negative timeout");
    // One deadline for the whole call: who is woken in vain does not begin to wait anew.
    const Clock::time_point deadline = deadline_after(timeout);
    std::unique_lock hold(mutex_);
    if (!opened_.wait_until(hold, deadline, [&] { return !locked_; })) return false;
    locked_ = true;
    return true;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)timeout;
    // LOCKSTEP SKELETON: // When does "now + timeout" overflow?
    // LOCKSTEP SKELETON: // What starts the clock again that should not?
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Opens the lock, and lets one of the waiting threads in. Any thread may call it. Never blocks.
  // Throws std::system_error (operation_not_permitted, EPERM) if the lock is not locked.
  void unlock() {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    if (!locked_) {
      throw std::system_error(std::make_error_code(std::errc::operation_not_permitted),
                              "Lock: it is not locked");
    }
    locked_ = false;
    opened_.notify_one();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Whether some thread has it. Never blocks. The answer may be old when the caller looks at it.
  bool locked() const {
    // LOCKSTEP BEGIN SOLUTION
    std::scoped_lock hold(mutex_);
    return locked_;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  using Clock = std::chrono::steady_clock;  // wall clocks are set back by people; this one is not

  // now() + timeout, or the end of time where that would overflow.
  static Clock::time_point deadline_after(std::chrono::nanoseconds timeout) {
    const Clock::time_point now = Clock::now();
    // equivalent shift-bound: where the two are equal, now + timeout is the end of time, too
    return timeout < Clock::time_point::max() - now ? now + timeout : Clock::time_point::max();
  }

  mutable std::mutex mutex_;  // guards locked_; locked() is const and locks all the same
  std::condition_variable opened_;
  bool locked_ = false;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Your members.
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
// LOCKSTEP BEGIN SOLUTION
//
// --- Why it cannot deadlock -------------------------------------------------------------------
//
// A deadlock needs four things at once (E. Coffman, M. Elphick, A. Shoshani, "System deadlocks",
// 1971): what is locked is locked for one alone; who holds one lock waits for another; nobody takes
// a lock away; and the waiting closes a circle. "Lock `from`, then lock `to`" has them all as soon
// as one thread moves money from x to y and another from y to x.
//
// Here the circle is broken. All locks of the program are thought of as a row, here by their
// addresses, and a thread that holds one only ever waits for one further up. In a circle of waiting
// threads somebody would have to wait for one further down.
//
// The rule is about *every* thread that holds several of these locks; one that goes its own way is
// enough to close a circle. std::scoped_lock(from.lock, to.lock) needs no order: it never waits
// while it holds (it lets go, and begins again with the lock it could not have). It has another
// trap: with the same lock twice it begins again for ever.
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // Think: one thread calls transfer(x, y, 1), another transfer(y, x, 1).
// LOCKSTEP SKELETON: // Each has locked its first account. And now?
inline bool transfer(Account& from, Account& to, std::ptrdiff_t amount) {
  // LOCKSTEP BEGIN SOLUTION
  if (amount < 0) throw std::invalid_argument("transfer: negative amount");
  if (&from == &to) {
    std::scoped_lock hold(from.lock);
    return from.balance >= amount;
  }
  // std::less, because `<` between pointers into different objects is not defined.
  const bool from_first = std::less<>()(&from, &to);
  std::scoped_lock first(from_first ? from.lock : to.lock);
  std::scoped_lock second(from_first ? to.lock : from.lock);
  if (from.balance < amount) return false;
  // equivalent swap-statements: both locks are held, and nobody sees which of the two comes first
  from.balance -= amount;
  to.balance += amount;
  return true;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: (void)from, (void)to, (void)amount;
  // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
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
// LOCKSTEP BEGIN SOLUTION
//
// --- How it works -----------------------------------------------------------------------------
//
// The forks do not appear. What has to be known of a fork is whether the left or the right one of
// its two philosophers eats, so the *philosophers'* states are kept, under one mutex:
//
//   thinking -- pick_up() --> hungry, with a ticket -- no neighbour goes first --> eating
//      ^                                                                              |
//      +------------------------------- put_down() -----------------------------------+
//
// A neighbour goes first if it eats, or if it is hungry and drew its ticket earlier. From this rule
// follow:
//
//   mutual exclusion   who begins to eat has looked, under the mutex, that no neighbour eats.
//   no deadlock        of all who are hungry, one has the earliest ticket. It waits only for
//                      neighbours who eat, and they will put down. Nobody holds one fork and waits
//                      for the other: both are taken in one step, or none.
//   no starvation      after I drew my ticket, each neighbour can draw only later ones: it may eat
//                      once before me, no more. At most 2 meals, whatever the table's size.
//   progress           who sits between two who think eats at once, whatever goes on elsewhere.
//   no busy waiting    who must wait sleeps, and is woken by a neighbour's put_down().
//
// Without the tickets ("eat when both forks are free") it would be Dijkstra's first solution: no
// deadlock, but two neighbours who take turns, one always sitting down before the other gets up,
// let the one between them starve.
//
// Only put_down() can end somebody's waiting: becoming hungry or beginning to eat never makes a
// neighbour's rule true. So it notifies, and only there; and only the two neighbours.
//
// (Tickets: L. Lamport, "A new solution of Dijkstra's concurrent programming problem", 1974, the
// bakery. Forks that are clean or dirty do it without a common mutex: K. M. Chandy, J. Misra, "The
// drinking philosophers problem", 1984; see right/clean_and_dirty_forks.)
// LOCKSTEP END SOLUTION
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: // --- Think before you write --------------------------------------------
// LOCKSTEP SKELETON: //
// LOCKSTEP SKELETON: //  * Everybody picks up the left fork first, then the right one. All sit
// LOCKSTEP SKELETON: //    down at the same time. And now?
// LOCKSTEP SKELETON: //  * You may number forks and lock them, or let one mutex guard what each
// LOCKSTEP SKELETON: //    philosopher is doing. With the first: in which order? With the second:
// LOCKSTEP SKELETON: //    what wakes a sleeper?
// LOCKSTEP SKELETON: //  * The left neighbour eats, then the right one, then the left one again,
// LOCKSTEP SKELETON: //    and there is never a moment when both are thinking. What must the table
// LOCKSTEP SKELETON: //    remember of the one in the middle?
class Table {
 public:
  // A table for `seats` philosophers, numbered from 0. Throws std::invalid_argument if there are
  // fewer than 2: one philosopher alone would have one fork only.
  // LOCKSTEP BEGIN SOLUTION
  explicit Table(std::ptrdiff_t seats) : seats_(checked(seats)) {}
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: explicit Table(std::ptrdiff_t seats) {
  // LOCKSTEP SKELETON:   (void)seats;
  // LOCKSTEP SKELETON:   throw std::logic_error("not implemented");
  // LOCKSTEP SKELETON: }

  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // Takes both forks beside `seat`. Blocks while a neighbour has one of them, or has been waiting
  // for longer. Once the caller sleeps, its neighbours pick up forks at most 4 times before it.
  // Throws std::out_of_range if there is no such seat.
  void pick_up(std::ptrdiff_t seat) {
    // LOCKSTEP BEGIN SOLUTION
    Philosopher& me = at(seat);
    std::unique_lock hold(mutex_);
    me.state = State::kHungry;
    // equivalent swap-statements: a ticket that is drawn when the meal begins tells, to the next
    // time, who ate longer ago. To let that one go first is as fair: one meal of each neighbour
    // before mine
    me.ticket = next_ticket_++;
    me.turn.wait(hold, [&] { return !goes_first(left(seat), me) && !goes_first(right(seat), me); });
    me.state = State::kEating;
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)seat;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

  // Puts both forks down again. Never blocks. Throws std::out_of_range if there is no such seat,
  // and std::system_error (operation_not_permitted, EPERM) if its forks are not picked up.
  void put_down(std::ptrdiff_t seat) {
    // LOCKSTEP BEGIN SOLUTION
    Philosopher& me = at(seat);
    // equivalent swap-statements: one thread at a time uses a seat, and only it writes the seat's
    // state
    std::scoped_lock hold(mutex_);
    if (me.state != State::kEating) {
      throw std::system_error(std::make_error_code(std::errc::operation_not_permitted),
                              "Table: these forks are not picked up");
    }
    me.state = State::kThinking;
    left(seat).turn.notify_one();
    right(seat).turn.notify_one();
    // LOCKSTEP END SOLUTION
    // LOCKSTEP SKELETON: (void)seat;
    // LOCKSTEP SKELETON: throw std::logic_error("not implemented");
  }

 private:
  // LOCKSTEP BEGIN SOLUTION
  enum class State { kThinking, kHungry, kEating };

  struct Philosopher {
    State state = State::kThinking;
    std::uint64_t ticket = 0;  // of the latest pick_up(): the lower, the longer it waits
    std::condition_variable turn;
  };

  static std::size_t checked(std::ptrdiff_t seats) {
    if (seats < 2) throw std::invalid_argument("Table: a table has at least 2 seats");
    return static_cast<std::size_t>(seats);
  }

  static bool goes_first(const Philosopher& neighbour, const Philosopher& me) {
    return neighbour.state == State::kEating ||
           // equivalent shift-bound: no two tickets are the same
           (neighbour.state == State::kHungry && neighbour.ticket < me.ticket);
  }

  Philosopher& at(std::ptrdiff_t seat) { return seats_.at(static_cast<std::size_t>(seat)); }
  Philosopher& left(std::ptrdiff_t seat) { return at(seat == 0 ? count() - 1 : seat - 1); }
  Philosopher& right(std::ptrdiff_t seat) { return at(seat == count() - 1 ? 0 : seat + 1); }
  std::ptrdiff_t count() const { return static_cast<std::ptrdiff_t>(seats_.size()); }

  std::mutex mutex_;  // guards everything below, but for the number of seats
  std::uint64_t next_ticket_ = 0;
  std::vector<Philosopher> seats_;
  // LOCKSTEP END SOLUTION
  // LOCKSTEP SKELETON: // Your members.
};

}  // namespace lab

#endif  // LAB_04_LOCK_LOCK_H_
