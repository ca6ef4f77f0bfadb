#include "grader/expectation/expectation.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

namespace lockstep {
namespace {

using judge::CaseOutcome;
using judge::CaseVerdict;
using judge::Outcome;
using judge::Verdict;

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

// Takes `prefix` off the front of `text`, if it is there.
bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

Rule rule_or_throw(std::string_view name, std::string_view line) {
  if (const std::optional<Rule> rule = rule_named(name)) return *rule;
  throw ExpectationError("no rule is called " + in_quotes(name) + ", in: " + std::string(line));
}

std::optional<MustFail> mark_in(std::string_view line) {
  std::string_view rest = line;
  if (take(rest, "// must not build: ")) return MustFail{"", rule_or_throw(rest, line)};
  if (!take(rest, "// must fail: ")) return std::nullopt;
  const std::size_t end = rest.rfind("\" ");
  if (!rest.starts_with('"') || end == std::string_view::npos || end == 0) {
    throw ExpectationError("should be `// must fail: \"case\" rule`: " + std::string(line));
  }
  return MustFail{std::string(rest.substr(1, end - 1)), rule_or_throw(rest.substr(end + 2), line)};
}

std::string rule_of(const CaseVerdict& verdict) {
  return verdict.rule ? std::string(name_of(*verdict.rule)) : "no rule";
}

// "failed for data-race", "passed".
std::string fate(const CaseVerdict& verdict) {
  std::string text(judge::name_of(verdict.outcome));
  if (verdict.outcome == CaseOutcome::kFailed) text += " for " + rule_of(verdict);
  return text;
}

bool has_ended(const CaseVerdict& verdict) {
  return verdict.outcome == CaseOutcome::kPassed || verdict.outcome == CaseOutcome::kFailed;
}

// Why the verdict has no cases to speak of; nothing if it has.
std::vector<std::string> complaints_unless_graded(const Verdict& verdict) {
  if (verdict.outcome == Outcome::kGraded) return {};
  std::string text = "the submission was not graded: ";
  text += verdict.outcome == Outcome::kNotBuilt ? verdict.build.message : "the judge had an error";
  for (const std::string& note : verdict.notes) text += "; " + note;
  return {text};
}

std::string complaint_about(const Verdict& verdict, const MustFail& mark) {
  const std::string wanted = " for " + std::string(name_of(mark.rule));
  if (mark.test_case.empty()) {
    if (verdict.outcome != Outcome::kNotBuilt) return "should have been refused" + wanted;
    if (verdict.build.rule == mark.rule) return "";
    return "should have been refused" + wanted + ", was refused: " + verdict.build.message;
  }
  const auto named = std::ranges::find(verdict.cases, mark.test_case, &CaseVerdict::name);
  if (named == verdict.cases.end()) return "there is no case " + in_quotes(mark.test_case);
  if (named->points == 0) return in_quotes(mark.test_case) + " costs no points";
  if (named->outcome == CaseOutcome::kFailed && named->rule == mark.rule) return "";
  return in_quotes(mark.test_case) + " should have failed" + wanted + ", but " + fate(*named);
}

}  // namespace

std::vector<MustFail> must_fail(std::string_view text) {
  std::vector<MustFail> marks;
  while (text.starts_with("//")) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (std::optional<MustFail> mark = mark_in(text.substr(0, end))) {
      marks.push_back(*std::move(mark));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (marks.empty()) throw ExpectationError("no line `// must fail: \"case\" rule` at the top");
  return marks;
}

std::vector<MustFail> marks_in(const std::filesystem::path& submission) {
  std::vector<MustFail> marks;
  for (const auto& entry : std::filesystem::directory_iterator(submission)) {
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    if (text.str().find("// must ") == std::string::npos) continue;
    const std::vector<MustFail> found = must_fail(text.str());
    marks.insert(marks.end(), found.begin(), found.end());
  }
  if (marks.empty()) throw ExpectationError("no file says what must fail");
  return marks;
}

std::set<std::string> cases_of(const std::vector<MustFail>& marks) {
  std::set<std::string> cases;
  for (const MustFail& mark : marks) {
    if (mark.test_case.empty()) return {};
    cases.insert(mark.test_case);
  }
  return cases;
}

std::vector<std::string> complaints_unless_full(const Verdict& verdict, int points) {
  std::vector<std::string> complaints = complaints_unless_graded(verdict);
  if (!complaints.empty()) return complaints;
  for (const CaseVerdict& each : verdict.cases) {
    if (each.outcome != CaseOutcome::kPassed) {
      complaints.push_back(in_quotes(each.name) + " should have passed, but " + fate(each));
    }
  }
  if (verdict.cases.empty()) complaints.emplace_back("there are no cases");
  if (verdict.points != points) {
    complaints.push_back(std::to_string(verdict.points) + " points instead of " +
                         std::to_string(points));
  }
  return complaints;
}

std::vector<std::string> complaints_unless_ended(const Verdict& verdict) {
  if (verdict.outcome == Outcome::kNotBuilt) {
    const bool own = std::ranges::count(verdict.submission.files, verdict.build.file) == 1;
    if (own && verdict.build.line > 0 && !verdict.build.message.empty()) return {};
  }
  std::vector<std::string> complaints = complaints_unless_graded(verdict);
  if (!complaints.empty()) return complaints;
  int points = 0;
  for (const CaseVerdict& each : verdict.cases) {
    if (!has_ended(each)) complaints.push_back(in_quotes(each.name) + " did not run to its end");
    if (each.outcome == CaseOutcome::kPassed) points += each.points;
  }
  if (verdict.cases.empty()) complaints.emplace_back("there are no cases");
  if (verdict.points != points) {
    complaints.push_back(std::to_string(verdict.points) + " points for cases that are worth " +
                         std::to_string(points));
  }
  return complaints;
}

std::vector<std::string> complaints_unless_zero(const Verdict& verdict) {
  std::vector<std::string> complaints = complaints_unless_graded(verdict);
  if (!complaints.empty()) return complaints;
  for (const CaseVerdict& each : verdict.cases) {
    if (!has_ended(each)) complaints.push_back(in_quotes(each.name) + " did not run to its end");
    if (each.earned != 0) {
      complaints.push_back("a skeleton passes " + in_quotes(each.name) +
                           ", so that case must be worth 0 points");
    }
  }
  if (verdict.cases.empty()) complaints.emplace_back("there are no cases");
  if (complaints.empty() && verdict.points != 0) complaints.emplace_back("points without a case");
  return complaints;
}

std::vector<std::string> complaints_unless_killed(const Verdict& verdict,
                                                  const std::vector<MustFail>& marks) {
  std::vector<std::string> complaints;
  for (const MustFail& mark : marks) {
    if (!mark.test_case.empty()) {
      complaints = complaints_unless_graded(verdict);
      if (!complaints.empty()) return complaints;
    }
    std::string complaint = complaint_about(verdict, mark);
    if (!complaint.empty()) complaints.push_back(std::move(complaint));
  }
  return complaints;
}

}  // namespace lockstep
