#ifndef GRADER_REPORT_TESTS_SAMPLE_VERDICTS_H_
#define GRADER_REPORT_TESTS_SAMPLE_VERDICTS_H_

// One set of verdict documents for the tests of the schema and of every reporter.

#include <string>
#include <utility>
#include <vector>

#include "grader/judge/verdict.h"

namespace lockstep::report::samples {

judge::Verdict data_race();   // 03_races: case 2 of 3 loses an update; case 3 fails the same way
judge::Verdict deadlock();    // 04_lock: no steps, a wait-for cycle in the details
judge::Verdict all_holds();   // 05_rlock: 100 points, one case sampled, one bounded
judge::Verdict not_built();   // 05_rlock: the first of 3 errors of the compiler
judge::Verdict forbidden();   // 05_rlock: std::recursive_mutex
judge::Verdict stuck();       // 10_queue: an endless loop, an error, a case that was not run
judge::Verdict not_graded();  // outcome error: there was no jail
judge::Verdict hostile();     // names and output made of control characters, XML and broken UTF-8
judge::Verdict crowd();       // 8 threads, more than 100 columns can hold; 100 steps
judge::Verdict folded();      // a spin loop whose turns are one step

// All of them with their names.
std::vector<std::pair<std::string, judge::Verdict>> all();

}  // namespace lockstep::report::samples

#endif  // GRADER_REPORT_TESTS_SAMPLE_VERDICTS_H_
