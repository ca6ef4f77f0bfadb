#include "grader/judge/decide.h"

#include <fmt/format.h>
#include <signal.h>
#include <string.h>

#include <algorithm>

#include "grader/harness/protocol.h"

namespace lockstep::judge {
namespace {

void fail(CaseVerdict& verdict, Rule rule, std::string message) {
  verdict.outcome = CaseOutcome::kFailed;
  verdict.earned = 0;
  verdict.rule = rule;
  verdict.message = std::move(message);
}

// Names of files as the student knows them, whatever directory the compiler was in.
void shorten(std::string& file) {
  for (const std::string_view prefix : {"/work/", "./"}) {
    if (file.starts_with(prefix)) file.erase(0, prefix.size());
  }
}

void shorten(CaseVerdict& verdict) {
  for (Step& step : verdict.interleaving.steps) shorten(step.place.file);
  for (ThreadInfo& thread : verdict.interleaving.threads) shorten(thread.created.file);
  for (Note& note : verdict.notes) shorten(note.place.file);
}

void add_bounds(CaseVerdict& verdict, const std::string& bounds) {
  if (bounds.empty() || verdict.bounds.find(bounds) != std::string::npos) return;
  verdict.bounds += (verdict.bounds.empty() ? "" : "; ") + bounds;
}

void report(CaseVerdict& verdict, const Finding& finding) {
  fail(verdict, finding.rule, finding.message);
  verdict.expected = finding.expected;
  verdict.seen = finding.seen;
  verdict.details = finding.details;
  verdict.interleaving = {finding.threads, finding.steps, finding.preemptions, finding.fewest};
  verdict.schedule = finding.schedule;
}

// How far the case was searched, and what was found. Returns whether something was.
bool take_explorations(CaseVerdict& verdict, const CaseAccount& account) {
  verdict.exhaustive = !account.explorations.empty();
  for (const ExplorationAccount& exploration : account.explorations) {
    const Result& result = exploration.result;
    verdict.executions += result.executions;
    verdict.exhaustive = verdict.exhaustive && result.exhaustive;
    verdict.seed = exploration.seed;
    verdict.strategy = result.strategy;
    verdict.output = result.output;
    add_bounds(verdict, result.bounds);
    verdict.notes.insert(verdict.notes.end(), result.notes.begin(), result.notes.end());
    if (result.finding) {
      report(verdict, *result.finding);
      return true;
    }
    if (!result.error.empty()) {
      fail(verdict, Rule::kForbidden, "The case cannot be explored: " + result.error);
      return true;
    }
  }
  return false;
}

void report_checks(CaseVerdict& verdict, const CaseAccount& account) {
  if (account.exception) {
    fail(verdict, Rule::kException, "An exception left the case: " + *account.exception);
    return;
  }
  if (account.failed_checks.empty()) {
    fail(verdict, Rule::kCheckFailed, "A check of the case failed.");
    return;
  }
  const FailedCheck& first = account.failed_checks.front();
  std::string file = first.file;
  shorten(file);
  fail(verdict, Rule::kCheckFailed,
       fmt::format("The check at {}:{} does not hold.", file, first.line));
  verdict.expected = first.expression;
  verdict.seen = first.expanded;
  constexpr std::size_t kTold = 5;
  for (std::size_t i = 1; i < std::min(kTold, account.failed_checks.size()); ++i) {
    const FailedCheck& more = account.failed_checks[i];
    verdict.details.push_back(
        fmt::format("line {}: expected {}, seen {}", more.line, more.expression, more.expanded));
  }
}

// What the account lacks, compared with the reference's; empty if nothing.
std::string gap(const ExpectedCase& expected, const CaseAccount& account) {
  if (account.explorations.size() != expected.explorations.size()) {
    return fmt::format("{} of its {} explorations were run", account.explorations.size(),
                       expected.explorations.size());
  }
  for (std::size_t i = 0; i < expected.explorations.size(); ++i) {
    const ExplorationAccount& exploration = account.explorations[i];
    if (exploration.result.executions < 1) return "an exploration ran nothing";
    if (exploration.checks < 1 && expected.explorations[i] > 0) {
      return "the checks inside an exploration were not reached";
    }
  }
  if (account.checks < 1 && expected.checks > 0) return "none of its checks was made";
  return "";
}

std::string signal_name(int signal) {
  const char* name = sigabbrev_np(signal);
  const char* text = sigdescr_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{} ({})", name, text);
}

void charge_signal(CaseVerdict& verdict, int signal, const Limits& limits) {
  if (signal == SIGSYS) {
    fail(verdict, Rule::kForbidden, "The program made a system call that a lab may not make.");
  } else if (signal == SIGXFSZ) {
    fail(verdict, Rule::kOutputLimit,
         fmt::format("The program printed or wrote more than {} MiB.", limits.file_bytes >> 20));
  } else {
    fail(verdict, Rule::kCrash, fmt::format("The program was ended by {}.", signal_name(signal)));
  }
}

void charge_exit(CaseVerdict& verdict, int status) {
  if (status == protocol::kLineCut) {
    fail(verdict, Rule::kEarlyExit,
         "The program closed its line to the judge; what it did after that does not count.");
  } else {
    fail(verdict, Rule::kEarlyExit,
         fmt::format("The program ended itself, with exit status {}, before the case was over.",
                     status));
  }
}

void charge_call(CaseVerdict& verdict, const std::string& call) {
  if (call == "fork" || call == "vfork" || call == "clone") {
    fail(verdict, Rule::kProcessLimit,
         "The program tried to start another process; this lab has only threads.");
  } else {
    fail(verdict, Rule::kForbidden,
         fmt::format("The program called {}(), which a lab may not.", call));
  }
}

void charge_memory(CaseVerdict& verdict, bool begun, long reached, const Limits& limits) {
  const auto mebibytes = [](long bytes) { return fmt::format("{} MiB", bytes >> 20); };
  fail(verdict, Rule::kMemoryLimit,
       fmt::format("The program needed more than {} of memory {}.", mebibytes(limits.memory_bytes),
                   begun ? fmt::format("in the case `{}`", verdict.name)
                         : std::string("before its first case")));
  verdict.expected = fmt::format("at most {} of memory", mebibytes(limits.memory_bytes));
  verdict.seen = fmt::format("{} when it was ended", mebibytes(reached));
  verdict.details.push_back(
      "Look for what grows without end: a container that is filled in a loop, a queue that is "
      "filled faster than it is emptied, threads that are started and never end, a size that came "
      "out negative.");
}

void charge_ending(CaseVerdict& verdict, bool begun, const Ending& ending, const Limits& limits) {
  switch (ending.end) {
    case End::kExited:
    case End::kStopped:
      return charge_exit(verdict, ending.status);
    case End::kSignalled:
      return charge_signal(verdict, ending.status, limits);
    case End::kCpu:
      return fail(verdict, Rule::kEndlessLoop,
                  fmt::format("The case used {:.0f} s of processor time without coming to an end.",
                              limits.cpu_seconds));
    case End::kMemory:
      return charge_memory(verdict, begun, ending.memory_bytes, limits);
    case End::kOutput:
      return fail(verdict, Rule::kOutputLimit,
                  fmt::format("The program printed more than {} KiB.", limits.output_bytes >> 10));
    case End::kProcesses:
      return fail(verdict, Rule::kProcessLimit,
                  "The program started more processes or threads than a lab may.");
    case End::kWall:
      fail(
          verdict, Rule::kTimeLimit,
          fmt::format("The case did not end within {:.0f} s, though it used little processor time: "
                      "machine too slow, or program stuck.",
                      limits.wall_seconds));
      verdict.outcome = CaseOutcome::kError;
      return;
  }
}

}  // namespace

CaseVerdict not_run(const ExpectedCase& expected) {
  CaseVerdict verdict;
  verdict.number = expected.number;
  verdict.name = expected.name;
  verdict.file = expected.file;
  verdict.line = expected.line;
  verdict.points = expected.points;
  verdict.hints = expected.hints;
  return verdict;
}

CaseVerdict decide(const ExpectedCase& expected, const CaseAccount& account) {
  CaseVerdict verdict = not_run(expected);
  verdict.seconds = account.seconds;
  verdict.outcome = CaseOutcome::kPassed;
  verdict.earned = expected.points;
  const bool found = take_explorations(verdict, account);
  if (!found && (account.failed > 0 || account.exception)) {
    report_checks(verdict, account);
  } else if (!found) {
    if (const std::string lack = gap(expected, account); !lack.empty()) {
      fail(verdict, Rule::kEarlyExit, fmt::format("The case ended too early: {}.", lack));
    }
  }
  if (account.name != expected.name) {
    fail(verdict, Rule::kForgedAccount,
         fmt::format("The program ran `{}` in this case's place.", account.name));
  }
  shorten(verdict);
  return verdict;
}

CaseVerdict charge(const ExpectedCase& expected, const CaseAccount* begun, const Account& account,
                   const Ending& ending, const Limits& limits) {
  CaseVerdict verdict = not_run(expected);
  // The explorer may have told what it was before the process ended.
  if (begun != nullptr && take_explorations(verdict, *begun)) {
    shorten(verdict);
    return verdict;
  }
  verdict.exhaustive = false;
  if (!account.breach().empty()) {
    fail(verdict, Rule::kForgedAccount,
         fmt::format("The account of this case is not believed: it holds {}.", account.breach()));
  } else if (!account.refused_call().empty()) {
    charge_call(verdict, account.refused_call());
  } else {
    charge_ending(verdict, account.said_hello(), ending, limits);
  }
  if (!account.said_hello()) verdict.details.push_back("It happened before the first case began.");
  verdict.details.insert(verdict.details.end(), ending.threads.begin(), ending.threads.end());
  verdict.output = ending.output;
  return verdict;
}

}  // namespace lockstep::judge
