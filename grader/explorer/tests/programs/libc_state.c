/* Everything the C library remembers is as it was at the start of every execution. The two threads
   make sure that there are several. Run with the arguments: -v -n 7 rest */
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int handlers_run;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void handler(void) {
  handlers_run++;
  assert(handlers_run == 1);
}

static void* visit(void* unused) {
  pthread_mutex_lock(&lock);
  pthread_mutex_unlock(&lock);
  return unused;
}

int main(int argc, char** argv) {
  assert(errno == 0);
  errno = ERANGE;

  /* rand: the first number after the standard's srand(1). */
  int first = rand();
  srand(1);
  assert(first == rand());
  srand(99);

  /* getopt: begins at the first argument. */
  assert(optind == 1);
  int verbose = 0, number = 0, option;
  while ((option = getopt(argc, argv, "vn:")) != -1) {
    if (option == 'v') verbose = 1;
    if (option == 'n') number = atoi(optarg);
  }
  assert(verbose == 1 && number == 7 && argc - optind == 1);
  assert(strcmp(argv[optind], "rest") == 0);
  argv[optind][0] = 'R';

  /* environment */
  assert(getenv("LOCKSTEP_PROBE") == NULL);
  assert(setenv("LOCKSTEP_PROBE", "set", 1) == 0);
  assert(strcmp(getenv("LOCKSTEP_PROBE"), "set") == 0);

  /* strtok: left in the middle of a text. */
  char words[] = "one two three";
  assert(strcmp(strtok(words, " "), "one") == 0);
  assert(strcmp(strtok(NULL, " "), "two") == 0);

  /* locale */
  assert(strcmp(setlocale(LC_ALL, NULL), "C") == 0);
  setlocale(LC_ALL, "C.UTF-8");

  /* stdio: no error, no orientation, nothing put back, nothing left in the buffer. */
  assert(!ferror(stdout) && !feof(stdin));
  assert(ungetc('x', stdin) == 'x');
  printf("not flushed;");

  atexit(handler);
  pthread_t a, b;
  pthread_create(&a, NULL, visit, NULL);
  pthread_create(&b, NULL, visit, NULL);
  pthread_join(a, NULL);
  pthread_join(b, NULL);
  return 0;
}
