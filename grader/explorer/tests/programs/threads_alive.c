/* main returns while its thread sleeps: allowed, and worth a note. */
#include <pthread.h>
#include <unistd.h>

static void* nap(void* unused) {
  sleep(1); /* virtual: still alive when main returns, without ever taking a second */
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, nap, NULL);
  return 0;
}
