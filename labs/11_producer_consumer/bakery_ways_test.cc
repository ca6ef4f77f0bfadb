// The bakery three ways. What is asked of all of them is asked in the functions at the top.

#include "11_producer_consumer/bakery.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;

constexpr Options kExactTime{.clock = Clock::kStrict};

using Way = lab::BakeryReport (*)(const lab::BakeryPlan&);

std::string text(const lab::Bun& bun) {
  return std::to_string(bun.producer) + "." + std::to_string(bun.number);
}

// All the buns that were eaten, sorted: "0.0 0.1 1.0".
std::string buns(const lab::BakeryReport& report) {
  std::vector<std::string> all;
  for (const auto& list : report.eaten) {
    for (const lab::Bun& bun : list) all.push_back(text(bun));
  }
  std::sort(all.begin(), all.end());
  std::string joined;
  for (const std::string& bun : all) joined += (joined.empty() ? "" : " ") + bun;
  return joined;
}

// A bun that a consumer ate after a later one of the same producer; "none" if there is none.
std::string out_of_order(const lab::BakeryReport& report) {
  for (const auto& list : report.eaten) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (std::size_t before = 0; before < i; ++before) {
        if (list[before].producer == list[i].producer && list[before].number > list[i].number) {
          return text(list[i]);
        }
      }
    }
  }
  return "none";
}

// A bakery without work: only the buns go round. `all`: the buns there are.
void everybody_goes_home(Way way, const lab::BakeryPlan& plan, const std::string& all) {
  // Part of what is compared, so that the report says which plan it was.
  const std::string day = std::to_string(plan.producers) + " producers, " +
                          std::to_string(plan.consumers) + " consumers, " +
                          std::to_string(plan.buns_each) + " buns each, capacity " +
                          std::to_string(plan.capacity) + ": ";
  explore([&] {
    const lab::BakeryReport report = way(plan);
    CHECK(std::ssize(report.eaten) == plan.consumers);
    CHECK(day + buns(report) == day + all);
    CHECK(out_of_order(report) == "none");
    CHECK(report.most_in_basket >= (all.empty() ? 0 : 1));
    CHECK(report.most_in_basket <= std::min(plan.capacity, plan.producers * plan.buns_each));
  });
}

bool is_refused(Way way, const lab::BakeryPlan& plan) {
  try {
    way(plan);
  } catch (const std::invalid_argument&) {
    return true;
  }
  return false;
}

void bad_plans_are_refused(Way way) {
  explore([&] {
    CHECK(is_refused(way, {-1, 1, 1, 1}));
    CHECK(is_refused(way, {1, -1, 1, 1}));
    CHECK(is_refused(way, {1, 1, -1, 1}));
    CHECK(is_refused(way, {1, 1, 1, 0}));
    CHECK(is_refused(way, {0, 0, 0, -1}));
    CHECK(is_refused(way, {1, 0, 1, 1}));
    CHECK_FALSE(is_refused(way, {1, 0, 0, 1}));
    CHECK_FALSE(is_refused(way, {0, 0, 1, 1}));
  });
}

// A bakery in which work takes time. Returns how long the day was, in microseconds.
long day(Way way, const lab::BakeryPlan& plan, const std::string& all) {
  const auto start = std::chrono::steady_clock::now();
  const lab::BakeryReport report = way(plan);
  const auto passed = std::chrono::steady_clock::now() - start;
  CHECK(buns(report) == all);
  return passed / 1us;
}

void all_work_at_the_same_time(Way way) {
  const auto work = [](const lab::Bun&) { std::this_thread::sleep_for(10500us); };
  explore(  // two bake at once, and two eat at once
      [&] {
        const long passed = day(way, {2, 2, 1, 2, work, work}, "0.0 1.0");
        if (exploring()) CHECK(passed == 21000);
      },
      kExactTime);
  explore(  // one bakes while the other eats
      [&] {
        const long passed = day(way, {1, 1, 2, 1, work, work}, "0.0 0.1");
        if (exploring()) CHECK(passed == 31500);
      },
      kExactTime);
}

