#ifndef GRADER_EXPLORER_TESTS_FRESH_PROCESS_H_
#define GRADER_EXPLORER_TESTS_FRESH_PROCESS_H_

#include <string>
#include <utility>
#include <vector>

namespace lockstep::tests {

struct FreshProcess {
  std::string test_case;  // the doctest case to run, which is decorated with skip()
  std::vector<std::pair<std::string, std::string>> environment{};  // added to this process's
  bool one_core = false;  // may run on the first allowed processor only
};

// Starts this program again for one of its cases, waits for its end and returns what it printed on
// its standard output. Aborts when it did not end with status 0.
std::string output_of(const FreshProcess& process);

// Keeps every processor busy from construction to destruction.
class Load {
 public:
  Load();
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

 private:
  std::vector<int> burners_;  // process ids
};

}  // namespace lockstep::tests

#endif  // GRADER_EXPLORER_TESTS_FRESH_PROCESS_H_
