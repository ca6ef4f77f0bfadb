#include "grader/judge/account.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "grader/judge/json_fields.h"
#include "grader/judge/result_json.h"

namespace lockstep::judge {
namespace {

// Writes a stream as the harness does.
class Stream {
 public:
  explicit Stream(const RunKey& key) : key_(key) {}

  Stream& event(const std::string& json) {
    const std::string number = std::to_string(++sequence_);
    text_ += number + " " + key_.mac(number + " " + json) + " " + json + "\n";
    return *this;
  }
  Stream& hello() { return event(R"({"event":"hello"})"); }
  Stream& bye() { return event(R"({"event":"bye"})"); }
  Stream& begin(int number) {
    return event(R"({"event":"case_begin","case":)" + std::to_string(number) + R"(,"name":"c"})");
  }
  Stream& end(int number, int checks = 1, int failed = 0) {
    return event(R"({"event":"case_end","case":)" + std::to_string(number) + R"(,"checks":)" +
                 std::to_string(checks) + R"(,"failed":)" + std::to_string(failed) +
                 R"(,"seconds":)" + std::to_string(number) + ".5}");
  }
  Stream& exploration(int number, int ordinal) {
    Result result;
    result.executions = 20;
    result.exhaustive = true;
    return event(Json{{"event", "exploration"},
                      {"case", number},
                      {"ordinal", ordinal},
                      {"seed", 1},
                      {"checks", 20},
                      {"result", to_json(result)}}
                     .dump());
  }

  std::string text_;

 private:
  const RunKey& key_;
  int sequence_ = 0;
};

// A complete account of cases 1 and 2.
Stream honest(const RunKey& key) {
  Stream stream(key);
  stream.hello().begin(1).end(1).begin(2).exploration(2, 0).end(2).bye();
  return stream;
}

const RunKey kKey;

Account read(const std::string& text, std::vector<int> asked = {1, 2}) {
  Account account(kKey, std::move(asked));
  account.feed(text);
  return account;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    all.push_back(text.substr(at, end - at));
    at = end;
  }
  return all;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

}  // namespace

TEST_CASE("a complete account is believed") {
  const Account account = read(honest(kKey).text_);
  CHECK(account.breach() == "");
  CHECK(account.said_hello());
  CHECK(account.said_bye());
  CHECK_FALSE(account.current());
  REQUIRE(account.cases().size() == 2);
  CHECK(account.cases()[0].complete);
  CHECK(account.cases()[0].checks == 1);
  CHECK(account.cases()[0].seconds == 1.5);
  CHECK(account.cases()[1].seconds == 2.5);
  REQUIRE(account.cases()[1].explorations.size() == 1);
  CHECK(account.cases()[1].explorations[0].checks == 20);
  CHECK(account.cases()[1].explorations[0].result.executions == 20);
  CHECK(account.cases()[1].explorations[0].result.exhaustive);
}

TEST_CASE("the pieces in which it comes do not matter") {
  const std::string text = honest(kKey).text_;
  for (const std::size_t size : {1, 2, 7, 64, 1000}) {
    CAPTURE(size);
    Account account(kKey, {1, 2});
    for (std::size_t at = 0; at < text.size(); at += size) account.feed(text.substr(at, size));
    CHECK(account.breach() == "");
    CHECK(account.said_bye());
  }
}

TEST_CASE("an account that stops anywhere is not complete, and is no breach") {
  const std::vector<std::string> all = lines(honest(kKey).text_);
  for (std::size_t count = 0; count < all.size(); ++count) {
    CAPTURE(count);
    const Account account = read(joined({all.begin(), all.begin() + static_cast<long>(count)}) +
                                 all[count].substr(0, all[count].size() - 1));
    CHECK(account.breach() == "");
    CHECK_FALSE(account.said_bye());
    // hello, begin 1, end 1, begin 2, exploration, end 2, bye
    CHECK(account.current().value_or(0) == (count < 3 ? 1 : count < 6 ? 2 : 0));
  }
}

TEST_CASE("a line that was changed, anywhere, is a breach") {
  const std::vector<std::string> all = lines(honest(kKey).text_);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t at = 0; at + 1 < all[i].size(); at += 3) {
      CAPTURE(i);
      CAPTURE(at);
      std::vector<std::string> forged = all;
      forged[i][at] = forged[i][at] == 'x' ? 'y' : 'x';
      CHECK(read(joined(forged)).breach() != "");
    }
  }
}

