#ifndef GRADER_HARNESS_PRINTING_H_
#define GRADER_HARNESS_PRINTING_H_

// How a failed CHECK shows the values that doctest cannot print, "{?}" to it: what may be missing,
// pairs, containers, durations, threads and pointers. Included by prelude.h, behind doctest.
//
// A report is the same at every run, so nothing here prints an address.

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <ratio>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace lockstep::printing {

// Of a longer container the rest is counted.
inline constexpr std::size_t kMostElements = 20;

template <class Range, class Print>
doctest::String list(const Range& range, const char* open, const char* close, Print print) {
  doctest::String text = open;
  std::size_t told = 0;
  for (const typename Range::value_type& element : range) {
    if (told == kMostElements) {
      const std::size_t more = static_cast<std::size_t>(range.size()) - told;
      text += doctest::String(", ... and ") + doctest::toString(more) + " more";
      break;
    }
    if (told++ > 0) text += ", ";
    text += print(element);
  }
  return text + close;
}

// "[1, 2, 3]", "{1, 2}"
template <class Range>
struct ListMaker {
  static doctest::String convert(const Range& range) {
    return list(range, "[", "]", [](const auto& one) { return doctest::toString(one); });
  }
};
template <class Set>
struct SetMaker {
  static doctest::String convert(const Set& set) {
    return list(set, "{", "}", [](const auto& one) { return doctest::toString(one); });
  }
};
// "{1: one, 2: two}"
template <class Map>
struct MapMaker {
  static doctest::String convert(const Map& map) {
    return list(map, "{", "}", [](const auto& entry) {
      return doctest::toString(entry.first) + ": " + doctest::toString(entry.second);
    });
  }
};

struct PointerMaker {
  static doctest::String convert(const volatile void* pointer) {
    return pointer == nullptr ? "nullptr" : "a pointer";
  }
};

template <class Period>
const char* unit() {
  if constexpr (std::ratio_equal_v<Period, std::nano>) return " ns";
  if constexpr (std::ratio_equal_v<Period, std::micro>) return " us";
  if constexpr (std::ratio_equal_v<Period, std::milli>) return " ms";
  if constexpr (std::ratio_equal_v<Period, std::ratio<1>>) return " s";
  if constexpr (std::ratio_equal_v<Period, std::ratio<60>>) return " min";
  if constexpr (std::ratio_equal_v<Period, std::ratio<3600>>) return " h";
  return nullptr;
}

}  // namespace lockstep::printing

namespace doctest {

template <class T>
struct StringMaker<T*> : lockstep::printing::PointerMaker {};
template <class T, class Deleter>
struct StringMaker<std::unique_ptr<T, Deleter>> {
  static String convert(const std::unique_ptr<T, Deleter>& pointer) {
    return lockstep::printing::PointerMaker::convert(pointer.get());
  }
};
template <class T>
struct StringMaker<std::shared_ptr<T>> {
  static String convert(const std::shared_ptr<T>& pointer) {
    return lockstep::printing::PointerMaker::convert(pointer.get());
  }
};

template <>
struct StringMaker<std::nullopt_t> {
  static String convert(std::nullopt_t) { return "nothing"; }
};
template <class T>
struct StringMaker<std::optional<T>> {
  static String convert(const std::optional<T>& value) {
    return value ? toString(*value) : String("nothing");
  }
};

template <class A, class B>
struct StringMaker<std::pair<A, B>> {
  static String convert(const std::pair<A, B>& pair) {
    return String("(") + toString(pair.first) + ", " + toString(pair.second) + ")";
  }
};
template <class... T>
struct StringMaker<std::tuple<T...>> {
  static String convert(const std::tuple<T...>& tuple) {
    String text = "(";
    std::apply(
        [&](const T&... parts) {
          bool first = true;
          ((text += (std::exchange(first, false) ? String() : String(", ")) + toString(parts)),
           ...);
        },
        tuple);
    return text + ")";
  }
};

template <class T, std::size_t size>
struct StringMaker<std::array<T, size>> : lockstep::printing::ListMaker<std::array<T, size>> {};
template <class T, class A>
struct StringMaker<std::vector<T, A>> : lockstep::printing::ListMaker<std::vector<T, A>> {};
template <class T, class A>
struct StringMaker<std::deque<T, A>> : lockstep::printing::ListMaker<std::deque<T, A>> {};
template <class T, class A>
struct StringMaker<std::list<T, A>> : lockstep::printing::ListMaker<std::list<T, A>> {};
template <class T, class C, class A>
struct StringMaker<std::set<T, C, A>> : lockstep::printing::SetMaker<std::set<T, C, A>> {};
template <class T, class C, class A>
struct StringMaker<std::multiset<T, C, A>> : lockstep::printing::SetMaker<std::multiset<T, C, A>> {
};
template <class K, class T, class C, class A>
struct StringMaker<std::map<K, T, C, A>> : lockstep::printing::MapMaker<std::map<K, T, C, A>> {};

// "250 ms"
template <class Rep, class Period>
struct StringMaker<std::chrono::duration<Rep, Period>> {
  static String convert(const std::chrono::duration<Rep, Period>& duration) {
    if (const char* unit = lockstep::printing::unit<Period>(); unit != nullptr) {
      return toString(duration.count()) + unit;
    }
    return toString(std::chrono::duration<double>(duration).count()) + " s";
  }
};

// "thread A", as in the rest of the report.
template <>
struct StringMaker<std::thread::id> {
  static String convert(const std::thread::id& id) {
    if (id == std::thread::id()) return "no thread";
    std::ostringstream number;
    number << id;
    const std::string label = lockstep::label_of(std::stoul(number.str()));
    return label.empty() ? "another thread" : ("thread " + label).c_str();
  }
};

}  // namespace doctest

#endif  // GRADER_HARNESS_PRINTING_H_
