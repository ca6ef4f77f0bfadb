#include "grader/judge/decide.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <string>

#include "grader/harness/protocol.h"

namespace lockstep::judge {
namespace {

ExpectedCase expected() {
  ExpectedCase one;
  one.number = 3;
  one.name = "two threads add";
  one.file = "00_jail/counter_test.cc";
  one.line = 20;
  one.points = 50;
  one.hints = {"idea", "place", "code"};
  one.checks = 21;
  one.explorations = {20, 0};
  return one;
}

// The account of a submission that does all that the reference does.
CaseAccount complete() {
  CaseAccount account;
  account.number = 3;
  account.name = "two threads add";
  account.complete = true;
  account.checks = 7;
  account.seconds = 0.25;
  account.explorations.resize(2);
  for (ExplorationAccount& exploration : account.explorations) {
    exploration.checks = 3;
    exploration.seed = 1;
    exploration.result.executions = 20;
    exploration.result.exhaustive = true;
    exploration.result.strategy = "dpor";
    exploration.result.bounds = "time-outs in order";
  }
  return account;
}

std::string rule_of(const CaseVerdict& verdict) {
  return verdict.rule ? std::string(name_of(*verdict.rule)) : "";
}

void check_failed(const CaseVerdict& verdict, std::string_view rule) {
  CHECK(verdict.outcome == CaseOutcome::kFailed);
  CHECK(rule_of(verdict) == rule);
  CHECK(verdict.earned == 0);
  CHECK_FALSE(verdict.message.empty());
}

}  // namespace

TEST_CASE("a complete account without a fault is a pass") {
  const CaseVerdict verdict = decide(expected(), complete());
  CHECK(verdict.outcome == CaseOutcome::kPassed);
  CHECK(verdict.earned == 50);
  CHECK(verdict.rule == std::nullopt);
  CHECK(verdict.message == "");
  CHECK(verdict.executions == 40);
  CHECK(verdict.exhaustive);
  CHECK(verdict.bounds == "time-outs in order");
  CHECK(verdict.strategy == "dpor");
  CHECK(verdict.hints.size() == 3);
  CHECK(verdict.seconds == 0.25);
}

TEST_CASE("one exploration that is not exhaustive makes the case not exhaustive") {
  CaseAccount account = complete();
  account.explorations[0].result.exhaustive = false;
  CHECK_FALSE(decide(expected(), account).exhaustive);
}

TEST_CASE("what the reference did and the submission did not is no pass") {
  SUBCASE("fewer explorations") {
    CaseAccount account = complete();
    account.explorations.pop_back();
    check_failed(decide(expected(), account), "early-exit");
  }
  SUBCASE("more explorations") {
    CaseAccount account = complete();
    account.explorations.resize(3);
    check_failed(decide(expected(), account), "early-exit");
  }
  SUBCASE("an exploration that ran nothing") {
    CaseAccount account = complete();
    account.explorations[1].result.executions = 0;
    check_failed(decide(expected(), account), "early-exit");
  }
  SUBCASE("an exploration whose checks were not reached") {
    CaseAccount account = complete();
    account.explorations[0].checks = 0;
    check_failed(decide(expected(), account), "early-exit");
  }
  SUBCASE("no check at all") {
    CaseAccount account = complete();
    account.checks = 0;
    check_failed(decide(expected(), account), "early-exit");
  }
  SUBCASE("another case") {
    CaseAccount account = complete();
    account.name = "another";
    check_failed(decide(expected(), account), "forged-account");
  }
  SUBCASE("checks where the reference made none are not needed") {
    CaseAccount account = complete();
    account.explorations[1].checks = 0;
    CHECK(decide(expected(), account).outcome == CaseOutcome::kPassed);
  }
}

TEST_CASE("a finding is told whole, with names as the student knows them") {
  CaseAccount account = complete();
  Finding& finding = account.explorations[0].result.finding.emplace();
  finding.rule = Rule::kDataRace;
  finding.message = "Data race";
  finding.expected = "2";
  finding.seen = "1";
  finding.schedule = "mA";
  finding.steps.resize(1);
  finding.steps[0].place.file = "/work/00_jail/counter.h";
  account.failed = 1;
  const CaseVerdict verdict = decide(expected(), account);
  check_failed(verdict, "data-race");
  CHECK(verdict.message == "Data race");
  CHECK(verdict.expected == "2");
  CHECK(verdict.seen == "1");
  CHECK(verdict.schedule == "mA");
  REQUIRE(verdict.interleaving.steps.size() == 1);
  CHECK(verdict.interleaving.steps[0].place.file == "00_jail/counter.h");
  // What was searched after it does not count.
  CHECK(verdict.executions == 20);
}

TEST_CASE("a failed check outside of explore") {
  CaseAccount account = complete();
  account.failed = 2;
  account.failed_checks = {{"./00_jail/counter_test.cc", 9, "a == b", "1 == 2"},
                           {"00_jail/counter_test.cc", 10, "c", "false"}};
  const CaseVerdict verdict = decide(expected(), account);
  check_failed(verdict, "check-failed");
  CHECK(verdict.message == "The check at 00_jail/counter_test.cc:9 does not hold.");
  CHECK(verdict.expected == "a == b");
  CHECK(verdict.seen == "1 == 2");
  CHECK(verdict.details == std::vector<std::string>{"line 10: expected c, seen false"});
}

TEST_CASE("an exception, a body that cannot be explored") {
  CaseAccount thrown = complete();
  thrown.failed = 1;
  thrown.exception = "oops";
  check_failed(decide(expected(), thrown), "exception");
  CaseAccount refused = complete();
  refused.failed = 1;
  refused.explorations[0].result.error = "fork() inside";
  check_failed(decide(expected(), refused), "forbidden");
}

TEST_CASE("the case in which the process ended is charged with its end") {
  const RunKey key;
  const Limits limits;
  struct Row {
    End end;
    int status;
    const char* rule;
  };
  for (const Row& row :
       {Row{End::kExited, 0, "early-exit"}, Row{End::kExited, protocol::kLineCut, "early-exit"},
        Row{End::kSignalled, SIGSEGV, "crash"}, Row{End::kSignalled, SIGSYS, "forbidden"},
        Row{End::kSignalled, SIGXFSZ, "output-limit"}, Row{End::kCpu, 0, "endless-loop"},
        Row{End::kMemory, 0, "memory-limit"}, Row{End::kOutput, 0, "output-limit"},
        Row{End::kProcesses, 0, "process-limit"}}) {
    CAPTURE(row.rule);
    Ending ending;
    ending.end = row.end;
    ending.status = row.status;
    const Account account(key, {3});
    check_failed(charge(expected(), nullptr, account, ending, limits), row.rule);
  }
}

TEST_CASE("too much memory is told with the limit, what was reached, and where") {
  const RunKey key;
  Limits limits;
  limits.memory_bytes = 256L << 20;
  Ending ending;
  ending.end = End::kMemory;
  ending.memory_bytes = 261L << 20;
  SUBCASE("in a case") {
    Account account(key, {3});
    const std::string hello = R"({"event":"hello"})";
    account.feed("1 " + key.mac("1 " + hello) + " " + hello + "\n");
    const CaseVerdict verdict = charge(expected(), nullptr, account, ending, limits);
    CHECK(verdict.message ==
          "The program needed more than 256 MiB of memory in the case `two threads add`.");
    CHECK(verdict.expected == "at most 256 MiB of memory");
    CHECK(verdict.seen == "261 MiB when it was ended");
    REQUIRE(verdict.details.size() == 1);
    CHECK(verdict.details[0].starts_with("Look for what grows without end: a container"));
  }
  SUBCASE("before any") {
    const CaseVerdict verdict = charge(expected(), nullptr, Account(key, {3}), ending, limits);
    CHECK(verdict.message ==
          "The program needed more than 256 MiB of memory before its first case.");
  }
}

TEST_CASE("the wall limit is nobody's fault") {
  const RunKey key;
  Ending ending;
  ending.end = End::kWall;
  const CaseVerdict verdict = charge(expected(), nullptr, Account(key, {3}), ending, Limits{});
  CHECK(verdict.outcome == CaseOutcome::kError);
  CHECK(rule_of(verdict) == "time-limit");
  CHECK(verdict.earned == 0);
}

TEST_CASE("a finding that was told before the process ended is the reason") {
  const RunKey key;
  CaseAccount begun = complete();
  begun.complete = false;
  begun.explorations.resize(1);
  begun.explorations[0].result.finding.emplace().rule = Rule::kEndlessLoop;
  begun.explorations[0].result.finding->message = "Endless loop";
  Ending ending;
  ending.end = End::kSignalled;
  ending.status = SIGKILL;
  check_failed(charge(expected(), &begun, Account(key, {3}), ending, Limits{}), "endless-loop");
}

TEST_CASE("a breach and a refused call come before the way of ending") {
  const RunKey key;
  Account forged(key, {3});
  forged.feed("1 00 {}\n");
  check_failed(charge(expected(), nullptr, forged, Ending{}, Limits{}), "forged-account");

  const std::string event = R"({"event":"refused","call":"fork"})";
  Account forking(key, {3});
  forking.feed("1 " + key.mac("1 " + event) + " " + event + "\n");
  check_failed(charge(expected(), nullptr, forking, Ending{}, Limits{}), "process-limit");
}

}  // namespace lockstep::judge
