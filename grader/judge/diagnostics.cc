#include "grader/judge/diagnostics.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace lockstep::judge {
namespace {

// A line such as "05_rlock/rlock.h:27:5: error: 'x' was not declared".
struct Located {
  std::string file;
  int line = 0;
  std::string rest;  // behind the place
};

std::optional<Located> located(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  Located found;
  found.file = text.substr(0, colon);
  if (found.file.starts_with("./")) found.file.erase(0, 2);  // found by -I.
  text.remove_prefix(colon + 1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), found.line);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  // The column, and whatever separates.
  const std::size_t rest = text.find_first_not_of(":0123456789, ");
  if (rest != std::string_view::npos) found.rest = text.substr(rest);
  return found;
}

// The text behind "error: ", if the line is an error.
std::optional<std::string> error_text(std::string_view rest) {
  for (const std::string_view mark : {"error: ", "fatal error: "}) {
    if (rest.starts_with(mark)) return std::string(rest.substr(mark.size()));
  }
  return std::nullopt;
}

// g++'s 'x' becomes `x`, as in our own messages. An apostrophe inside a word (don't) stays.
std::string with_backquotes(std::string text) {
  const auto word = [&text](std::size_t at) {
    return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0);
  };
  bool open = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\'') continue;
    if (!open && i > 0 && word(i - 1)) continue;
    text[i] = '`';
    open = !open;
  }
  return text;
}

class Digester {
 public:
  explicit Digester(const std::vector<std::string>& own_files) : own_files_(own_files) {}

  Digest run(std::string_view output) {
    while (!output.empty()) {
      const std::size_t end = output.find('\n');
      look_at(output.substr(0, end));
      output.remove_prefix(end == std::string_view::npos ? output.size() : end + 1);
    }
    Digest digest = best_ ? *best_ : linker_ ? *linker_ : Digest{};
    digest.errors = errors_;
    if (digest.message.empty()) digest.message = last_line_;
    return digest;
  }

 private:
  enum Worth { kNothing, kSomewhere, kCausedByOwn, kOwn };

  bool is_own(const std::string& file) const {
    return std::ranges::find(own_files_, file) != own_files_.end();
  }

  void look_at(std::string_view text) {
    if (!text.empty()) last_line_ = text;
    note_includes(text);
    const std::optional<Located> place = located(text);
    if (!place) {
      look_at_linker(text);
      return;
    }
    if (const std::optional<std::string> message = error_text(place->rest)) {
      ++errors_;
      error(*place, *message);
    } else if (place->rest.starts_with("required from") ||
               place->rest.starts_with("recursively required")) {
      // Stands before the error that it explains.
      if (is_own(place->file)) cause_ = *place;
    } else if (place->rest.starts_with("undefined reference") ||
               place->rest.starts_with("multiple definition")) {
      linker(place->rest, *place);
    }
  }

  // "In file included from a.h:1," and "                 from b.cc:2:" lead the error below them.
  void note_includes(std::string_view text) {
    const std::string_view kFrom = " from ";
    const std::size_t from = text.find(kFrom);
    if (from == std::string_view::npos) return;
    const bool first = text.starts_with("In file included");
    if (!first && text.find_first_not_of(' ') != from + 1) return;
    if (first) cause_.reset();
    const std::optional<Located> place = located(text.substr(from + kFrom.size()));
    if (place && is_own(place->file)) cause_ = *place;
  }

  void error(const Located& place, const std::string& message) {
    const Worth worth = is_own(place.file) ? kOwn : cause_ ? kCausedByOwn : kSomewhere;
    if (worth > worth_) {
      worth_ = worth;
      const Located& where = worth == kCausedByOwn ? *cause_ : place;
      best_ = Digest{.message = with_backquotes(message),
                     .file = where.file,
                     .line = where.line,
                     .errors = 0,
                     .poisoned = {}};
    }
    note_poison(message);
    cause_.reset();
  }

  // attempt to use poisoned "recursive_mutex"
  void note_poison(const std::string& message) {
    constexpr std::string_view kMark = "poisoned \"";
    const std::size_t begin = message.find(kMark);
    if (begin == std::string::npos || !best_ || !best_->poisoned.empty()) return;
    const std::size_t name = begin + kMark.size();
    best_->poisoned = message.substr(name, message.find('"', name) - name);
  }

  // The linker speaks of object files: "/usr/bin/ld: /tmp/x.o: in function ...".
  void look_at_linker(std::string_view text) {
    for (const std::string_view mark : {"undefined reference to ", "multiple definition of "}) {
      const std::size_t found = text.find(mark);
      if (found == std::string_view::npos) continue;
      linker(text.substr(found), located(text.substr(0, found)).value_or(Located{}));
    }
  }

  void linker(std::string_view text, const Located& place) {
    ++errors_;
    if (linker_) return;
    linker_ = Digest{};
    linker_->message = with_backquotes(std::string(text));
    if (is_own(place.file)) {
      linker_->file = place.file;
      linker_->line = place.line;
    }
  }

  const std::vector<std::string>& own_files_;
  Worth worth_ = kNothing;
  std::optional<Digest> best_;
  std::optional<Digest> linker_;
  std::optional<Located> cause_;
  int errors_ = 0;
  std::string last_line_;
};

}  // namespace

Digest digest(std::string_view output, const std::vector<std::string>& own_files) {
  return Digester(own_files).run(output);
}

}  // namespace lockstep::judge
