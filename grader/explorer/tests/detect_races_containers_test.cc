// Data races on the links of lists and trees, which the library changes in code of its own. The
// readers here look at nothing else: no size, no value.

#include <list>
#include <map>
#include <set>
#include <thread>

#include "grader/explorer/tests/rows.h"
#include "grader/explorer/tests/two_threads.h"

using namespace lockstep;
using namespace lockstep::tests;

namespace {

using List = std::list<int>;
using Map = std::map<int, int>;

// `change` by one thread while another one does `look` is a race, in that order is none, and two
// may look at once. What is seen has to go somewhere, or the compiler leaves the look out.
template <typename Container, typename Change, typename Look>
void only_alone(const Container& contents, const Change& change, const Look& look) {
  enum class Way { kTogether, kInTurn, kLooksOnly };
  const auto body = [&](Way way) {
    Container container = contents;
    volatile bool seen[2] = {};
    std::thread other([&] {
      if (way == Way::kLooksOnly) {
        seen[0] = look(container);
      } else {
        change(container);
      }
    });
    if (way == Way::kInTurn) other.join();
    seen[1] = look(container);
    if (way != Way::kInTurn) other.join();
  };
  finds(Rule::kDataRace, [&] { body(Way::kTogether); });
  holds([&] { body(Way::kInTurn); });
  holds([&] { body(Way::kLooksOnly); });
}

}  // namespace

TEST_CASE("data race: list::push_back beside empty()") {
  only_alone(
      List{}, [](List& list) { list.push_back(1); }, [](List& list) { return list.empty(); });
}

TEST_CASE("data race: list::erase beside a step over the place before") {
  only_alone(
      List{1, 2}, [](List& list) { list.pop_back(); },
      [](List& list) { return ++list.begin() == list.end(); });
}

TEST_CASE("data race: list::splice beside empty()") {
  only_alone(
      List{},
      [](List& list) {
        List more{1, 2};
        list.splice(list.end(), more);
      },
      [](List& list) { return list.empty(); });
}

TEST_CASE("data race: the list that is spliced from, beside empty()") {
  only_alone(
      List{1},
      [](List& list) {
        List more;
        more.splice(more.end(), list);
      },
      [](List& list) { return list.empty(); });
}

TEST_CASE("data race: list::swap beside empty()") {
  only_alone(
      List{1},
      [](List& list) {
        List other;
        list.swap(other);
        list.swap(other);
      },
      [](List& list) { return list.empty(); });
}

TEST_CASE("data race: list::reverse beside a step") {
  only_alone(
      List{1, 2, 3}, [](List& list) { list.reverse(); },
      [](List& list) { return ++list.begin() == list.end(); });
}

TEST_CASE("data race: map::emplace beside find()") {
  only_alone(
      Map{{1, 1}}, [](Map& map) { map.emplace(2, 2); },
      [](Map& map) { return map.find(0) == map.end(); });
}

TEST_CASE("data race: map::erase beside begin()") {
  only_alone(
      Map{{1, 1}, {2, 2}}, [](Map& map) { map.erase(2); },
      [](Map& map) { return map.begin() == map.end(); });
}

TEST_CASE("data race: set::insert beside begin()") {
  using Set = std::set<int>;
  only_alone(
      Set{1}, [](Set& set) { set.insert(2); }, [](Set& set) { return set.begin() == set.end(); });
}

TEST_CASE("data race: map::emplace beside a step of an iterator that is there already") {
  const auto body = [](bool changes, const auto& step) {
    Map map;
    for (int key = 0; key < 20; ++key) map[key] = key;
    auto place = map.find(10);
    volatile int stepped = 0;
    two_threads([&] { changes ? void(map.emplace(30, 30)) : void(++map[10]); },
                [&] { stepped = step(place); });
  };
  const auto both = [&](const auto& step) {
    finds(Rule::kDataRace, [&] { body(true, step); });
    holds([&] { body(false, step); });
  };
  both([](Map::iterator place) { return (++place)->first; });
  both([](Map::iterator place) { return (--place)->first; });
  both([](Map::const_iterator place) { return (++place)->first; });
  both([](Map::const_iterator place) { return (--place)->first; });
}

TEST_CASE("silent: each thread its own list and its own map") {
  holds([] {
    two_threads([] {
      List list{3, 1, 2};
      list.sort();
      list.reverse();
      EXPECT(list.front() == 3);
      Map map;
      for (const int number : list) map[number] = number;
      map.erase(2);
      int sum = 0;
      for (const auto& [key, value] : map) sum += value;
      EXPECT(sum == 4);
    });
  });
}

TEST_CASE("silent: values of a list and of a map that each thread has for itself") {
  holds([] {
    List list{1, 2};
    Map map{{1, 1}, {2, 2}};
    two_threads(
        [&] {
          ++list.front();
          ++map.find(1)->second;
        },
        [&] {
          ++list.back();
          ++map.find(2)->second;
        });
  });
}

TEST_CASE("use after free: a step of an iterator to what another thread erased") {
  const auto body = [](int erased) {
    Map map{{1, 1}, {2, 2}, {3, 3}};
    auto place = map.find(1);
    std::thread other([&] { map.erase(erased); });
    other.join();
    volatile bool at_end = ++place == map.end();
    (void)at_end;
  };
  finds(Rule::kUseAfterFree, [&] { body(1); });
  holds([&] { body(2); });
}
