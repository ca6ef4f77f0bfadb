#ifndef GRADER_HARNESS_CASE_LISTENER_H_
#define GRADER_HARNESS_CASE_LISTENER_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "grader/explorer/explore.h"

namespace lockstep::harness {

// What the judge asks for beside the cases' own options.
struct Request {
  std::optional<std::uint64_t> seed;
  std::string schedule;      // replay this ...
  int schedule_ordinal = 0;  // ... in the case's exploration of this number
};

// Accounts for one case after the other: turns what doctest and the explorer report into events.
//
// It knows nothing of doctest; doctest_main.cc calls the functions below from its reporter.
class CaseListener : public Listener {
 public:
  explicit CaseListener(Request request) : request_(std::move(request)) {}

  void begin(int number, const std::string& name);
  // A CHECK or REQUIRE that does not hold, in any thread. Does not return from a REQUIRE
  // (`required`) inside an explored body: the execution ends there.
  void failed_check(const std::string& file, int line, const std::string& expression,
                    const std::string& expanded, bool required);
  // An exception left the case, outside of any exploration.
  void escaped(const std::string& message);
  void end();

  void adjust(int ordinal, Options& options) override;
  void done(int ordinal, const Options& options, const Result& result) override;

 private:
  const Request request_;
  int number_ = 0;
  int failed_ = 0;
  int explorations_ = 0;  // of this case, so far
  long checks_before_ = 0;
  std::chrono::steady_clock::time_point begun_;
};

}  // namespace lockstep::harness

#endif  // GRADER_HARNESS_CASE_LISTENER_H_
