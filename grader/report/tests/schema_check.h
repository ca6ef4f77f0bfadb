#ifndef GRADER_REPORT_TESTS_SCHEMA_CHECK_H_
#define GRADER_REPORT_TESTS_SCHEMA_CHECK_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace lockstep::report {

// What in `document` breaks the JSON Schema `schema`, one message a breach ("cases[0].rule: ..."),
// none when it holds. Knows the keywords that verdict.schema.json uses: type, const, enum, anyOf,
// required, properties, additionalProperties, propertyNames, items, minimum, minLength, maxItems,
// pattern, $ref to #/$defs. Throws std::invalid_argument on any other one: a keyword that is not
// checked would be a check that cannot fail.
std::vector<std::string> schema_breaches(const nlohmann::json& schema,
                                         const nlohmann::json& document);

}  // namespace lockstep::report

#endif  // GRADER_REPORT_TESTS_SCHEMA_CHECK_H_
