#include "grader/cli/cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "grader/cli/errors.h"
#include "grader/cli/files.h"
#include "grader/cli/nearest.h"

namespace lockstep::cli {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

}  // namespace

std::vector<KnownCase> cases_in(const std::filesystem::path& kit) {
  try {
    nlohmann::json document = nlohmann::json::parse(read_file(kit / "cases.json"));
    if (document.is_object()) document = document.at("cases");
    std::vector<KnownCase> cases;
    for (const nlohmann::json& entry : document) {
      cases.push_back({entry.at("number"), entry.at("name"), entry.at("points"), entry.at("hints"),
                       entry.at("file")});
    }
    return cases;
  } catch (const nlohmann::json::exception& error) {
    throw Error(fmt::format("the list of cases cannot be read: {}", error.what()),
                "delete .lockstep/built and try again");
  }
}

const KnownCase& find_case(const std::vector<KnownCase>& cases, std::string_view wanted,
                           std::string_view lab) {
  const auto exact = std::ranges::find_if(cases, [&](const KnownCase& one) {
    return wanted == std::to_string(one.number) || lower(wanted) == lower(one.name);
  });
  if (exact != cases.end()) return *exact;

  std::vector<const KnownCase*> parts;
  for (const KnownCase& one : cases) {
    if (!wanted.empty() && lower(one.name).find(lower(wanted)) != std::string::npos) {
      parts.push_back(&one);
    }
  }
  const std::string next = fmt::format(
      "give a number from 1 to {} or a name; ./lab grade {} lists "
      "them",
      cases.size(), lab);
  if (parts.size() == 1) return *parts[0];
  if (parts.size() > 1) {
    throw Error(
        fmt::format("`{}` is part of {} cases' names: \"{}\", \"{}\"{}", wanted, parts.size(),
                    parts[0]->name, parts[1]->name, parts.size() > 2 ? ", ..." : ""),
        next);
  }
  std::vector<std::string> names;
  for (const KnownCase& one : cases) names.push_back(one.name);
  const bool is_number = wanted.find_first_not_of("0123456789") == std::string_view::npos;
  const std::string meant = is_number ? "" : nearest(wanted, names);
  throw Error(fmt::format("{} has no case `{}`{}", lab, wanted,
                          meant.empty() ? "" : fmt::format("; did you mean \"{}\"?", meant)),
              next);
}

}  // namespace lockstep::cli