void a_slow_eater_holds_up_nobody(Way way) {
  explore(
      [&] {
        const auto eat = [](const lab::Bun& bun) {
          std::this_thread::sleep_for(bun.number == 0 ? 30ms : 10ms);
        };
        const long passed = day(way, {1, 2, 3, 3, {}, eat}, "0.0 0.1 0.2");
        if (exploring()) CHECK(passed == 30000);
      },
      kExactTime);
}

// The first bun is eaten so slowly that everybody else falls asleep meanwhile. With three buns the
// last put fills the basket; with four, there is one that does not fit.
void the_basket_is_filled(Way way) {
  for (const int buns_each : {3, 4}) {
    explore([&] {
      std::atomic<int> baked = 0;
      int waiting = 0;  // buns that are baked then, and that nobody eats
      lab::BakeryPlan plan{1, 1, buns_each, 2};
      plan.bake = [&](const lab::Bun&) { ++baked; };
      plan.eat = [&](const lab::Bun& bun) {
        if (bun.number > 0) return;
        quiesce();
        waiting = baked - 1;
      };
      const lab::BakeryReport report = way(plan);
      CHECK(buns(report) == (buns_each == 3 ? "0.0 0.1 0.2" : "0.0 0.1 0.2 0.3"));
      CHECK(waiting >= 2);
      CHECK(report.most_in_basket == 2);
    });
  }
}

// What bakers and eaters throw here.
struct Burnt {};

// Whether the caller learns that something went wrong.
bool burns(Way way, const lab::BakeryPlan& plan) {
  try {
    way(plan);
  } catch (const Burnt&) {
    return true;
  }
  return false;
}

void an_eater_fails(Way way) {
  explore([&] {
    int calls = 0;
    lab::BakeryPlan plan{1, 1, 3, 1};
    plan.eat = [&](const lab::Bun&) {
      ++calls;
      throw Burnt();
    };
    CHECK(burns(way, plan));
    CHECK(calls == 1);
  });
}

void a_baker_fails(Way way, std::ptrdiff_t consumers) {
  explore([&] {
    int calls = 0;
    lab::BakeryPlan plan{1, consumers, 2, 1};
    plan.bake = [&](const lab::Bun&) {
      ++calls;
      throw Burnt();
    };
    CHECK(burns(way, plan));
    CHECK(calls == 1);
  });
}

}  // namespace

// --- run_bakery: over a Buffer, a basket that cannot be closed.

TEST_CASE(
    "every bun is eaten once, in order" * points(2) *
    hints("One thread bakes, one eats, and what is in the report was written by the one who ate.",
          "A consumer eats what it got before it gets the next one. When has it had them all?",
          "producer: for each bun, basket.put(bun);   consumer: for as many buns as there will be, "
          "report.eaten[me].push_back(basket.get());")) {
  everybody_goes_home(lab::run_bakery, {1, 1, 2, 1}, "0.0 0.1");
  everybody_goes_home(lab::run_bakery, {1, 1, 3, 3}, "0.0 0.1 0.2");
}

TEST_CASE(
    "a plan that cannot work is refused" * points(1) *
    hints("Fewer than none, a basket that holds nothing, buns that nobody eats: none of these is a "
          "bakery.",
          "Look at the plan before any thread is started. A plan without buns needs no consumers.",
          "if (buns > 0 && plan.consumers == 0) throw std::invalid_argument(\"...\");   and "
          "likewise for the four numbers")) {
  bad_plans_are_refused(lab::run_bakery);
}

TEST_CASE("two producers share the basket" * points(1) *
          hints("Each baker puts its own buns in, and they end up in one basket.",
                "How many buns are there in all? And do all the bakers put into the same basket?",
                "plan.producers * plan.buns_each")) {
  everybody_goes_home(lab::run_bakery, {2, 1, 1, 1}, "0.0 1.0");
  everybody_goes_home(lab::run_bakery, {2, 1, 2, 2}, "0.0 0.1 1.0 1.1");
}

