#ifndef GRADER_EXPLORER_RULES_H_
#define GRADER_EXPLORER_RULES_H_

#include <array>
#include <optional>
#include <string_view>

namespace lockstep {

// The rules a program can break. Their names are stable: verdicts, wrong submissions, `--ignore`,
// `--require` and the pages docs/rules/NAME.md all use them. The explorer finds the first group by
// itself; the judge alone can see the second.
enum class Rule {
  kDataRace,
  kDeadlock,
  kLostWakeup,
  kLivelock,
  kBusyWait,
  kStarvation,
  kCheckFailed,
  kException,
  kCrash,
  kUseAfterFree,
  kDoubleFree,
  kLeak,
  kUnlockNotOwner,
  kRelock,
  kDestroyedInUse,
  kThreadNotJoined,
  kNotInsideLock,
  kEndlessLoop,
  kEarlyExit,
  kForbidden,
  kMemoryLimit,
  kOutputLimit,

  kTimeLimit,
  kProcessLimit,
  kForgedAccount,
  kCompileError,
  kNoSuchFile,
};

struct RuleName {
  Rule rule;
  std::string_view name;
};

// Every rule with its name, in the order of the enumeration.
inline constexpr std::array kRuleNames{
    RuleName{Rule::kDataRace, "data-race"},
    RuleName{Rule::kDeadlock, "deadlock"},
    RuleName{Rule::kLostWakeup, "lost-wakeup"},
    RuleName{Rule::kLivelock, "livelock"},
    RuleName{Rule::kBusyWait, "busy-wait"},
    RuleName{Rule::kStarvation, "starvation"},
    RuleName{Rule::kCheckFailed, "check-failed"},
    RuleName{Rule::kException, "exception"},
    RuleName{Rule::kCrash, "crash"},
    RuleName{Rule::kUseAfterFree, "use-after-free"},
    RuleName{Rule::kDoubleFree, "double-free"},
    RuleName{Rule::kLeak, "leak"},
    RuleName{Rule::kUnlockNotOwner, "unlock-not-owner"},
    RuleName{Rule::kRelock, "relock"},
    RuleName{Rule::kDestroyedInUse, "destroyed-in-use"},
    RuleName{Rule::kThreadNotJoined, "thread-not-joined"},
    RuleName{Rule::kNotInsideLock, "not-inside-lock"},
    RuleName{Rule::kEndlessLoop, "endless-loop"},
    RuleName{Rule::kEarlyExit, "early-exit"},
    RuleName{Rule::kForbidden, "forbidden"},
    RuleName{Rule::kMemoryLimit, "memory-limit"},
    RuleName{Rule::kOutputLimit, "output-limit"},
    RuleName{Rule::kTimeLimit, "time-limit"},
    RuleName{Rule::kProcessLimit, "process-limit"},
    RuleName{Rule::kForgedAccount, "forged-account"},
    RuleName{Rule::kCompileError, "compile-error"},
    RuleName{Rule::kNoSuchFile, "no-such-file"},
};

constexpr std::string_view name_of(Rule rule) {
  return kRuleNames[static_cast<std::size_t>(rule)].name;
}

// The rule called `name`, or nothing.
constexpr std::optional<Rule> rule_named(std::string_view name) {
  for (const RuleName& entry : kRuleNames) {
    if (entry.name == name) return entry.rule;
  }
  return std::nullopt;
}

}  // namespace lockstep

#endif  // GRADER_EXPLORER_RULES_H_
