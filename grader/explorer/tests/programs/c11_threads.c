/* C11 threads; the condition is signalled without any state that remembers it. */
#include <threads.h>

static mtx_t lock;
static cnd_t go;

static int wait_for_go(void* unused) {
  (void)unused;
  mtx_lock(&lock);
  cnd_wait(&go, &lock);
  mtx_unlock(&lock);
  return 0;
}

int main(void) {
  thrd_t waiter;
  mtx_init(&lock, mtx_plain);
  cnd_init(&go);
  thrd_create(&waiter, wait_for_go, NULL);
  mtx_lock(&lock);
  cnd_signal(&go);
  mtx_unlock(&lock);
  thrd_join(waiter, NULL);
  cnd_destroy(&go);
  mtx_destroy(&lock);
  return 0;
}
