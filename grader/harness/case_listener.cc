#include "grader/harness/case_listener.h"

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "grader/harness/channel.h"
#include "grader/harness/framework.h"
#include "grader/harness/protocol.h"
#include "grader/judge/result_json.h"

namespace lockstep::harness {
namespace {

using Json = nlohmann::ordered_json;

void send(const Json& event) {
  // A program may print anything; what is not UTF-8 is replaced.
  channel::send(event.dump(-1, ' ', false, Json::error_handler_t::replace));
}

// For whoever runs the program by hand, without a judge.
void print(const Finding& finding) {
  std::cerr << name_of(finding.rule) << ": " << finding.message << '\n';
  if (!finding.expected.empty()) std::cerr << "  expected   " << finding.expected << '\n';
  if (!finding.seen.empty()) std::cerr << "  seen       " << finding.seen << '\n';
  for (const std::string& detail : finding.details) std::cerr << "  " << detail << '\n';
  for (const Step& step : finding.steps) {
    std::cerr << "  " << step.number << ' ' << step.thread << "  " << step.place.file << ':'
              << step.place.line << "  " << step.operation << ' ' << step.object << ' '
              << step.before << " -> " << step.after << '\n';
  }
  std::cerr << "  schedule   " << finding.schedule << '\n';
}

}  // namespace

void CaseListener::begin(int number, const std::string& name) {
  number_ = number;
  begun_ = std::chrono::steady_clock::now();
  failed_ = 0;
  send({{"event", "case_begin"}, {"case", number}, {"name", name}});
  explorations_ = 0;
  set_listener(this);
}

void CaseListener::failed_check(const std::string& file, int line, const std::string& expression,
                                const std::string& expanded, bool required) {
  if (exploring()) {
    if (required) {
      fail("`" + expression + "` is required at " + file + ":" + std::to_string(line) +
               " and does not hold.",
           expression, expanded);
    }
    note_failed_check(file, line, expression, expanded);
    return;
  }
  ++failed_;
  if (!channel::judged()) {
    std::cerr << file << ':' << line << ": " << expression << " is " << expanded << '\n';
  }
  send({{"event", "check_failed"},
        {"case", number_},
        {"file", file},
        {"line", line},
        {"expression", expression},
        {"expanded", expanded}});
}

void CaseListener::escaped(const std::string& message) {
  ++failed_;
  if (!channel::judged()) std::cerr << "exception: " << message << '\n';
  send({{"event", "exception"}, {"case", number_}, {"message", message}});
}

void CaseListener::end() {
  set_listener(nullptr);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun_;
  send({{"event", "case_end"},
        {"case", number_},
        {"checks", checks_so_far()},
        {"failed", failed_},
        {"seconds", taken.count()}});
}

void CaseListener::adjust(int, Options& options) {
  const int ordinal = explorations_;
  if (request_.seed) options.seed = *request_.seed;
  // Set by `./lab replay --gdb`: a debugger sees real threads only.
  if (std::getenv("LOCKSTEP_REAL_THREADS") != nullptr) options.real_threads = true;
  if (!request_.schedule.empty() && ordinal == request_.schedule_ordinal) {
    options.schedule = request_.schedule;
  }
  checks_before_ = checks_so_far();
}

void CaseListener::done(int, const Options& options, const Result& result) {
  const int ordinal = explorations_++;
  Result reported = result;
  if (ordinal > 0 && reported.finding && !reported.finding->schedule.empty()) {
    reported.finding->schedule.insert(0, std::to_string(ordinal) + protocol::kOrdinalMark);
  }
  send({{"event", "exploration"},
        {"case", number_},
        {"ordinal", ordinal},
        {"seed", options.seed},
        {"checks", checks_so_far() - checks_before_},
        {"result", judge::to_json(reported)}});
  if (!reported.finding && reported.error.empty()) return;
  ++failed_;
  if (!channel::judged()) {
    if (reported.finding) print(*reported.finding);
    if (!reported.error.empty()) std::cerr << "cannot be explored: " << reported.error << '\n';
  }
  leave_case();
}

}  // namespace lockstep::harness
