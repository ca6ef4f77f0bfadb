#ifndef GRADER_JUDGE_RESULT_JSON_H_
#define GRADER_JUDGE_RESULT_JSON_H_

// What the explorer found (grader/explorer/result.h) as JSON, field by field under the same names:
// rules by name, "no finding" as null. Reading throws FieldError (a std::runtime_error) that names
// the field.

#include <nlohmann/json_fwd.hpp>

#include "grader/explorer/result.h"

namespace lockstep::judge {

nlohmann::ordered_json to_json(const Finding& finding);
nlohmann::ordered_json to_json(const Note& note);
nlohmann::ordered_json to_json(const Result& result);

// `path` leads the message of an error: "exploration.finding".
Finding finding_from_json(const nlohmann::ordered_json& json, const std::string& path = "finding");
Note note_from_json(const nlohmann::ordered_json& json, const std::string& path = "note");
Result result_from_json(const nlohmann::ordered_json& json, const std::string& path = "result");

}  // namespace lockstep::judge

#endif  // GRADER_JUDGE_RESULT_JSON_H_
