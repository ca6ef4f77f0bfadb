#include "grader/judge/account.h"

#include <fmt/format.h>
#include <sodium.h>

#include <charconv>
#include <stdexcept>

#include "grader/judge/json_fields.h"
#include "grader/judge/result_json.h"

namespace lockstep::judge {
namespace {

constexpr std::size_t kLongestLine = 16UL << 20;

void initialise_sodium() {
  static const bool done = sodium_init() >= 0;
  if (!done) throw std::runtime_error("libsodium does not start");
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

static_assert(RunKey::kSize == crypto_auth_KEYBYTES);

RunKey::RunKey() {
  initialise_sodium();
  crypto_auth_keygen(bytes_.data());
}

bool RunKey::authenticates(std::string_view text, std::string_view mac) const {
  std::array<unsigned char, crypto_auth_BYTES> bytes;
  std::size_t size = 0;
  const bool hexadecimal = sodium_hex2bin(bytes.data(), bytes.size(), mac.data(), mac.size(),
                                          nullptr, &size, nullptr) == 0;
  // Upper case would be another spelling of the same MAC.
  const bool one_spelling = mac.find_first_of("ABCDEF") == std::string_view::npos;
  return hexadecimal && one_spelling && mac.size() == 2 * bytes.size() && size == bytes.size() &&
         crypto_auth_verify(bytes.data(), bytes_of(text), text.size(), bytes_.data()) == 0;
}

std::string RunKey::mac(std::string_view text) const {
  std::array<unsigned char, crypto_auth_BYTES> bytes;
  crypto_auth(bytes.data(), bytes_of(text), text.size(), bytes_.data());
  std::string hex(2 * bytes.size() + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  hex.pop_back();
  return hex;
}

// An authenticated event, with its fields by name.
struct Account::Event {
  explicit Event(const Json& object) : reader(object, "") {}

  template <class T>
  T get(const char* name) const {
    T value{};
    Reader copy = reader;
    copy(name, value);
    return value;
  }

  Reader reader;
};

void Account::fail(const std::string& what) {
  if (breach_.empty()) breach_ = what;
}

void Account::feed(std::string_view bytes) {
  while (breach_.empty() && !bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    pending_ += bytes.substr(0, end);
    if (pending_.size() > kLongestLine) fail("a line that does not end");
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
    line(pending_);
    pending_.clear();
  }
}

void Account::line(std::string_view text) {
  const std::size_t first = text.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : text.find(' ', first + 1);
  if (second == std::string_view::npos) return fail("a line that is no event");
  const std::string_view number = text.substr(0, first);
  const std::string_view mac = text.substr(first + 1, second - first - 1);
  const std::string_view json = text.substr(second + 1);
  if (number != std::to_string(sequence_ + 1)) return fail("an event out of its turn");
  if (!key_.authenticates(fmt::format("{} {}", number, json), mac)) {
    return fail("an event that the harness did not write");
  }
  ++sequence_;
  try {
    event(json);
  } catch (const std::exception& error) {
    // Authentic, and yet not what the harness writes.
    fail(fmt::format("an event that cannot be read: {}", error.what()));
  }
}

void Account::event(std::string_view json) {
  const Json object = Json::parse(json);
  const Event event(object);
  const auto kind = event.get<std::string>("event");
  if (bye_) return fail("an event after the end");
  if (kind == "hello") {
    if (std::exchange(hello_, true)) fail("a second beginning");
  } else if (kind == "refused") {
    // May come before main, from a constructor.
    refused_call_ = event.get<std::string>("call");
  } else if (!hello_) {
    fail("an event before the beginning");
  } else if (kind == "listed") {
    listed_.push_back({event.get<int>("number"), event.get<std::string>("name"),
                       event.get<std::string>("file"), event.get<int>("line"),
                       event.get<int>("points"), event.get<std::vector<std::string>>("hints")});
  } else if (kind == "bye") {
    if (cases_.size() != asked_.size() || current()) fail("an end before the last case");
    bye_ = true;
  } else if (kind == "case_begin") {
    begin_case(event);
  } else {
    in_case(event, kind);
  }
}

void Account::begin_case(const Event& event) {
  const bool in_turn = cases_.size() < asked_.size() && (cases_.empty() || cases_.back().complete);
  CaseAccount begun;
  begun.number = event.get<int>("case");
  begun.name = event.get<std::string>("name");
  if (!in_turn || begun.number != asked_[cases_.size()]) return fail("a case out of its turn");
  cases_.push_back(std::move(begun));
}

void Account::in_case(const Event& event, const std::string& kind) {
  if (cases_.empty() || cases_.back().complete || event.get<int>("case") != cases_.back().number) {
    return fail("an event outside of its case");
  }
  CaseAccount& current = cases_.back();
  if (kind == "exploration") {
    if (event.get<std::size_t>("ordinal") != current.explorations.size()) {
      return fail("an exploration out of its turn");
    }
    ExplorationAccount& exploration = current.explorations.emplace_back();
    exploration.seed = event.get<std::uint64_t>("seed");
    exploration.checks = event.get<long>("checks");
    exploration.result = event.get<Result>("result");
  } else if (kind == "check_failed") {
    current.failed_checks.push_back({event.get<std::string>("file"), event.get<int>("line"),
                                     event.get<std::string>("expression"),
                                     event.get<std::string>("expanded")});
  } else if (kind == "exception") {
    current.exception = event.get<std::string>("message");
  } else if (kind == "case_end") {
    current.checks = event.get<long>("checks");
    current.failed = event.get<int>("failed");
    current.seconds = event.get<double>("seconds");
    current.complete = true;
  } else {
    fail("an event of no known kind");
  }
}

std::optional<int> Account::current() const {
  if (!cases_.empty() && !cases_.back().complete) return cases_.back().number;
  if (cases_.size() < asked_.size()) return asked_[cases_.size()];
  return std::nullopt;
}

}  // namespace lockstep::judge
