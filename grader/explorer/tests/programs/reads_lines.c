/* Two threads share the lines of standard input; each line is read once, in order. */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int last;

static void* read_line(void* unused) {
  char line[32];
  pthread_mutex_lock(&lock);
  if (fgets(line, sizeof line, stdin) != NULL) {
    assert(atoi(line) == last + 10);
    last = atoi(line);
  }
  pthread_mutex_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_t a, b;
  pthread_create(&a, NULL, read_line, NULL);
  pthread_create(&b, NULL, read_line, NULL);
  pthread_join(a, NULL);
  pthread_join(b, NULL);
  assert(last == 20);
  return 0;
}
