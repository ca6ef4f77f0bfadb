#include "grader/harness/channel.h"

#include <sodium.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "grader/harness/protocol.h"
#include "grader/harness/refused_calls.h"

namespace lockstep::harness::channel {
namespace {

// The key lives in a page of its own that cannot be read except while send() computes a MAC:
// code that looks through memory for it dies instead.
unsigned char* key = nullptr;
int events = -1;
unsigned long sequence = 0;

// System calls are made directly: a submission may define `write` or `_exit` of its own.
long raw_write(int descriptor, const char* data, std::size_t size) {
  return syscall(SYS_write, descriptor, data, size);
}

[[noreturn]] void end_process(int status) {
  for (;;) syscall(SYS_exit_group, status);
}

bool read_key(int descriptor, unsigned char* into) {
  std::size_t have = 0;
  while (have < crypto_auth_KEYBYTES) {
    const long got = syscall(SYS_read, descriptor, into + have, crypto_auth_KEYBYTES - have);
    if (got == 0 || (got < 0 && errno != EINTR)) return false;
    if (got > 0) have += static_cast<std::size_t>(got);
  }
  return true;
}

// Runs before every constructor of the executable, because the executable depends on this library.
__attribute__((constructor)) void take_over() {
  const char* variable = getenv(protocol::kVariable);
  if (variable == nullptr) return;
  int key_descriptor = -1;
  if (sscanf(variable, "%d,%d", &key_descriptor, &events) != 2) end_process(protocol::kNoKey);
  unsetenv(protocol::kVariable);

  // No core, and /proc/self/mem is not to be opened.
  prctl(PR_SET_DUMPABLE, 0);
  if (sodium_init() < 0) end_process(protocol::kNoKey);
  key = static_cast<unsigned char*>(sodium_malloc(crypto_auth_KEYBYTES));
  if (key == nullptr || !read_key(key_descriptor, key)) end_process(protocol::kNoKey);
  sodium_mprotect_noaccess(key);
  syscall(SYS_close, key_descriptor);
  report_refused_calls();
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void write_all(std::string_view rest) {
  while (!rest.empty()) {
    const long written = raw_write(events, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) end_process(protocol::kLineCut);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

static_assert(std::string_view(crypto_auth_PRIMITIVE) == "hmacsha512256");

bool judged() { return key != nullptr; }

void send(std::string_view json) {
  if (!judged()) return;
  std::array<char, 24> number{};
  const int digits = snprintf(number.data(), number.size(), "%lu ", ++sequence);
  const std::string_view lead(number.data(), static_cast<std::size_t>(digits));

  // In parts and without allocating: a refused system call is reported from a signal handler.
  std::array<unsigned char, crypto_auth_BYTES> mac{};
  crypto_auth_hmacsha512256_state state;
  sodium_mprotect_readonly(key);
  crypto_auth_hmacsha512256_init(&state, key, crypto_auth_KEYBYTES);
  sodium_mprotect_noaccess(key);
  crypto_auth_hmacsha512256_update(&state, bytes_of(lead), lead.size());
  crypto_auth_hmacsha512256_update(&state, bytes_of(json), json.size());
  crypto_auth_hmacsha512256_final(&state, mac.data());
  // What the computation left on the stack is as good as the key.
  sodium_memzero(&state, sizeof state);
  constexpr std::size_t kUsedByMac = 4096;
  sodium_stackzero(kUsedByMac);

  std::array<char, 2 * crypto_auth_BYTES + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), mac.data(), mac.size());
  write_all(lead);
  write_all(hex.data());
  write_all(" ");
  write_all(json);
  write_all("\n");
}

}  // namespace lockstep::harness::channel
