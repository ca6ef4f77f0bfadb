/* A signal handler runs between any two instructions: refused by name. */
#include <pthread.h>
#include <signal.h>

static volatile sig_atomic_t seen;

static void handler(int number) { seen = number; }

static void* work(void* unused) { return unused; }

int main(void) {
  pthread_t thread;
  signal(SIGUSR1, handler);
  pthread_create(&thread, NULL, work, NULL);
  raise(SIGUSR1);
  pthread_join(thread, NULL);
  return seen == SIGUSR1 ? 0 : 1;
}