TEST_CASE(
    "two consumers share the buns" * points(2) *
    hints("A bun goes to one of them, whichever. Who waits for a bun must be sure to get one.",
          "The last bun: both see that one is left, and both go to wait for it. Looking and "
          "claiming must be one step.",
          "std::atomic<std::ptrdiff_t> unclaimed;   while (unclaimed.fetch_sub(1) > 0) { ... "
          "basket.get() ... }")) {
  everybody_goes_home(lab::run_bakery, {1, 2, 2, 1}, "0.0 0.1");
  everybody_goes_home(lab::run_bakery, {2, 2, 1, 1}, "0.0 1.0");
}

TEST_CASE("who gets no bun goes home" * points(2) *
          hints("More eaters than buns: the others must not wait for what will never come.",
                "Before it calls get, what must an eater know? From the basket it cannot learn it.",
                "Claim a bun first, then get it. No claim left: return.")) {
  everybody_goes_home(lab::run_bakery, {1, 3, 1, 1}, "0.0");
  everybody_goes_home(lab::run_bakery, {2, 1, 0, 1}, "");
  everybody_goes_home(lab::run_bakery, {0, 2, 3, 1}, "");
  everybody_goes_home(lab::run_bakery, {0, 0, 2, 1}, "");
  everybody_goes_home(lab::run_bakery, {2, 0, 0, 1}, "");
}

TEST_CASE("all of them work at the same time" * points(2) *
          hints("Two bakers bake at once, two eaters eat at once, and while one eats the baker "
                "makes the next.",
                "Is a thread started for each of them, and all before the first is joined? Is a "
                "lock held while somebody bakes or eats?",
                "bake(bun); basket.put(bun);   and   bun = basket.get(); eat(bun);   with no mutex "
                "around either")) {
  all_work_at_the_same_time(lab::run_bakery);
}

TEST_CASE(
    "a slow eater holds up nobody" * points(2) *
    hints("No bun lies in the basket while somebody has nothing to do.",
          "Is it settled beforehand who eats how many? Then the others wait for the slow one.",
          "Every eater claims one bun at a time, when it is ready for it.")) {
  a_slow_eater_holds_up_nobody(lab::run_bakery);
}

TEST_CASE("a full basket is full, and most_in_basket tells" * points(2) *
          hints("While the eater chews, the baker fills the basket: to the brim, and no further.",
                "Who knows how many are in it? Only the basket, under its own lock.",
                "report.most_in_basket = basket.most();   when all have been joined")) {
  the_basket_is_filled(lab::run_bakery);
}

TEST_CASE("an eater that fails sends all home" * points(2) *
          hints("An exception must reach the caller of run_bakery, and nobody may be left behind: "
                "not the baker either, who waits for room.",
                "In a thread's own function an exception is the end of the program. Catch it "
                "there, keep it, and go on taking buns out without eating them.",
                "catch (...) { ... failure = std::current_exception(); failed = true; }   all "
                "join;   if (failure) std::rethrow_exception(failure);")) {
  an_eater_fails(lab::run_bakery);
  explore([] {  // both at once, it may be
    const auto eat = [](const lab::Bun&) { throw Burnt(); };
    CHECK(burns(lab::run_bakery, {1, 2, 2, 2, {}, eat}));
  });
}

TEST_CASE("a baker that fails sends all home" * points(1) *
          hints("The eaters wait for buns that will not be baked now. They cannot be told through "
                "this basket, except by a bun.",
                "As many must come out of the basket as were claimed. What does a baker put in "
                "that bakes no more?",
                "After a failure bake nothing and eat nothing, but let the buns go through the "
                "basket as before.")) {
  a_baker_fails(lab::run_bakery, 2);
}

// --- run_bakery_with_queue: over the Queue of lab 10, which can be shut down.

