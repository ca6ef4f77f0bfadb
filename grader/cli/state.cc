#include "grader/cli/state.h"

#include <nlohmann/json.hpp>

#include "grader/cli/files.h"

namespace lockstep::cli {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;

}  // namespace

std::map<std::string, Score> State::scores() const {
  std::map<std::string, Score> scores;
  const json document = json::parse(read_file_if_any(folder_ / "points.json"), nullptr, false);
  if (!document.is_object() || document.value("version", json()) != kVersion) return scores;
  if (!document.contains("labs")) return scores;
  for (const auto& [lab, entry] : document["labs"].items()) {
    const json points = entry.is_object() ? entry.value("points", json()) : json();
    const json max_points = entry.is_object() ? entry.value("max_points", json()) : json();
    if (points.is_number_integer() && max_points.is_number_integer()) {
      scores[lab] = {points.get<int>(), max_points.get<int>()};
    }
  }
  return scores;
}

std::optional<judge::Verdict> State::last_verdict(const std::string& lab) const {
  try {
    return judge::read(read_file_if_any(folder_ / "verdicts" / (lab + ".json")));
  } catch (const judge::VerdictError&) {
    return std::nullopt;
  }
}

// .lockstep/points.json, all there is to `./lab`'s list:
//
//   {"version": 1, "labs": {"05_rlock": {"points": 60, "max_points": 100}, ...}}
//
// A lab that was never graded is not listed. Another version is treated as no file, and replaced.
// .lockstep/verdicts/LAB.json is the verdict document itself.
void State::remember(const judge::Verdict& verdict) const {
  write_file(folder_ / "verdicts" / (verdict.lab + ".json"), judge::write(verdict));
  std::map<std::string, Score> all = scores();
  all[verdict.lab] = {verdict.points, verdict.max_points};
  json labs = json::object();
  for (const auto& [lab, score] : all) {
    labs[lab] = {{"points", score.points}, {"max_points", score.max_points}};
  }
  const json document = {{"version", kVersion}, {"labs", labs}};
  write_file(folder_ / "points.json", document.dump(2) + "\n");
}

}  // namespace lockstep::cli
