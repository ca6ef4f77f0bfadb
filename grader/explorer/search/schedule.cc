#include "grader/explorer/search/schedule.h"

#include <charconv>

#include "grader/explorer/detect/vector_clock.h"

namespace lockstep {

namespace {

// 0 is `m`; 1 to 26 are A to Z, then AA, AB, ...
std::string label(int thread) {
  if (thread == 0) return "m";
  std::string text;
  for (int n = thread; n > 0; n = (n - 1) / 26) {
    text.insert(text.begin(), static_cast<char>('A' + (n - 1) % 26));
  }
  return text;
}

void append_code(std::string& text, char mark, const std::vector<std::uintptr_t>& offsets) {
  if (offsets.empty()) return;
  text += '.';
  text += mark;
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, offsets[i], 16).ptr;
    if (i > 0) text += ',';
    text.append(digits, end);
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char c) {
    if (peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<std::uintptr_t> number(int base) {
    std::uintptr_t value = 0;
    const auto [end, error] =
        std::from_chars(rest_.data(), rest_.data() + rest_.size(), value, base);
    if (error != std::errc{}) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }
  std::optional<int> thread() {
    if (take('m')) return 0;
    int n = 0;
    while (peek() >= 'A' && peek() <= 'Z') {
      n = n * 26 + (peek() - 'A' + 1);
      if (n >= kMaxThreads) return std::nullopt;
      rest_.remove_prefix(1);
    }
    if (n == 0) return std::nullopt;
    return n;
  }

 private:
  std::string_view rest_;
};

bool parse_code(Parser& parser, std::vector<std::uintptr_t>& offsets) {
  do {
    const auto offset = parser.number(16);
    if (!offset) return false;
    offsets.push_back(*offset);
  } while (parser.take(','));
  return true;
}

bool parse_prefix(std::string_view text, Schedule& schedule) {
  Parser parser(text);
  if (parser.take('u')) schedule.unlock_points = true;
  if (parser.take('s')) schedule.slow_threads = true;
  if (parser.take('c')) schedule.after_race = true;
  if (parser.take('f')) schedule.fewest = true;
  while (parser.take('.')) {
    if (parser.take('r')) {
      if (!parse_code(parser, schedule.racy)) return false;
    } else if (parser.take('p')) {
      if (!parse_code(parser, schedule.spinning)) return false;
    } else {
      return false;
    }
  }
  return parser.done();
}

}  // namespace

std::string to_string(const Schedule& schedule) {
  std::string text;
  if (schedule.unlock_points) text += 'u';
  if (schedule.slow_threads) text += 's';
  if (schedule.after_race) text += 'c';
  if (schedule.fewest) text += 'f';
  append_code(text, 'r', schedule.racy);
  append_code(text, 'p', schedule.spinning);
  if (!text.empty()) text += '~';
  const auto& all = schedule.decisions;
  for (std::size_t i = 0; i < all.size();) {
    if ((all[i] & kOutcome) != 0) {
      text += '.';
      text += std::to_string(all[i] & ~kOutcome);
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < all.size() && all[end] == all[i]) ++end;
    text += label(all[i]);
    // AB would be read as one label, so the number is left out only before what is not a letter.
    const bool letter_follows = end < all.size() && (all[end] & kOutcome) == 0 && all[end] != 0;
    if (end - i > 1 || letter_follows) text += std::to_string(end - i);
    i = end;
  }
  // An empty string asks for a search: nothing to decide is said as "main, no times".
  if (all.empty()) text += "m0";
  return text;
}

std::optional<Schedule> parse_schedule(std::string_view text) {
  Schedule schedule;
  if (const std::size_t mark = text.find('~'); mark != std::string_view::npos) {
    if (!parse_prefix(text.substr(0, mark), schedule)) return std::nullopt;
    text.remove_prefix(mark + 1);
  }
  constexpr std::size_t kMostDecisions = 1u << 20;
  Parser parser(text);
  while (!parser.done()) {
    if (parser.take('.')) {
      const auto outcome = parser.number(10);
      if (!outcome || *outcome >= kOutcome) return std::nullopt;
      schedule.decisions.push_back(static_cast<Decision>(*outcome | kOutcome));
      continue;
    }
    const auto thread = parser.thread();
    if (!thread) return std::nullopt;
    std::uintptr_t times = 1;
    if (parser.peek() >= '0' && parser.peek() <= '9') {
      const auto number = parser.number(10);
      if (!number) return std::nullopt;
      times = *number;
    }
    if (schedule.decisions.size() + times > kMostDecisions) return std::nullopt;
    schedule.decisions.insert(schedule.decisions.end(), times, static_cast<Decision>(*thread));
  }
  return schedule;
}

}  // namespace lockstep
