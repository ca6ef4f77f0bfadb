// Dining philosophers.
#include "04_lock/lock.h"
#include "grader/harness/lab_test.h"

namespace {

// What `call` throws, in words.
template <class Call>
std::string thrown_by(Call call) {
  try {
    call();
  } catch (const std::system_error& error) {
    return error.code() == std::errc::operation_not_permitted ? "system_error EPERM"
                                                              : "system_error of another code";
  } catch (const std::out_of_range&) {
    return "out_of_range";
  } catch (const std::invalid_argument&) {
    return "invalid_argument";
  } catch (const std::exception& error) {
    return std::string("another exception: ") + error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("a philosopher eats, and eats again" * points(2) *
          hints("A table where nobody else sits: both forks are there every time.",
                "Does put_down() undo all that pick_up() did, and for the last seat too? Its right "
                "fork is the first seat's left one.",
                "The forks of a seat are number `seat` and number `(seat + 1) % seats`.")) {
  explore([] {
    for (const std::ptrdiff_t seats : {2, 3, 5}) {
      lab::Table table(seats);
      for (std::ptrdiff_t seat = 0; seat < seats; ++seat) {
        table.pick_up(seat);
        table.put_down(seat);
        table.pick_up(seat);
        table.put_down(seat);
      }
    }
  });
}

TEST_CASE(
    "a wrong seat is an error" * points(3) *
    hints("There are three errors, and each of them changes nothing.",
          "Seats are numbered from 0 to n - 1; a table has two of them at least; and forks "
          "that are on the table cannot be put down, also while a neighbour has one.",
          "Check first: n < 2 is std::invalid_argument, a wrong seat std::out_of_range, and a "
          "seat whose forks are not picked up std::system_error with EPERM.")) {
  explore([] {
    CHECK(thrown_by([] { lab::Table table(1); }) == "invalid_argument");
    CHECK(thrown_by([] { lab::Table table(-3); }) == "invalid_argument");
    lab::Table table(3);
    CHECK(thrown_by([&] { table.pick_up(3); }) == "out_of_range");
    CHECK(thrown_by([&] { table.pick_up(-1); }) == "out_of_range");
    CHECK(thrown_by([&] { table.put_down(3); }) == "out_of_range");
    CHECK(thrown_by([&] { table.put_down(-1); }) == "out_of_range");
    CHECK(thrown_by([&] { table.put_down(0); }) == "system_error EPERM");
    table.pick_up(0);
    CHECK(thrown_by([&] { table.put_down(1); }) == "system_error EPERM");
    CHECK(thrown_by([&] { table.put_down(2); }) == "system_error EPERM");
    table.put_down(0);
    CHECK(thrown_by([&] { table.put_down(0); }) == "system_error EPERM");
    table.pick_up(1);
    table.put_down(1);
  });
}

TEST_CASE("neighbours never eat together" * points(5) *
          hints("Two neighbours have a fork between them, and it is one fork.",
                "The look at both forks and the taking of them must be one step; and the last "
                "seat and the first one are neighbours, too.",
                "One mutex around everything, and a loop: wait until no neighbour eats.")) {
  // The first and the last seat: the circle is closed.
  explore([] {
    lab::Table table(3);
    CriticalSection fork;
    const auto eat_twice = [&](std::ptrdiff_t seat) {
      for (int meal = 0; meal < 2; ++meal) {
        table.pick_up(seat);
        fork.visit();
        table.put_down(seat);
      }
    };
    std::thread first([&] { eat_twice(0); });
    std::thread last([&] { eat_twice(2); });
    first.join();
    last.join();
    CHECK(fork.visits() == 4);
  });
  // A table for two has two forks, and both have both.
  explore([] {
    lab::Table table(2);
    CriticalSection forks;
    const auto eat = [&](std::ptrdiff_t seat) {
      table.pick_up(seat);
      forks.visit();
      table.put_down(seat);
    };
    std::thread a([&] { eat(0); });
    std::thread b([&] { eat(1); });
    a.join();
    b.join();
    CHECK(forks.visits() == 2);
  });
}

TEST_CASE("who shares no fork eats at the same time" * points(3) *
          hints("At a table for four, two can eat at the same time.",
                "Is there one lock that is held while somebody eats?",
                "The mutex of the table guards what everybody is doing, for a few instructions. "
                "pick_up() gives it back before it returns.")) {
  explore([] {
    lab::Table table(4);
    table.pick_up(0);
    std::thread opposite([&] {
      table.pick_up(2);
      table.put_down(2);
    });
    opposite.join();
    table.put_down(0);
  });
}

TEST_CASE("a circle of hungry philosophers is no deadlock" * points(4) *
          hints("Everybody has the left fork, and waits for the right one.",
                "Where does a philosopher hold one fork while waiting for the other? What keeps "
                "all of them from doing so at once, in a circle?",
                "Take both forks in one step or none. Or take the lower-numbered fork first: the "
                "last philosopher then begins with the other hand.")) {
  explore([] {
    lab::Table table(3);
    CriticalSection meal;  // three in a circle: every two of them are neighbours
    const auto eat = [&](std::ptrdiff_t seat) {
      table.pick_up(seat);
      meal.visit();
      table.put_down(seat);
    };
    std::thread a([&] { eat(0); });
    std::thread b([&] { eat(1); });
    std::thread c([&] { eat(2); });
    a.join();
    b.join();
    c.join();
    CHECK(meal.visits() == 3);
  });
}

TEST_CASE("a hungry philosopher sleeps until both forks are free" * points(3) *
          hints("Who cannot eat gives the processor away, and is woken when it can.",
                "Both neighbours eat. The first one puts down: is that enough? The second one puts "
                "down: who wakes the one in the middle?",
                "Wait on a condition variable with a predicate; put_down() notifies both "
                "neighbours, the left one and the right one.")) {
  const auto put_down_in_turn = [](std::ptrdiff_t first, std::ptrdiff_t second) {
    explore([=] {
      lab::Table table(4);
      std::atomic<bool> eaten = false;
      table.pick_up(0);
      table.pick_up(2);
      std::thread middle([&] {
        table.pick_up(1);
        eaten = true;
        table.put_down(1);
      });
      quiesce();
      table.put_down(first);
      quiesce();
      CHECK_FALSE(eaten);
      table.put_down(second);
      middle.join();
      CHECK(eaten);
    });
  };
  put_down_in_turn(0, 2);
  put_down_in_turn(2, 0);
}

TEST_CASE("nobody goes hungry for ever" * points(3) *
          hints("Bounded waiting: once a philosopher sleeps in pick_up(), the neighbours may sit "
                "down only a few times before it.",
                "Who puts down is awake, and could pick up again before "
                "the neighbour is awake.",
                "Draw a ticket when you become hungry, and wait also for a neighbour who is hungry "
                "and has a lower one.")) {
  explore(
      [] {
        lab::Table table(3);
        BoundedWaiting waiting(4);
        std::thread greedy([&] {
          for (int meal = 0; meal < 6; ++meal) {
            waiting.wait([&] { table.pick_up(0); });
            table.put_down(0);
          }
        });
        std::thread patient([&] {
          waiting.wait([&] { table.pick_up(1); });
          table.put_down(1);
        });
        greedy.join();
        patient.join();
      },
      {.fairness = 4});
}

TEST_CASE("two neighbours cannot starve the one between them" * points(3) *
          hints("One of the two always sits down before the other one gets up: there is never a "
                "moment when both forks are free.",
                "Does pick_up() of a neighbour look only at who eats, or also at who has been "
                "hungry for longer?",
                "Draw a ticket when you become hungry, and wait also for a neighbour who is hungry "
                "and has a lower one.")) {
  // To overtake five times two neighbours need nine meals, and so many have too many orders for all
  // of them: a sample.
  explore(
      [] {
        lab::Table table(4);
        BoundedWaiting waiting(4);
        const auto eat = [&](std::ptrdiff_t seat, int meals) {
          for (int meal = 0; meal < meals; ++meal) {
            waiting.wait([&] { table.pick_up(seat); });
            table.put_down(seat);
          }
        };
        std::thread left([&] { eat(0, 4); });
        std::thread right([&] { eat(2, 4); });
        std::thread middle([&] { eat(1, 1); });
        left.join();
        right.join();
        middle.join();
      },
      {.fairness = 4});
}
