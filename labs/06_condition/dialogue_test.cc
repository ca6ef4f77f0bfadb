// The poem for two voices.

#include "06_condition/condition.h"
#include "grader/harness/lab_test.h"

namespace {

// What is said, in order, by whom. Two voices at once are seen; and the text is plain memory.
class Stage {
 public:
  void say(int speaker, const std::string& line) {
    voice_.enter();
    interleave();
    said_ += (said_.empty() ? "" : " ") + std::to_string(speaker) + ":" + line;
    voice_.leave();
  }

  const std::string& said() const { return said_; }

 private:
  CriticalSection voice_;
  std::string said_;
};

std::string performance_of(const std::vector<std::string>& lines) {
  lab::Dialogue dialogue(lines);
  Stage stage;
  const auto speak = [&](int speaker) {
    dialogue.speak(speaker, [&](const std::string& line) { stage.say(speaker, line); });
  };
  std::thread a([&] { speak(0); });
  std::thread b([&] { speak(1); });
  a.join();
  b.join();
  return stage.said();
}

}  // namespace

TEST_CASE("the lines come in order, whichever starts first" * points(6) *
          hints("Who comes second has missed the notify. Who comes first has nobody to notify.",
                "\"Wait for a notify, then speak\" fails for both. What must be remembered, so "
                "that a speaker can see that it is its turn?",
                "Keep the number of the next line: turn_.wait([&] { return next_ == line; }); say "
                "it; ++next_; turn_.notify();")) {
  explore([] { CHECK(performance_of({"a", "b", "c"}) == "0:a 1:b 0:c"); });
}

TEST_CASE("a dialogue of any length ends for both" * points(3) *
          hints("The one who has no line left goes home.",
                "Does a speaker wait for a turn that will never come? Does the last line wait for "
                "an answer?",
                "for (line = speaker; line < lines.size(); line += 2)")) {
  explore([] { CHECK(performance_of({}) == ""); });
  explore([] { CHECK(performance_of({"a"}) == "0:a"); });
  explore([] { CHECK(performance_of({"a", "b"}) == "0:a 1:b"); });
}

TEST_CASE("who waits for its turn sleeps" * points(2) *
          hints("The other one may need long for its line, or may come late.",
                "Is there a loop that only looks whose turn it is? Or one that notifies itself?",
                "Wait at a Condition, which the other one notifies after each line.")) {
  explore(
      [] {
        lab::Dialogue dialogue({"a", "b"});
        Stage stage;
        std::thread second(
            [&] { dialogue.speak(1, [&](const std::string& line) { stage.say(1, line); }); });
        quiesce();  // one that spins is found here
        CHECK(stage.said() == "");
        dialogue.speak(0, [&](const std::string& line) { stage.say(0, line); });
        second.join();
        CHECK(stage.said() == "0:a 1:b");
      },
      {.clock = Clock::kStrict});
}

TEST_CASE(
    "an exception of say ends the dialogue for both" * points(2) *
    hints("A line that was not said is a line that the other one waits for.",
          "say() throws in the middle of speak(). What must the other speaker learn, and who "
          "wakes it?",
          "catch (...) { say to the other, under the lock, that it is over; notify; throw; }")) {
  explore([] {
    lab::Dialogue dialogue({"a", "b", "c", "d"});
    Stage stage;
    std::string caught = "nothing";
    std::thread first(
        [&] { dialogue.speak(0, [&](const std::string& line) { stage.say(0, line); }); });
    std::thread second([&] {
      try {
        dialogue.speak(1, [](const std::string&) { throw std::runtime_error("forgot the text"); });
      } catch (const std::runtime_error& error) {
        caught = error.what();
      }
    });
    first.join();
    second.join();
    CHECK(caught == "forgot the text");
    CHECK(stage.said() == "0:a");
  });
}

TEST_CASE("there are two speakers" * points(1) *
          hints("0 and 1, and nobody else.", "What does speak(2, say) do, and speak(-1, say)?",
                "if (speaker != 0 && speaker != 1) throw std::invalid_argument(\"...\");")) {
  explore([] {
    lab::Dialogue dialogue({"a"});
    const auto never = [](const std::string&) { CHECK(false); };
    CHECK_THROWS_AS(dialogue.speak(2, never), std::invalid_argument);
    CHECK_THROWS_AS(dialogue.speak(-1, never), std::invalid_argument);
  });
  // Also where there is a line with that number.
  explore([] {
    lab::Dialogue dialogue({"a", "b", "c"});
    const auto never = [](const std::string&) { CHECK(false); };
    CHECK_THROWS_AS(dialogue.speak(2, never), std::invalid_argument);
  });
}
