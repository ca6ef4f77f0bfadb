#ifndef GRADER_JUDGE_DECIDE_H_
#define GRADER_JUDGE_DECIDE_H_

#include <string>

#include "grader/judge/account.h"
#include "grader/judge/kit.h"
#include "grader/judge/supervise.h"
#include "grader/judge/verdict.h"

namespace lockstep::judge {

// The case before anything is known of it: its name, place, points and hints.
CaseVerdict not_run(const ExpectedCase& expected);

// The verdict on a case whose account is complete. It is passed only if nothing was found, no check
// failed, and the account holds as much as the reference's: as many explorations, each of them run,
// and checks wherever the reference made some.
CaseVerdict decide(const ExpectedCase& expected, const CaseAccount& account);

// The verdict on the case during which the process ended. `begun` is what is known of it, or null
// when it had not begun.
CaseVerdict charge(const ExpectedCase& expected, const CaseAccount* begun, const Account& account,
                   const Ending& ending, const Limits& limits);

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_DECIDE_H_
