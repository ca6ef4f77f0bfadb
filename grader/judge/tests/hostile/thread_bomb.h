// As many threads as there can be.
#include <pthread.h>
#include <unistd.h>

struct Bomb {
  static void* sleep_for_ever(void*) {
    for (;;) pause();
  }
  Bomb() {
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 64 << 10);
    for (int i = 0; i < 100'000; ++i) {
      pthread_t thread;
      if (pthread_create(&thread, &small, sleep_for_ever, nullptr) != 0) usleep(1'000);
    }
  }
};
inline Bomb bomb;
