/* A loop that makes no step the explorer could count. */
#include <pthread.h>

static void* turn(void* unused) {
  for (;;) __asm__ volatile("");
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, turn, NULL);
  pthread_join(thread, NULL);
  return 0;
}
