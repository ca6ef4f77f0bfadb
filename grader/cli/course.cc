#include "grader/cli/course.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "grader/cli/errors.h"
#include "grader/cli/nearest.h"

namespace lockstep::cli {
namespace {

// labs/course.bzl as JSON, written by the build.
constexpr std::string_view kCourse =
#include "grader/cli/course.inc"
    ;

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

// "05" and "5" are the same number; what is no number has none.
std::string number_in(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return "";
  const std::size_t first = text.find_first_not_of('0');
  return std::string(first == std::string_view::npos ? "0" : text.substr(first));
}

bool means(const Lab& lab, const std::string& name) {
  const std::size_t split = lab.name.find('_');
  const std::string number = lab.name.substr(0, split);
  const std::string word = lab.name.substr(split + 1);
  return name == lab.name || name == word ||
         (!number_in(name).empty() && number_in(name) == number_in(number));
}

}  // namespace

Course Course::built_in() {
  std::vector<Lab> labs;
  const nlohmann::json document = nlohmann::json::parse(kCourse);
  for (const nlohmann::json& entry : document.at("labs")) {
    labs.push_back({entry.at("name"), entry.at("title"), entry.at("needs"), entry.at("standing")});
  }
  return Course(std::move(labs));
}

const Lab& Course::find(std::string_view name) const {
  std::string_view last = name;
  while (last.ends_with('/')) last.remove_suffix(1);
  if (const std::size_t slash = last.rfind('/'); slash != std::string_view::npos) {
    last.remove_prefix(slash + 1);
  }
  const std::string wanted = lower(last);
  const auto found =
      std::ranges::find_if(labs_, [&](const Lab& lab) { return means(lab, wanted); });
  if (found != labs_.end() && found->standing) return *found;
  if (found != labs_.end()) {
    throw Error(fmt::format("{} ({}) is not in this course yet", found->name, found->title),
                "./lab lists the labs that are");
  }
  std::vector<std::string> standing;
  for (const Lab& lab : labs_) {
    if (lab.standing) standing.push_back(lab.name);
  }
  const std::string meant = nearest(wanted, standing);
  throw Error(fmt::format("there is no lab `{}`{}", name,
                          meant.empty() ? "" : fmt::format("; did you mean {}?", meant)),
              "./lab lists the labs");
}

}  // namespace lockstep::cli
