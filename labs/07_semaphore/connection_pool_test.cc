// ConnectionPool: what a semaphore counts, given out by number.

#include "07_semaphore/semaphore.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;

constexpr Options kExactTime{.clock = Clock::kStrict};

}  // namespace

TEST_CASE("a connection has one holder at a time" * points(4) *
          hints("The semaphore says that there is a connection; which one is another question.",
                "The list of free numbers is shared by all holders. Who guards it?",
                "A mutex around the list, in acquire() after the permit, and when a lease ends "
                "before the permit is given back.")) {
  explore([] {
    lab::ConnectionPool pool(2);
    CriticalSection connections[2];
    const auto work = [&] {
      const auto lease = pool.acquire();
      const std::ptrdiff_t id = lease.id();
      CHECK((id == 0 || id == 1));
      if (id == 0 || id == 1) connections[id].visit();
    };
    std::thread a(work);
    std::thread b(work);
    work();
    a.join();
    b.join();
    CHECK(pool.in_use() == 0);
  });
}

TEST_CASE("a lease gives its connection back, however it ends" * points(3) *
          hints("RAII: what the constructor took, the destructor gives back.",
                "An exception between acquire() and the end of the block: who gives back then?",
                "~Lease() { if (pool_ != nullptr) pool_->give_back(id_); }")) {
  explore([] {
    lab::ConnectionPool pool(1);
    CHECK(pool.in_use() == 0);
    for (int round = 0; round < 2; ++round) {
      const auto lease = pool.acquire();
      CHECK(lease.id() == 0);
      CHECK(pool.in_use() == 1);
    }
    try {
      const auto lease = pool.acquire();
      throw std::runtime_error("the query failed");
    } catch (const std::runtime_error&) {
    }
    CHECK(pool.in_use() == 0);
    CHECK(pool.try_acquire_for(0ns).has_value());
    CHECK_THROWS_AS(lab::ConnectionPool(0), std::invalid_argument);
    CHECK_THROWS_AS(lab::ConnectionPool(-1), std::invalid_argument);
  });
  // In another thread, too; and in_use() may be asked meanwhile.
  explore([] {
    lab::ConnectionPool pool(1);
    std::thread borrower([&] { const auto lease = pool.acquire(); });
    const std::ptrdiff_t seen = pool.in_use();
    borrower.join();
    CHECK((seen == 0 || seen == 1));
    CHECK(pool.in_use() == 0);
  });
}

TEST_CASE("a lease that is moved is given back once" * points(3) *
          hints("After a move there are two Lease objects and one connection.",
                "What does the destructor of the one that was moved from do? And where does the "
                "connection go that the target of an assignment had?",
                "Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), "
                "id_(other.id_) {}   and in the assignment, give back first what you have.")) {
  explore([] {
    lab::ConnectionPool pool(2);
    {
      auto first = pool.acquire();
      const std::ptrdiff_t id = first.id();
      auto second = std::move(first);
      CHECK(second.id() == id);
      CHECK(pool.in_use() == 1);
      auto third = pool.acquire();
      CHECK(third.id() != id);
      CHECK(pool.in_use() == 2);
      third = std::move(second);
      CHECK(third.id() == id);
      CHECK(pool.in_use() == 1);
      second = std::move(third);  // to one that has nothing, and back
      CHECK(second.id() == id);
      CHECK(pool.in_use() == 1);
    }
    CHECK(pool.in_use() == 0);
  });
}

TEST_CASE("who finds no connection waits for one" * points(4) *
          hints("All are lent: the next one sleeps until a lease ends.",
                "In which order do you give back the number and the permit?",
                "First put the number into the list, then release() the semaphore: who gets the "
                "permit must find a number.")) {
  explore([] {
    lab::ConnectionPool pool(1);
    CriticalSection connection;
    const auto work = [&] {
      const auto lease = pool.acquire();
      CHECK(lease.id() == 0);
      connection.visit();
    };
    std::thread a(work);
    std::thread b(work);
    work();
    a.join();
    b.join();
    CHECK(connection.visits() == 3);
  });
}

TEST_CASE("a pool gives up on time" * points(2) *
          hints("As the semaphore inside does.",
                "try_acquire_for: nothing when the time is up, and nothing is lent then.",
                "if (!free_.try_acquire_for(timeout)) return std::nullopt;")) {
  explore(
      [] {
        lab::ConnectionPool pool(1);
        const auto start = std::chrono::steady_clock::now();
        auto lease = pool.try_acquire_for(0ns);
        CHECK(lease.has_value());
        CHECK_FALSE(pool.try_acquire_for(25ms).has_value());
        const auto passed = std::chrono::steady_clock::now() - start;
        CHECK(passed >= 25ms);
        if (exploring()) CHECK(passed == 25ms);
        CHECK(pool.in_use() == 1);
        CHECK_THROWS_AS((void)pool.try_acquire_for(-1ns), std::invalid_argument);
        lease.reset();
        CHECK(pool.try_acquire_for(25ms).has_value());
        CHECK(pool.in_use() == 0);
      },
      kExactTime);
}
