#include "grader/cli/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <limits>
#include <string_view>

#include "grader/cli/errors.h"
#include "grader/cli/nearest.h"

namespace lockstep::cli {
namespace {

// Adds a command; `finish` makes the request once the line is parsed.
class Commands {
 public:
  Commands()
      : app_("Learn concurrency by building it. Alone: your labs, points and what is next.") {
    app_.name("./lab");
    app_.require_subcommand(0, 1);
    app_.set_help_flag("-h,--help", "this text");
    app_.footer(
        "\nExamples:\n  ./lab\n  ./lab grade 5\n  ./lab hint rlock --case 2\n"
        "\n./lab COMMAND --help explains a command.");
    add_grade();
    add_hint();
    add_replay();
    add_explore();
    add_bench();
    add_verify();
    add_mutate();
    add_test();
    add_skeleton();
  }

  Request parse(std::vector<std::string> arguments);

 private:
  CLI::App* add(const std::string& name, const std::string& what, const std::string& examples,
                std::function<Request()> finish) {
    CLI::App* command = app_.add_subcommand(name, what);
    command->set_help_flag("-h,--help", "this text");
    command->get_formatter()->column_width(34);
    command->footer("\nExamples:\n" + examples);
    command->option_defaults()->always_capture_default(false);
    finishers_.emplace_back(command, std::move(finish));
    return command;
  }
  static void add_lab(CLI::App* command, std::string& lab) {
    command->add_option("LAB", lab, "5, rlock or 05_rlock")->required()->type_name("");
  }
  static CLI::Option* add_case(CLI::App* command, std::string& wanted, const std::string& what) {
    return command->add_option("--case", wanted, what)->type_name("NUMBER|NAME");
  }
  static void add_submission(CLI::App* command, std::string& submission) {
    command->add_option("--submission", submission, "the same-named files of this folder")
        ->type_name("DIR");
  }

  void add_grade();
  void add_hint();
  void add_replay();
  void add_explore();
  void add_bench();
  void add_verify();
  void add_mutate();
  void add_test();
  void add_skeleton();

  [[noreturn]] void refuse(const CLI::Error& error, const std::vector<std::string>& arguments);

  CLI::App app_;
  std::vector<std::pair<CLI::App*, std::function<Request()>>> finishers_;

  GradeRequest grade_;
  HintRequest hint_;
  VerifyRequest verify_;
  MutateRequest mutate_;
  ExploreRequest explore_;
  ReplayRequest replay_;
  TestRequest test_;
  BenchRequest bench_;
  SkeletonRequest skeleton_;

