/* Nothing is wrong here; two threads, three locked increments each: 20 interleavings. */
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int counter;

static void* add_three(void* unused) {
  for (int i = 0; i < 3; i++) {
    pthread_mutex_lock(&lock);
    counter = counter + 1;
    pthread_mutex_unlock(&lock);
  }
  return unused;
}

int main(void) {
  pthread_t a, b;
  pthread_create(&a, NULL, add_three, NULL);
  pthread_create(&b, NULL, add_three, NULL);
  pthread_join(a, NULL);
  pthread_join(b, NULL);
  return counter == 6 ? 0 : 1;
}
