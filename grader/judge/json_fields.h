#ifndef GRADER_JUDGE_JSON_FIELDS_H_
#define GRADER_JUDGE_JSON_FIELDS_H_

// Structs to JSON objects and back from one list of fields each.
//
// For a struct T there is one function
//
//   template <class Io> void fields(Io& io, typename Io::template Ref<Place> place) {
//     io("file", place.file);
//     io("line", place.line);
//   }
//
// which a Writer and a Reader both walk: the two directions cannot drift apart. Include this from
// the few .cc files that convert; nlohmann-json is slow to compile.

#include <concepts>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "grader/explorer/result.h"

namespace lockstep::judge {

using Json = nlohmann::ordered_json;

// What was wrong with a document, and where ("cases[2].rule: ...").
class FieldError : public std::runtime_error {
 public:
  FieldError(const std::string& path, const std::string& what)
      : std::runtime_error(path.empty() ? what : path + ": " + what) {}
};

// The words an enumeration is written with; specialised next to each enumeration's struct.
template <class Enum>
struct Words;

template <>
struct Words<Rule> {
  static std::string_view name(Rule rule) { return name_of(rule); }
  static std::optional<Rule> named(std::string_view name) { return rule_named(name); }
  static constexpr std::string_view kind = "rule";
};

class Writer {
 public:
  template <class T>
  using Ref = const T&;

  template <class T>
  static Json encode(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      return std::string(Words<T>::name(value));
    } else if constexpr (std::is_arithmetic_v<T> || std::same_as<T, std::string>) {
      return value;
    } else {
      Writer writer;
      fields(writer, value);
      return std::move(writer.object_);
    }
  }
  // No word (no rule) is an empty string, so that the field is of one type; no object is null.
  template <class T>
  static Json encode(const std::optional<T>& value) {
    if (value) return encode(*value);
    return std::is_enum_v<T> ? Json("") : Json(nullptr);
  }
  template <class T>
  static Json encode(const std::vector<T>& values) {
    Json array = Json::array();
    for (const T& value : values) array.push_back(encode(value));
    return array;
  }
  template <class T>
  static Json encode(const std::map<std::string, T>& values) {
    Json object = Json::object();
    for (const auto& [key, value] : values) object[key] = encode(value);
    return object;
  }
  template <class T>
  static Json encode(const std::map<int, T>& values) {
    Json object = Json::object();
    for (const auto& [key, value] : values) object[std::to_string(key)] = encode(value);
    return object;
  }

  template <class T>
  void operator()(const char* name, const T& value) {
    object_[name] = encode(value);
  }

 private:
  Json object_ = Json::object();
};

class Reader {
 public:
  template <class T>
  using Ref = T&;

  Reader(const Json& object, std::string path) : object_(object), path_(std::move(path)) {
    if (!object_.is_object()) throw FieldError(path_, "is not an object");
  }

  template <class T>
  static void decode(const Json& json, const std::string& path, T& value) {
    if constexpr (std::is_enum_v<T>) {
      const std::string name = text(json, path);
      const std::optional<T> named = Words<T>::named(name);
      if (!named) throw FieldError(path, "no " + std::string(Words<T>::kind) + " `" + name + "`");
      value = *named;
    } else if constexpr (std::same_as<T, std::string>) {
      value = text(json, path);
    } else if constexpr (std::same_as<T, bool>) {
      if (!json.is_boolean()) throw FieldError(path, "is not true or false");
      value = json.template get<bool>();
    } else if constexpr (std::is_integral_v<T>) {
      if (!json.is_number_integer()) throw FieldError(path, "is not a whole number");
      value = json.template get<T>();
    } else if constexpr (std::is_floating_point_v<T>) {
      if (!json.is_number()) throw FieldError(path, "is not a number");
      value = json.template get<T>();
    } else {
      Reader reader(json, path);
      fields(reader, value);
    }
  }
  template <class T>
  static void decode(const Json& json, const std::string& path, std::optional<T>& value) {
    const bool none = std::is_enum_v<T> ? text(json, path).empty() : json.is_null();
    if (none) {
      value.reset();
    } else {
      decode(json, path, value.emplace());
    }
  }
  template <class T>
  static void decode(const Json& json, const std::string& path, std::vector<T>& values) {
    if (!json.is_array()) throw FieldError(path, "is not a list");
    values.clear();
    for (const Json& element : json) {
      const std::string where = path + "[" + std::to_string(values.size()) + "]";
      decode(element, where, values.emplace_back());
    }
  }
  template <class T>
  static void decode(const Json& json, const std::string& path, std::map<std::string, T>& values) {
    if (!json.is_object()) throw FieldError(path, "is not an object");
    values.clear();
    for (const auto& [key, value] : json.items()) decode(value, inside(path, key), values[key]);
  }
  template <class T>
  static void decode(const Json& json, const std::string& path, std::map<int, T>& values) {
    if (!json.is_object()) throw FieldError(path, "is not an object");
    values.clear();
    for (const auto& [key, value] : json.items()) {
      decode(value, inside(path, key), values[line_number(key, path)]);
    }
  }

