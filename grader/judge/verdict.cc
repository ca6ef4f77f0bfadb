#include "grader/judge/verdict.h"

#include <algorithm>
#include <array>
#include <utility>

#include "grader/judge/json_fields.h"

namespace lockstep::judge {
namespace {

constexpr std::array kOutcomes{
    std::pair<Outcome, std::string_view>{Outcome::kGraded, "graded"},
    std::pair<Outcome, std::string_view>{Outcome::kNotBuilt, "not_built"},
    std::pair<Outcome, std::string_view>{Outcome::kError, "error"},
};

constexpr std::array kCaseOutcomes{
    std::pair<CaseOutcome, std::string_view>{CaseOutcome::kPassed, "passed"},
    std::pair<CaseOutcome, std::string_view>{CaseOutcome::kFailed, "failed"},
    std::pair<CaseOutcome, std::string_view>{CaseOutcome::kError, "error"},
    std::pair<CaseOutcome, std::string_view>{CaseOutcome::kNotRun, "not_run"},
};

template <class Table, class Enum>
std::string_view word_of(const Table& table, Enum value) {
  return std::ranges::find(table, value, &Table::value_type::first)->second;
}

template <class Enum, class Table>
std::optional<Enum> value_of(const Table& table, std::string_view word) {
  const auto found = std::ranges::find(table, word, &Table::value_type::second);
  if (found == table.end()) return std::nullopt;
  return found->first;
}

}  // namespace

std::string_view name_of(Outcome outcome) { return word_of(kOutcomes, outcome); }
std::string_view name_of(CaseOutcome outcome) { return word_of(kCaseOutcomes, outcome); }

template <>
struct Words<Outcome> {
  static std::string_view name(Outcome outcome) { return name_of(outcome); }
  static std::optional<Outcome> named(std::string_view word) {
    return value_of<Outcome>(kOutcomes, word);
  }
  static constexpr std::string_view kind = "outcome";
};

template <>
struct Words<CaseOutcome> {
  static std::string_view name(CaseOutcome outcome) { return name_of(outcome); }
  static std::optional<CaseOutcome> named(std::string_view word) {
    return value_of<CaseOutcome>(kCaseOutcomes, word);
  }
  static constexpr std::string_view kind = "outcome of a case";
};

template <class Io>
void fields(Io& io, typename Io::template Ref<Interleaving> interleaving) {
  io("threads", interleaving.threads);
  io("steps", interleaving.steps);
  io("preemptions", interleaving.preemptions);
  io("fewest", interleaving.fewest);
}

template <class Io>
void fields(Io& io, typename Io::template Ref<CaseVerdict> of) {
  io("number", of.number);
  io("name", of.name);
  io("file", of.file);
  io("line", of.line);
  io("points", of.points);
  io("earned", of.earned);
  io("outcome", of.outcome);
  io("rule", of.rule);
  io("message", of.message);
  io("expected", of.expected);
  io("seen", of.seen);
  io("details", of.details);
  io("interleaving", of.interleaving);
  io("schedule", of.schedule);
  io("executions", of.executions);
  io("exhaustive", of.exhaustive);
  io("bounds", of.bounds);
  io("strategy", of.strategy);
  io("seed", of.seed);
  io("notes", of.notes);
  io("output", of.output);
  io("hints", of.hints);
  io("sources", of.sources);
  io("seconds", of.seconds);
}

template <class Io>
void fields(Io& io, typename Io::template Ref<Submission> submission) {
  io("hash", submission.hash);
  io("files", submission.files);
  io("own", submission.own);
}

template <class Io>
void fields(Io& io, typename Io::template Ref<Tools> tools) {
  io("lockstep", tools.lockstep);
  io("compiler", tools.compiler);
  io("jail", tools.jail);
}

template <class Io>
void fields(Io& io, typename Io::template Ref<Build> build) {
  io("ok", build.ok);
  io("rule", build.rule);
  io("message", build.message);
  io("file", build.file);
  io("line", build.line);
  io("source", build.source);
  io("errors", build.errors);
  io("output", build.output);
}

template <class Io>
void fields(Io& io, typename Io::template Ref<Seconds> seconds) {
  io("build", seconds.build);
  io("cases", seconds.cases);
  io("total", seconds.total);
}

template <class Io>
void fields(Io& io, typename Io::template Ref<Verdict> verdict) {
  io("lab", verdict.lab);
  io("title", verdict.title);
  io("submission", verdict.submission);
  io("tools", verdict.tools);
  io("outcome", verdict.outcome);
  io("build", verdict.build);
  io("points", verdict.points);
  io("max_points", verdict.max_points);
  io("cases", verdict.cases);
  io("notes", verdict.notes);
  io("seconds", verdict.seconds);
}

std::string write(const Verdict& verdict) {
  Json document = Json::object();
  document["version"] = kVerdictVersion;
  document.update(Writer::encode(verdict));
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Verdict read(std::string_view text) {
  try {
    const Json document = Json::parse(text);
    int version = 0;
    Reader(document, "")("version", version);
    if (version != kVerdictVersion) {
      throw VerdictError("version " + std::to_string(version) + " of the verdict document; only " +
                         std::to_string(kVerdictVersion) + " can be read");
    }
    Verdict verdict;
    Reader::decode(document, "", verdict);
    return verdict;
  } catch (const Json::exception& error) {
    throw VerdictError(std::string("not JSON: ") + error.what());
  } catch (const FieldError& error) {
    throw VerdictError(error.what());
  }
}

}  // namespace lockstep::judge
