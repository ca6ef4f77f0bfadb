/* A program without threads has one interleaving. */
#include <stdio.h>

int main(void) {
  puts("alone");
  return 0;
}
