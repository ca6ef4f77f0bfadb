// <stdio.h>: what is printed, and what a line is read into. The FILE itself has a lock of its own.

#include <cstdarg>
#include <cstdio>

#include "grader/explorer/hooks/endless_loop.h"
#include "grader/explorer/hooks/library_memory.h"

using namespace lockstep;  // NOLINT: the hooks below are C functions

namespace {

// The arguments behind a format, taken one after the other.
struct Arguments {
  std::va_list list;
};

bool is_one_of(char c, const char* set) {
  while (*set != 0 && *set != c) ++set;
  return c != 0 && *set == c;
}

// A number that stands in the format or, where a star does, among the arguments.
long number(const char*& at, Arguments& arguments) {
  if (*at == '*') {
    ++at;
    return va_arg(arguments.list, int);
  }
  long value = 0;
  for (; *at >= '0' && *at <= '9'; ++at) value = value * 10 + (*at - '0');
  return value;
}

// Takes what the conversion at `at`, behind its per cent sign, asks for. False for one that is not
// known here (numbered arguments, say): what follows is in places that nobody knows.
bool convert(const char*& at, Arguments& arguments, const void* pc) {
  while (is_one_of(*at, "-+ #0'I")) ++at;
  number(at, arguments);
  long precision = -1;
  if (*at == '.') precision = number(++at, arguments);
  bool wide = false;
  bool extended = false;
  for (; is_one_of(*at, "hljztLqZ"); ++at) {
    wide |= *at == 'l';
    extended |= *at == 'L';
  }
  const char kind = *at;
  if (is_one_of(kind, "%m")) {
  } else if (is_one_of(kind, "diouxXbBcCpnS") || (kind == 's' && wide)) {
    // Each of these takes a word, or an int in the place of one.
    static_cast<void>(va_arg(arguments.list, long));
  } else if (is_one_of(kind, "aAeEfFgG")) {
    if (extended) {
      static_cast<void>(va_arg(arguments.list, long double));
    } else {
      static_cast<void>(va_arg(arguments.list, double));
    }
  } else if (kind == 's') {
    const char* const text = va_arg(arguments.list, const char*);
    const auto most = precision < 0 ? kToTheEnd : static_cast<std::size_t>(precision);
    if (text != nullptr) reads(text, with_end(text, most), pc);
  } else {
    return false;
  }
  ++at;
  return true;
}

// The format, and the text of each %s.
void reads_format(const char* format, std::va_list given, const void* pc) {
  reads(format, with_end(format), pc);
  Arguments arguments;
  va_copy(arguments.list, given);
  for (const char* at = format; *at != 0;) {
    if (*at++ == '%' && !convert(at, arguments, pc)) break;
  }
  va_end(arguments.list);
}

void prints_format(const char* format, std::va_list given, const void* pc) {
  if (!seen(pc)) return;
  endless_loop::note_print();
  reads_format(format, given, pc);
}

void prints(const void* from, std::size_t size, const void* pc) {
  endless_loop::note_print();
  reads(from, size, pc);
}

// How much is printed is known only when it has been printed once, to nowhere.
void prints_to(char* to, std::size_t size, const char* format, std::va_list given, const void* pc) {
  if (!seen(pc)) return;
  reads_format(format, given, pc);
  std::va_list arguments;
  va_copy(arguments, given);
  const int printed = LOCKSTEP_REAL(vsnprintf)(nullptr, 0, format, arguments);
  va_end(arguments);
  if (printed >= 0) writes(to, std::min(size, static_cast<std::size_t>(printed) + 1), pc);
}

}  // namespace

// <stdio.h> may define vprintf itself, inline: this one goes by another name.
LOCKSTEP_HOOK int lockstep_vprintf(const char* format, std::va_list arguments) asm("vprintf");
int lockstep_vprintf(const char* format, std::va_list arguments) {
  prints_format(format, arguments, LOCKSTEP_CALLER);
  return LOCKSTEP_REAL(vfprintf)(stdout, format, arguments);
}

LOCKSTEP_HOOK int vfprintf(FILE* file, const char* format, std::va_list arguments) {
  prints_format(format, arguments, LOCKSTEP_CALLER);
  return LOCKSTEP_REAL(vfprintf)(file, format, arguments);
}

LOCKSTEP_HOOK int vsprintf(char* to, const char* format, std::va_list arguments) noexcept {
  prints_to(to, kToTheEnd, format, arguments, LOCKSTEP_CALLER);
  return LOCKSTEP_REAL(vsprintf)(to, format, arguments);
}

LOCKSTEP_HOOK int vsnprintf(char* to, std::size_t size, const char* format,
                            std::va_list arguments) noexcept {
  prints_to(to, size, format, arguments, LOCKSTEP_CALLER);
  return LOCKSTEP_REAL(vsnprintf)(to, size, format, arguments);
}

LOCKSTEP_HOOK int printf(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  prints_format(format, arguments, LOCKSTEP_CALLER);
  const int printed = LOCKSTEP_REAL(vfprintf)(stdout, format, arguments);
  va_end(arguments);
  return printed;
}

LOCKSTEP_HOOK int fprintf(FILE* file, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  prints_format(format, arguments, LOCKSTEP_CALLER);
  const int printed = LOCKSTEP_REAL(vfprintf)(file, format, arguments);
  va_end(arguments);
  return printed;
}

LOCKSTEP_HOOK int sprintf(char* to, const char* format, ...) noexcept {
  std::va_list arguments;
  va_start(arguments, format);
  prints_to(to, kToTheEnd, format, arguments, LOCKSTEP_CALLER);
  const int printed = LOCKSTEP_REAL(vsprintf)(to, format, arguments);
  va_end(arguments);
  return printed;
}

LOCKSTEP_HOOK int snprintf(char* to, std::size_t size, const char* format, ...) noexcept {
  std::va_list arguments;
  va_start(arguments, format);
  prints_to(to, size, format, arguments, LOCKSTEP_CALLER);
  const int printed = LOCKSTEP_REAL(vsnprintf)(to, size, format, arguments);
  va_end(arguments);
  return printed;
}

// What the compiler makes of a printf that only prints text.
LOCKSTEP_HOOK int puts(const char* text) {
  if (seen(LOCKSTEP_CALLER)) prints(text, with_end(text), LOCKSTEP_CALLER);
  return LOCKSTEP_REAL(puts)(text);
}

LOCKSTEP_HOOK int fputs(const char* text, FILE* file) {
  if (seen(LOCKSTEP_CALLER)) prints(text, with_end(text), LOCKSTEP_CALLER);
  return LOCKSTEP_REAL(fputs)(text, file);
}

LOCKSTEP_HOOK std::size_t fwrite(const void* from, std::size_t size, std::size_t count,
                                 FILE* file) {
  if (seen(LOCKSTEP_CALLER)) prints(from, size * count, LOCKSTEP_CALLER);
  return LOCKSTEP_REAL(fwrite)(from, size, count, file);
}

// How long the line is shows when it is there: the access comes after what it stands for.
LOCKSTEP_HOOK char* fgets(char* to, int size, FILE* file) {
  char* const line = LOCKSTEP_REAL(fgets)(to, size, file);
  if (line != nullptr && seen(LOCKSTEP_CALLER)) writes(to, with_end(to), LOCKSTEP_CALLER);
  return line;
}
