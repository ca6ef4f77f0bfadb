/* A program need not free: a note, unless --require leak. */
#include <pthread.h>
#include <stdlib.h>

static void* lose(void* unused) {
  int* number = malloc(sizeof *number);
  if (number != NULL) *number = 1;
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, lose, NULL);
  pthread_join(thread, NULL);
  return 0;
}
