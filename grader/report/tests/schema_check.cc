#include "grader/report/tests/schema_check.h"

#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <stdexcept>

namespace lockstep::report {
namespace {

using nlohmann::json;

class Checker {
 public:
  explicit Checker(const json& schema) : root_(schema) {}

  void check(const json& schema, const json& value, const std::string& path) {
    if (schema.is_boolean()) {
      if (!schema.get<bool>()) breach(path, "is not allowed");
      return;
    }
    for (const auto& [keyword, argument] : schema.items()) {
      check_keyword(schema, keyword, argument, value, path);
    }
  }

  std::vector<std::string> take() { return std::move(breaches_); }

 private:
  void breach(const std::string& path, const std::string& what) {
    breaches_.push_back((path.empty() ? "document" : path) + ": " + what);
  }

  void check_keyword(const json& schema, const std::string& keyword, const json& argument,
                     const json& value, const std::string& path) {
    static const std::set<std::string> kNoConstraint{"$schema", "title", "description", "$defs"};
    if (kNoConstraint.contains(keyword)) return;
    if (keyword == "$ref") {
      const std::string pointer = argument.get<std::string>().substr(1);
      check(root_.at(json::json_pointer(pointer)), value, path);
    } else if (keyword == "type") {
      if (!has_type(value, argument.get<std::string>())) breach(path, "is no " + argument.dump());
    } else if (keyword == "const") {
      if (value != argument) breach(path, "is not " + argument.dump());
    } else if (keyword == "enum") {
      if (std::find(argument.begin(), argument.end(), value) == argument.end()) {
        breach(path, value.dump() + " is none of " + argument.dump());
      }
    } else if (keyword == "anyOf") {
      check_any(argument, value, path);
    } else if (keyword == "minimum") {
      if (value.is_number() && value < argument) breach(path, "is below " + argument.dump());
    } else if (keyword == "minLength") {
      if (value.is_string() && value.get<std::string>().size() < argument) {
        breach(path, "is too short");
      }
    } else if (keyword == "maxItems") {
      if (value.is_array() && value.size() > argument) breach(path, "has too many elements");
    } else if (keyword == "pattern") {
      const std::regex pattern(argument.get<std::string>());
      if (value.is_string() && !std::regex_search(value.get<std::string>(), pattern)) {
        breach(path, value.dump() + " does not match " + argument.dump());
      }
    } else if (keyword == "items") {
      if (!value.is_array()) return;
      for (std::size_t i = 0; i < value.size(); ++i) {
        check(argument, value[i], path + "[" + std::to_string(i) + "]");
      }
    } else {
      check_object_keyword(schema, keyword, argument, value, path);
    }
  }

  void check_object_keyword(const json& schema, const std::string& keyword, const json& argument,
                            const json& value, const std::string& path) {
    const std::string dot = path.empty() ? "" : path + ".";
    if (keyword == "required") {
      for (const json& name : argument) {
        if (value.is_object() && !value.contains(name)) {
          breach(dot + name.get<std::string>(), "is missing");
        }
      }
    } else if (keyword == "properties") {
      for (const auto& [name, property] : argument.items()) {
        if (value.is_object() && value.contains(name)) check(property, value[name], dot + name);
      }
    } else if (keyword == "additionalProperties") {
      if (!value.is_object()) return;
      for (const auto& [name, element] : value.items()) {
        if (!schema.value("properties", json::object()).contains(name)) {
          check(argument, element, dot + name);
        }
      }
    } else if (keyword == "propertyNames") {
      if (!value.is_object()) return;
      for (const auto& [name, element] : value.items()) check(argument, json(name), dot + name);
    } else {
      throw std::invalid_argument("the keyword `" + keyword + "` is not checked");
    }
  }

  void check_any(const json& schemas, const json& value, const std::string& path) {
    for (const json& schema : schemas) {
      Checker alternative(root_);
      alternative.check(schema, value, path);
      if (alternative.breaches_.empty()) return;
    }
    breach(path, value.dump() + " fits no alternative");
  }

  static bool has_type(const json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    throw std::invalid_argument("the type `" + type + "` is not checked");
  }

  const json& root_;
  std::vector<std::string> breaches_;
};

}  // namespace

std::vector<std::string> schema_breaches(const json& schema, const json& document) {
  Checker checker(schema);
  checker.check(schema, document, "");
  return checker.take();
}

}  // namespace lockstep::report
