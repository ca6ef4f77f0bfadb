// What ./lab mutate prints.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "grader/cli/mutate.h"
#include "grader/report/text.h"

namespace lockstep::cli {
namespace {

using mutants::Report;
using Row = std::vector<std::string>;

Row row_of(const Report& report) {
  return {report.lab,
          std::to_string(report.mutants),
          std::to_string(report.killed),
          std::to_string(report.equivalent),
          std::to_string(report.weak_memory),
          std::to_string(report.survivors.size()),
          std::to_string(report.not_built),
          fmt::format("{:.0f}", report.seconds)};
}

}  // namespace

std::string mutate_table(const std::vector<Report>& reports) {
  std::vector<Row> rows{{"lab", "mutants", "killed", "equivalent", "weak memory", "survivors",
                         "not compiled", "seconds"}};
  for (const Report& report : reports) rows.push_back(row_of(report));
  std::string text = report::table(rows);
  long shortcomings = 0;
  for (const Report& report : reports) {
    for (const mutants::Survivor& one : report.survivors) {
      text += fmt::format("\nsurvivor: {} {}: {}\n{}", report.lab, one.mutant.id(), one.mutant.what,
                          one.difference);
      ++shortcomings;
    }
  }
  for (const Report& report : reports) {
    for (const std::string& what : report.shortcomings) {
      text += fmt::format("\nshort: {} {}\n", report.lab, report::printable(what));
      ++shortcomings;
    }
  }
  text += shortcomings == 0 ? "\nnothing is short\n"
                            : fmt::format("\n{} short\n", report::count(shortcomings, "thing"));
  return text;
}

std::string mutate_json(const std::vector<Report>& reports) {
  nlohmann::ordered_json labs = nlohmann::ordered_json::array();
  for (const Report& report : reports) {
    nlohmann::ordered_json survivors = nlohmann::ordered_json::array();
    for (const mutants::Survivor& one : report.survivors) {
      survivors.push_back({
          {"id", one.mutant.id()},
          {"file", one.mutant.file},
          {"line", one.mutant.line},
          {"operator", one.mutant.operator_name},
          {"what", one.mutant.what},
          {"difference", one.difference},
      });
    }
    labs.push_back({
        {"lab", report.lab},
        {"mutants", report.mutants},
        {"killed", report.killed},
        {"equivalent", report.equivalent},
        {"weak_memory", report.weak_memory},
        {"not_judged", report.not_judged},
        {"not_built", report.not_built},
        {"survivors", survivors},
        {"shortcomings", report.shortcomings},
        {"seconds", report.seconds},
    });
  }
  const nlohmann::ordered_json document = {{"labs", labs}};
  return document.dump(2) + "\n";
}

}  // namespace lockstep::cli
