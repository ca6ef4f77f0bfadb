#include "grader/judge/kit.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "grader/judge/files.h"
#include "grader/judge/json_fields.h"

namespace lockstep::judge {

template <class Io>
void fields(Io& io, typename Io::template Ref<Forbidden> forbidden) {
  io("identifier", forbidden.identifier);
  io("reason", forbidden.reason);
}

template <class Io>
void fields(Io& io, typename Io::template Ref<ExpectedCase> expected) {
  io("number", expected.number);
  io("name", expected.name);
  io("file", expected.file);
  io("line", expected.line);
  io("points", expected.points);
  io("hints", expected.hints);
  io("checks", expected.checks);
  io("explorations", expected.explorations);
}

template <class Io>
void fields(Io& io, typename Io::template Ref<Kit> kit) {
  io("lab", kit.lab);
  io("title", kit.title);
  io("files", kit.files);
  io("tests", kit.tests);
  io("prerequisites", kit.prerequisites);
  io("forbidden", kit.forbidden);
}

namespace {

template <class Value>
void read_json(const std::string& path, Value& value) {
  try {
    Reader::decode(Json::parse(read_file(path)), "", value);
  } catch (const std::exception& error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}

}  // namespace

Kit read_kit(const std::string& directory) {
  Kit kit;
  kit.directory = directory;
  read_json(directory + "/plan.json", kit);
  const std::string cases = directory + "/cases.json";
  if (std::filesystem::exists(cases)) read_json(cases, kit.cases);
  return kit;
}

Kit narrowed(const Kit& kit, const Choice& chosen) {
  std::set<std::string> files;
  for (const ExpectedCase& expected : kit.cases) {
    if (chosen(expected)) files.insert(expected.file);
  }
  if (files.empty()) return kit;
  Kit narrow = kit;
  std::erase_if(narrow.tests,
                [&](const std::string& test) { return !files.contains(kit.lab + "/" + test); });
  std::erase_if(narrow.cases,
                [&](const ExpectedCase& expected) { return !files.contains(expected.file); });
  // A program numbers its cases by file and line, so leaving files out keeps their order.
  int number = 0;
  for (ExpectedCase& expected : narrow.cases) expected.number = ++number;
  return narrow;
}

std::string write_cases(const std::vector<ExpectedCase>& cases) {
  return Writer::encode(cases).dump(2) + "\n";
}

}  // namespace lockstep::judge
