// Takes over the main of a program that is linked with this library: what the C library would call
// is explored instead.
//
// LOCKSTEP_EXPLORE holds the search as JSON (strategy, executions, seed, schedule, ignore, require,
// clock), LOCKSTEP_RESULT_FD the descriptor that the result is written to, as JSON too. Without
// them the program runs as it is.

#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "grader/explorer/program.h"
#include "grader/judge/result_json.h"

namespace lockstep {

namespace {

using Main = int (*)(int, char**, char**);

Main g_main;

Strategy strategy_named(const std::string& name) {
  if (name == "auto") return Strategy::kAuto;
  if (name == "dpor") return Strategy::kDpor;
  if (name == "bounded") return Strategy::kBounded;
  if (name == "pct") return Strategy::kPct;
  if (name == "random") return Strategy::kRandom;
  throw std::runtime_error("there is no strategy " + name);
}

Clock clock_named(const std::string& name) {
  if (name == "both") return Clock::kBoth;
  if (name == "strict") return Clock::kStrict;
  if (name == "slow") return Clock::kSlowThreads;
  throw std::runtime_error("there is no clock " + name);
}

std::vector<Rule> rules_in(const nlohmann::json& names) {
  std::vector<Rule> rules;
  for (const std::string& name : names.get<std::vector<std::string>>()) {
    const std::optional<Rule> rule = rule_named(name);
    if (!rule) throw std::runtime_error("there is no rule " + name);
    rules.push_back(*rule);
  }
  return rules;
}

bool holds(const std::vector<Rule>& rules, Rule rule) {
  for (const Rule other : rules) {
    if (other == rule) return true;
  }
  return false;
}

Result explore_main(int argc, char** argv, char** envp, const std::string& text) {
  const nlohmann::json search = nlohmann::json::parse(text);
  Options options;
  options.strategy = strategy_named(search.value("strategy", "auto"));
  options.executions = search.value("executions", options.executions);
  options.seed = search.value("seed", options.seed);
  options.schedule = search.value("schedule", "");
  options.clock = clock_named(search.value("clock", "both"));
  options.real_threads = search.value("real_threads", false);
  options.ignore = rules_in(search.value("ignore", nlohmann::json::array()));
  const std::vector<Rule> required = rules_in(search.value("require", nlohmann::json::array()));
  // A program may spin, be unfair, and never free what it has until its end.
  for (const Rule rule : {Rule::kBusyWait, Rule::kStarvation, Rule::kLeak}) {
    if (!holds(required, rule)) options.only_note.push_back(rule);
  }
  Program program;
  program.main = g_main;
  program.argc = argc;
  program.argv = argv;
  program.envp = envp;
  program.may_outlive_main = !holds(required, Rule::kThreadNotJoined);
  return run_program(program, options);
}

int start(int argc, char** argv, char** envp) {
  const char* search = std::getenv("LOCKSTEP_EXPLORE");
  const char* descriptor = std::getenv("LOCKSTEP_RESULT_FD");
  if (search == nullptr || descriptor == nullptr) return g_main(argc, argv, envp);
  const std::string text = search;
  const int fd = std::atoi(descriptor);
  ::unsetenv("LOCKSTEP_EXPLORE");
  ::unsetenv("LOCKSTEP_RESULT_FD");
  Result result;
  try {
    result = explore_main(argc, argv, ::environ, text);
  } catch (const std::exception& e) {
    result.error = e.what();
  }
  const std::string json =
      judge::to_json(result).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  for (std::size_t at = 0; at < json.size();) {
    const ssize_t n = ::write(fd, json.data() + at, json.size() - at);
    if (n <= 0) ::_exit(70);
    at += static_cast<std::size_t>(n);
  }
  // The program's own destructors would run in a world that never began.
  ::_exit(0);
}

}  // namespace

}  // namespace lockstep

extern "C" __attribute__((visibility("default"))) int __libc_start_main(
    lockstep::Main main, int argc, char** argv, void (*init)(), void (*fini)(),
    void (*loader_fini)(), void* stack_end) {
  using Start = int (*)(lockstep::Main, int, char**, void (*)(), void (*)(), void (*)(), void*);
  const auto real = reinterpret_cast<Start>(::dlsym(RTLD_NEXT, "__libc_start_main"));
  lockstep::g_main = main;
  return real(lockstep::start, argc, argv, init, fini, loader_fini, stack_end);
}
