#ifndef GRADER_JUDGE_ACCOUNT_H_
#define GRADER_JUDGE_ACCOUNT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grader/explorer/result.h"

namespace lockstep::judge {

// The key of one run: only the judge and the harness have it.
class RunKey {
 public:
  static constexpr std::size_t kSize = 32;

  RunKey();  // random
  explicit RunKey(const std::array<unsigned char, kSize>& bytes) : bytes_(bytes) {}

  const std::array<unsigned char, kSize>& bytes() const { return bytes_; }
  // Whether `mac` (hexadecimal) belongs to `text`.
  bool authenticates(std::string_view text, std::string_view mac) const;
  std::string mac(std::string_view text) const;

 private:
  std::array<unsigned char, kSize> bytes_{};
};

// What one `explore` of a case reported.
struct ExplorationAccount {
  std::uint64_t seed = 0;
  long checks = 0;
  Result result;
};

// A CHECK outside of `explore` that did not hold.
struct FailedCheck {
  std::string file;
  int line = 0;
  std::string expression;
  std::string expanded;
};

// What the program said about one case.
struct CaseAccount {
  int number = 0;
  std::string name;
  bool complete = false;  // its end was reported
  double seconds = 0;     // wall time, by the program's own account; of one that is complete
  long checks = 0;
  int failed = 0;
  std::vector<ExplorationAccount> explorations;
  std::vector<FailedCheck> failed_checks;
  std::optional<std::string> exception;
};

// A case as `--list` reports it.
struct ListedCase {
  int number = 0;
  std::string name;
  std::string file;
  int line = 0;
  int points = 0;
  std::vector<std::string> hints;
};

// The account that one process gives of the cases it was asked to run (grader/harness/protocol.h),
// read as it arrives. Whatever is not exactly what the harness would have sent at this moment -- a
// wrong MAC, a number out of turn, an event in the wrong place -- is a breach: from then on nothing
// is believed.
class Account {
 public:
  // The process was asked for these cases, in this order.
  Account(const RunKey& key, std::vector<int> asked) : key_(key), asked_(std::move(asked)) {}

  // Reads more of the stream, in pieces of any size.
  void feed(std::string_view bytes);

  bool said_hello() const { return hello_; }
  bool said_bye() const { return bye_; }
  // What was wrong with the stream, for people; empty if nothing.
  const std::string& breach() const { return breach_; }
  // The system call that was refused to the program, if it made one: "socket".
  const std::string& refused_call() const { return refused_call_; }

  // One entry a case begun, in order; all but the last are complete.
  const std::vector<CaseAccount>& cases() const { return cases_; }
  const std::vector<ListedCase>& listed() const { return listed_; }
  // The case that began and did not end, or that would have begun next; none after the last.
  std::optional<int> current() const;

 private:
  struct Event;

  void line(std::string_view text);
  void event(std::string_view json);
  void begin_case(const Event& event);
  void in_case(const Event& event, const std::string& kind);
  void fail(const std::string& what);

  const RunKey& key_;
  const std::vector<int> asked_;
  std::string pending_;  // a line whose end has not come
  unsigned long sequence_ = 0;
  bool hello_ = false;
  bool bye_ = false;
  std::string breach_;
  std::string refused_call_;
  std::vector<CaseAccount> cases_;
  std::vector<ListedCase> listed_;
};

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_ACCOUNT_H_
