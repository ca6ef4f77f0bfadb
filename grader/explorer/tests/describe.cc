#include "grader/explorer/tests/describe.h"

#include <sstream>
#include <string>

namespace lockstep::tests {
namespace {

void describe(std::ostream& out, const Place& place) {
  out << place.file << ":" << place.line << " in " << place.function;
}

void describe(std::ostream& out, const Step& step) {
  out << "step " << step.number << " " << step.thread << " at ";
  describe(out, step.place);
  out << " " << step.operation << " " << step.object << " [" << step.before << " -> " << step.after
      << "] x" << step.repeats << (step.preempts ? " preempts " : " ") << step.note << "\n";
}

void describe(std::ostream& out, const Finding& finding) {
  out << "rule " << name_of(finding.rule) << "\nmessage " << finding.message << "\nexpected "
      << finding.expected << "\nseen " << finding.seen << "\n";
  for (const std::string& detail : finding.details) out << "detail " << detail << "\n";
  for (const ThreadInfo& thread : finding.threads) {
    out << "thread " << thread.label << " created at ";
    describe(out, thread.created);
    out << "\n";
  }
  for (const Step& step : finding.steps) describe(out, step);
  out << "schedule " << finding.schedule << "\npreemptions " << finding.preemptions
      << (finding.fewest ? ", the fewest" : "") << "\n";
}

}  // namespace

std::string describe(const Finding& finding) {
  std::ostringstream out;
  describe(out, finding);
  return out.str();
}

std::string describe(const Result& result) {
  std::ostringstream out;
  if (result.finding) describe(out, *result.finding);
  for (const Note& note : result.notes) {
    out << "note " << name_of(note.rule) << " " << note.message << " at ";
    describe(out, note.place);
    out << "\n";
  }
  out << "error " << result.error << "\nexecutions " << result.executions << "\nsteps "
      << result.steps << "\nexhaustive " << result.exhaustive << "\nbounds " << result.bounds
      << "\nstrategy " << result.strategy << "\nexit status " << result.exit_status << "\noutput "
      << result.output << "\n";
  return out.str();
}

}  // namespace lockstep::tests
