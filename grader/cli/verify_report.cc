// What ./lab verify prints.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "grader/cli/verify.h"
#include "grader/report/text.h"

namespace lockstep::cli {
namespace {

using Row = std::vector<std::string>;

std::string share(int part, int whole) {
  if (whole == 0) return "-";
  return fmt::format("{}/{} {:.0f}%", part, whole, 100.0 * part / whole);
}

Row row_of(const LabReport& report) {
  const int false_alarms =
      report.right_total - report.right_passed + (report.reference_points < report.points ? 1 : 0);
  return {report.lab,
          std::to_string(report.cases),
          share(report.exhaustive_cases, report.cases),
          std::to_string(report.skeleton_points),
          fmt::format("{}/{}", report.reference_points, report.points),
          fmt::format("{}/{}", report.right_passed, report.right_total),
          share(report.wrong_killed, report.wrong_total),
          std::to_string(false_alarms),
          report::thousands(report.executions),
          fmt::format("{:.1f}", report.seconds)};
}

}  // namespace

std::string verify_table(const std::vector<LabReport>& reports) {
  std::vector<Row> rows{{"lab", "cases", "exhaustive", "skeleton", "reference", "right", "killed",
                         "false alarms", "executions", "seconds"}};
  for (const LabReport& report : reports) rows.push_back(row_of(report));
  std::string text = report::table(rows);
  long shortcomings = 0;
  for (const LabReport& report : reports) {
    for (const std::string& what : report.shortcomings) {
      text += (shortcomings == 0 ? "\n" : "") + fmt::format("short: {}\n", report::printable(what));
      ++shortcomings;
    }
  }
  text += shortcomings == 0 ? "\nnothing is short\n"
                            : fmt::format("\n{} short\n", report::count(shortcomings, "thing"));
  return text;
}

std::string verify_json(const std::vector<LabReport>& reports) {
  nlohmann::ordered_json labs = nlohmann::ordered_json::array();
  for (const LabReport& report : reports) {
    labs.push_back({
        {"lab", report.lab},
        {"cases", report.cases},
        {"points", report.points},
        {"exhaustive_cases", report.exhaustive_cases},
        {"skeleton_points", report.skeleton_points},
        {"reference_points", report.reference_points},
        {"right_total", report.right_total},
        {"right_passed", report.right_passed},
        {"wrong_total", report.wrong_total},
        {"wrong_killed", report.wrong_killed},
        {"executions", report.executions},
        {"seconds", report.seconds},
    });
  }
  const nlohmann::ordered_json document = {{"labs", labs}};
  return document.dump(2) + "\n";
}

}  // namespace lockstep::cli
