/* main leaves by pthread_exit: the process ends with its last thread. */
#include <pthread.h>
#include <stdio.h>

static void* work(void* unused) {
  puts("the last thread is done");
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, work, NULL);
  pthread_detach(thread);
  pthread_exit(NULL);
}