  template <class T>
  void operator()(const char* name, T& value) {
    const auto found = object_.find(name);
    const std::string path = inside(path_, name);
    if (found == object_.end()) throw FieldError(path, "is missing");
    decode(*found, path, value);
  }

 private:
  static std::string inside(const std::string& path, std::string_view name) {
    std::string result = path;
    if (!result.empty()) result += '.';
    return result += name;
  }
  static std::string text(const Json& json, const std::string& path) {
    if (!json.is_string()) throw FieldError(path, "is not a string");
    return json.get<std::string>();
  }
  static int line_number(const std::string& key, const std::string& path) {
    constexpr std::size_t kMostDigits = 9;  // fits an int
    if (key.empty() || key.size() > kMostDigits ||
        key.find_first_not_of("0123456789") != std::string::npos) {
      throw FieldError(path, "`" + key + "` is not a line number");
    }
    return std::stoi(key);
  }

  const Json& object_;
  std::string path_;
};

}  // namespace lockstep::judge

// The structs of result.h; in their namespace, so that they are found by argument.
namespace lockstep {

template <class Io>
void fields(Io& io, typename Io::template Ref<Place> place) {
  io("file", place.file);
  io("line", place.line);
  io("function", place.function);
}

template <class Io>
void fields(Io& io, typename Io::template Ref<ThreadInfo> thread) {
  io("label", thread.label);
  io("created", thread.created);
}

template <class Io>
void fields(Io& io, typename Io::template Ref<Step> step) {
  io("number", step.number);
  io("thread", step.thread);
  io("place", step.place);
  io("operation", step.operation);
  io("object", step.object);
  io("before", step.before);
  io("after", step.after);
  io("preempts", step.preempts);
  io("repeats", step.repeats);
  io("note", step.note);
}

template <class Io>
void fields(Io& io, typename Io::template Ref<Note> note) {
  io("rule", note.rule);
  io("message", note.message);
  io("place", note.place);
}

template <class Io>
void fields(Io& io, typename Io::template Ref<Finding> finding) {
  io("rule", finding.rule);
  io("message", finding.message);
  io("expected", finding.expected);
  io("seen", finding.seen);
  io("details", finding.details);
  io("threads", finding.threads);
  io("steps", finding.steps);
  io("schedule", finding.schedule);
  io("preemptions", finding.preemptions);
  io("fewest", finding.fewest);
}

template <class Io>
void fields(Io& io, typename Io::template Ref<Result> result) {
  io("finding", result.finding);
  io("notes", result.notes);
  io("error", result.error);
  io("executions", result.executions);
  io("steps", result.steps);
  io("exhaustive", result.exhaustive);
  io("bounds", result.bounds);
  io("strategy", result.strategy);
  io("seconds", result.seconds);
  io("output", result.output);
  io("exit_status", result.exit_status);
}

}  // namespace lockstep

#endif  // GRADER_JUDGE_JSON_FIELDS_H_
