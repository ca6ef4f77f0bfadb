// The main of every graded program: runs the cases that it is asked for, in a process that the
// judge may have to end at any time. See protocol.h for the arguments and events.

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "grader/harness/channel.h"
#include "grader/harness/framework.h"
#include "grader/harness/protocol.h"

namespace lockstep::harness {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  bool list = false;
  std::vector<int> cases;  // empty: all
  Request request;
};

[[noreturn]] void usage(std::string_view problem) {
  std::cerr << problem << "\nusage: [--list] [--cases N,N,...] [--seed N] [--schedule S]\n";
  std::exit(protocol::kUsage);
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) usage("not a number");
  return value;
}

std::vector<int> numbers(std::string_view text) {
  std::vector<int> values;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    values.push_back(number<int>(text.substr(0, comma)));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return values;
}

void set_schedule(Request& request, std::string_view schedule) {
  const std::size_t mark = schedule.find(protocol::kOrdinalMark);
  if (mark != std::string_view::npos) {
    request.schedule_ordinal = number<int>(schedule.substr(0, mark));
    schedule.remove_prefix(mark + 1);
  }
  request.schedule = schedule;
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--list") {
      arguments.list = true;
      continue;
    }
    if (++i == argc) usage("a value is missing");
    if (option == "--cases") {
      arguments.cases = numbers(argv[i]);
    } else if (option == "--seed") {
      arguments.request.seed = number<std::uint64_t>(argv[i]);
    } else if (option == "--schedule") {
      set_schedule(arguments.request, argv[i]);
    } else {
      usage("unknown option");
    }
  }
  return arguments;
}

void list(const std::vector<Case>& cases) {
  for (const Case& entry : cases) {
    channel::send(Json{{"event", "listed"},
                       {"number", entry.number},
                       {"name", entry.name},
                       {"file", entry.file},
                       {"line", entry.line},
                       {"points", entry.decorations.points},
                       {"hints", entry.decorations.hints}}
                      .dump());
    if (!channel::judged()) std::cout << entry.number << "  " << entry.name << '\n';
  }
}

void run(const std::vector<Case>& cases, const Arguments& arguments) {
  std::vector<int> wanted = arguments.cases;
  if (wanted.empty()) {
    for (const Case& entry : cases) wanted.push_back(entry.number);
  }
  CaseListener listener(arguments.request);
  for (const int number : wanted) {
    if (number < 1 || number > static_cast<int>(cases.size())) usage("no such case");
    const Case& entry = cases[static_cast<std::size_t>(number - 1)];
    if (!channel::judged()) std::cerr << entry.number << "  " << entry.name << '\n';
    run_case(entry, listener);
  }
}

}  // namespace
}  // namespace lockstep::harness

__attribute__((visibility("default"))) int main(int argc, char** argv) {
  using namespace lockstep::harness;
  const Arguments arguments = parse(argc, argv);
  channel::send(R"({"event":"hello"})");
  const std::vector<Case> cases = registered_cases();
  if (arguments.list) {
    list(cases);
  } else {
    run(cases, arguments);
  }
  channel::send(R"({"event":"bye"})");
  // The account is complete; what the program's own destructors do at exit cannot change it.
  std::cout.flush();
  std::_Exit(EXIT_SUCCESS);
}
