#ifndef GRADER_EXPLORER_MODEL_RAW_H_
#define GRADER_EXPLORER_MODEL_RAW_H_

// System calls and memory operations that cannot meet the explorer's own interceptors.

#include <sys/syscall.h>

#include <cstddef>
#include <cstdint>

namespace lockstep::raw {

inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0,
                 long f = 0) {
  long result;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
}

template <class T>
long as_long(T* p) {
  return reinterpret_cast<long>(p);
}

inline void write_all(int fd, const void* data, std::size_t bytes) {
  const char* at = static_cast<const char*>(data);
  while (bytes > 0) {
    const long n = call(SYS_write, fd, as_long(at), static_cast<long>(bytes));
    if (n == -4) continue;  // EINTR
    if (n <= 0) return;
    at += n;
    bytes -= static_cast<std::size_t>(n);
  }
}

[[noreturn]] inline void exit_group(int status) {
  for (;;) call(SYS_exit_group, status);
}

inline void yield() { call(SYS_sched_yield); }

// The string instructions take some thirty cycles to get going: blocks shorter than this are moved
// word by word. The empty asm keeps the compiler from turning the loop back into a call of memset
// or memcpy.
inline constexpr std::size_t kWordByWord = 256;
using Word [[gnu::may_alias, gnu::aligned(1)]] = std::uint64_t;

inline void fill(void* memory, int value, std::size_t bytes) {
  if (bytes > kWordByWord) {
    asm volatile("rep stosb" : "+D"(memory), "+c"(bytes) : "a"(value) : "memory");
    return;
  }
  char* at = static_cast<char*>(memory);
  const std::uint64_t word = 0x0101010101010101u * static_cast<unsigned char>(value);
  for (; bytes >= sizeof(Word); bytes -= sizeof(Word), at += sizeof(Word)) {
    *reinterpret_cast<Word*>(at) = word;
    asm("" : "+r"(at));
  }
  for (; bytes > 0; --bytes, ++at) {
    *at = static_cast<char>(value);
    asm("" : "+r"(at));
  }
}

inline void copy(void* to, const void* from, std::size_t bytes) {
  if (bytes > kWordByWord) {
    asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
    return;
  }
  char* t = static_cast<char*>(to);
  const char* f = static_cast<const char*>(from);
  for (; bytes >= sizeof(Word); bytes -= sizeof(Word), t += sizeof(Word), f += sizeof(Word)) {
    *reinterpret_cast<Word*>(t) = *reinterpret_cast<const Word*>(f);
    asm("" : "+r"(t));
  }
  for (; bytes > 0; --bytes, ++t, ++f) {
    *t = *f;
    asm("" : "+r"(t));
  }
}

inline void copy_backwards(void* to, const void* from, std::size_t bytes) {
  if (bytes == 0) return;
  char* t = static_cast<char*>(to) + bytes - 1;
  const char* f = static_cast<const char*>(from) + bytes - 1;
  asm volatile("std\n\trep movsb\n\tcld" : "+D"(t), "+S"(f), "+c"(bytes) : : "memory");
}

}  // namespace lockstep::raw

#endif  // GRADER_EXPLORER_MODEL_RAW_H_
