// Thread-specific data: pthread_key_*, tss_*, and destructors of thread_local objects.

#include <pthread.h>
#include <threads.h>

#include <cerrno>

#include "grader/explorer/hooks/hook.h"
#include "grader/explorer/hooks/library_exits.h"
#include "grader/explorer/model/memory.h"

namespace lockstep {

namespace {

struct Key {
  bool used;
  void (*destroy)(void*);
};
// Keys made in explored code are the model's own, so that each execution finds them unused again.
Key g_keys[kMaxKeys];
std::uint32_t g_keys_of;  // the execution that g_keys belongs to
constexpr unsigned kFirstKey = 1u << 20;

void begin_execution() {
  if (g_keys_of == g_engine.execution) return;
  g_keys_of = g_engine.execution;
  for (Key& key : g_keys) key = Key{};
}

int make_key(unsigned* result, void (*destroy)(void*)) {
  begin_execution();
  for (int i = 0; i < kMaxKeys; ++i) {
    if (g_keys[i].used) continue;
    g_keys[i] = Key{true, destroy};
    *result = kFirstKey + static_cast<unsigned>(i);
    return 0;
  }
  return EAGAIN;
}

bool ours(unsigned key) { return key - kFirstKey < static_cast<unsigned>(kMaxKeys); }

}  // namespace

void run_key_destructors() {
  Thread* me = self();
  begin_execution();
  // A destructor may set values again; POSIX gives that four rounds.
  for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS; ++round) {
    bool any = false;
    for (int i = 0; i < kMaxKeys; ++i) {
      void* value = me->keys[i];
      me->keys[i] = nullptr;
      if (value == nullptr || g_keys[i].destroy == nullptr) continue;
      any = true;
      if (library_exits::is_library_key(g_keys[i].destroy)) {
        library_exits::run(value);
        continue;
      }
      g_engine.active = true;
      g_keys[i].destroy(value);
      g_engine.active = false;
    }
    if (!any) return;
  }
}

}  // namespace lockstep

using namespace lockstep;  // NOLINT: the hooks below are C functions

LOCKSTEP_HOOK int pthread_key_create(pthread_key_t* key, void (*destroy)(void*)) noexcept {
  if (!modelled()) return LOCKSTEP_REAL(pthread_key_create)(key, destroy);
  return make_key(key, destroy);
}
LOCKSTEP_HOOK int pthread_key_delete(pthread_key_t key) noexcept {
  if (!ours(key)) return LOCKSTEP_REAL(pthread_key_delete)(key);
  g_keys[key - kFirstKey] = Key{};
  return 0;
}
LOCKSTEP_HOOK int pthread_setspecific(pthread_key_t key, const void* value) noexcept {
  if (!ours(key)) return LOCKSTEP_REAL(pthread_setspecific)(key, value);
  if (!g_engine.exploring) return EINVAL;
  self()->keys[key - kFirstKey] = const_cast<void*>(value);
  self()->uses_keys = true;
  return 0;
}
LOCKSTEP_HOOK void* pthread_getspecific(pthread_key_t key) noexcept {
  if (!ours(key)) return LOCKSTEP_REAL(pthread_getspecific)(key);
  return g_engine.exploring ? self()->keys[key - kFirstKey] : nullptr;
}

LOCKSTEP_HOOK int tss_create(tss_t* key, tss_dtor_t destroy) {
  if (!modelled()) return LOCKSTEP_REAL(tss_create)(key, destroy);
  return make_key(key, destroy) == 0 ? thrd_success : thrd_error;
}
LOCKSTEP_HOOK void tss_delete(tss_t key) { pthread_key_delete(key); }
LOCKSTEP_HOOK int tss_set(tss_t key, void* value) {
  return pthread_setspecific(key, value) == 0 ? thrd_success : thrd_error;
}
LOCKSTEP_HOOK void* tss_get(tss_t key) { return pthread_getspecific(key); }

LOCKSTEP_HOOK int __cxa_thread_atexit(void (*call)(void*), void* object, void* dso) {
  if (!modelled()) {
    static int (*real)(void (*)(void*), void*, void*) = nullptr;
    if (real == nullptr) {
      real = real::next<int (*)(void (*)(void*), void*, void*)>("__cxa_thread_atexit");
    }
    return real(call, object, dso);
  }
  const Inside inside;
  Thread* me = self();
  if (me->exit_count == me->exit_capacity) {
    const int capacity = me->exit_capacity == 0 ? 16 : me->exit_capacity * 2;
    auto* exits = static_cast<ThreadExit*>(
        heap::house_allocate(sizeof(ThreadExit) * static_cast<std::size_t>(capacity), 16));
    for (int i = 0; i < me->exit_count; ++i) exits[i] = me->exits[i];
    if (me->exits != nullptr) heap::house_free(me->exits);
    me->exits = exits;
    me->exit_capacity = capacity;
  }
  me->exits[me->exit_count++] = ThreadExit{call, object};
  return 0;
}