TEST_CASE("what is in the queue when it closes is eaten" * points(2) *
          hints("Closing time means: nothing more goes in. What is in still comes out.",
                "shutdown() lets get() go on until the queue is empty, and then get() throws "
                "ShutDown. Who catches that, and what does it mean?",
                "try { for (;;) eat(basket.get()); } catch (const lab::ShutDown&) { }   and "
                "shutdown() without `immediate`")) {
  everybody_goes_home(lab::run_bakery_with_queue, {1, 1, 2, 2}, "0.0 0.1");
  everybody_goes_home(lab::run_bakery_with_queue, {1, 1, 2, 1}, "0.0 0.1");
}

TEST_CASE("the queue closes when the last baker has ended" * points(2) *
          hints("A baker knows only that it has ended itself. Who knows it of all?",
                "Whoever has joined all the bakers may close. If the first one closes, the second "
                "gets ShutDown from its put.",
                "for (auto& baker : bakers) baker.join();   basket.shutdown();")) {
  everybody_goes_home(lab::run_bakery_with_queue, {2, 1, 1, 1}, "0.0 1.0");
  everybody_goes_home(lab::run_bakery_with_queue, {2, 1, 1, 2}, "0.0 1.0");
}

TEST_CASE("closing the queue sends every eater home" * points(2) *
          hints("One call, and all who sleep in get wake up to see that it is over.",
                "Is the queue closed on every path, also when nobody baked anything?",
                "shutdown() after the join of the bakers, however many there were; then join the "
                "eaters.")) {
  everybody_goes_home(lab::run_bakery_with_queue, {1, 2, 1, 1}, "0.0");
  everybody_goes_home(lab::run_bakery_with_queue, {0, 2, 3, 1}, "");
  everybody_goes_home(lab::run_bakery_with_queue, {1, 2, 0, 1}, "");
  everybody_goes_home(lab::run_bakery_with_queue, {0, 0, 2, 1}, "");
}

TEST_CASE(
    "over a queue, all of them work at the same time" * points(2) *
    hints(
        "As with the Buffer: baking and eating take time, and nobody waits for another's.",
        "Each eater takes the next bun when it is ready for it. Nobody holds a lock while it eats.",
        "for (;;) { const Bun bun = basket.get(); eat(bun); ... }")) {
  all_work_at_the_same_time(lab::run_bakery_with_queue);
  a_slow_eater_holds_up_nobody(lab::run_bakery_with_queue);
}

TEST_CASE("over a queue, most_in_basket is what was seen" * points(2) *
          hints("A queue does not tell how full it was. But a baker may look right after its put.",
                "size() can be out of date when it returns. But never too high; and what was put "
                "was there.",
                "seen[me] = std::max({seen[me], 1, basket.size()});   after each put; the largest "
                "of all in the end. And Queue<Bun> basket(plan.capacity).")) {
  the_basket_is_filled(lab::run_bakery_with_queue);
}

TEST_CASE("over a queue, who fails sends all home" * points(2) *
          hints("The exception reaches the caller, and nobody sleeps on in put or in get.",
                "There is a call that wakes all of them and throws the rest of the buns away. But "
                "a baker that gets ShutDown must not take it for an error of its own.",
                "catch (...) { keep the first; basket.shutdown(true); }   and catch ShutDown "
                "around the loops of both")) {
  an_eater_fails(lab::run_bakery_with_queue);
  a_baker_fails(lab::run_bakery_with_queue, 1);
}

TEST_CASE("over a queue, a plan that cannot work is refused" * points(1) *
          hints("The same plans as before.",
                "Let one function look at the plan for all three bakeries.",
                "check(plan);   first thing")) {
  bad_plans_are_refused(lab::run_bakery_with_queue);
}

// --- run_bakery_with_sentinels: the end comes through the basket.