TEST_CASE("lines that are dropped, repeated or exchanged are a breach") {
  const std::vector<std::string> all = lines(honest(kKey).text_);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(i);
    std::vector<std::string> dropped = all;
    dropped.erase(dropped.begin() + static_cast<long>(i));
    const Account without = read(joined(dropped));
    CHECK((without.breach() != "" || !without.said_bye()));

    std::vector<std::string> repeated = all;
    repeated.insert(repeated.begin() + static_cast<long>(i), all[i]);
    CHECK(read(joined(repeated)).breach() != "");

    if (i == 0) continue;
    std::vector<std::string> exchanged = all;
    std::swap(exchanged[i - 1], exchanged[i]);
    CHECK(read(joined(exchanged)).breach() != "");
  }
}

TEST_CASE("another run's account is a breach") {
  const RunKey other;
  CHECK(read(honest(other).text_).breach() == "an event that the harness did not write");
}

TEST_CASE("nothing is believed after a breach") {
  Stream stream(kKey);
  stream.hello().begin(1);
  const std::string forged = stream.text_ + "3 00 {\"event\":\"case_end\"}\n";
  Account account = read(forged);
  CHECK(account.breach() != "");
  stream.end(1).begin(2).end(2).bye();
  account.feed(lines(stream.text_)[2]);
  CHECK(account.cases().size() == 1);
  CHECK_FALSE(account.cases()[0].complete);
}

TEST_CASE("authentic events in the wrong place are a breach") {
  const auto breach = [](const Stream& stream) { return read(stream.text_).breach(); };
  CHECK(breach(Stream(kKey).begin(1)) == "an event before the beginning");
  CHECK(breach(Stream(kKey).hello().hello()) == "a second beginning");
  CHECK(breach(Stream(kKey).hello().begin(2)) == "a case out of its turn");
  CHECK(breach(Stream(kKey).hello().begin(1).begin(2)) == "a case out of its turn");
  CHECK(breach(Stream(kKey).hello().begin(1).end(2)) == "an event outside of its case");
  CHECK(breach(Stream(kKey).hello().end(1)) == "an event outside of its case");
  CHECK(breach(Stream(kKey).hello().begin(1).end(1).end(1)) == "an event outside of its case");
  CHECK(breach(Stream(kKey).hello().begin(1).end(1).bye()) == "an end before the last case");
  CHECK(breach(Stream(kKey).hello().begin(1).exploration(1, 1)) ==
        "an exploration out of its turn");
  CHECK(breach(Stream(kKey).hello().begin(1).end(1).begin(2).end(2).begin(3)) ==
        "a case out of its turn");
  CHECK(breach(honest(kKey).hello()) == "an event after the end");
  CHECK(breach(Stream(kKey).hello().begin(1).event(R"({"event":"passed","case":1})")) ==
        "an event of no known kind");
  CHECK(breach(Stream(kKey).event("[]")) != "");
  CHECK(breach(Stream(kKey).event("{")) != "");
  CHECK(breach(Stream(kKey).hello().begin(1).event(R"({"event":"case_end","case":1})")) != "");
}

TEST_CASE("a line without an end is a breach before it fills the memory") {
  Account account(kKey, {1});
  const std::string block(1 << 20, 'x');
  for (int i = 0; i < 40 && account.breach().empty(); ++i) account.feed(block);
  CHECK(account.breach() == "a line that does not end");
}

TEST_CASE("a refused call is noted, before main too") {
  const Account account = read(Stream(kKey).event(R"({"event":"refused","call":"fork"})").text_);
  CHECK(account.breach() == "");
  CHECK(account.refused_call() == "fork");
  CHECK_FALSE(account.said_hello());
}

TEST_CASE("a MAC has one spelling") {
  const std::string mac = kKey.mac("text");
  CHECK(kKey.authenticates("text", mac));
  CHECK_FALSE(kKey.authenticates("text", mac.substr(2)));
  CHECK_FALSE(kKey.authenticates("text", mac + "00"));
  CHECK_FALSE(kKey.authenticates("texts", mac));
  std::string upper = mac;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  if (upper != mac) CHECK_FALSE(kKey.authenticates("text", upper));
}

}  // namespace lockstep::judge
