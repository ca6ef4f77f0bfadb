#include "grader/judge/run_cases.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "grader/harness/protocol.h"
#include "grader/judge/compile.h"
#include "grader/judge/decide.h"
#include "grader/judge/supervise.h"

namespace lockstep::judge {
namespace {

using Clock = std::chrono::steady_clock;

// One process of the program, from start to end.
class Session {
 public:
  Session(const Workshop& workshop, std::vector<int> asked, const Limits& limits)
      : workshop_(workshop), limits_(limits), account_(key_, std::move(asked)) {}

  void run(const std::vector<std::string>& arguments) {
    Pipe key_pipe = make_pipe();
    Pipe events = make_pipe();
    // Fits any pipe's buffer, so this does not block.
    if (::write(key_pipe.write.get(), key_.bytes().data(), RunKey::kSize) != RunKey::kSize) {
      throw std::system_error(errno, std::generic_category(), "key");
    }
    key_pipe.write.close();

    Command command;
    command.arguments = {std::string("/out/") + kProgram};
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
    command.environment = {
        "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",
        fmt::format("{}={},{}", protocol::kVariable, key_pipe.read.get(), events.write.get())};
    command.mounts = workshop_.mounts(false);
    command.directory = "/work";
    command.descriptors = {key_pipe.read.get(), events.write.get()};
    command.filter_system_calls = true;
    command.limits = limits_;
    Prisoner prisoner = workshop_.jail().start(command);
    key_pipe.read.close();
    events.write.close();
    last_change_ = Clock::now();
    ending_ = supervise(std::move(prisoner), limits_, events.read.get(),
                        [this](std::string_view bytes) { return take(bytes); });
    ended_ = Clock::now();
    // A breach in the last bytes, read after the program had ended.
    if (!account_.breach().empty()) ending_.end = End::kStopped;
  }

  const Account& account() const { return account_; }
  const Ending& ending() const { return ending_; }
  // Wall time of the case that the process ended in, from its beginning to the process's end. Those
  // that came to their end have told their own.
  double seconds_of_last() const {
    return std::chrono::duration<double>(ended_ - last_change_).count();
  }

 private:
  Next take(std::string_view bytes) {
    const std::optional<int> before = account_.current();
    const bool hello_before = account_.said_hello();
    account_.feed(bytes);
    if (!account_.breach().empty()) return Next::kStop;
    // Every case has the whole of its limits.
    if (account_.current() == before && account_.said_hello() == hello_before) return Next::kGoOn;
    last_change_ = Clock::now();
    return Next::kFreshStart;
  }

  const Workshop& workshop_;
  const Limits& limits_;
  const RunKey key_;
  Account account_;
  Ending ending_;
  Clock::time_point last_change_;
  Clock::time_point ended_;
};

std::vector<std::string> arguments_for(const std::vector<int>& cases, const RunOptions& options) {
  std::vector<std::string> arguments{"--cases", fmt::format("{}", fmt::join(cases, ","))};
  if (options.seed) {
    arguments.push_back("--seed");
    arguments.push_back(std::to_string(*options.seed));
  }
  if (!options.schedule.empty()) {
    arguments.push_back("--schedule");
    arguments.push_back(options.schedule);
  }
  return arguments;
}

const ExpectedCase& expected_case(const Kit& kit, int number) {
  const auto found = std::ranges::find(kit.cases, number, &ExpectedCase::number);
  if (found == kit.cases.end()) {
    throw std::invalid_argument(fmt::format("{} has no case {}", kit.lab, number));
  }
  return *found;
}

}  // namespace

std::vector<CaseVerdict> run_cases(const Kit& kit, const Workshop& workshop,
                                   const RunOptions& options) {
  std::vector<CaseVerdict> verdicts;
  std::vector<int> remaining = options.cases;
  while (!remaining.empty()) {
    Session session(workshop, remaining, options.limits);
    session.run(arguments_for(remaining, options));
    const Account& account = session.account();
    for (const CaseAccount& told : account.cases()) {
      if (!told.complete) break;
      verdicts.push_back(decide(expected_case(kit, told.number), told));
      remaining.erase(remaining.begin());
    }
    if (remaining.empty()) break;
    double seconds = session.seconds_of_last();
    const bool begun = !account.cases().empty() && !account.cases().back().complete;
    do {
      const ExpectedCase& expected = expected_case(kit, remaining.front());
      verdicts.push_back(charge(expected, begun ? &account.cases().back() : nullptr, account,
                                session.ending(), options.limits));
      // The process was started once for all that it is charged with.
      verdicts.back().seconds = std::exchange(seconds, 0);
      remaining.erase(remaining.begin());
      // What ends the program before main does so for every case; one try is enough.
    } while (!account.said_hello() && !remaining.empty());
  }
  return verdicts;
}

std::vector<ListedCase> list_cases(const Workshop& workshop, const Limits& limits) {
  Session session(workshop, {}, limits);
  session.run({"--list"});
  if (!session.account().said_bye()) {
    throw std::runtime_error("the cases cannot be listed: " + session.account().breach() +
                             session.ending().output);
  }
  return session.account().listed();
}

std::vector<CaseAccount> accounts_of(const Workshop& workshop, const std::vector<int>& cases,
                                     const Limits& limits) {
  Session session(workshop, cases, limits);
  session.run(arguments_for(cases, {}));
  return session.account().cases();
}

}  // namespace lockstep::judge