TEST_CASE("a sentinel comes after the last bun" * points(2) *
          hints("Something that is no bun lies in the basket and says: no more.",
                "The basket is first in, first out. Who eats the buns before it has eaten all, if "
                "it was put in last.",
                "Buffer<std::optional<Bun>> basket(plan.capacity);   consumer: while (auto bun = "
                "basket.get()) eat(*bun);   at last: basket.put(std::nullopt);")) {
  everybody_goes_home(lab::run_bakery_with_sentinels, {1, 1, 2, 3}, "0.0 0.1");
  everybody_goes_home(lab::run_bakery_with_sentinels, {1, 1, 2, 1}, "0.0 0.1");
}

TEST_CASE("a sentinel comes after the last bun of all" * points(2) *
          hints("When the first baker goes home there are still buns to come.",
                "Who puts the sentinels in, and what must it have waited for?",
                "Join all the bakers; then put the sentinels in. Not each baker one of its own.")) {
  everybody_goes_home(lab::run_bakery_with_sentinels, {2, 1, 1, 4}, "0.0 1.0");
  everybody_goes_home(lab::run_bakery_with_sentinels, {2, 1, 1, 1}, "0.0 1.0");
}

TEST_CASE("every eater gets a sentinel" * points(2) *
          hints("Who has seen the sentinel goes home. And the others?",
                "Who takes the sentinel out has taken it from the others: one for each eater, or "
                "put it back.",
                "for (std::ptrdiff_t i = 0; i < plan.consumers; ++i) basket.put(std::nullopt);")) {
  everybody_goes_home(lab::run_bakery_with_sentinels, {1, 2, 1, 1}, "0.0");
  everybody_goes_home(lab::run_bakery_with_sentinels, {0, 2, 3, 1}, "");
  everybody_goes_home(lab::run_bakery_with_sentinels, {2, 2, 0, 1}, "");
  everybody_goes_home(lab::run_bakery_with_sentinels, {0, 0, 2, 1}, "");
}

TEST_CASE(
    "a sentinel is not a bun" * points(2) *
    hints("most_in_basket counts buns.",
          "The basket counts whatever is put in. When are all the buns in, and no sentinel yet?",
          "Join the bakers; report.most_in_basket = basket.most(); then the sentinels.")) {
  everybody_goes_home(lab::run_bakery_with_sentinels, {1, 2, 1, 3}, "0.0");
  everybody_goes_home(lab::run_bakery_with_sentinels, {0, 2, 1, 3}, "");
}

TEST_CASE(
    "with sentinels, all of them work at the same time" * points(1) *
    hints(
        "As with the others: baking and eating take time, and nobody waits for another's.",
        "Each eater takes the next bun when it is ready for it. Nobody holds a lock while it eats.",
        "while (auto bun = basket.get()) { eat(*bun); ... }")) {
  all_work_at_the_same_time(lab::run_bakery_with_sentinels);
  a_slow_eater_holds_up_nobody(lab::run_bakery_with_sentinels);
}

TEST_CASE("with sentinels, a full basket is full" * points(1) *
          hints("While the eater chews, the baker fills the basket: to the brim, and no further.",
                "What is in it besides buns at that time? Nothing, yet.",
                "Buffer<std::optional<Bun>> basket(plan.capacity);   ask most() when the bakers "
                "have been joined")) {
  the_basket_is_filled(lab::run_bakery_with_sentinels);
}

TEST_CASE("with sentinels, who fails sends all home" * points(2) *
          hints("The exception reaches the caller, and nobody sleeps on in put or in get.",
                "An eater that eats no more must still take out of the basket, until its sentinel "
                "comes: a baker may wait for room. A baker that bakes no more just goes home.",
                "while (auto bun = basket.get()) { if (failed) continue; try { eat(*bun); } catch "
                "(...) { ... } }")) {
  an_eater_fails(lab::run_bakery_with_sentinels);
  a_baker_fails(lab::run_bakery_with_sentinels, 1);
}

TEST_CASE("with sentinels, a plan that cannot work is refused" * points(1) *
          hints("The same plans as before.",
                "Let one function look at the plan for all three bakeries.",
                "check(plan);   first thing")) {
  bad_plans_are_refused(lab::run_bakery_with_sentinels);
}
