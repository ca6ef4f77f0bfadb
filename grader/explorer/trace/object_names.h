#ifndef GRADER_EXPLORER_TRACE_OBJECT_NAMES_H_
#define GRADER_EXPLORER_TRACE_OBJECT_NAMES_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "grader/explorer/trace/recording.h"

namespace lockstep::trace {

// One name for each object of a report, whoever spoke of it, and different names for different
// objects: "Account::lock" for two accounts becomes "accounts[0].lock" and "accounts[1].lock".
class ObjectNames {
 public:
  // All targets must be added before the first question.
  void add(const Target& target);
  void settle();

  // "Counter::value_"; empty for address 0.
  std::string name(const Target& target) const;
  // The same inside a sentence: "`Counter::value_`", "an element of `Queue::items_`".
  std::string quoted(const Target& target) const;

 private:
  struct Entry {
    std::string name;
    std::string path;
    std::string shown;
    std::uintptr_t base = 0;
    int order = 0;
  };
  // A struct and its first member begin at one place: the type tells them apart.
  using Key = std::pair<std::uintptr_t, std::uint64_t>;
  static Key key_of(const Target& target);
  std::map<Key, Entry> entries_;
};

// `name` between backquotes, but for words that are no code.
std::string quote(std::string_view name);

}  // namespace lockstep::trace

#endif  // GRADER_EXPLORER_TRACE_OBJECT_NAMES_H_
