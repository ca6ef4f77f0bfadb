#include "grader/judge/result_json.h"

#include "grader/judge/json_fields.h"

namespace lockstep::judge {
namespace {

template <class T>
T decode(const Json& json, const std::string& path) {
  T value;
  Reader::decode(json, path, value);
  return value;
}

}  // namespace

Json to_json(const Finding& finding) { return Writer::encode(finding); }
Json to_json(const Note& note) { return Writer::encode(note); }
Json to_json(const Result& result) { return Writer::encode(result); }

Finding finding_from_json(const Json& json, const std::string& path) {
  return decode<Finding>(json, path);
}
Note note_from_json(const Json& json, const std::string& path) { return decode<Note>(json, path); }
Result result_from_json(const Json& json, const std::string& path) {
  return decode<Result>(json, path);
}

}  // namespace lockstep::judge
