#define DOCTEST_CONFIG_IMPLEMENTATION_IN_DLL
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
// doctest's implementation ends here; below it its insides are visible.
#include <algorithm>

#include "grader/harness/framework.h"

namespace lockstep::harness {
namespace {

CaseListener* current_listener = nullptr;
const Case* current_case = nullptr;

// The text of INFO and CAPTURE that is in force, as "; i := 3". Not inside an explored body: the
// scopes of executions that were given up are never left, and doctest would still show them.
std::string context() {
  std::string text;
  if (exploring()) return text;
  const auto* const* scopes = doctest::IReporter::get_active_contexts();
  for (int i = 0; i < doctest::IReporter::get_num_active_contexts(); ++i) {
    std::ostringstream stream;
    scopes[i]->stringify(&stream);
    text += "; " + stream.str();
  }
  return text;
}

// What an assertion saw: "1 == 2", "threw nothing", ...
std::string expanded(const doctest::AssertData& assertion) {
  namespace type = doctest::assertType;
  if (assertion.m_at & (type::is_throws | type::is_throws_as | type::is_throws_with)) {
    return assertion.m_threw ? std::string("threw ") + assertion.m_exception.c_str()
                             : "threw nothing";
  }
  if (assertion.m_threw) return std::string("threw ") + assertion.m_exception.c_str();
  return assertion.m_decomp.c_str();
}

std::string expression(const doctest::AssertData& assertion) {
  std::string text = assertion.m_expr;
  if (assertion.m_at & doctest::assertType::is_throws_as) {
    text += std::string(" throws ") + assertion.m_exception_type;
  } else if (assertion.m_at & doctest::assertType::is_throws) {
    text += " throws";
  } else if (assertion.m_at & doctest::assertType::is_false) {
    text = "!(" + text + ")";
  }
  return text;
}

class Reporter : public doctest::IReporter {
 public:
  explicit Reporter(const doctest::ContextOptions&) {}

  void log_assert(const doctest::AssertData& assertion) override {
    if (!assertion.m_failed || (assertion.m_at & doctest::assertType::is_warn)) return;
    current_listener->failed_check(assertion.m_file, assertion.m_line, expression(assertion),
                                   expanded(assertion) + context(),
                                   assertion.m_at & doctest::assertType::is_require);
  }
  void log_message(const doctest::MessageData& message) override {
    if (message.m_severity & doctest::assertType::is_warn) return;
    current_listener->failed_check(message.m_file, message.m_line, message.m_string.c_str(),
                                   "reached" + context(),
                                   message.m_severity & doctest::assertType::is_require);
  }
  void test_case_exception(const doctest::TestCaseException& exception) override {
    current_listener->escaped(exception.error_string.c_str());
  }

  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_start(const doctest::TestCaseData&) override {
    current_listener->begin(current_case->number, current_case->name);
  }
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override { current_listener->end(); }
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};

constexpr char kReporter[] = "lockstep";

}  // namespace

std::vector<Case> registered_cases() {
  std::vector<const doctest::detail::TestCase*> ordered;
  for (const auto& test_case : doctest::detail::getRegisteredTests()) {
    ordered.push_back(&test_case);
  }
  // The order in which doctest runs them: `first` and `last` below count in it.
  std::sort(ordered.begin(), ordered.end(), doctest::fileOrderComparator);
  std::vector<Case> cases;
  for (const auto* test_case : ordered) {
    Case& entry = cases.emplace_back();
    entry.number = static_cast<int>(cases.size());
    entry.name = test_case->m_name;
    entry.file = test_case->m_file.c_str();
    entry.line = static_cast<int>(test_case->m_line);
    entry.decorations = decorations(entry.file, test_case->m_line);
  }
  return cases;
}

void run_case(const Case& test_case, CaseListener& listener) {
  current_listener = &listener;
  current_case = &test_case;
  doctest::detail::g_infoContexts.clear();  // nobody is inside one now
  doctest::registerReporter<Reporter>(kReporter, 0, true);
  doctest::Context context;
  context.setOption("reporters", kReporter);
  context.setOption("order-by", "file");
  context.setOption("first", test_case.number);
  context.setOption("last", test_case.number);
  context.setOption("no-skip", true);
  context.setOption("no-breaks", true);
  context.run();
}

long checks_so_far() {
  return doctest::detail::g_cs == nullptr ? 0 : doctest::detail::g_cs->numAssertsCurrentTest_atomic;
}

void leave_case() { doctest::detail::throwException(); }

}  // namespace lockstep::harness
