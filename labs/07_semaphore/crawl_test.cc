// crawl: many fetches at once, but never more than a polite number.

#include "07_semaphore/semaphore.h"
#include "grader/harness/lab_test.h"

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr Options kExactTime{.clock = Clock::kStrict};

using Pages = std::vector<std::string>;

std::string joined(const Pages& pages) {
  std::string text;
  for (const std::string& page : pages) text += (text.empty() ? "" : " ") + page;
  return text;
}

}  // namespace

TEST_CASE(
    "the pages come in the order of the urls" * points(4) *
    hints("Who is first with a fetch is not first in the answer.",
          "Where does a fetch put its page, when several end at once?",
          "std::vector<std::string> pages(urls.size()); and fetch number i writes pages[i].")) {
  explore(
      [] {
        const Pages pages = lab::crawl({"slow", "quick"}, 2, [](const std::string& url) {
          std::this_thread::sleep_for(url == "slow" ? 5ms : 1ms);
          return "<" + url + ">";
        });
        CHECK(joined(pages) == "<slow> <quick>");
      },
      kExactTime);
}

TEST_CASE("never more than limit fetches are under way" * points(4) *
          hints("The limit is a promise to somebody else's server.",
                "Is a permit taken before the fetch begins, and given back after it has ended?",
                "under_way.acquire() before fetch(url), under_way.release() after it.")) {
  explore(
      [] {
        CriticalSection server(2);
        const Pages pages = lab::crawl({"a", "b", "c"}, 2, [&](const std::string& url) {
          server.visit();
          return url;
        });
        CHECK(joined(pages) == "a b c");
        CHECK(server.visits() == 3);
      },
      kExactTime);
}

TEST_CASE("as many as may be are under way" * points(5) *
          hints("A limit of two is there to be reached: while there is work, two fetch.",
                "What does your crawl do when one of two fetches ends and the other takes long?",
                "No batches: each end of a fetch lets the next one begin, whichever it is.")) {
  // Four fetches, two at a time: the long one goes on beside all of the others.
  explore(
      [] {
        const auto start = std::chrono::steady_clock::now();
        const Pages pages = lab::crawl({"long", "a", "b", "c"}, 2, [](const std::string& url) {
          std::this_thread::sleep_for(url == "long" ? 30ms : 10ms);
          return url;
        });
        CHECK(joined(pages) == "long a b c");
        const auto passed = std::chrono::steady_clock::now() - start;
        if (exploring()) CHECK(passed == 30ms);
      },
      kExactTime);
}

TEST_CASE("an exception of fetch reaches the caller" * points(3) *
          hints("A fetch that fails must not end the program, nor hang it.",
                "An exception in a thread's function is std::terminate. Is its permit given back, "
                "and what do those learn that have not begun?",
                "catch (...) { failure = std::current_exception(); }   in the thread;   join all; "
                "if (failure) std::rethrow_exception(failure);")) {
  explore(
      [] {
        std::string caught = "nothing";
        try {
          lab::crawl({"good", "bad", "good", "good"}, 2, [](const std::string& url) {
            if (url == "bad") throw std::runtime_error("404");
            return url;
          });
        } catch (const std::runtime_error& error) {
          caught = error.what();
        }
        CHECK(caught == "404");
      },
      kExactTime);
  // One at a time: the failed fetch gives its permit back, too, and none begins after it.
  explore(
      [] {
        std::string caught = "nothing";
        int begun = 0;
        try {
          lab::crawl({"good", "bad", "good"}, 1, [&](const std::string& url) {
            ++begun;
            if (url == "bad") throw std::runtime_error("404");
            return url;
          });
        } catch (const std::runtime_error& error) {
          caught = error.what();
        }
        CHECK(caught == "404");
        CHECK(begun == 2);
      },
      kExactTime);
}

TEST_CASE("no urls are no pages, no limit is an error" * points(2) *
          hints("The smallest crawl has nothing to do. A limit of zero could never begin.",
                "Check the limit first of all, also when there are no urls.",
                "if (limit < 1) throw std::invalid_argument(\"...\");")) {
  explore([] {
    const auto fetch = [](const std::string& url) { return url; };
    CHECK(lab::crawl({}, 2, fetch).empty());
    CHECK(joined(lab::crawl({"a"}, 3, fetch)) == "a");
    CHECK_THROWS_AS(lab::crawl({"a"}, 0, fetch), std::invalid_argument);
    CHECK_THROWS_AS(lab::crawl({}, -1, fetch), std::invalid_argument);
  });
}