  std::vector<std::string> ignored_, required_;  // rules by name
  std::vector<std::string> includes_, defines_, standards_;
};

std::vector<std::string> rule_names() {
  std::vector<std::string> names;
  for (const RuleName& entry : kRuleNames) names.emplace_back(entry.name);
  return names;
}

std::vector<Rule> rules_named(const std::vector<std::string>& names) {
  std::vector<Rule> rules;
  for (const std::string& name : names) {
    const std::optional<Rule> rule = rule_named(name);
    if (!rule) {
      throw Error(
          fmt::format("there is no rule `{}`; did you mean {}?", name, nearest(name, rule_names())),
          "docs/rules has a page for each rule");
    }
    rules.push_back(*rule);
  }
  return rules;
}

void Commands::add_grade() {
  CLI::App* command = add("grade", "grade a lab and show what went wrong",
                          "  ./lab grade 05_rlock\n"
                          "  ./lab grade 5 --case \"two threads are never inside together\"\n"
                          "  ./lab grade rlock --submission ../handed_in --json\n"
                          "\nExit status: 0 all points, 1 not all, 2 could not be graded.",
                          [this] { return grade_; });
  add_lab(command, grade_.lab);
  add_submission(command, grade_.submission);
  add_case(command, grade_.wanted, "only this case");
  command->add_flag("--own", grade_.own, "build on your own earlier labs, not on the solutions");
  command->add_flag("--json", grade_.json,
                    "the verdict document (grader/judge/verdict.schema.json)");
  command->add_flag("--all", grade_.all, "every failure, step and error of the compiler");
  command->add_flag("--timing", grade_.timing, "where the time went");
}

void Commands::add_hint() {
  CLI::App* command = add("hint", "a hint for a case, from the idea to almost the code",
                          "  ./lab hint 05_rlock\n"
                          "  ./lab hint 5 --case 3 --level 2\n",
                          [this] { return hint_; });
  add_lab(command, hint_.lab);
  add_case(command, hint_.wanted, "which; the first that failed when not given");
  command->add_option("--level", hint_.level, "1 the idea, 2 the place, 3 almost the code")
      ->check(CLI::Range(1, 3).description(""))
      ->type_name("1..3");
}

void Commands::add_replay() {
  CLI::App* command = add("replay", "run one interleaving of a case again",
                          "  ./lab replay 03_races --case 2 --schedule A2B2A\n"
                          "  ./lab replay 03_races --case 2 --schedule A2B2A --gdb\n",
                          [this] { return replay_; });
  add_lab(command, replay_.lab);
  add_case(command, replay_.wanted, "which")->required();
  command->add_option("--schedule", replay_.schedule, "as a report prints it")
      ->required()
      ->type_name("S");
  add_submission(command, replay_.submission);
  command->add_flag("--all", replay_.all, "every step, however many");
  command->add_flag("--json", replay_.json, "the verdict document");
  command->add_flag("--gdb", replay_.gdb, "real threads under gdb, stopped at the failing step");
}

void Commands::add_explore() {
  CLI::App* command =
      add("explore", "explore every interleaving of a C or C++ program with threads",
          "  ./lab explore counter.cc\n"
          "  ./lab explore main.c queue.c -Iinclude -DSIZE=4 -- input.txt\n"
          "  ./lab explore pool.cc --ignore data-race --executions 100000\n"
          "  ./lab explore pool.cc --replay m3A2B1\n"
          "\nWhat stands after `--` is given to the program.\n"
          "Exit status: 0 nothing found, 1 something found, 2 it does not build or cannot be "
          "explored.",
          [this] {
            explore_.ignored = rules_named(ignored_);
            explore_.required = rules_named(required_);
            for (const std::string& path : includes_) explore_.flags.push_back("-I" + path);
            for (const std::string& name : defines_) explore_.flags.push_back("-D" + name);
            return explore_;
          });
  command->add_option("FILE", explore_.files, "the program's source files")
      ->required()
      ->type_name("");
  command->add_option("--strategy", explore_.strategy, "how to search (auto)")
      ->check(CLI::IsMember({"auto", "dpor", "bounded", "pct", "random"}).description(""))
      ->type_name("auto|dpor|bounded|pct|random");
  command->add_option("--executions", explore_.executions, "at most so many (10000)")
      ->check(CLI::Range(1L, std::numeric_limits<long>::max()).description(""))
      ->type_name("N");
  command->add_option("--seed", explore_.seed, "of the random strategies (1)")->type_name("S");
  command->add_option("--replay", explore_.schedule, "run this schedule and nothing else")
      ->type_name("SCHEDULE");
  command->add_option("--ignore", ignored_, "look past this rule")
      ->type_name("RULE")
      ->allow_extra_args(false);
  command->add_option("--require", required_, "a finding, where it would be a note")
      ->type_name("RULE")
      ->allow_extra_args(false);
  command->add_option("--clock", explore_.clock, "how virtual time moves (both)")
      ->check(CLI::IsMember({"both", "strict", "slow"}).description(""))
      ->type_name("both|strict|slow");
  command->add_option("-I", includes_, "a folder of headers")
      ->type_name("DIR")
      ->allow_extra_args(false);
  command->add_option("-D", defines_, "a macro")
      ->type_name("NAME[=VALUE]")
      ->allow_extra_args(false);
  command->add_flag("--all", explore_.all, "every step, however many");
  command->add_flag("--json", explore_.json, "one object (docs/commands.md)");
}

void Commands::add_bench() {
  CLI::App* command = add("bench", "how fast it is, beside the standard's own",
                          "  ./lab bench 05_rlock\n"
                          "  ./lab bench 5 --submission solutions/05_rlock\n",
                          [this] { return bench_; });
  add_lab(command, bench_.lab);
  add_submission(command, bench_.submission);
}

void Commands::add_verify() {
  CLI::App* command =
      add("verify", "check the course: solutions pass, wrong submissions fail as they say",
          "  ./lab verify\n"
          "  ./lab verify 05_rlock --repeat 20\n"
          "  ./lab verify --json\n"
          "\nExit status: 0 when nothing is short.",
          [this] { return verify_; });
  command->add_option("LAB", verify_.labs, "labs; all when none is given")->type_name("");
  command->add_option("--repeat", verify_.repeat, "run the cases so many times, and compare (1)")
      ->check(CLI::Range(1, 1'000'000).description(""))
      ->type_name("N");
  command->add_flag("--json", verify_.json, "an object with `labs` (docs/commands.md)");
}

void Commands::add_mutate() {
  CLI::App* command =
      add("mutate", "make small mistakes in a lab's solution, and see which no case finds",
          "  ./lab mutate 05_rlock\n"
          "  ./lab mutate 5 --list\n"
          "  ./lab mutate 5 --mutant rlock.h:241:drop-notify\n"
          "\nExit status: 0 when every mutant is killed or marked with a reason, and no mark is "
          "stale.",
          [this] { return mutate_; });
  command->add_option("LAB", mutate_.labs, "labs; all when none is given")->type_name("");
  command->add_option("--mutant", mutate_.mutant, "this one alone: its change and its verdict")
      ->type_name("ID|NUMBER");
  command->add_flag("--list", mutate_.list, "say which mutants there are, and judge none");
  command->add_flag("--json", mutate_.json, "an object with `labs` (docs/commands.md)");
}

void Commands::add_test() {
  CLI::App* command = add("test", "run the course's own tests: bazel test //...",
                          "  ./lab test\n"
                          "  ./lab test //grader/report/...\n",
                          [this] { return test_; });
  command->add_option("TARGET", test_.targets, "Bazel targets; //... when none is given")
      ->type_name("");
}

void Commands::add_skeleton() {
  CLI::App* command =
      add("skeleton", "for authors: put the lab's skeleton, made from its solution, in place",
          "  ./lab skeleton 05_rlock\n"
          "\nThe files that were there are kept in .lockstep/replaced.\n",
          [this] { return skeleton_; });
  add_lab(command, skeleton_.lab);
}

// The one that the words mean, for the text of an error.
std::string nearest_option(const CLI::App& command, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return nearest(word, names);
}

void Commands::refuse(const CLI::Error& error, const std::vector<std::string>& arguments) {
  const auto chosen = app_.get_subcommands();
  const std::string help =
      chosen.empty() ? "./lab --help" : "./lab " + chosen[0]->get_name() + " --help";
  if (chosen.empty() && !arguments.empty() && !arguments[0].starts_with('-')) {
    std::vector<std::string> names;
    for (const auto& [command, finish] : finishers_) names.push_back(command->get_name());
    throw Error(fmt::format("there is no command `{}`; did you mean {}?", arguments[0],
                            nearest(arguments[0], names)),
                help);
  }
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const CLI::App& command = chosen.empty() ? app_ : *chosen[0];
    const std::vector<std::string> extras = command.remaining(true);
    const auto option = std::ranges::find_if(
        extras, [](const std::string& word) { return word.starts_with("-") && word != "--"; });
    if (option != extras.end()) {
      const std::string name = option->substr(0, option->find('='));
      throw Error(fmt::format("there is no option {}; did you mean {}?", name,
                              nearest_option(command, name)),
                  help);
    }
    if (!extras.empty()) {
      throw Error(fmt::format("`{}` is one word too many", extras[0]), help);
    }
  }
  throw Error(error.what(), help);
}

// -lm, -Lfolder
bool is_library(const std::string& word) {
  return word.size() > 2 && (word.starts_with("-l") || word.starts_with("-L"));
}

// What a habit of compiling by hand adds; -O and -g do not change how a program is explored.
bool is_compiler_flag(const std::string& word) {
  constexpr std::string_view kLetters = "OWUgf";
  return word.starts_with("-std=") || word == "-pthread" ||
         (word.size() > 1 && word[0] == '-' && kLetters.find(word[1]) != std::string_view::npos);
}

// Splits what is ours from what goes to the explored program or the compiler unseen.
Request Commands::parse(std::vector<std::string> arguments) {
  const bool explores = !arguments.empty() && arguments[0] == "explore";
  if (explores) {
    const auto end = std::ranges::find(arguments, "--");
    if (end != arguments.end()) explore_.arguments.assign(end + 1, arguments.end());
    arguments.erase(end, arguments.end());
    // CLI11 would read -std=c++20 as the flags -s, -t, -d, ...
    for (const std::string& word : arguments) {
      if (is_library(word)) explore_.libraries.push_back(word);
      if (is_compiler_flag(word)) explore_.flags.push_back(word);
    }
    std::erase_if(arguments, is_library);
    std::erase_if(arguments, is_compiler_flag);
  }
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app_.parse(reversed);  // takes them from the back
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app_.get_subcommands();
    return HelpRequest{chosen.empty() ? app_.help() : chosen[0]->help("./lab")};
  } catch (const CLI::ParseError& error) {
    refuse(error, arguments);
  }
  for (const auto& [command, finish] : finishers_) {
    if (command->parsed()) return finish();
  }
  return ListRequest{};
}

}  // namespace

Request parse(const std::vector<std::string>& arguments) { return Commands().parse(arguments); }

}  // namespace lockstep::cli
